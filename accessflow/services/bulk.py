"""One action on many applications: what there is to do, what it asks for, the job that keeps it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import BulkJob, Request
from accessflow.domain.errors import Conflict, Forbidden, Invalid, NotFound
from accessflow.services import assignments, bulk_package, scope
from accessflow.services.acting import act_within
from accessflow.services.actor import Actor
from accessflow.services.clock import moscow_date
from accessflow.services.snapshots import acting, snapshot_of
from accessflow.workflow.asks import ASKS
from accessflow.workflow.decide import EXECUTION, RowDecision, find
from accessflow.workflow.rows import MIAC
from accessflow.workflow.snapshot import Snapshot
from accessflow.workflow.spec import Kind

if TYPE_CHECKING:
    from accessflow.services.files import FileStore

MOST = 1000
"""So many at once."""
RECENT = 20
BY_ROWS = "decide"
EXECUTIONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(EXECUTION, (BY_ROWS, "открытые строки исполнены")),
        "technical": ("resolve", "вопрос решён"),
        "emd_deletion": ("confirm_deleted", "удаление ЭМД подтверждено"),
        "network": ("connect", "подключение подтверждено"),
    }
)
"""By kind: the action that carries an application out, and what is said of it then."""
CONSIGNED = "Документ КЗ исполняется вместе с заявкой, к которой он относится."


@dataclass(frozen=True, slots=True)
class Doing:
    """What each of a job is done with."""

    session: Session
    actor: Actor
    now: datetime
    catalogue: Catalogue
    files: FileStore
    given: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Bulk:
    """`asks`: keys of what is given once for all; `done`: what is said of each that was done,
    where `do` has no words of its own; `action`: of the machine, "" for what only hands over."""

    label: str
    done: str
    do: Callable[[Doing, Request], str | None]
    asks: tuple[str, ...] = ()
    action: str = ""


def _take(doing: Doing, request: Request) -> None:
    assignments.take_within(
        doing.session, doing.actor, doing.now, doing.catalogue, doing.files, request
    )


def _assign(doing: Doing, request: Request) -> None:
    user_id, note = doing.given.get("assignee"), str(doing.given.get("note", ""))
    assignments.assign_within(
        doing.session, doing.actor, doing.now, doing.catalogue, request, user_id, note,
        silently=True,
    )  # fmt: skip


def _acted(action: str) -> Callable[[Doing, Request], None]:
    def do(doing: Doing, request: Request) -> None:
        _act(doing, request, action, doing.given)

    return do


def _act(doing: Doing, request: Request, action: str, given: Mapping[str, Any]) -> None:
    act_within(
        doing.session, doing.actor, doing.now, doing.catalogue, doing.files, request, action, given
    )


def _forward(doing: Doing, request: Request) -> None:
    _act(doing, request, "forward", doing.given)
    bulk_package.hold(doing.session, request, doing.now)


def _execute(doing: Doing, request: Request) -> str:
    """Row by row, or whole, as its kind is. Raises Conflict for what is not executed by itself."""
    action, done = _execution(request)
    if action == BY_ROWS:
        _execute_rows(doing, request, EXECUTION[request.kind])
    else:
        _act(doing, request, action, doing.given)
    return done


def _execution(request: Request) -> tuple[str, str]:
    """Raises Conflict."""
    if request.kind not in EXECUTIONS:
        raise Conflict(CONSIGNED, request=request.id)
    return EXECUTIONS[request.kind]


def _execute_rows(doing: Doing, request: Request, outcome: str) -> None:
    today = moscow_date(doing.now)
    snapshot = snapshot_of(doing.session, doing.catalogue, request, today)
    find(snapshot, "decide", acting(doing.actor, request))  # first: whether it is its time
    rows = [RowDecision(row.id, outcome) for row in request.rows if not row.outcome]
    if not rows:
        raise Conflict("Открытых строк в ней нет.", request=request.id)
    _act(doing, request, "decide", {"rows": rows})


BULKS: Mapping[str, Bulk] = MappingProxyType(
    {
        "take": Bulk("Взять себе", "взята", _take),
        "assign": Bulk("Назначить", "передана", _assign, ("assignee", "note")),
        "request_info": Bulk(
            "Запросить данные",
            "запрос отправлен",
            _acted("request_info"),
            ("text",),
            "request_info",
        ),
        "forward": Bulk(
            "Передать пакетом",
            "передана",
            _forward,
            ("forwarded_to", "external_no", "note"),
            "forward",
        ),
        "execute": Bulk("Исполнить", "исполнена", _execute, ("text",), action="execute"),
        "close": Bulk("Закрыть", "закрыта", _acted("close"), action="close"),
    }
)
OPTIONAL = frozenset({"note", "external_no"})


def asks_of(action: str, requests: Iterable[Request]) -> tuple[str, ...]:
    """What is to be given for these: to execute, words for whoever reported a problem alone."""
    if action == "execute" and not any(request.kind == "technical" for request in requests):
        return ()
    return BULKS[action].asks


def start(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    action: str,
    request_ids: Sequence[int],
    given: Mapping[str, Any],
) -> int:
    """The id of the job; nothing is done yet. Raises Invalid for what is missing."""
    actor.require(*MIAC)
    if action not in BULKS:
        raise NotFound("Такого действия со многими заявками нет.", action=action)
    ids = list(dict.fromkeys(request_ids))
    if not ids:
        raise Invalid("Отметьте заявки.", {"pick": "Отметьте заявки."})
    if len(ids) > MOST:
        raise Invalid(f"За один раз можно не больше {MOST} заявок.", {"pick": "Слишком много."})
    with db.write() as session:
        picked = session.scalars(
            select(Request).where(Request.id.in_(ids), scope.requests_seen(actor))
        )
        taken = _given(asks_of(action, picked), given)
        if action == "execute" and "text" in taken:
            taken["note"] = taken["text"]  # what is told of an ЭМД or of the network, too
        job = BulkJob(user_id=actor.user_id or 0, action=action, given=taken, request_ids=ids,
                      created_at=now)  # fmt: skip
        session.add(job)
        session.flush()
        return job.id


def _given(asks: Sequence[str], given: Mapping[str, Any]) -> dict[str, Any]:
    """Raises Invalid with a sentence by field."""
    taken: dict[str, Any] = {}
    flaws: dict[str, str] = {}
    for key in asks:
        if key == "assignee":
            taken[key] = given.get(key)
            continue
        text = str(given.get(key, "")).strip()
        longest = ASKS[key].max_length
        if not text and key not in OPTIONAL:
            flaws[key] = f"Заполните: {ASKS[key].label.lower()}."
        elif len(text) > longest:
            flaws[key] = f"Длиннее {longest} знаков: сократите."
        if text:
            taken[key] = text
    if flaws:
        raise Invalid("Заполните то, что отмечено.", flaws)
    return taken


def hindrance(actor: Actor, bulk: Bulk, request: Request) -> str:
    """Why it would not be done, as far as its state tells; "" where that says nothing."""
    kind: Kind = request.kind  # type: ignore[assignment] # written from the kinds alone
    try:
        if bulk.action:
            known = Snapshot(kind, request.state, outside=request.outside)
            action = _execution(request)[0] if bulk.action == "execute" else bulk.action
            find(known, action, acting(actor, request))
        else:
            assignments.require_at_work(actor, request)
    except (Conflict, Forbidden) as refusal:
        return refusal.message
    return ""


def job(session: Session, actor: Actor, job_id: int) -> BulkJob:
    """For everybody of МИАЦ to read. Raises NotFound, Forbidden."""
    actor.require(*MIAC)
    found = session.get(BulkJob, job_id)
    if found is None:
        raise NotFound("Такого задания нет.", bulk_job=job_id)
    return found


def may_go_on(actor: Actor, found: BulkJob) -> bool:
    """It is done in the name of whoever began it."""
    return found.user_id == actor.user_id


def unfinished(session: Session, actor: Actor) -> Sequence[BulkJob]:
    """What the actor began and did not see to its end."""
    query = (
        select(BulkJob)
        .where(BulkJob.user_id == (actor.user_id or 0), BulkJob.state == "running")
        .order_by(BulkJob.id.desc())
        .limit(RECENT)
    )
    return session.scalars(query).all()
