"""What has happened to some applications of the demonstration by the time it starts.

Everything goes through the services that people use, each step at its own moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Person
from accessflow.services import acting, asking, attestations, scan_uploads, scans
from accessflow.services.actor import Actor
from accessflow.services.applications import check_of, find
from accessflow.services.clock import moscow_date
from accessflow.services.demo.paper import signed
from accessflow.services.files import FileStore
from accessflow.services.printing import file_of, model_of
from accessflow.workflow.decide import RowDecision

MIAC, LEAD, CLERK = "specialist", "miac", "clerk"
FORWARDED = {"forwarded_to": "СТП ЕГИСЗ", "external_no": "СТП 0919932"}


@dataclass(frozen=True, slots=True)
class Step:
    """`after`: hours since the step before; `outcomes`: one a row, for `decide`."""

    action: str
    who: str = MIAC
    after: float = 1
    given: Mapping[str, Any] = field(default_factory=dict)
    outcomes: tuple[str, ...] = ()


SIGNED = (Step("prepare", CLERK), Step("scan", CLERK, 3), Step("confirm", CLERK, 0.1))
SENT = (*SIGNED, Step("send", CLERK, 0.2, {"acknowledged": "1"}))
TAKEN = (*SENT, Step("take", after=4))
ASKED = (*TAKEN, Step("request_info", after=20, given={
    "text": "В ФРМР у этого сотрудника другая должность. Уточните её, пожалуйста.",
    "about_rows": "2"}))  # fmt: skip
PASSED_ON = (*TAKEN, Step("forward", after=3, given=FORWARDED), Step("note_external", after=30,
             given={**FORWARDED, "external_status": "в работе у второй линии"}))  # fmt: skip
DONE = (*PASSED_ON, Step("decide", after=90, outcomes=("granted", "refused")))
CLOSED = (*TAKEN, Step("decide", after=26, outcomes=("granted",)), Step("close", after=1))
REFUSED = (*TAKEN, Step("refuse", after=25, given={
    "cause": "not_in_frmr", "text": "На дату заявки сотрудника нет в ФРМР."}))  # fmt: skip
ANNULLED = (*TAKEN, Step("annul", after=5, given={
    "cause": "not_template", "text": "Скан сделан со старой формы."}))  # fmt: skip
AT_COMMITTEE = (*TAKEN, Step("to_committee", after=2))


@dataclass(frozen=True, slots=True)
class Office:
    """Who acts in the demonstration, and where the files go."""

    db: Database
    catalogue: Catalogue
    files: FileStore
    cast: Mapping[str, Actor]


def live(office: Office, clerk: Actor, request_id: int, steps: tuple[Step, ...],
         begin: datetime) -> None:  # fmt: skip
    """Takes the application through the steps, the first of them `after` its beginning."""
    moment = begin
    for step in steps:
        moment += timedelta(hours=step.after)
        actor = clerk if step.who == CLERK else office.cast[step.who]
        _take(office, actor, request_id, step, moment)


def attest(office: Office, clerk: Actor, request_id: int, now: datetime) -> None:
    """Every prerequisite of the application's people, so that nothing keeps it back."""
    with office.db.read() as session:
        digits = [row.snils for row in find(session, clerk, request_id).rows]
        people = list(session.scalars(select(Person.id).where(Person.snils.in_(digits))))
    for kind in attestations.KINDS:
        attestations.attest(office.db, actor=clerk, now=now, person_ids=people, kind=kind)


def _take(office: Office, actor: Actor, request_id: int, step: Step, now: datetime) -> None:
    if step.action == "scan":
        _scan(office, actor, request_id, now)
    elif step.action == "confirm":
        _confirm(office, actor, request_id, now)
    else:
        acting.act(
            office.db, actor=actor, now=now, catalogue=office.catalogue, files=office.files,
            request_id=request_id, action=step.action, given=_given(office, request_id, step, now),
        )  # fmt: skip


def _given(office: Office, request_id: int, step: Step, now: datetime) -> dict[str, Any]:
    if step.action == "request_info":
        return {**step.given, "answer_by": asking.usual_day(office.catalogue, moscow_date(now))}
    if not step.outcomes:
        return dict(step.given)
    with office.db.read() as session:
        rows = find(session, office.cast[LEAD], request_id).rows
        decided = [
            RowDecision(row.id, outcome, "not_in_frmr" if outcome == "refused" else "")
            for row, outcome in zip(rows, step.outcomes, strict=True)
            if outcome
        ]
    return {**step.given, "rows": decided}


def _scan(office: Office, actor: Actor, request_id: int, now: datetime) -> None:
    with office.db.read() as session:
        request = find(session, actor, request_id)
        check = check_of(session, office.catalogue, request)
        model = model_of(check, office.catalogue, moscow_date(now))
        content = signed(file_of(model, "pdf").data)
        name = f"скан {request.number}.pdf"
    scan_uploads.upload(
        office.db, actor=actor, now=now, catalogue=office.catalogue, files=office.files,
        request_id=request_id, uploads=[(name, content)],
    )  # fmt: skip


def _confirm(office: Office, actor: Actor, request_id: int, now: datetime) -> None:
    with office.db.read() as session:
        scan = scans.current(session, find(session, actor, request_id))
    if scan is None:
        raise RuntimeError("the demonstration confirms a scan that it has not laid")
    scans.confirm(office.db, actor=actor, now=now, request_id=request_id, file_id=scan.id)
