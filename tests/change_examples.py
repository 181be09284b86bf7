"""Changes of a job for tests: asked for, signed, carried out."""

from __future__ import annotations

from datetime import date

from accessflow.db.tables import Employment, JobChange, Request
from accessflow.services import change_records, job_changes
from accessflow.services.job_changes import Decision, Move
from accessflow.services.job_rights import rights_of
from accessflow.services.ledger_queries import Asked, held
from accessflow.workflow.decide import RowDecision
from tests.dismissal_examples import Staff

ADMIN, WORKER = "Администратор МО", "Медицинский работник"
TODAY = date(2026, 11, 23)


def key(staff: Staff, job: int, system: str) -> str:
    with staff.db.read() as session:
        rights = rights_of(session, staff.life.catalogue, session.get_one(Employment, job), TODAY)
        return next(right.key for right in rights if right.offer.slug == system)


def change(staff: Staff, job: int, **steps: Decision) -> int:
    """The id of the change; `steps` by system."""
    decisions = {key(staff, job, system): one for system, one in steps.items()}
    return job_changes.change_role(
        staff.db, actor=staff.actor, now=staff.life.now, catalogue=staff.life.catalogue,
        move=Move(job, decisions, ground="приказ № 5-к"),
    )  # fmt: skip


def made(staff: Staff, change_id: int) -> list[tuple[int, str, int]]:
    """Pair, action, id."""
    with staff.db.read() as session:
        found = change_records.requests_of(session, session.get_one(JobChange, change_id))
        return [(pair, request.action, request.id) for pair, request in found]


def a_pair(staff: Staff, role: str = ADMIN) -> tuple[int, int, int]:
    """The job, the revocation and the grant of a changed role."""
    job = staff.hire("frmss")
    [(_, _, revocation), (_, _, grant)] = made(
        staff, change(staff, job, frmss=Decision("change", role))
    )
    staff.life.attest(grant)
    staff.life.attest(revocation)
    return job, revocation, grant


def roles(staff: Staff, job: int) -> set[tuple[str, str]]:
    with staff.db.read() as session:
        rights = held(session, staff.actor, Asked(TODAY, employment=job))
        return {(right.system, right.role) for right in rights}


def state(staff: Staff, request_id: int) -> str:
    with staff.db.read() as session:
        return session.get_one(Request, request_id).state


def signed(staff: Staff, *request_ids: int) -> None:
    staff.life.act(request_ids[0], "prepare")
    for request_id in request_ids:
        staff.life.lay(request_id)


def execute(staff: Staff, request_id: int, outcome: str) -> None:
    staff.life.act(request_id, "take", "miac_specialist")
    staff.life.act(
        request_id, "decide", "miac_specialist",
        rows=[RowDecision(row, outcome) for row in staff.life.row_ids(request_id)],
    )  # fmt: skip
