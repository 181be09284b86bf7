"""Two secretaries write the same person down at the same moment: one person is the outcome."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from accessflow.db.session import Database
from accessflow.db.tables import Employment, Person
from accessflow.services.actor import Actor
from accessflow.services.employments import hire
from accessflow.services.person_form import PersonData
from tests import factories

PETROVA = PersonData(
    snils="112-233-445 95",
    last_name="Петрова",
    first_name="Анна",
    middle_name="Ивановна",
    position="Врач",
)


def test_one_snils_becomes_one_person_from_eight_sides(db: Database) -> None:
    clerks = []
    for _ in range(8):
        own = factories.organization(db)
        clerks.append(Actor(factories.account(db, "hr", own), "hr", own))

    def take_on(clerk: Actor) -> int:
        return hire(
            db,
            actor=clerk,
            now=factories.NOON,
            organization_id=clerk.organization_id or 0,
            data=PETROVA,
            confirmed=True,
        )

    with ThreadPoolExecutor(8) as pool:
        persons = set(pool.map(take_on, clerks))
    assert len(persons) == 1
    with db.read() as session:
        assert session.scalar(select(func.count(Person.id))) == 1
        assert session.scalar(select(func.count(Employment.id))) == 8
