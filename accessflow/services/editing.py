"""The editor's use cases: what was typed is saved, conflicts are told, an operation follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Person
from accessflow.domain.errors import Conflict
from accessflow.forms.answers import validate
from accessflow.forms.application import Row
from accessflow.forms.compare import ANYWAY, compare, fingerprint
from accessflow.forms.grid import FLAG, NAME_LABELS, told
from accessflow.forms.row_people import digits_of, name_of
from accessflow.forms.rows import has_no_middle_name
from accessflow.services import details, history, people, scope
from accessflow.services.actor import Actor
from accessflow.services.applications import new_row
from accessflow.services.draft import Draft, Operation, opened, take_details
from accessflow.services.draft_checks import WHOLE
from accessflow.services.draft_closing import Outcome, close
from accessflow.services.fields import searchable
from accessflow.services.row_operations import insert


@dataclass(frozen=True, slots=True)
class TypedRow:
    """What a page sends of one row; `base` is the fingerprint of what it had shown, or ANYWAY."""

    row_id: int
    values: Row
    base: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """What a page sends: rows, and the fields beside the table by their names (None: none)."""

    rows: tuple[TypedRow, ...] = ()
    details: Row | None = None
    base: str = ""


def save(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    request_id: int,
    typed: Typed,
    operation: Operation | None = None,
) -> Outcome:
    """Takes what was typed where nobody else was faster, then does the operation.

    Clashes are told in the outcome and change nothing. Raises NotFound, Forbidden, Conflict once
    the application is no draft any more, and whatever the operation raises; then nothing is saved.
    """
    with opened(db, actor=actor, now=now, catalogue=catalogue, request_id=request_id) as draft:
        _take(draft, typed)
        if operation is not None:
            draft.run(operation)
        return close(draft)


def _take(draft: Draft, typed: Typed) -> None:
    for part in typed.rows:
        row = draft.row(part.row_id)
        if row is None:
            _take_removed(draft, part)
            continue
        now = draft.shown(row)
        verdict = compare(told(draft.grid, now), told(draft.grid, part.values), part.base)
        if verdict == "take":
            draft.put(row, part.values)
        elif verdict == "conflict":
            draft.clash(row.id, part.values, now)
    if typed.details is not None:
        _take_details(draft, typed.details, typed.base)


def _take_removed(draft: Draft, part: TypedRow) -> None:
    """Words typed into a row that somebody has removed meanwhile are shown, not dropped."""
    if part.base == ANYWAY:
        draft.put(insert(draft, len(draft.rows), new_row(0, {})), part.values)
    elif fingerprint(told(draft.grid, part.values)) != part.base:
        draft.clash(part.row_id, part.values, None)


def _take_details(draft: Draft, typed: Row, base: str) -> None:
    now = details.shown(draft.request, draft.check)
    verdict = compare(now, details.clean(typed), base)
    if verdict == "take":
        take_details(draft, typed)
    elif verdict == "conflict":
        draft.clash(WHOLE, typed, now)


def take_fix(row_id: int | None, key: str) -> Operation:
    """The proposed text of a defect taken over, as the check now proposes it."""

    def operation(draft: Draft) -> None:
        check = draft.checked_now()
        number = next((n for n, row in enumerate(draft.rows, 1) if row.id == row_id), None)
        name = key if number else f"fields.{key.removeprefix(details.FIELD)}"
        found = (d for d in validate(check) if (d.row, d.field) == (number, name) and d.fix)
        fix = next((d.fix for d in found if d.fix), None)
        if fix is None:
            return
        row = draft.row(row_id) if row_id else None
        if row:
            draft.put(row, {key: fix})
        else:
            take_details(draft, {key: fix})
        draft.note, draft.undoes = f"Заменено на «{fix}»", row is not None
        draft.focus = f"r{row_id}-{key}" if row else key

    return operation


def rename_person(row_id: int) -> Operation:
    """The name of the row goes into the person's card: the surname has changed, it was no slip.

    Raises Conflict for a person who does not work in the actor's own organisation.
    """

    def operation(draft: Draft) -> None:
        row = draft.row(row_id)
        person = people.by_snils(draft.session, digits_of(row.answers) or "") if row else None
        if row is None or person is None:
            raise Conflict("Этого сотрудника в справочнике уже нет. Обновите страницу.")
        if not people.works_in(person, draft.request.organization_id):
            raise Conflict(
                "Этот СНИЛС ведёт другая организация, она и меняет фамилию. Проверьте СНИЛС и ФИО."
            )
        scope.require_people_changed(draft.actor, draft.request.organization_id)
        _rename(draft, row.answers, person)
        draft.knows_more = True
        draft.note = "ФИО в карточке сотрудника обновлено"
        draft.focus = f"r{row_id}-last_name"

    return operation


def _rename(draft: Draft, answers: Row, person: Person) -> None:
    name = name_of(answers)
    if not (name.last and name.first):
        raise Conflict("Впишите фамилию и имя полностью, потом обновите карточку.")
    values = {
        "last_name": name.last,
        "first_name": name.first,
        "middle_name": name.middle,
        "no_middle_name": has_no_middle_name(answers),
    }
    what = history.difference(person, values, {**NAME_LABELS, FLAG: "Отчества нет"})
    for key, value in values.items():
        setattr(person, key, value)
    person.search_name = searchable(name.full)
    history.record(
        draft.session,
        actor=draft.actor,
        now=draft.now,
        entity="person",
        entity_id=person.id,
        event="changed",
        what=what,
    )
