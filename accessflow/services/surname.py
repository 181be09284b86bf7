"""Somebody has another name, or another address: the card, what is being written, and the systems,
each as its form asks for it (`name_ways.py`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Employment, Request, RequestRow
from accessflow.services import (
    acting,
    change_records,
    edit_history,
    employments,
    name_applications,
    people,
    scans,
    totals,
)
from accessflow.services.actor import Actor
from accessflow.services.applications import locked
from accessflow.services.fields import Fields
from accessflow.services.job_rights import Right, rights_of
from accessflow.services.ledger_settling import lock_jobs
from accessflow.services.making import Maker, maker_of
from accessflow.services.name_applications import Told
from accessflow.services.name_ways import Way, usual_way, ways_of
from accessflow.services.person_form import Identity, PersonData, read_identity, read_job
from accessflow.workflow.states import UNFILED

if TYPE_CHECKING:
    from accessflow.services.files import FileStore


@dataclass(frozen=True, slots=True)
class NewName:
    """As typed. `ways`: what becomes of each right, by its key, `usual_way` where none is said;
    `ready`: prerequisites that hold under the new name already (R32, R33)."""

    employment_id: int
    last_name: str
    first_name: str
    middle_name: str
    no_middle_name: bool
    email: str
    happened_on: str = ""
    ground: str = ""
    ways: Mapping[str, Way] = field(default_factory=dict)
    ready: frozenset[str] = frozenset()
    confirmed: bool = False


def change_name(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    files: FileStore,
    typed: NewName,
) -> int:
    """The id of the change. What is not sent yet says the new name; what waits for a signature goes
    back to the drafts for it. Raises Refused with flaws by field, NotFound, Forbidden."""
    with db.write() as session:
        job = change_records.begun_job(session, actor, typed.employment_id)
        _lock(session, job)
        maker = maker_of(session, actor, now, catalogue)
        rights = rights_of(session, catalogue, job, maker.today)
        who, told = _read(maker, job, typed, rights)
        ways = _ways(typed, rights, told)
        employments.rename(session, actor=actor, now=now, person=job.person, who=who)
        if told.email != told.old_email:
            values = {"email": told.email}
            employments.update_job(session, actor=actor, now=now, row=job, values=values)
        session.flush()
        refreshed = _refresh(maker, files, job, who, told)
        change = change_records.keep(
            maker, job, "surname", told.day, told.ground, _what(told, refreshed)
        )
        asked = name_applications.tell(maker, [r for r in rights if ways[r.key] == "tell"], told)
        again = name_applications.again(
            maker, job, [r for r in rights if ways[r.key] == "again"], told
        )
        change_records.link(session, change, dict.fromkeys(asked, 0) | again)
        return change.id


def _ways(typed: NewName, rights: Sequence[Right], told: Told) -> dict[str, Way]:
    """Another address alone is no other name: it is told of, nothing is taken away for it."""
    renamed = told.before != told.after
    found: dict[str, Way] = {}
    for right in rights:
        way = typed.ways.get(right.key, usual_way(right))
        possible = way in ways_of(right) and (renamed or way != "again")
        found[right.key] = way if possible else "tell"
    return found


def _lock(session: Session, job: Employment) -> None:
    """Two clicks at once are taken one after the other; applications go before the job, as where
    somebody acts on one."""
    ids = [request.id for request in unfiled_of(session, job)]
    locked_first = select(Request.id).where(Request.id.in_(ids)).order_by(Request.id)
    session.execute(locked_first.with_for_update())
    lock_jobs(session, [job.id])
    session.refresh(job)
    session.refresh(job.person)


def unfiled_of(session: Session, job: Employment) -> Sequence[Request]:
    """What names the person in this organisation and has not been sent."""
    named = select(RequestRow.request_id).where(RequestRow.snils == job.person.snils)
    query = select(Request).where(
        Request.id.in_(named),
        Request.organization_id == job.organization_id,
        Request.state.in_(UNFILED),
        Request.deleted_at.is_(None),
    )
    return session.scalars(query.order_by(Request.id)).all()


def _read(
    maker: Maker, job: Employment, typed: NewName, rights: Sequence[Right]
) -> tuple[Identity, Told]:
    """Raises Refused."""
    session, today = maker.session, maker.today
    fields = Fields()
    data = PersonData(
        snils=job.person.snils, last_name=typed.last_name, first_name=typed.first_name,
        middle_name=typed.middle_name, no_middle_name=typed.no_middle_name, email=typed.email,
        position=job.position or "—", unit_id=str(job.unit_id or ""),
    )  # fmt: skip
    who = read_identity(fields, data)
    values = read_job(session, fields, job.organization_id, data, None, who, job)
    before = people.name_of(job.person)
    day = fields.day("happened_on", typed.happened_on) or today
    ground = fields.text("ground", typed.ground, 255)
    if who is not None and (who.name, values["email"]) == (before, job.email):
        fields.error("last_name", "same", "Ничего не изменилось: впишите новую фамилию или адрес.")
    for slug in _not_ready(typed, rights):
        what = maker.catalogue.region.prerequisites[slug]
        message = f"Не отмечено под новым ФИО: «{what}». Пока это не так, заявку вернут."
        fields.warn(f"ready-{slug}", "prerequisite", message)
    fields.check(confirmed=typed.confirmed)
    assert who is not None  # noqa: S101  # an unread name has been refused above
    return who, Told(before, who.name, job.email, values["email"], day, ground)


def _not_ready(typed: NewName, rights: Sequence[Right]) -> list[str]:
    """What the systems that are applied to ask for (R32, R33) and nobody has said to hold."""
    applied = [r for r in rights if typed.ways.get(r.key, usual_way(r)) != "keep"]
    asked = dict.fromkeys(slug for r in applied for slug in r.offer.form.prerequisites)
    return [slug for slug in asked if slug not in typed.ready]


def _what(told: Told, refreshed: Sequence[str]) -> dict[str, list[str]]:
    what = {}
    if told.before != told.after:
        what["ФИО"] = [told.before.full, told.after.full]
    if told.old_email != told.email:
        what["E-mail"] = [told.old_email or "—", told.email or "—"]
    if refreshed:
        what["Обновлены черновики"] = ["—", ", ".join(refreshed)]
    return what


def _refresh(
    maker: Maker, files: FileStore, job: Employment, who: Identity, told: Told
) -> list[str]:
    """Numbers of what says the new name now."""
    found = []
    for one in unfiled_of(maker.session, job):
        request = locked(maker.session, maker.actor, one.id)
        if _says_the_former(request):
            continue
        rows = [row for row in request.rows if row.snils == job.person.snils]
        new = [_answers(row, who, told) for row in rows]
        if all(row.answers == answers for row, answers in zip(rows, new, strict=True)):
            continue
        if request.state == "ready":
            acting.act_within(
                maker.session, maker.actor, maker.now, maker.catalogue, files, request, "rework"
            )
        for row, answers in zip(rows, new, strict=True):
            row.answers = answers
        _written_anew(maker, request, [row.position for row in rows])
        found.append(request.number)
    return found


def _says_the_former(request: Request) -> bool:
    """The half of an earlier change of name that takes away: it says the name then, on purpose."""
    link = request.change_link
    return bool(link and link.pair and link.change.kind == "surname" and request.action == "revoke")


def _answers(row: RequestRow, who: Identity, told: Told) -> dict[str, object]:
    answers = dict(row.answers)
    answers |= {
        "last_name": who.name.last,
        "first_name": who.name.first,
        "middle_name": who.name.middle,
        "no_middle_name": "1" if who.no_middle_name else "",
    }
    if told.email and answers.get("email", "") == told.old_email and "email" in answers:
        answers["email"] = told.email
    return {key: value for key, value in answers.items() if value}


def _written_anew(maker: Maker, request: Request, positions: Iterable[int]) -> None:
    request.content_version += 1
    reason = f"сменилось ФИО сотрудника {maker.today:%d.%m.%Y}"
    scans.void(maker.session, request, reason, maker.now, maker.actor)
    request.updated_at = maker.now
    maker.session.flush()
    totals.refresh(maker.session, maker.catalogue, request)
    edit_history.remember(
        maker.session, actor=maker.actor, now=maker.now, request_id=request.id,
        what={edit_history.ROWS: ["—", ", ".join(map(str, positions))]},
    )  # fmt: skip
