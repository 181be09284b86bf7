"""From dismissals to revocations: the right form by tables 1.3 and 1.4, one application for a
system of all the dismissed of an organisation (Рег. 3.7, R28; X3, X4).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Dismissal, DismissalRevocation, Organization
from accessflow.domain.errors import NotFound
from accessflow.services import acting, candidates, dismissals, objects, scope
from accessflow.services.actor import Actor
from accessflow.services.applications import locked as locked_request
from accessflow.services.candidates import Candidate
from accessflow.services.dismissal_cancelling import drop_rows
from accessflow.services.dismissal_cover import Cover, covers_of
from accessflow.services.dismissal_picture import under_way
from accessflow.services.dismissal_standing import CHUNK, refresh_all
from accessflow.services.ledger_settling import lock_jobs
from accessflow.services.making import maker_of
from accessflow.services.offers import Offer, offer
from accessflow.services.plan import Line, Planned, parts_of
from accessflow.services.requests import create_planned

if TYPE_CHECKING:
    from accessflow.services.files import FileStore

USER = "Пользователь"
"""The role that App. 12 asks for, of a system that has none (X34); the draft can be edited."""


@dataclass(frozen=True, slots=True)
class Closed:
    """What was under way: numbers of drafts without the person now, of what was withdrawn, and of
    what stays since it names others too."""

    dropped: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    staying: tuple[str, ...] = ()


class Revoked(NamedTuple):
    """A right to be taken away; `role` "" means every role of the system."""

    employment_id: int
    system: str
    role: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to be made. `besides`: systems that the ledger knows nothing of, by dismissal."""

    dismissals: tuple[int, ...]
    besides: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


def plan(
    session: Session, actor: Actor, catalogue: Catalogue, choice: Choice, on: date
) -> tuple[Planned, ...]:
    """What `make` would make, in the order of the regulation's tables. Raises NotFound, Forbidden.

    Whatever a living revocation asks for already, a draft too, is left out.
    """
    return _plan(session, catalogue, _found(session, actor, choice.dismissals), choice, on)


def make(
    db: Database, *, actor: Actor, now: datetime, catalogue: Catalogue, choice: Choice
) -> tuple[int, ...]:
    """The drafts, one a system, their ids; none where everything is asked for already.

    Raises NotFound, Forbidden.
    """
    with db.write() as session:
        maker = maker_of(session, actor, now, catalogue)
        found = _locked(session, actor, choice.dismissals)
        planned = _plan(session, catalogue, found, choice, maker.today)
        made = create_planned(maker, planned)
        jobs = {d.employment_id: d for d in found}
        for request_id, application in zip(made, planned, strict=True):
            theirs = dict.fromkeys(jobs[c.employment].id for c in application.people)
            session.add_all(
                DismissalRevocation(dismissal_id=d, request_id=request_id) for d in theirs
            )
        refresh_all(session, catalogue, found, now)
        return tuple(made)


def close_under_way(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    files: FileStore,
    dismissal_id: int,
) -> Closed:
    """What is asked for somebody who leaves: drafts lose the row, what was filed for them alone is
    withdrawn, the rest stays and will be revoked. Raises NotFound, Forbidden, Conflict."""
    with db.write() as session:
        dismissal = dismissals.find(session, actor, dismissal_id)
        scope.require_people_changed(actor, dismissal.organization_id)
        dropped, withdrawn, staying = [], [], []
        for one in sorted(under_way(session, dismissal), key=lambda one: one.request.id):
            request = locked_request(session, actor, one.request.id)
            act = (session, actor, now, catalogue, files, request)
            if one.way == "drop":
                if request.state == "ready":
                    acting.act_within(*act, "rework")
                drop_rows(session, actor, now, catalogue, request, [one.row])
                dropped.append(request.number)
            elif one.way == "withdraw":
                acting.act_within(*act, "withdraw", {"note": "Сотрудник уволен."})
                withdrawn.append(request.number)
            else:
                staying.append(request.number)
        return Closed(tuple(dropped), tuple(withdrawn), tuple(staying))


