"""Lists for tests: sheets made up, handed over, answered and taken through the pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from flask.testing import FlaskClient
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from accessflow.db.session import Database
from accessflow.db.tables import Base, Employment, Grant, ImportRow
from accessflow.services import ledger_imports
from tests.factories import NOON
from tests.request_examples import House, house

TODAY = date(2026, 11, 23)
ADMIN, WORKER = "Администратор МО", "Медицинский работник"


def workbook(*rows: Sequence[object]) -> bytes:
    """The first row is of titles."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def formatted(digits: str) -> str:
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:9]} {digits[9:]}"


@dataclass
class Desk:
    """Somebody at the pages of lists; `prefix`: their address."""

    db: Database
    house: House
    client: FlaskClient
    prefix: str

    def upload(self, data: bytes = b"", name: str = "list.xlsx", **fields: str) -> str:
        """The address of the preview."""
        form: dict[str, object] = dict(fields)
        if data:
            form["file"] = (BytesIO(data), name)
        answer = self.client.post(self.prefix, data=form)
        assert answer.status_code == 302, answer.text
        return answer.location

    def page(self, address: str) -> str:
        return self.client.get(address).text

    def choose(
        self,
        address: str,
        do: str = "save",
        said: dict[str, int | str] | None = None,
        **fields: object,
    ) -> None:
        shown = re.findall(r'name="shown" value="(\d+)"', self.page(address))
        answer = self.client.post(
            f"{address}/choose", data={"shown": shown, "do": do, **fields, **(said or {})}
        )
        assert answer.status_code in (302, 409), answer.text

    def run(self, address: str) -> str:
        """The account of what was done with the chosen rows."""
        self.client.post(f"{address}/run")
        while "Продолжить" in (page := self.page(address)):
            self.client.post(f"{address}/run")
        return page

    def take(self, data: bytes = b"", **fields: str) -> str:
        """What needs no answer is taken; the account."""
        return self.run(self.upload(data, **fields))

    def rows(self) -> list[ImportRow]:
        """Of the last list."""
        with self.db.read() as session:
            last = select(ImportRow.job_id).order_by(ImportRow.job_id.desc()).limit(1)
            query = select(ImportRow).where(ImportRow.job_id == last.scalar_subquery())
            return list(session.scalars(query.order_by(ImportRow.number)))

    def plans(self) -> list[str]:
        return [row.plan for row in self.rows()]

    def outcomes(self) -> list[str]:
        return [row.outcome for row in self.rows()]

    def not_taken(self, address: str) -> list[dict[str, str]]:
        with self.client.get(f"{address}/not-taken.xlsx") as answer:
            sheet = load_workbook(BytesIO(answer.data)).active
        assert sheet is not None
        _, headings, *rows = ([str(value or "") for value in row] for row in sheet.values)
        return [dict(zip(headings, row, strict=True)) for row in rows]

    def give(self, job: int, system: str = "frmss", role: str = WORKER, on: date = TODAY) -> None:
        """A right that the ledger holds since that day."""
        with self.db.write() as session:
            ledger_imports.open_from_list(
                session, session.get_one(Employment, job), system, role, NOON, on=on,
                reference="список, строка 1",
            )  # fmt: skip

    def open_rights(self) -> list[tuple[int, str, str]]:
        query = select(Grant.employment_id, Grant.system, Grant.role).where(
            Grant.until.is_(None), Grant.voided_at.is_(None)
        )
        with self.db.read() as session:
            return sorted((job, system, role) for job, system, role in session.execute(query))


def desk(db: Database, signed_in: Callable[[int], FlaskClient], prefix: str) -> Desk:
    """The secretary's of an organisation."""
    ours = house(db)
    return Desk(db, ours, signed_in(ours.user), prefix)


def tabs(page: str) -> dict[str, int]:
    found = re.findall(r">([^<>]+) <b>([\d\xa0]+)</b>", page)
    return {label.strip(): int(count.replace("\xa0", "")) for label, count in found}


def contents(db: Database, *names: str) -> dict[str, list[tuple[object, ...]]]:
    with db.read() as session:
        return {
            name: sorted(map(tuple, session.execute(Base.metadata.tables[name].select())), key=repr)
            for name in names
        }
