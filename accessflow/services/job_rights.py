"""The rights of one job as they may be kept, changed or taken away; and what else it may need."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Employment, Grant, Person, Request, RequestRow
from accessflow.forms.spec import Role
from accessflow.services import objects
from accessflow.services.dismissal_cover import Job, asked_of
from accessflow.services.ledger import role_of
from accessflow.services.offers import Offer, offer, together
from accessflow.workflow.holding import role_key
from accessflow.workflow.states import ANSWERED


@dataclass(frozen=True, slots=True)
class Right:
    """One right, held in one system or in those that share an application (X18).

    `asked`: the number of a living application that takes it away already. `offer`: as it would be
    granted now; `roles`: what it may be changed for; `functional_object`: what it is to, as the
    application that gave it named it.
    """

    offer: Offer
    grants: tuple[Grant, ...]
    asked: str = ""
    functional_object: str = ""

    @property
    def key(self) -> str:
        """Tells it from the others on a page."""
        return str(self.grants[0].id)

    @property
    def role(self) -> str:
        return self.grants[0].role

    @property
    def roles(self) -> tuple[Role, ...]:
        mine = role_key(self.role)
        return tuple(role for role in self.offer.roles if role_key(role.name) != mine)

    @property
    def since(self) -> date:
        return min(grant.since for grant in self.grants)

    @property
    def expires_on(self) -> date | None:
        return min((g.expires_on for g in self.grants if g.expires_on), default=None)

    @property
    def names_object(self) -> bool:
        """The form names what the access is to: another unit may need another (App. 3, 4)."""
        return objects.names_object(self.offer.form)

    @property
    def names_post(self) -> bool:
        return any(column.kind == "position" for column in self.offer.form.columns)


def rights_of(
    session: Session, catalogue: Catalogue, job: Employment, on: date
) -> tuple[Right, ...]:
    """Open rights of the job, in the order of the regulation's tables."""
    grants = session.scalars(
        select(Grant)
        .where(Grant.employment_id == job.id, Grant.until.is_(None), Grant.voided_at.is_(None))
        .order_by(Grant.id)
    ).all()
    groups: dict[tuple[str, str], list[Grant]] = defaultdict(list)
    for grant in grants:
        slug = together(catalogue, grant.system)[0].slug
        groups[slug, role_key(grant.role)].append(grant)
    numbers = _asked(session, catalogue, job, grants)
    named = objects.of_grants(session, grants)
    found = [
        Right(
            offer(catalogue, slug, "grant", job.organization.kind, on),
            tuple(group),
            next((numbers[g.id] for g in group if g.id in numbers), ""),
            next((named[g.id] for g in group if g.id in named), ""),
        )
        for (slug, _), group in groups.items()
    ]
    return tuple(sorted(found, key=lambda r: _place(r.offer)))


def _place(chosen: Offer) -> tuple[bool, str, int]:
    return not chosen.federal, chosen.system.table, chosen.system.number


def _asked(
    session: Session, catalogue: Catalogue, job: Employment, grants: Sequence[Grant]
) -> dict[int, str]:
    """Numbers of the revocations that ask for these rights already, drafts too, by right."""
    one = Job(job.id, job.person_id, job.organization_id)
    askings = asked_of(session, catalogue, [one])[job.id]
    return {g.id: a.request.number for g in grants for a in askings if a.covers(g)}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A right that a job may need, and why it is thought so."""

    offer: Offer
    role: str
    why: str

    @property
    def key(self) -> str:
        return f"{self.offer.slug}|{self.role}"


def suggestions(
    session: Session, catalogue: Catalogue, job: Employment, on: date
) -> tuple[Suggestion, ...]:
    """What the person held in this organisation before, and what colleagues of the same post in
    the same unit hold. What they hold or held elsewhere is not this organisation's to see."""
    taken = {*_held_now(session, catalogue, job), *_asked_for(session, catalogue, job)}
    found: dict[tuple[str, str], Suggestion] = {}
    for system, role, why in (*_before(session, job), *_of_colleagues(session, job)):
        chosen = offer(catalogue, system, "grant", job.organization.kind, on)
        known = {role_key(r.name): r.name for r in chosen.roles}
        named = known.get(role_key(role), chosen.fixed_role)
        place = (chosen.slug, role_key(named))
        if chosen.exceptional or place in taken or (chosen.roles and not named):
            continue
        found.setdefault(place, Suggestion(chosen, named, why))
    return tuple(sorted(found.values(), key=lambda s: _place(s.offer)))


def _held_now(session: Session, catalogue: Catalogue, job: Employment) -> Iterator[tuple[str, str]]:
    """In every job of the person here: one account serves them all."""
    query = select(Grant.system, Grant.role).where(
        Grant.person_id == job.person_id,
        Grant.organization_id == job.organization_id,
        Grant.until.is_(None),
        Grant.voided_at.is_(None),
    )
    for system, role in session.execute(query):
        yield together(catalogue, system)[0].slug, role_key(role)


def _asked_for(
    session: Session, catalogue: Catalogue, job: Employment
) -> Iterator[tuple[str, str]]:
    """What an unfinished grant asks for, a draft too."""
    for row in session.scalars(unanswered_of(job.person, job.organization_id)):
        if row.request.system:
            system = together(catalogue, row.request.system)[0]
            yield system.slug, role_key(role_of(catalogue, system, row, "open"))


def unanswered_of(person: Person, organization_id: int) -> Select[RequestRow]:
    """Rows that ask for access for the person in this organisation, not decided on; drafts too."""
    return (
        select(RequestRow)
        .join(RequestRow.request)
        .where(
            RequestRow.snils == person.snils,
            Request.organization_id == organization_id,
            Request.kind == "access",
            Request.state.not_in(ANSWERED),
            Request.deleted_at.is_(None),
            RequestRow.outcome == "",
        )
    )


def _before(session: Session, job: Employment) -> Iterator[tuple[str, str, str]]:
    query = (
        select(Grant.system, Grant.role, Grant.until)
        .where(
            Grant.person_id == job.person_id,
            Grant.organization_id == job.organization_id,
            Grant.until.is_not(None),
            Grant.voided_at.is_(None),
        )
        .order_by(Grant.until.desc())
    )
    for system, role, until in session.execute(query):
        yield system, role, f"было у вас до {until:%d.%m.%Y}"


def _of_colleagues(session: Session, job: Employment) -> Iterator[tuple[str, str, str]]:
    """What most of them hold first."""
    colleagues = colleagues_of(session, job)
    holders: dict[tuple[str, str], set[int]] = defaultdict(set)
    for system, role, employment_id in session.execute(
        select(Grant.system, Grant.role, Grant.employment_id).where(
            Grant.employment_id.in_(colleagues), Grant.until.is_(None), Grant.voided_at.is_(None)
        )
    ):
        holders[system, role].add(employment_id)
    for (system, role), who in sorted(holders.items(), key=lambda i: (-len(i[1]), i[0])):
        yield system, role, f"есть у {len(who)} из {len(colleagues)} в той же должности"


def colleagues_of(session: Session, job: Employment) -> set[int]:
    """Those who work now in the same post and unit; nobody where the post is not known."""
    if not job.search_text:
        return set()
    same_unit = (
        Employment.unit_id.is_(None) if job.unit_id is None else Employment.unit_id == job.unit_id
    )
    query = select(Employment.id).where(
        Employment.organization_id == job.organization_id,
        same_unit,
        Employment.search_text == job.search_text,
        Employment.until.is_(None),
        Employment.id != job.id,
    )
    return set(session.scalars(query))
