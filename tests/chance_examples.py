"""The office that random people act in: every kind of application on its way, made once and copied.

Making it takes seconds, copying its database a few milliseconds; files lie in one folder for all
copies, for they are found by their content.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from accessflow.db.session import Database
from accessflow.services import requests
from tests.card_examples import BLOOD, NETWORK, RESOURCE, birth, with_committee
from tests.life_examples import Life, life
from tests.request_examples import another

Made = tuple[int, int]
"""Whose (0: МИАЦ works here, 1: it is outside), and the id of the application."""


@dataclass(frozen=True, slots=True)
class Office:
    """Two organisations with one МИАЦ and one КЗ, and what they have filed."""

    houses: tuple[Life, Life]
    made: tuple[Made, ...]

    def on(self, db: Database) -> Office:
        """The same people in a copy of the database."""
        houses = tuple(
            replace(one, house=replace(one.house, db=db), cast=dict(one.cast))
            for one in self.houses
        )
        return Office((houses[0], houses[1]), self.made)


def office(db: Database, folder: Path) -> Office:
    """In an empty database, with applications of every kind that are drafts, signed or sent."""
    inside = with_committee(life(db, folder))
    outside = life(db, folder, miac_outside=True)
    everybody = ("miac_specialist", "miac_lead", "committee", "auditor", "admin")
    shared = {role: inside.actor(role) for role in everybody}
    made: list[Made] = []
    for number, ours in enumerate((inside, outside)):
        ours.cast |= {**shared, "neighbour": another(db, "secretary")}
        for role in ("secretary", "hr", "signatory"):
            ours.actor(role)
        made += [(number, one) for one in _filed(ours)]
    made += [(0, one) for one in (_ready(inside), _unsent_network(inside), _letter(inside))]
    return Office((inside, outside), tuple(made))


def _filed(ours: Life) -> list[int]:
    """Twice the same people in the same system; roles that КЗ applies for; one of each kind."""
    jobs = tuple(ours.house.hire() for _ in range(2))
    first = _sent(ours, _of(ours, jobs, "grant"))
    ours.act(first, "withdraw", note="Не тот день")  # taken back, it is a repeat of the second
    second = _sent(ours, _of(ours, jobs, "grant"))
    revocation = _sent(ours, _of(ours, jobs[:1], "revoke"))
    blood = _sent(ours, ours.ready(ours.draft("vimis-akineo", role=BLOOD)))
    for kind in ("committee_scan", "director_scan"):
        ours.lay(blood, kind)
    problems = [_problem(ours, subject) for subject in ("access", "screening")]
    return [first, second, revocation, blood, *problems, birth(ours)]


def _sent(ours: Life, made: int) -> int:
    ours.act(made, "send", acknowledged="1")
    return made


def _problem(ours: Life, subject: str) -> int:
    made = ours.problem(subject)
    ours.lay(made, "screenshot")
    return _sent(ours, made)


def _of(ours: Life, jobs: tuple[int, ...], action: str) -> int:
    [made] = ours.house.make(
        "frmss", people=jobs, roles={"frmss": "Медицинский работник"}, action=action
    )
    ours.attest(made)
    return ours.ready(made)


def _ready(ours: Life) -> int:
    return ours.ready(ours.draft("rmo", people=2))


def _unsent_network(ours: Life) -> int:
    return ours.ready(ours.single("appendix-15", NETWORK, (RESOURCE,)))


def _letter(ours: Life) -> int:
    """КЗ's own, which belongs to no application of an МО."""
    committee = ours.actor("committee")
    made = requests.create_single(
        ours.db, actor=committee, now=ours.now, catalogue=ours.catalogue, form="emd-letter"
    )
    ours.fill(
        made,
        {"reason": "Неверная дата рождения", "document_kind": "Медицинское свидетельство"},
        ({"linked_kind": "Направление", "linked_number": "1-2", "msr_number": "41000123"},),
    )
    ours.as_(committee, made, "prepare")
    ours.lay(made)
    return made
