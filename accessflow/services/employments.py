"""Taking somebody on and changing what is known: one СНИЛС, one person, jobs in many places.

A known СНИЛС with another name asks whether the surname has changed or the СНИЛС has a slip; what
another organisation knows of the person is never told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.db.insert import insert
from accessflow.db.session import Database
from accessflow.db.tables import Employment, Person
from accessflow.domain.person_name import PersonName
from accessflow.domain.reading import Flaw
from accessflow.services import history, people, scope
from accessflow.services.actor import Actor
from accessflow.services.fields import Fields, Refused, searchable
from accessflow.services.person_form import Identity, PersonData, read_identity, read_job

PERSON_LABELS = {
    "last_name": "Фамилия",
    "first_name": "Имя",
    "middle_name": "Отчество",
    "no_middle_name": "Отчества нет",
}
JOB_LABELS = {
    "unit": "Подразделение",
    "position": "Должность",
    "personnel_no": "Табельный номер",
    "email": "E-mail",
    "work_phone": "Рабочий телефон",
    "contact_phone": "Контактный телефон",
    "since": "Принят",
    "until": "Уволен",
}


LastDay = Callable[[Session, Employment, date | None], None]
"""What is to be done where the last day of a job is typed: `last_day.py` enters the dismissal."""

NAME_DIFFERS = "name_differs"
"""The code of a flaw that is a question: `hire(renamed=True)` answers that the name has changed."""


def name_differs(known: PersonName | None) -> str:
    """The question in words; `known` only where the reader's own organisation knows the person."""
    whom = f"в вашей организации записан(а) {known.full}" if known else "записано другое ФИО"
    return f"Под этим СНИЛС уже {whom}. Сменились ФИО или описка в СНИЛС?"


def hire(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    organization_id: int,
    data: PersonData,
    area_code: str | None = None,
    renamed: bool = False,
    confirmed: bool = False,
) -> int:
    """The id of the person, who now has a job in the organisation.

    Raises Refused with flaws by field (NAME_DIFFERS among them), NotFound, Forbidden.
    """
    scope.require_people_changed(actor, organization_id)
    with db.write() as session:
        fields = Fields()
        who = read_identity(fields, data)
        values = read_job(session, fields, organization_id, data, area_code, who)
        known = people.by_snils(session, who.digits) if who else None
        if known and who and not same_name(known, who.name) and not renamed:
            own = people.works_in(known, organization_id)
            message = name_differs(people.name_of(known) if own else None)
            raise Refused(message, {"snils": Flaw(NAME_DIFFERS, message)})
        if known and _here_now(known, organization_id, values["until"]):
            message = "Этот человек у вас уже работает: добавится ещё одна должность."
            fields.warn("snils", "already_here", message)
        fields.check(confirmed=confirmed)
        assert who is not None  # noqa: S101  # an unread СНИЛС or name has been refused above
        person = person_of(session, actor=actor, now=now, who=who)
        add_jobs(
            session, actor=actor, now=now, organization_id=organization_id,
            jobs=[(person, values)],
        )  # fmt: skip
        return person.id


def change(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    employment_id: int,
    data: PersonData,
    last_day: LastDay,
    area_code: str | None = None,
    confirmed: bool = False,
) -> int:
    """The id of the person. Raises Refused, NotFound, Forbidden."""
    with db.write() as session:
        row = people.job(session, actor, employment_id)
        scope.require_people_changed(actor, row.organization_id)
        fields = Fields()
        who = read_identity(fields, data)
        values = read_job(session, fields, row.organization_id, data, area_code, who, row)
        if who:
            _check_new_snils(session, fields, row, who)
        fields.check(confirmed=confirmed)
        assert who is not None  # noqa: S101  # see `hire`
        if who.digits != row.person.snils:
            row.person.snils = who.digits
            history.record(
                session, actor=actor, now=now, entity="person", entity_id=row.person_id,
                event="changed", what={"СНИЛС": ["—", "исправлен"]},
            )  # fmt: skip
        rename(session, actor=actor, now=now, person=row.person, who=who)
        until = values.pop("until")
        update_job(session, actor=actor, now=now, row=row, values=values)
        if until != row.until:
            last_day(session, row, until)
        return row.person_id


def same_name(person: Person, name: PersonName) -> bool:
    """Whether two spellings may be one name: no case, ё as е."""
    return people.name_of(person).key == name.key


