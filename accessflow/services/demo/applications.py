"""The applications of the demonstration: drafts of lately, and some that are well on their way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from accessflow.db.session import Database
from accessflow.db.tables import Employment, Person
from accessflow.forms.spec import Action
from accessflow.services import requests
from accessflow.services.actor import Actor
from accessflow.services.demo.lives import (
    ANNULLED,
    ASKED,
    AT_COMMITTEE,
    CLOSED,
    DONE,
    PASSED_ON,
    REFUSED,
    SENT,
    SIGNED,
    TAKEN,
    Office,
    Step,
    attest,
    live,
)
from accessflow.services.picks import Picks

NURSE, ADMINISTRATOR = "Медицинский работник", "Администратор МО"


@dataclass(frozen=True, slots=True)
class Pick:
    """`people` by surname; `roles` by system; `ago` in hours before the start; `steps`: what has
    happened since."""

    key: str
    people: tuple[str, ...]
    systems: tuple[str, ...]
    action: Action = "grant"
    roles: dict[str, str] = field(default_factory=dict)
    ago: int = 0
    steps: tuple[Step, ...] = ()


PICKS = (
    Pick("prb", ("Дьячкова", "Воронина"), ("rmo",), ago=40 * 24, roles={"rmo": NURSE},
         steps=DONE),
    Pick("vrb", ("Чернов", "Щербаков"), ("frllo",), ago=39 * 24, steps=PASSED_ON),
    Pick("prb", ("Карпов",), ("rs-cami",), ago=33 * 24, steps=CLOSED),
    Pick("vrb", ("Юдина",), ("frmss",), ago=27 * 24, roles={"frmss": NURSE}, steps=REFUSED),
    Pick("prb", ("Захарова", "Жукова", "Громов"), ("frllo",), ago=26 * 24, steps=PASSED_ON),
    Pick("prb", ("Мамедов",), ("rs-onko",), ago=20 * 24, steps=ANNULLED),
    Pick("vrb", ("Цветкова", "Борисова"), ("frmss",), ago=12 * 24, roles={"frmss": NURSE},
         steps=ASKED),
    Pick("vrb", ("Фёдорова",), ("vimis-akineo",), ago=9 * 24,
         roles={"vimis-akineo": "Сотрудник МО забор крови"}, steps=AT_COMMITTEE),
    Pick("prb", ("Родина",), ("covid19",), ago=7 * 24, roles={"covid19": NURSE}, steps=TAKEN),
    Pick("vrb", ("Титова", "Ушаков"), ("smp",), ago=150),
    Pick("kz", ("Сергеева",), ("rs-analytics",), ago=124),
    Pick("prb", ("Гущин", "Пак"), ("lenmedstat", "sip"), ago=100),
    Pick("prb", ("Тетерина",), ("frmo",), ago=75),
    Pick("vrb", ("Хасанова", "Шилова"), ("vimis-akineo",), ago=52,
         roles={"vimis-akineo": "Сотрудник МО забор крови"}),
    Pick("prb", ("Соколов", "Бурцева"), ("vimis-akineo",), ago=51,
         roles={"vimis-akineo": "Сотрудник МО забор крови"}),
    Pick("vrb", ("Эйхе", "Виноградов"), ("rs-tmk",), ago=46, steps=SENT),
    Pick("prb", ("Орлова", "Павлов"), ("rmo",), ago=44, roles={"rmo": NURSE}, steps=SENT),
    Pick("prb", ("Савельев",), ("frmss",), ago=30, roles={"frmss": ADMINISTRATOR},
         steps=SIGNED[:1]),
    Pick("prb", ("Римская-Корсакова",), ("frmss",), ago=29, roles={"frmss": NURSE},
         steps=SIGNED[:2]),
    Pick("prb", ("Кротов",), ("rs-doctor-portal", "rmo"), action="revoke", ago=27,
         roles={"rmo": NURSE}),
    Pick("prb", ("Петрова", "Зимина", "Соколов", "Бурцева", "Лунёв"), ("frmss", "rs-tmk"), ago=3,
         roles={"frmss": NURSE}),
    Pick("prb", ("Петрова", "Лунёв"), ("rmo",), ago=2, roles={"rmo": ADMINISTRATOR}),
)  # fmt: skip


def make(office: Office, clerks: dict[str, Actor], now: datetime) -> None:
    """One application per system of each pick, oldest first, and what has become of it."""
    for pick in PICKS:
        clerk = clerks[pick.key]
        picks = Picks(
            action=pick.action,
            people=tuple(_jobs(office.db, clerk, pick.people)),
            systems=pick.systems,
            roles=pick.roles,
        )
        begin = now - timedelta(hours=pick.ago)
        made = requests.create(
            office.db, actor=clerk, now=begin, catalogue=office.catalogue, picks=picks
        )
        for request_id in made if pick.steps else ():
            attest(office, clerk, request_id, begin)
            live(office, clerk, request_id, pick.steps, begin)


def _jobs(db: Database, clerk: Actor, surnames: Iterable[str]) -> list[int]:
    query = (
        select(Person.last_name, Employment.id)
        .join(Employment.person)
        .where(Employment.organization_id == clerk.organization_id)
    )
    with db.read() as session:
        ids = dict(session.execute(query).all())
    return [ids[surname] for surname in surnames]
