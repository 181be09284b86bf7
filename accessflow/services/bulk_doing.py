"""What is done with each of many applications, action by action."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Request
from accessflow.domain.errors import Conflict
from accessflow.services import asking_reasons, assignments, bulk_package
from accessflow.services.acting import act_within
from accessflow.services.actor import Actor
from accessflow.services.clock import moscow_date
from accessflow.services.snapshots import acting, snapshot_of
from accessflow.workflow.decide import EXECUTION, RowDecision, find

if TYPE_CHECKING:
    from accessflow.services.files import FileStore

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


def _request_info(doing: Doing, request: Request) -> None:
    """The same letter to each, where it is wanted with what its own checks found."""
    given = dict(doing.given)
    if given.pop(CHECKS, False):
        given["text"], given["about_rows"] = asking_reasons.with_checks(
            doing.session, doing.actor, doing.catalogue, request, moscow_date(doing.now),
            given.get("text", ""),
        )  # fmt: skip
        if not given["text"]:
            raise Conflict("Проверки ничего не нашли, а других слов нет.", request=request.id)
    _act(doing, request, "request_info", given)


def _forward(doing: Doing, request: Request) -> None:
    _act(doing, request, "forward", doing.given)
    bulk_package.hold(doing.session, request, doing.now)


def _execute(doing: Doing, request: Request) -> str:
    """Row by row, or whole, as its kind is. Raises Conflict for what is not executed by itself."""
    action, done = execution(request)
    if action == BY_ROWS:
        _execute_rows(doing, request, EXECUTION[request.kind])
    else:
        _act(doing, request, action, doing.given)
    return done


def execution(request: Request) -> tuple[str, str]:
    """The action that carries it out, and what is said of it then. Raises Conflict."""
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
            _request_info,
            ("text", "answer_by"),
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
OPTIONAL = frozenset({"note", "external_no", "answer_by"})
CHECKS = "checks"
"""Given besides the asks of `request_info`: what the checks of each found is told it, too."""