def person_of(session: Session, *, actor: Actor, now: datetime, who: Identity) -> Person:
    """The person of this СНИЛС, made if new, renamed if the name is another."""
    person = persons_of(session, actor=actor, now=now, whos=[who])[who.digits]
    if not same_name(person, who.name):
        rename(session, actor=actor, now=now, person=person, who=who)
    return person


def persons_of(
    session: Session, *, actor: Actor, now: datetime, whos: Iterable[Identity]
) -> dict[str, Person]:
    """The persons by СНИЛС, those made that nobody knew; who was faster elsewhere is found."""
    by_digits = {who.digits: who for who in whos}
    if not by_digits:
        return {}
    rows = [
        {**who.values, "snils": digits, "search_name": who.name.key, "created_at": now}
        for digits, who in sorted(by_digits.items())  # one order, lest two imports deadlock
    ]
    made = insert(session, Person).values(rows).on_conflict_do_nothing().returning(Person.id)
    for person_id in session.scalars(made).all():
        history.record(
            session, actor=actor, now=now, entity="person", entity_id=person_id, event="created"
        )
    found = session.scalars(select(Person).where(Person.snils.in_(by_digits)))
    return {person.snils: person for person in found}


def rename(session: Session, *, actor: Actor, now: datetime, person: Person, who: Identity) -> bool:
    """Writes the name down where it differs, the former one into the history."""
    what = history.difference(person, who.values, PERSON_LABELS)
    if not what:
        return False
    for name, value in who.values.items():
        setattr(person, name, value)
    person.search_name = who.name.key
    history.record(
        session, actor=actor, now=now, entity="person", entity_id=person.id, event="changed",
        what=what,
    )  # fmt: skip
    return True


def add_jobs(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    organization_id: int,
    jobs: Iterable[tuple[Person, dict[str, Any]]],
    event: str = "created",
) -> None:
    """`jobs`: whose, and the columns."""
    rows = [
        Employment(
            person_id=person.id,
            organization_id=organization_id,
            search_text=searchable(values.get("position", "")),
            **values,
        )
        for person, values in jobs
    ]
    session.add_all(rows)
    session.flush()
    for row in rows:
        history.record(
            session, actor=actor, now=now, entity="employment", entity_id=row.id, event=event,
            what={"Должность": ["—", row.position or "—"]},
        )  # fmt: skip


def update_job(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    row: Employment,
    values: dict[str, Any],
    event: str = "changed",
) -> bool:
    """Whether anything was different."""
    told = {**values, "unit": values["unit"].name if values.get("unit") else None}
    what = history.difference(_Told(row), {n: told[n] for n in values}, JOB_LABELS)
    if not what:
        return False
    for name, value in values.items():
        setattr(row, name, value)
    row.search_text = searchable(row.position)
    history.record(
        session, actor=actor, now=now, entity="employment", entity_id=row.id, event=event,
        what=what,
    )  # fmt: skip
    return True


class _Told:
    """A job with its unit by name, as the history tells it."""

    def __init__(self, row: Employment) -> None:
        self._row = row

    def __getattr__(self, name: str) -> object:
        if name == "unit":
            return self._row.unit.name if self._row.unit else None
        return getattr(self._row, name)


def _here_now(person: Person, organization_id: int, until: date | None) -> bool:
    return until is None and any(
        job.organization_id == organization_id and job.until is None for job in person.employments
    )


def _check_new_snils(session: Session, fields: Fields, row: Employment, who: Identity) -> None:
    if who.digits == row.person.snils:
        return
    if people.by_snils(session, who.digits):
        fields.error(
            "snils", "snils_taken",
            "Этот СНИЛС уже записан за другим человеком. Если это он, добавьте его как нового "
            "сотрудника, а у этой записи укажите дату увольнения.",
        )  # fmt: skip
    elif any(job.organization_id != row.organization_id for job in row.person.employments):
        fields.error(
            "snils", "snils_shared",
            "СНИЛС этого человека ведёт не только ваша организация: исправить его может МИАЦ "
            "по вашему обращению. Или добавьте верного человека как нового сотрудника.",
        )  # fmt: skip
    else:
        fields.warn("snils", "snils_changed", "СНИЛС изменится: сверьте с документом.")
