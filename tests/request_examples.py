"""Requests for tests: an organisation with its head, secretary and people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from accessflow.db.session import Database
from accessflow.db.tables import Employment, Person, Request, Signatory, User
from accessflow.domain.roles import Role
from accessflow.services import requests
from accessflow.services.accounts import role_of
from accessflow.services.actor import Actor
from accessflow.services.picks import Picks
from tests import factories
from tests.catalogue_examples import catalogue
from tests.factories import NOON


@dataclass
class House:
    """An organisation as its secretary finds it."""

    db: Database
    organization: int
    user: int
    role: Role = "secretary"

    @property
    def actor(self) -> Actor:
        return Actor(self.user, self.role, self.organization)

    def hire(self, name: str = "Петрова Анна Ивановна", **values: Any) -> int:
        """The id of the employment. `email` is somebody's own unless it is given."""
        values.setdefault("email", f"worker{factories.snils()}@prb.example")
        values.setdefault("work_phone", "8 (81379) 5-00-21")
        values.setdefault("contact_phone", "8 (921) 000-01-02")
        person = factories.person(self.db, self.organization, name=name, **values)
        with self.db.read() as session:
            return session.scalars(
                select(Employment.id).where(Employment.person_id == person)
            ).one()

    def snils(self, employment: int) -> str:
        with self.db.read() as session:
            return session.get_one(Person, session.get_one(Employment, employment).person_id).snils

    def make(self, *systems: str, people: tuple[int, ...] = (), **picks: Any) -> list[int]:
        """The ids of drafts for these systems, of one new person unless people are given."""
        picked = Picks(people=people or (self.hire(),), systems=systems, **picks)
        return self.create(picked)

    def create(self, picked: Picks, now: datetime = NOON) -> list[int]:
        return requests.create(
            self.db, actor=self.actor, now=now, catalogue=catalogue(), picks=picked
        )

    def state(self, request_id: int, state: str) -> None:
        """As if the later steps had been taken."""
        with self.db.write() as session:
            session.get_one(Request, request_id).state = state


def house(db: Database, role: Role = "secretary", *, head: bool = True, **values: Any) -> House:
    organization = factories.organization(
        db,
        kind="committee" if role == "committee" else "mo",
        **values,
    )
    if head:
        add_head(db, organization)
    return House(db, organization, factories.account(db, role, organization), role)


def add_head(
    db: Database, organization: int, name: str = "Ястребов Николай Н", **values: object
) -> int:
    last, first, middle = name.split()
    with db.write() as session:
        row = Signatory(
            organization_id=organization, position="Главный врач", is_head=True,
            last_name=last, first_name=first, middle_name=middle,
        )  # fmt: skip
        for key, value in values.items():
            setattr(row, key, value)
        session.add(row)
        session.flush()
        return row.id


def another(db: Database, role: str, organization: int | None = None) -> Actor:
    """Somebody else: МИАЦ, the committee, a neighbour's secretary."""
    user = factories.account(db, role, organization)
    with db.read() as session:
        found = session.get_one(User, user)
        return Actor(user, role_of(found.role), found.organization_id)
