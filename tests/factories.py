"""Rows for tests, made directly: organisations, accounts, people. Everything is made up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

from accessflow.db.session import Database
from accessflow.db.tables import Employment, Organization, Person, User
from accessflow.domain.roles import NEEDS_ORGANIZATION
from accessflow.domain.snils import check_digits

NOON = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # Monday 23.11.2026, 12:00 in Moscow
_numbers = count(1)


@dataclass
class FrozenClock:
    """The application's clock, moved by hand."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **by: float) -> None:
        self.at += timedelta(**by)


def organization(db: Database, short_name: str = "", kind: str = "mo", **values: object) -> int:
    number = next(_numbers)
    with db.write() as session:
        row = Organization(
            kind=kind,
            full_name=f"Учебная больница {number}",
            short_name=short_name or f"ГБУЗ ЛО «Учебная-{number}»",
            oid=f"1.2.643.5.1.13.13.12.2.47.{number}",
            subject_rf="Ленинградская область",
            created_at=NOON,
        )
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)
        session.flush()
        return row.id


def account(db: Database, role: str, organization_id: int | None = None) -> int:
    """An account that nobody can sign in to by password; `signed_in` of the web tests opens it."""
    number = next(_numbers)
    if organization_id is None and role in NEEDS_ORGANIZATION:
        organization_id = organization(db, kind="committee" if role == "committee" else "mo")
    with db.write() as session:
        row = User(
            login=f"{role}-{number}",
            password_hash="",
            name=f"Учёткина Анна {number}",
            role=role,
            organization_id=organization_id,
            created_at=NOON,
        )
        session.add(row)
        session.flush()
        return row.id


def snils() -> str:
    """Eleven digits that pass the check, another each time."""
    nine = f"{next(_numbers) + 100_000_000:09}"
    return nine + check_digits(nine)


def person(
    db: Database,
    organization_id: int,
    *,
    name: str = "Петрова Анна Ивановна",
    digits: str = "",
    position: str = "Врач-статистик",
    **values: object,
) -> int:
    """The id of a person with one job."""
    last, first, middle = [*name.split(), ""][:3]
    with db.write() as session:
        row = Person(
            snils=digits or snils(),
            last_name=last,
            first_name=first,
            middle_name=middle,
            no_middle_name=not middle,
            search_name=name.casefold().replace("ё", "е"),
            created_at=NOON,
        )
        job = Employment(person=row, organization_id=organization_id, position=position)
        for key, value in values.items():
            setattr(job, key, value)
        session.add_all([row, job])
        session.flush()
        return row.id
