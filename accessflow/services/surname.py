"""Somebody has another name, or another address: the card, what is being written, and the systems.

The regulation knows no form for it (Рег. 3.3: to grant, to take away, a problem of identification):
each system with an open right is told by App. 2, whose description says the former name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Employment, Request, RequestRow
from accessflow.domain.person_name import PersonName
from accessflow.services import (
    acting,
    change_records,
    edit_history,
    employments,
    making,
    people,
    problem,
    scans,
    technical,
    totals,
)
from accessflow.services.actor import Actor
from accessflow.services.applications import locked
from accessflow.services.fields import Fields
from accessflow.services.job_rights import Right, rights_of
from accessflow.services.making import Maker, maker_of
from accessflow.services.person_form import Identity, PersonData, read_identity, read_job
from accessflow.workflow.states import UNFILED

if TYPE_CHECKING:
    from accessflow.services.files import FileStore


@dataclass(frozen=True, slots=True)
class NewName:
    """As typed. `tell`: keys of the rights whose systems are told."""

    employment_id: int
    last_name: str
    first_name: str
    middle_name: str
    no_middle_name: bool
    email: str
    happened_on: str = ""
    ground: str = ""
    tell: tuple[str, ...] = ()
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What the description says: the former and the new name and address, since when and why."""

    before: PersonName
    after: PersonName
    old_email: str
    email: str
    day: date
    ground: str


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
        maker = maker_of(session, actor, now, catalogue)
        who, told = _read(session, job, typed, maker.today)
        rights = [r for r in rights_of(session, catalogue, job, maker.today) if r.key in typed.tell]
        employments.rename(session, actor=actor, now=now, person=job.person, who=who)
        if told.email != told.old_email:
            values = {"email": told.email}
            employments.update_job(session, actor=actor, now=now, row=job, values=values)
        session.flush()
        refreshed = _refresh(maker, files, job, who, told)
        change = change_records.keep(
            maker, job, "surname", told.day, told.ground, _what(told, refreshed)
        )
        made = _tell(maker, rights, told)
        change_records.link(session, change, dict.fromkeys(made, 0))
        return change.id


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


def _read(session: Session, job: Employment, typed: NewName, today: date) -> tuple[Identity, Told]:
    """Raises Refused."""
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
    fields.check(confirmed=typed.confirmed)
    assert who is not None  # noqa: S101  # an unread name has been refused above
    return who, Told(before, who.name, job.email, values["email"], day, ground)


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


def _tell(maker: Maker, rights: Sequence[Right], told: Told) -> list[int]:
    """One App. 2 a system (R12), in one batch; their ids."""
    by_system: dict[str, list[Right]] = {}
    for right in rights:
        by_system.setdefault(right.offer.label, []).append(right)
    spec = maker.catalogue.form(technical.COVER, on=maker.today)
    made = []
    for label, held in by_system.items():
        request = making.new(maker, spec, "cover", None)
        request.subject = "access"
        request.fields = _fields(label, held, told)
        made.append(request)
    for request in made:
        request.batch = made[0].number
    subject = technical.SUBJECTS["access"].label
    return [making.store(maker, r, "created", {"О чём": ["—", subject]}) for r in made]


def _fields(label: str, held: Sequence[Right], told: Told) -> dict[str, str]:
    roles = ", ".join(dict.fromkeys(right.role for right in held if right.role))
    parts = {
        "system": label,
        "role": roles,
        "steps": "\n".join(_sentences(told)),
        "expected": "Учётная запись под новыми данными, права прежние.",
        "got": "Учётная запись под прежними данными.",
    }
    composed = {into: problem.composed(parts, into) for into in ("description", "expected_result")}
    return composed | {problem.KEPT + key: text for key, text in parts.items() if text}


def _sentences(told: Told) -> Iterable[str]:
    changed = told.before != told.after
    if changed:
        yield f"У пользователя сменились ФИО: {told.after.full} (ранее: {told.before.full})."
    else:
        yield f"У пользователя {told.after.full} сменился адрес электронной почты."
    if told.old_email != told.email:
        yield f"Адрес электронной почты: {told.email or 'нет'} (ранее: {told.old_email or 'нет'})."
    ground = f", основание: {told.ground}" if told.ground else ""
    yield f"Изменение с {told.day:%d.%m.%Y}{ground}. СНИЛС прежний."
    yield "Просим изменить данные учётной записи, права роли сохранить."
