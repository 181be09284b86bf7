"""The applications of the demonstration: drafts as a secretary would have made them lately."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Employment, Person
from accessflow.forms.spec import Action
from accessflow.services import requests
from accessflow.services.actor import Actor
from accessflow.services.picks import Picks

NURSE, ADMINISTRATOR = "Медицинский работник", "Администратор МО"


@dataclass(frozen=True, slots=True)
class Pick:
    """`people` by surname; `roles` by system; `ago` in hours before the start."""

    key: str
    people: tuple[str, ...]
    systems: tuple[str, ...]
    action: Action = "grant"
    roles: dict[str, str] = field(default_factory=dict)
    ago: int = 0


PICKS = (
    Pick("vrb", ("Титова", "Ушаков"), ("smp",), ago=150),
    Pick("kz", ("Сергеева",), ("rs-analytics",), ago=124),
    Pick("prb", ("Гущин", "Пак"), ("lenmedstat", "sip"), ago=100),
    Pick("prb", ("Тетерина",), ("frmo",), ago=75),
    Pick("vrb", ("Хасанова", "Шилова"), ("vimis-akineo",), ago=52,
         roles={"vimis-akineo": "Сотрудник МО забор крови"}),
    Pick("prb", ("Соколов", "Бурцева"), ("vimis-akineo",), ago=51,
         roles={"vimis-akineo": "Сотрудник МО забор крови"}),
    Pick("prb", ("Кротов",), ("rs-doctor-portal", "rmo"), action="revoke", ago=27,
         roles={"rmo": NURSE}),
    Pick("prb", ("Петрова", "Зимина", "Соколов", "Бурцева", "Лунёв"), ("frmss", "rs-tmk"), ago=3,
         roles={"frmss": NURSE}),
    Pick("prb", ("Петрова", "Лунёв"), ("rmo",), ago=2, roles={"rmo": ADMINISTRATOR}),
)  # fmt: skip


def make(db: Database, *, catalogue: Catalogue, clerks: dict[str, Actor], now: datetime) -> None:
    """One draft per system of each pick, oldest first."""
    for pick in PICKS:
        clerk = clerks[pick.key]
        picks = Picks(
            action=pick.action,
            people=tuple(_jobs(db, clerk, pick.people)),
            systems=pick.systems,
            roles=pick.roles,
        )
        moment = now - timedelta(hours=pick.ago)
        requests.create(db, actor=clerk, now=moment, catalogue=catalogue, picks=picks)


def _jobs(db: Database, clerk: Actor, surnames: Iterable[str]) -> list[int]:
    query = (
        select(Person.last_name, Employment.id)
        .join(Employment.person)
        .where(Employment.organization_id == clerk.organization_id)
    )
    with db.read() as session:
        ids = dict(session.execute(query).all())
    return [ids[surname] for surname in surnames]