def _plan(
    session: Session,
    catalogue: Catalogue,
    found: Sequence[Dismissal],
    choice: Choice,
    on: date,
) -> tuple[Planned, ...]:
    if not found:
        return ()
    return revocations_of(
        session,
        catalogue,
        found[0].organization,
        [
            Revoked(dismissal.employment_id, system, role)
            for dismissal, system, role in _wanted(session, catalogue, found, choice)
        ],
        on,
    )


def revocations_of(
    session: Session,
    catalogue: Catalogue,
    organization: Organization,
    wanted: Sequence[Revoked],
    on: date,
) -> tuple[Planned, ...]:
    """Applications that take these rights away, one a system, in the order of the tables; also
    where nobody is dismissed (a recertification)."""
    people = candidates.by_employment(
        candidates.load(session, organization.id, dict.fromkeys(w.employment_id for w in wanted))
    )
    lines: dict[str, dict[tuple[int, str], Line]] = defaultdict(dict)
    known = {
        system: offer(catalogue, system, "revoke", organization.kind, on)
        for system in dict.fromkeys(one.system for one in wanted)
    }
    naming = {system for system, chosen in known.items() if objects.names_object(chosen.form)}
    named = objects.of_jobs(session, (w.employment_id for w in wanted), naming)
    offers: dict[str, Offer] = {}
    for one in wanted:
        chosen = known[one.system]
        offers[chosen.slug] = chosen
        to = named.get((one.employment_id, one.system), "")
        line = _line(chosen, people[one.employment_id], one.role, to)
        lines[chosen.slug][line.candidate.employment, line.role] = line
    ordered = sorted(
        offers.values(), key=lambda o: (not o.federal, o.system.table, o.system.number)
    )
    return tuple(planned for o in ordered for planned in parts_of(o, tuple(lines[o.slug].values())))


def _wanted(
    session: Session, catalogue: Catalogue, found: Sequence[Dismissal], choice: Choice
) -> Iterator[tuple[Dismissal, str, str]]:
    for start in range(0, len(found), CHUNK):
        part = found[start : start + CHUNK]
        yield from _wanted_of(covers_of(session, catalogue, part), part, choice)


def _wanted_of(
    covers: Mapping[int, Cover], found: Sequence[Dismissal], choice: Choice
) -> Iterator[tuple[Dismissal, str, str]]:
    for dismissal in found:
        cover = covers[dismissal.id]
        for grant in cover.uncovered:
            yield dismissal, grant.system, grant.role
        asked = {
            system for a in cover.asked if a.open and not a.row.outcome for system in a.systems
        }
        held = {grant.system for grant in cover.held}
        for system in choice.besides.get(dismissal.id, ()):
            if system not in asked | held:
                yield dismissal, system, ""


def _line(chosen: Offer, candidate: Candidate, role: str, functional_object: str) -> Line:
    if not role and chosen.free_role:
        role = USER
    return Line(candidate, role or chosen.fixed_role, functional_object=functional_object)


def _found(session: Session, actor: Actor, ids: Iterable[int]) -> list[Dismissal]:
    """Of the actor's own organisation, in the order asked for. Raises NotFound, Forbidden."""
    wanted = list(dict.fromkeys(ids))
    found = {
        d.id: d
        for start in range(0, len(wanted), 500)
        for d in session.scalars(
            select(Dismissal)
            .where(
                Dismissal.id.in_(wanted[start : start + 500]),
                Dismissal.organization_id == (actor.organization_id or 0),
                Dismissal.cancelled_at.is_(None),
            )
            .options(
                joinedload(Dismissal.organization),
                joinedload(Dismissal.person),
                joinedload(Dismissal.employment),
            )
        )
    }
    if missing := [d for d in wanted if d not in found]:
        raise NotFound("Такого увольнения нет.", dismissal=missing[0])
    scope.require_filer(actor, actor.organization_id)
    return [found[d] for d in wanted]


def _locked(session: Session, actor: Actor, ids: Iterable[int]) -> list[Dismissal]:
    """Two clicks at once are taken one after the other."""
    found = _found(session, actor, ids)
    lock_jobs(session, (d.employment_id for d in found))
    return found
