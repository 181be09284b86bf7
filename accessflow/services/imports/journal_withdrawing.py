"""A journal that turned out wrong is taken back whole: its applications are put away and what they
told the ledger is withdrawn, unless something has been built upon it since.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import (
    Campaign,
    CampaignLine,
    Grant,
    ImportJob,
    ImportRow,
    LedgerEntry,
    Request,
    RequestEvent,
    RequestFile,
    RequestRow,
    User,
)
from accessflow.services import history, ledger, totals
from accessflow.services.dismissal_cover import DEAD
from accessflow.services.imports.journal_making import row_of
from accessflow.services.imports.task import Task
from accessflow.services.offers import system_label

TAKEN = ("created", "changed")
"""Outcomes of rows that came in."""
SHOWN = 20
LONGEST_NUMBER = 32
Made = Select[int | None]
"""The applications of a journal, by their ids."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What stands upon something of the journal: in words, `who` did it, and the application to
    look at, if it is one."""

    words: str
    who: str
    request: Request | None = None


def rows_in(session: Session, job_id: int) -> int:
    """How many rows came in by this journal."""
    return session.scalar(select(func.count()).select_from(_rows(job_id).subquery())) or 0


def applications_in(session: Session, job_id: int) -> int:
    """How many applications they belong to."""
    return session.scalar(select(func.count()).select_from(_made(job_id).subquery())) or 0


def obstacles(session: Session, catalogue: Catalogue, job: ImportJob) -> tuple[Obstacle, ...]:
    """The first SHOWN of them; none: it can be taken back."""
    return tuple(islice(_obstacles(session, catalogue, _made(job.id)), SHOWN))


def _rows(job_id: int) -> Select[ImportRow]:
    return (
        select(ImportRow)
        .where(ImportRow.job_id == job_id, ImportRow.outcome.in_(TAKEN))
        .order_by(ImportRow.id)
    )


def _made(job_id: int) -> Made:
    rows = _rows(job_id).order_by(None).with_only_columns(ImportRow.made_id)
    return rows.where(ImportRow.made_id.is_not(None)).distinct()


def _obstacles(session: Session, catalogue: Catalogue, made: Made) -> Iterator[Obstacle]:
    yield from _worked_on(session, made)
    yield from _followed(session, made)
    yield from _closed(session, catalogue, made)
    yield from _asked_away(session, catalogue, made)
    yield from _reviewed(session, catalogue, made)


def _worked_on(session: Session, made: Made) -> Iterator[Obstacle]:
    """Something has been done with an application itself: reopened, written about, a file laid."""
    first = select(func.min(RequestEvent.id)).where(RequestEvent.request_id.in_(made))
    events = (
        select(RequestEvent, Request)
        .join(Request, Request.id == RequestEvent.request_id)
        .where(RequestEvent.id.in_(first.group_by(RequestEvent.request_id)))
        .options(joinedload(RequestEvent.user))
        .order_by(RequestEvent.id)
        .limit(SHOWN)
    )
    told = set()
    for event, request in session.execute(events):
        told.add(request.id)
        yield Obstacle("С этой заявкой уже работали", _name(event.user), request)
    laid = select(RequestFile.request_id).where(RequestFile.request_id.in_(made))
    files = select(Request).where(Request.id.in_(laid)).order_by(Request.id).limit(SHOWN)
    for request in session.scalars(files):
        if request.id not in told:
            yield Obstacle("К этой заявке приложены файлы", "", request)


def _followed(session: Session, made: Made) -> Iterator[Obstacle]:
    linked = or_(Request.resubmission_of_id.in_(made), Request.duplicate_of_id.in_(made))
    query = select(Request).where(linked, Request.deleted_at.is_(None), Request.id.not_in(made))
    for request in session.scalars(_with_author(query)):
        yield Obstacle("Ссылается на заявку журнала", request.author.name, request)


def _closed(session: Session, catalogue: Catalogue, made: Made) -> Iterator[Obstacle]:
    """A right that the journal has opened was taken away by an application of another origin."""
    opened, closed, row = aliased(LedgerEntry), aliased(LedgerEntry), aliased(RequestRow)
    query = (
        select(Grant.system, Request)
        .join(opened, opened.id == Grant.opened_id)
        .join(RequestRow, RequestRow.id == opened.request_row_id)
        .join(closed, closed.id == Grant.closed_id)
        .join(row, row.id == closed.request_row_id)
        .join(Request, Request.id == row.request_id)
        .where(
            RequestRow.request_id.in_(made),
            Grant.voided_at.is_(None),
            Request.id.not_in(made),
        )
    )
    for system, request in session.execute(_with_author(query)):
        label = system_label(catalogue, system)
        yield Obstacle(f"Отозвала доступ из журнала: {label}", request.author.name, request)


def _rights(made: Made) -> Select[Grant]:
    """Open rights that the journal has opened."""
    return (
        select(Grant)
        .join(LedgerEntry, LedgerEntry.id == Grant.opened_id)
        .join(RequestRow, RequestRow.id == LedgerEntry.request_row_id)
        .where(RequestRow.request_id.in_(made), Grant.until.is_(None), Grant.voided_at.is_(None))
    )


def _asked_away(session: Session, catalogue: Catalogue, made: Made) -> Iterator[Obstacle]:
    """A revocation of such a right is on its way, a draft too."""
    grant, row = _rights(made).subquery(), aliased(RequestRow)
    query = (
        select(grant.c.system, Request)
        .join(row, row.employment_id == grant.c.employment_id)
        .join(Request, Request.id == row.request_id)
        .where(
            Request.system == grant.c.system,
            Request.kind == "revocation",
            Request.deleted_at.is_(None),
            Request.state.not_in(DEAD),
            Request.id.not_in(made),
            row.outcome == "",
        )
    )
    for system, request in session.execute(_with_author(query)):
        label = system_label(catalogue, system)
        yield Obstacle(f"Отзывает доступ из журнала: {label}", request.author.name, request)


def _reviewed(session: Session, catalogue: Catalogue, made: Made) -> Iterator[Obstacle]:
    grants = _rights(made).with_only_columns(Grant.id)
    query = (
        select(CampaignLine, Campaign.title, Grant.system)
        .join(Campaign, Campaign.id == CampaignLine.campaign_id)
        .join(Grant, Grant.id == CampaignLine.grant_id)
        .where(CampaignLine.grant_id.in_(grants), CampaignLine.decision != "")
        .options(joinedload(CampaignLine.decided_by))
        .order_by(CampaignLine.id)
        .limit(SHOWN)
    )
    for line, title, system in session.execute(query):
        words = f"Решён в пересмотре «{title}»: {system_label(catalogue, system)}"
        yield Obstacle(words, _name(line.decided_by))


def _with_author(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return query.options(joinedload(Request.author)).order_by(Request.id).limit(SHOWN)


def _name(user: User | None) -> str:
    return user.name if user is not None else "система"


def take_back(session: Session, task: Task, job: ImportJob, why: str, most: int) -> list[int]:
    """The next rows, at most so many; the job of each person concerned, 0 for none. What is left of
    an application that another journal has rows of stays."""
    rows = session.scalars(_rows(job.id).offset(job.done).limit(most)).all()
    requests = _locked(session, rows)
    gone: dict[int, list[RequestRow]] = {}
    for row in rows:
        request = requests.get(row.made_id or 0)
        found = row_of(request, row.values) if request is not None else None
        if request is not None and found is not None:
            gone.setdefault(request.id, []).append(found)
    ledger.take_back(session, [row for some in gone.values() for row in some], task.now, why)
    for request_id, theirs in gone.items():
        _put_away(session, task, requests[request_id], theirs, why)
    return [row.employment_id or 0 for row in rows]


def _locked(session: Session, rows: Sequence[ImportRow]) -> Mapping[int, Request]:
    """Applications first, then jobs: as whoever acts on one locks them."""
    query = (
        select(Request)
        .where(Request.id.in_({row.made_id for row in rows}), Request.deleted_at.is_(None))
        .options(selectinload(Request.rows))
        .order_by(Request.id)
        .with_for_update(of=Request)
    )
    return {request.id: request for request in session.scalars(query)}


def _put_away(
    session: Session, task: Task, request: Request, rows: Sequence[RequestRow], why: str
) -> None:
    """With its number and key free for the journal that will come in its place. The rows are kept
    for what the ledger tells of them."""
    away = request
    if len(rows) < len(request.rows):
        away = _apart(session, request, rows)
        for position, row in enumerate(request.rows, 1):
            row.position = position
        request.row_count = len(request.rows)
        session.flush()
        totals.reindex(session, task.catalogue, request)
    away.deleted_at, away.journal_key, away.registration_no = task.now, None, None
    suffix = f"~{away.id}"
    away.number = f"{request.number[: LONGEST_NUMBER - len(suffix)]}{suffix}"
    history.record(
        session, actor=task.actor, now=task.now, entity="request", entity_id=request.id,
        event="deleted", what={"Загрузка журнала отменена": ["—", why]},
    )  # fmt: skip


def _apart(session: Session, request: Request, rows: Sequence[RequestRow]) -> Request:
    """An application of its own for rows that leave one which stays."""
    same = ("kind", "state", "action", "organization_id", "author_id", "form", "form_version",
            "system", "our_ref", "our_date", "created_at", "updated_at", "state_at")  # fmt: skip
    made = Request(**{name: getattr(request, name) for name in same}, fields={})
    made.number = f"{request.number[:10]}~{request.id}.{rows[0].id}"
    session.add(made)
    for position, row in enumerate(rows, 1):
        request.rows.remove(row)
        made.rows.append(row)
        row.position = position
    made.row_count = len(rows)
    session.flush()
    return made
