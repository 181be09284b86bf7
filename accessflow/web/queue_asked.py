"""What the queue's address asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from accessflow.services import queue, queue_views
from accessflow.services.queue import SIZES, SORTS, USUAL_SORT, Wanted
from accessflow.services.queue_facets import FACETS, SIGNS, TERMS
from accessflow.services.technical import CRITICALITIES, PRIORITIES
from accessflow.web import context
from accessflow.web.request_words import STATES
from accessflow.web.searches import asked_ids
from accessflow.workflow.states import UNFILED

USUAL_SIZE = 50

TITLES = {
    "term": "Срок", "state": "Состояние", "assignee": "Кто ведёт", "system": "Система",
    "sign": "Признак", "kind": "Вид", "priority": "Приоритет", "criticality": "Критичность",
    "organization": "Организация",
}  # fmt: skip
LABELS: Mapping[str, Mapping[str, str]] = {
    "term": {
        "late": "просрочено", "today": "сегодня", "soon": "до 5 дней", "ok": "позже",
        "paused": "на паузе", "none": "без срока",
    },
    "sign": {
        "dismissal": "увольнение", "errors": "есть ошибки", "external": "есть внешний №",
        "corrected": "исправленная копия",
    },
    "kind": {
        "access": "доступ", "revocation": "отзыв доступа", "technical": "обращение",
        "emd_deletion": "удаление ЭМД", "network": "сеть", "authority": "письмо КЗ",
    },
}  # fmt: skip
ORDERS: Mapping[str, Sequence[str]] = {
    "term": TERMS, "sign": SIGNS, "kind": tuple(LABELS["kind"]),
    "priority": tuple(reversed(PRIORITIES)), "criticality": tuple(reversed(CRITICALITIES)),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for."""

    wanted: Wanted
    sort: str
    size: int

    @property
    def arguments(self) -> dict[str, Any]:
        """Of an address that asks for the same."""
        usual = USUAL_SORT[self.wanted.scope]
        kept = queue_views.arguments(
            self.wanted,
            sort="" if self.sort == usual else self.sort,
            size=None if self.size == USUAL_SIZE else self.size,
        )
        ids = self.wanted.ids
        return kept | ({"ids": ",".join(map(str, ids))} if ids is not None else {})


def asked() -> Asked:
    """Nothing of it is trusted: what is not known is left out."""
    args = request.args
    scope = args.get("scope", queue.SCOPES[0])
    wanted = Wanted(
        scope=scope if scope in queue.SCOPES else queue.SCOPES[0],
        text=args.get("q", "").strip(),
        chosen={name: some for name in FACETS if (some := _known(name, args.getlist(name)))},
        ids=asked_ids(),
    )
    if wanted == Wanted() and not {"scope", "view"} & set(args):
        wanted = queue_views.built_in(context.actor())[0].wanted
    usual, size = USUAL_SORT[wanted.scope], args.get("size", USUAL_SIZE, type=int)
    sort = args.get("sort", usual)
    return Asked(
        wanted,
        sort if sort.removeprefix("-") in SORTS else usual,
        size if size in SIZES else USUAL_SIZE,
    )


def _known(name: str, values: Iterable[str]) -> tuple[str, ...]:
    """Values that the facet may have, each once."""
    known: set[str] | None = None
    if name == "state":
        known = set(STATES) - UNFILED
    elif name in ORDERS:
        known = set(ORDERS[name])
    return tuple(
        dict.fromkeys(v for v in values if (v in known if known is not None else 0 < len(v) <= 40))
    )
