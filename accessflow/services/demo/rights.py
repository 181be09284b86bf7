"""What people of the demonstration hold: the first fill from lists of the systems, years old rights
and one of these days. What its applications came to is added by themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from accessflow.catalogue.spec import Catalogue, SystemSpec
from accessflow.db.session import Database
from accessflow.db.tables import Employment
from accessflow.services import ledger_imports
from accessflow.services.actor import Actor
from accessflow.services.clock import moscow_date
from accessflow.services.demo.applications import PICKS

FILLED = timedelta(days=75)
"""So long ago the lists were taken over."""
ADMINISTRATOR = "Администратор МО"

NAMED: Mapping[str, tuple[str, ...]] = {
    "Бурцева": ("vimis-onko", "frmsr"),
    "Ершова": ("frmsr", "orph"),
    "Зимина": ("frmsr", "vimis-prof"),
    "Ким": ("frmss",),
    "Кротов": ("rmo", "rs-doctor-portal", "rs-cami"),
    "Лаптева": ("frmss", "rmo", "frmo", "frmr", "rs-doctor-portal", "rs-tmk"),
    "Лунёв": ("rs-doctor-portal",),
    "Осокин": ("rs-doctor-portal", "covid19", "rs-tmk"),
    "Пак": ("frmss", "smp"),
    "Петрова": ("frmo", "frmr", "geo"),
    "Тетерина": ("frmr",),
    "Яшин": ("rs-doctor-portal", "rs-tmk"),
}
ADMINISTRATORS = frozenset({("Лаптева", "frmss"), ("Зимина", "frmsr"), ("Воронина", "frmss")})
NEW = {("Яшин", "rs-tmk"): 5, ("Никитина", "rs-queue"): 2}
"""Held for so few days."""
TERMS = {
    ("Осокин", "rs-tmk"): 12, ("Яшин", "rs-doctor-portal"): 3, ("Лаптева", "rs-tmk"): 26,
    ("Пак", "smp"): 61, ("Бурцева", "vimis-onko"): -4,
}  # fmt: skip
"""Given for a time: so many days are left."""
BY_POST = (
    ("статистик", ("frmss", "lenmedstat", "frmsr")),
    ("хирург", ("rs-doctor-portal", "rs-cami", "vimis-ssz")),
    ("рентген", ("rs-cami", "rs-doctor-portal")),
    ("акуш", ("frmsr", "rs-pregmon")),
    ("инфекц", ("covid19", "rs-doctor-portal")),
    ("сест", ("frmss", "rs-doctor-portal")),
    ("фельдшер", ("smp", "rs-doctor-portal")),
    ("врач", ("rs-doctor-portal", "rs-analytics", "vimis-prof")),
    ("завед", ("rs-doctor-portal", "dashboards")),
    ("", ("rs-queue",)),
)
ASKED = {(pick.key, who, system) for pick in PICKS for who in pick.people for system in pick.systems
         if pick.action == "grant"}  # fmt: skip
"""What applications ask for was not held before."""


@dataclass(frozen=True, slots=True)
class _Right:
    job: Employment
    system: SystemSpec
    role: str
    on: date
    until: date | None = None


def fill(db: Database, catalogue: Catalogue, clerks: Mapping[str, Actor], now: datetime) -> None:
    """One list of each system and organisation, every right from its own day on."""
    today = moscow_date(now)
    with db.write() as session:
        for key, clerk in clerks.items():
            jobs = session.scalars(
                select(Employment)
                .where(Employment.organization_id == clerk.organization_id)
                .options(joinedload(Employment.person))
                .order_by(Employment.id)
            ).all()
            for number, right in enumerate(_rights(catalogue, key, jobs, today), 2):
                told = max(now - FILLED, now - (today - right.on))
                ledger_imports.open_from_list(
                    session, right.job, right.system.slug, right.role, told, on=right.on,
                    reference=f"список «{right.system.label}», строка {number}",
                    expires_on=right.until,
                )  # fmt: skip


def _rights(
    catalogue: Catalogue, key: str, jobs: Sequence[Employment], today: date
) -> Iterator[_Right]:
    for number, job in enumerate(jobs):
        name = job.person.last_name
        for place, slug in enumerate(_systems(name, job.position, number)):
            if (key, name, slug) in ASKED:
                continue
            system = catalogue.system(slug)
            days = NEW.get((name, slug), 200 + 97 * ((number * 7 + place * 3) % 11))
            on = today - timedelta(days=days)
            left = TERMS.get((name, slug))
            until = None if left is None else today + timedelta(days=left)
            since = max(on, job.since or on)
            yield _Right(job, system, _role(catalogue, system, name), since, until)


def _systems(name: str, position: str, number: int) -> tuple[str, ...]:
    if name in NAMED:
        return NAMED[name]
    usual = next(some for word, some in BY_POST if word in position.casefold())
    more = ("rs-queue",) if name == "Никитина" else ()
    return (*usual[: 1 + number % 3], *more)


def _role(catalogue: Catalogue, system: SystemSpec, name: str) -> str:
    """The one that most people have: not the administrator's."""
    roles = [role.name for role in catalogue.roles_of(system, catalogue.form(system.grant_form))]
    if (name, system.slug) in ADMINISTRATORS and ADMINISTRATOR in roles:
        return ADMINISTRATOR
    usual = [role for role in roles if role != ADMINISTRATOR]
    return (usual or roles or [""])[-1 if system.slug.startswith("vimis") else 0]
