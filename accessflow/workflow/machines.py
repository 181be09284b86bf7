"""The machine of each kind of application: rows of data (Рег. 3.3-3.6, IV; R8, R16-R29, R37-R41).

Buttons, rights, letters, `accessflow states` and the diagram in `docs/` all come from these rows;
`workflow/graph.py` checks them at import.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from accessflow.workflow.ending_steps import away_from_committee, closing, ending
from accessflow.workflow.filing_steps import registration, send, signing
from accessflow.workflow.graph import check
from accessflow.workflow.review_steps import (
    OPEN,
    asking,
    committee,
    decisions,
    forwarding,
)
from accessflow.workflow.rows import COMMITTEE, MIAC, desk, filer, row, system
from accessflow.workflow.spec import Kind, Machine, Transition
from accessflow.workflow.states import STATES


def _machine(kind: Kind, states: str, *groups: tuple[Transition, ...]) -> Machine:
    transitions = tuple(transition for group in groups for transition in group)
    return check(Machine(kind, tuple(STATES[slug] for slug in states.split()), transitions))


_LIFE = (
    "draft ready sent registered in_review needs_info third_party at_committee forwarded"
    " executed closed refused annulled duplicate withdrawn"
)

ACCESS = _machine(
    "access", _LIFE, signing(), send("ready"), registration(), asking(), forwarding(),
    committee(), decisions(), ending(decided=("executed",)), closing(("executed",)),
)  # fmt: skip

REVOCATION = _machine(
    "revocation", _LIFE.replace(" at_committee", ""), signing(), send("ready"), registration(),
    asking(), forwarding(), decisions(), away_from_committee(ending(decided=("executed",))),
    closing(("executed",)),
)  # fmt: skip

TECHNICAL = _machine(
    "technical",
    "draft sent registered in_review needs_info third_party forwarded executed closed refused"
    " annulled duplicate withdrawn",
    send("draft"),
    registration(),
    # A matter of направление and ПЛИ has gone to its own support with the parcel (R39).
    system(
        "registered",
        "forward",
        "forwarded",
        "Передать поддержке",
        guards=("own_support",),
        effects=("own_support",),
    ),
    asking(),
    forwarding(),
    desk(
        (*OPEN, "forwarded"),
        "resolve",
        "executed",
        "Решено",
        "МИАЦ решил вопрос",
        asks=("text",),
        letters=("resolved",),
    ),
    away_from_committee(ending(decided=("executed",))),
    closing(("executed",)),
)

EMD_DELETION = _machine(
    "emd_deletion",
    "draft ready sent registered in_review needs_info third_party at_committee forwarded deleted"
    " reuploaded closed refused annulled duplicate withdrawn",
    signing(),
    send("ready"),
    registration(letters=("registered", "emd_arrived")),
    asking(),
    committee(),
    # The letter is addressed to КЗ itself: it need not wait for МИАЦ (Рег. IV, R29).
    row(OPEN, "to_committee", "at_committee", COMMITTEE, "Принять в КЗ ЛО", where="inside",
        letters=("at_committee",)),
    desk(
        "forwarded",
        "note_external",
        "=",
        "Записать их номер и статус",
        "Записать их номер и статус",
        asks=("external_no", "external_status"),
        effects=("forward",),
    ),
    desk("forwarded", "take_back", "in_review", "Вернуть на рассмотрение", "Вернулась в МИАЦ",
         asks=("note",), letters=("resumed",)),
    desk(
        "forwarded",
        "confirm_deleted",
        "deleted",
        "ЭМД удалён",
        "Пришло уведомление об удалении",
        asks=("note",),
        letters=("deleted",),
    ),
    row("forwarded", "confirm_deleted", "deleted", COMMITTEE, "ЭМД удалён", asks=("note",),
        letters=("deleted",)),
    row("at_committee", "refuse", "refused", COMMITTEE, "Отказать", asks=("cause", "text"),
        letters=("refused",), effects=("cause",)),
    filer("deleted", "reupload", "reuploaded", "ЭМД загружен заново", asks=("note",),
          letters=("reuploaded",)),
    closing(("deleted", "reuploaded")),
    ending(decided=("deleted", "reuploaded")),
)  # fmt: skip

NETWORK = _machine(
    "network",
    "draft ready sent awaiting_call executed closed refused withdrawn",
    signing(),
    send("ready"),
    # ГКУ ЛО «ОЭП» calls by itself: nobody registers anything (Рег. 3.4, R17).
    system("sent", "await_call", "awaiting_call", "Ждать звонка"),
    filer(
        "awaiting_call",
        "note_external",
        "=",
        "Записать их номер и статус",
        asks=("external_no", "external_status"),
        effects=("forward",),
    ),
    row("awaiting_call", "connect", "executed", MIAC, "Доступ подключён", asks=("note",),
        letters=("connected",), effects=("vipnet_ready",)),
    filer("awaiting_call", "connect", "executed", "Доступ подключён", asks=("note",),
          letters=("connected",), effects=("vipnet_ready",)),
    row("awaiting_call", "refuse", "refused", MIAC, "Отказано", asks=("text",),
        letters=("refused",)),
    filer("awaiting_call", "refuse", "refused", "Отказано", asks=("text",)),
    filer(("sent", "awaiting_call"), "withdraw", "withdrawn", "Отозвать заявку", asks=("note",),
          letters=("withdrawn",)),
    filer("executed", "close", "closed", "Закрыть"),
    row("executed", "close", "closed", MIAC, "Закрыть"),
    filer(("refused", "withdrawn", "closed"), "reopen", "awaiting_call", "Вернуть в работу",
          guards=("reopen_window",), asks=("note",), letters=("reopened",), effects=("reopen",)),
)  # fmt: skip

AUTHORITY = _machine(
    "authority",
    "draft ready sent deleted closed withdrawn",
    signing(),
    filer("ready", "send", "sent", "Отправить", guards=("nothing_missing", "stands_alone"),
          asks=("channel",), letters=("parcel",), effects=("send",)),
    # A letter and an act of a stage leave with the application that they belong to (R41).
    system("ready", "send_with_stage", "sent", "Отправить с заявкой МО", guards=("stage_sent",)),
    filer("sent", "confirm_deleted", "deleted", "ЭМД удалён", asks=("note",)),
    system("sent", "stage_deleted", "deleted", "ЭМД удалён", guards=("stage_deleted",)),
    filer("sent", "withdraw", "withdrawn", "Отозвать письмо", asks=("note",)),
    filer("deleted", "close", "closed", "Закрыть"),
)  # fmt: skip

MACHINES: Mapping[Kind, Machine] = MappingProxyType(
    {m.kind: m for m in (ACCESS, REVOCATION, TECHNICAL, EMD_DELETION, NETWORK, AUTHORITY)}
)
