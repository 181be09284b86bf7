"""Drafts for tests of the editor: rows as they are typed, right and wrong."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from accessflow.db.session import Database
from accessflow.db.tables import Request, Signatory
from accessflow.forms.application import Row
from accessflow.services import totals
from accessflow.services.applications import new_row
from tests import factories
from tests.catalogue_examples import catalogue
from tests.factories import NOON
from tests.request_examples import House

Rows = Sequence[Row]
NAMES = ("Петрова Анна Ивановна", "Зимина Елена Андреевна", "Соколов Дмитрий Павлович",
         "Лунёв Степан Тимофеевич", "Бурцева Нина Олеговна")  # fmt: skip


def person(number: int = 0, **values: str) -> Row:
    """A row that has nothing wrong with it; a value of "" leaves its key out."""
    last, first, middle = NAMES[number % len(NAMES)].split()
    row = {
        "last_name": last,
        "first_name": first,
        "middle_name": middle,
        "snils": _printed(factories.snils()),
        "position": "Врач-статистик",
        "work_phone": f"8 (81379) 5-{number // 100:02}-{number % 100:02}",
        "contact_phone": f"8 (921) 000-{number // 100:02}-{number % 100:02}",
        "email": f"worker{number}@prb-lo.ru",
        "role": "Медицинский работник",
    } | values
    return {key: text for key, text in row.items() if text}


def people(count: int) -> Rows:
    return [person(number) for number in range(count)]


def _printed(digits: str) -> str:
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:9]} {digits[9:]}"


def draft(
    house: House,
    rows: Rows,
    *,
    form: str = "appendix-08",
    system: str | None = "frmss",
    action: str = "grant",
    **values: object,
) -> int:
    """The id of a draft with these rows as they stand."""
    with house.db.write() as session:
        signer = session.scalar(
            select(Signatory.id).where(Signatory.organization_id == house.organization)
        )
        request = Request(
            number=f"2026-{next(factories._numbers):05}",
            kind="access",
            action=action,
            organization_id=house.organization,
            author_id=house.user,
            signatory_id=signer,
            form=form,
            form_version=catalogue().form(form).version,
            system=system,
            created_at=NOON,
            updated_at=NOON,
        )
        for name, value in values.items():
            setattr(request, name, value)
        request.rows = [new_row(position, row) for position, row in enumerate(rows, 1)]
        session.add(request)
        session.flush()
        totals.refresh(session, catalogue(), request)
        return request.id


def answers(db: Database, request_id: int) -> list[dict[str, str]]:
    """The rows' answers in their order."""
    with db.read() as session:
        return [dict(row.answers) for row in session.get_one(Request, request_id).rows]


def row_ids(db: Database, request_id: int) -> list[int]:
    with db.read() as session:
        return [row.id for row in session.get_one(Request, request_id).rows]


def stored(db: Database, request_id: int) -> Request:
    with db.read() as session:
        return session.get_one(Request, request_id)
