"""An application's life for tests: an organisation and МИАЦ who act on it through the services."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
from sqlalchemy import select

from accessflow.catalogue import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Attestation, Organization, Person, Request, RequestEvent, User
from accessflow.services import acting, files, requests, technical, terms, timeline
from accessflow.services.acting import Acted
from accessflow.services.actor import Actor
from accessflow.services.applications import find
from accessflow.services.clock import moscow_date
from accessflow.services.files import FileStore
from accessflow.workflow.decide import RowDecision
from accessflow.workflow.term_words import InWords
from tests import factories
from tests.catalogue_examples import catalogue
from tests.factories import NOON
from tests.request_examples import House, another, house


@cache
def paper() -> bytes:
    """A one-page PDF: enough to be laid where what stands on it does not matter."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(out)
    return out.getvalue()


THREE = ("Лунёв Степан Тимофеевич", "Осокин Роман Вячеславович", "Пак Инна Робертовна")


@dataclass
class Life:
    """`now` is moved by hand; whoever acts is named by role."""

    house: House
    store: FileStore
    cast: dict[str, Actor] = field(default_factory=dict)
    now: datetime = NOON
    catalogue: Catalogue = field(default_factory=catalogue)

    @property
    def db(self) -> Database:
        return self.house.db

    def actor(self, role: str) -> Actor:
        if role not in self.cast:
            own = role in ("secretary", "signatory", "hr")
            place = self.house.organization if own else None
            self.cast[role] = another(self.db, role, place)
        return self.cast[role]

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)

    def act(self, request_id: int, action: str, who: str = "", **given: Any) -> Acted:
        """By the secretary unless somebody else is named."""
        return self.as_(self.actor(who or "secretary"), request_id, action, **given)

    def as_(self, actor: Actor, request_id: int, action: str, **given: Any) -> Acted:
        seen = given.pop("seen", None)
        return acting.act(
            self.db, actor=actor, now=self.now, catalogue=self.catalogue, files=self.store,
            request_id=request_id, action=action, given=given, seen=seen,
        )  # fmt: skip

    def draft(self, *systems: str, people: int = 1, role: str = "Медицинский работник") -> int:
        """Of one system; its people have every prerequisite attested."""
        return self._draft(systems, tuple(self.house.hire() for _ in range(people)), role)

    def _draft(self, systems: tuple[str, ...], jobs: tuple[int, ...], role: str) -> int:
        system = systems[0] if systems else "frmss"
        [made] = self.house.make(system, people=jobs, roles={system: role})
        self.attest(made)
        return made

    def attest(self, request_id: int) -> None:
        with self.db.write() as session:
            digits = [row.snils for row in session.get_one(Request, request_id).rows]
            for person in session.scalars(select(Person).where(Person.snils.in_(digits))):
                known = {a.kind for a in person.attestations}
                for kind in {"esia", "frmr", "gosuslugi"} - known:
                    session.add(
                        Attestation(
                            person_id=person.id, kind=kind, user_id=self.house.user, at=NOON
                        )
                    )

    def lay(self, request_id: int, kind: str = "scan", *, confirmed: bool = True) -> int:
        """A file as if it had been scanned and looked at."""
        with self.db.write() as session:
            request = session.get_one(Request, request_id)
            row = files.attach(
                session, self.store, request, paper(), name=f"{kind}.pdf", kind=kind,
                actor=self.actor("secretary"), now=self.now,
            )  # fmt: skip
            row.confirmed, row.pages = confirmed, 1
            return row.id

    def ready(self, request_id: int) -> int:
        self.act(request_id, "prepare")
        self.lay(request_id)
        return request_id

    def sent(self, *systems: str, people: int = 1, role: str = "Медицинский работник") -> int:
        """Signed and sent: registered at once where МИАЦ works here."""
        return self._sent(self.draft(*systems, people=people, role=role))

    def sent_for_three(self) -> int:
        """The same, for three people with names that tell them apart."""
        jobs = tuple(self.house.hire(name=name) for name in THREE)
        return self._sent(self._draft((), jobs, "Медицинский работник"))

    def _sent(self, draft: int) -> int:
        made = self.ready(draft)
        self.act(made, "send")
        return made

    def single(
        self, form: str, fields: dict[str, str], rows: tuple[dict[str, str], ...] = ()
    ) -> int:
        made = requests.create_single(
            self.db, actor=self.actor("secretary"), now=self.now, catalogue=self.catalogue,
            form=form,
        )  # fmt: skip
        return self.fill(made, fields, rows)

    def fill(
        self, request_id: int, fields: dict[str, str], rows: tuple[dict[str, str], ...] = ()
    ) -> int:
        with self.db.write() as session:
            request = session.get_one(Request, request_id)
            request.fields = {**request.fields, **fields}
            for row, answers in zip(request.rows, rows, strict=False):
                row.answers = {**row.answers, **answers}
            totals_of(self, session, request)
        return request_id

    def problem(self, subject: str = "access") -> int:
        made = technical.create(
            self.db, actor=self.actor("secretary"), now=self.now, catalogue=self.catalogue,
            subject=subject,
        )  # fmt: skip
        return self.fill(made, {"description": "Не входит в систему", "expected_result": "Вход"})

    def one(self, request_id: int, who: str = "secretary") -> Request:
        with self.db.read() as session:
            return find(session, self.actor(who), request_id)

    def row_ids(self, request_id: int) -> list[int]:
        return [row.id for row in self.one(request_id).rows]

    def decisions(self, request_id: int, *outcomes: str) -> list[RowDecision]:
        """One for each row in order; "" leaves a row open."""
        ids = self.row_ids(request_id)
        return [
            RowDecision(row_id, outcome, "not_in_frmr" if outcome == "refused" else "")
            for row_id, outcome in zip(ids, outcomes, strict=True)
            if outcome
        ]

    def events(self, request_id: int) -> list[RequestEvent]:
        with self.db.read() as session:
            return list(timeline.events_of(session, request_id))

    def term(self, request_id: int) -> InWords:
        with self.db.read() as session:
            request = session.get_one(Request, request_id)
            return terms.shown(session, self.catalogue, request, moscow_date(self.now))


def totals_of(life: Life, session: Any, request: Request) -> None:
    from accessflow.services.totals import refresh

    refresh(session, life.catalogue, request)


def life(db: Database, folder: Path, **values: Any) -> Life:
    """An organisation with everything that the regulation asks of an author (R14)."""
    values.setdefault("mailbox", f"mail{factories.snils()}@prb.example")
    ours = house(db, **values)
    with db.write() as session:
        user = session.get_one(User, ours.user)
        user.position, user.phone = "Секретарь", "8 (81379) 5-00-21"
        user.email = "sekretar@prb.example"
        session.get_one(Organization, ours.organization).inn = "4703123451"
    found = Life(ours, FileStore(folder / "files"))
    found.cast["secretary"] = ours.actor
    return found


def birth(ours: Life) -> int:
    """A letter about an ЭМД on a birth, sent."""
    made = ours.single(
        "appendix-16",
        {"error_description": "Неверная дата рождения ребёнка"},
        ({"emdr_id": "224.16.25.09.000241002"},),
    )
    ours.ready(made)
    ours.lay(made, "certificate_status")
    ours.act(made, "send")
    return made
