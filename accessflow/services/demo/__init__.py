"""A demonstration: made-up organisations, people and accounts, through the services people use."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files as resources

from sqlalchemy import select

from accessflow.catalogue.spec import Catalogue, RegionSpec
from accessflow.db.session import Database
from accessflow.db.tables import Organization, User
from accessflow.domain.roles import LABELS, Role
from accessflow.services import (
    accounts,
    attestations,
    employments,
    organizations,
    signatories,
    units,
)
from accessflow.services.actor import SYSTEM, Actor
from accessflow.services.clock import moscow_date
from accessflow.services.demo import applications, dismissals, rights
from accessflow.services.demo.lives import Office
from accessflow.services.demo.samples import ORGANIZATIONS, SIGNATORIES
from accessflow.services.files import FileStore
from accessflow.services.person_form import PersonData

PASSWORD = "accessflow-demo"  # noqa: S105  # of made-up accounts, printed at every start


@dataclass(frozen=True, slots=True)
class Account:
    """`what` says in Russian whose account it is."""

    login: str
    what: str


@dataclass(frozen=True, slots=True)
class _Login:
    login: str
    role: Role
    name: str
    organization: str = ""
    position: str = ""
    phone: str = ""
    email: str = ""


LOGINS = (
    _Login("sekretar", "secretary", "Малахова Екатерина Юрьевна", "prb",
           "Секретарь", "8 (81379) 500-10", "sekretar@prb.example"),
    _Login("rukovoditel", "signatory", "Ястребов Николай Николаевич", "prb", "Главный врач"),
    _Login("kadry", "hr", "Тетерина Галина Петровна", "prb", "Специалист по кадрам",
           "8 (81379) 500-14", "kadry@prb.example"),
    _Login("specialist", "miac_specialist", "Воронцов Дмитрий Андреевич"),
    _Login("miac", "miac_lead", "Ларина Ольга Сергеевна"),
    _Login("komitet", "committee", "Сергеева Маргарита Олеговна", "kz",
           "Главный специалист", "8 (812) 555-04-01", "sergeeva@kz.example"),
    _Login("admin", "admin", "Котов Артём Игоревич"),
    _Login("auditor", "auditor", "Беляева Инна Павловна"),
    _Login("sekretar2", "secretary", "Климова Ольга Андреевна", "vrb",
           "Секретарь", "8 (81368) 500-20", "sekretar@vrb.example"),
)  # fmt: skip


def prepare(
    db: Database, *, now: datetime, catalogue: Catalogue, files: FileStore
) -> list[Account]:
    """Fills the database if it is empty; gives the demonstration accounts that there are."""
    with db.read() as session:
        empty = not session.scalar(select(User.id)) and not session.scalar(select(Organization.id))
    if empty:
        fill(db, now=now, catalogue=catalogue, files=files)
    with db.read() as session:
        users = {user.login: user for user in accounts.accounts(session)}
    return [Account(item.login, _what(users[item.login])) for item in LOGINS if item.login in users]


def fill(db: Database, *, now: datetime, catalogue: Catalogue, files: FileStore) -> None:
    """Organisations, signatories, accounts, people with what they hold, applications."""
    region = catalogue.region
    ids = {
        key: organizations.create(db, actor=SYSTEM, now=now, region=region, data=data)
        for key, data in ORGANIZATIONS.items()
    }
    for key, data in SIGNATORIES:
        signatories.add(db, actor=SYSTEM, now=now, organization_id=ids[key], data=data)
    users = {item.login: _open(db, now, item, ids) for item in LOGINS}
    clerks = {key: Actor(None, "secretary", ids[key], "демонстрация") for key in ids}
    clerks["prb"] = Actor(users["sekretar"], "secretary", ids["prb"])
    clerks["kz"] = Actor(users["komitet"], "committee", ids["kz"])
    clerks["vrb"] = Actor(users["sekretar2"], "secretary", ids["vrb"])
    for key, clerk in clerks.items():
        _people(db, now, region, key, clerk)
    rights.fill(db, catalogue, clerks, now)
    cast = {
        item.login: Actor(users[item.login], item.role, ids.get(item.organization), item.name)
        for item in LOGINS
    }
    office = Office(db, catalogue, files, cast)
    applications.make(office, clerks, now)
    dismissals.make(office, cast["kadry"], now)  # last: who has left is given nothing more


def _what(user: User) -> str:
    where = f", {user.organization.short_name}" if user.organization else ""
    return f"{LABELS[accounts.role_of(user.role)]}: {user.name}{where}"


def _open(db: Database, now: datetime, item: _Login, ids: dict[str, int]) -> int:
    account = accounts.NewAccount(
        login=item.login,
        password=PASSWORD,
        name=item.name,
        role=item.role,
        organization=ids.get(item.organization),
        position=item.position,
        phone=item.phone,
        email=item.email,
    )
    return accounts.add_account(db, actor=SYSTEM, now=now, account=account)


def _people(db: Database, now: datetime, region: RegionSpec, key: str, clerk: Actor) -> None:
    owner = clerk.organization_id or 0
    made: dict[str, int] = {}
    hired: list[int] = []
    for row in _rows(key):
        if row["unit"] not in made:
            made[row["unit"]] = units.add(
                db, actor=clerk, now=now, organization_id=owner, name=row["unit"]
            )
        hired.append(
            employments.hire(
                db,
                actor=clerk,
                now=now,
                organization_id=owner,
                data=_data(row, made[row["unit"]], now),
                area_code=region.area_code,
            )
        )
    if clerk.user_id is not None:
        for kind, every in (("gosuslugi", 1), ("frmr", 1), ("esia", 2)):
            some = [person for number, person in enumerate(hired) if number % every == 0]
            attestations.attest(
                db, actor=clerk, now=now, person_ids=some[: len(some) - 3], kind=kind
            )


def _rows(key: str) -> Iterator[dict[str, str]]:
    table = resources(__package__).joinpath("people.tsv").read_text(encoding="utf-8")
    for row in csv.DictReader(table.splitlines(), delimiter="\t"):
        if row["organization"] == key:
            yield row


def _data(row: dict[str, str], unit_id: int, now: datetime) -> PersonData:
    last, first, middle = [*row["name"].split(maxsplit=2), ""][:3]
    number = int(row["personnel_no"])
    today = moscow_date(now)
    return PersonData(
        snils=row["snils"],
        last_name=last,
        first_name=first,
        middle_name=middle,
        no_middle_name=not middle,
        unit_id=str(unit_id),
        position=row["position"],
        personnel_no=row["personnel_no"],
        email=row["email"],
        work_phone=f"8 (81379) 5{number // 100:02}-{number % 100:02}",
        contact_phone=f"+7 921 000-{number // 100:02}-{number % 100:02}",
        since=(today - timedelta(days=400 + 37 * number)).isoformat(),
    )
