"""The machine of each kind of application: rows of data (Рег. 3.3-3.6, IV; R8, R16-R29, R37-R41).

Buttons, rights, letters, `accessflow states` and the diagram in `docs/` all come from these rows;
`workflow/graph.py` checks them at import.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from accessflow.workflow.graph import check
from accessflow.workflow.rows import COMMITTEE, HAPPENED, MIAC, OFFICE, desk, filer, row, system
from accessflow.workflow.spec import Kind, Machine, Transition
from accessflow.workflow.states import STATES

OPEN = ("registered", "in_review")
"""МИАЦ may decide at once, or after having taken it."""
WAITING = (*OPEN, "needs_info", "third_party", "forwarded")
STATEMENTS = ("extension_cause", "until", "author_facts", "outside_need", "actions_taken")
"""R24, R25: one of the eight causes and the three mandatory statements."""


def _machine(kind: Kind, states: str, *groups: tuple[Transition, ...]) -> Machine:
    transitions = tuple(transition for group in groups for transition in group)
    return check(Machine(kind, tuple(STATES[slug] for slug in states.split()), transitions))


def _signing() -> tuple[Transition, ...]:
    """Draft, print and sign (Рег. 3.4)."""
    return (
        *filer("draft", "prepare", "ready", "На подпись", guards=("checked",)),
        *filer("ready", "rework", "draft", "Вернуть в черновик", actors=OFFICE),
    )


def _registration() -> tuple[Transition, ...]:
    """Day and night, at once, where МИАЦ works here; else from МИАЦ's letter (R5, R16)."""
    return (
        *system(
            "sent",
            "register",
            "registered",
            "Зарегистрировать",
            where="inside",
            letters=("registered",),
            effects=("register",),
        ),
        *filer(
            "sent",
            "register",
            "registered",
            "Вписать номер МИАЦ",
            where="outside",
            asks=("registration_no", HAPPENED),
            effects=("register",),
        ),
        *row(
            "registered",
            "take",
            "in_review",
            MIAC,
            "Взять в работу",
            where="inside",
            effects=("assign",),
        ),
    )


def _asking() -> tuple[Transition, ...]:
    """What pauses the term, and what ends the pause (R8, R24, R26)."""
    return (
        *desk(
            (*OPEN, "forwarded"),
            "request_info",
            "needs_info",
            "Запросить данные",
            "МИАЦ запросил сведения",
            asks=("text",),
            letters=("info_requested",),
        ),
        *filer(
            "needs_info",
            "answer",
            "in_review",
            "Ответить",
            where="inside",
            guards=("signed",),
            asks=("answer",),
            letters=("answered",),
            effects=("answer",),
        ),
        *filer(
            "needs_info",
            "answer",
            "in_review",
            "Ответить",
            where="outside",
            guards=("signed",),
            asks=("answer", HAPPENED),
            letters=("answered",),
            effects=("answer",),
        ),
        *row(
            "needs_info",
            "proceed",
            "in_review",
            MIAC,
            "Продолжить без ответа",
            where="inside",
            asks=("note",),
        ),
        *desk(
            (*OPEN, "forwarded"),
            "ask_third",
            "third_party",
            "Спросить третью сторону",
            "МИАЦ ждёт третью сторону",
            asks=("third_party", "text"),
            letters=("third_asked",),
        ),
        *desk(
            "third_party",
            "third_answered",
            "in_review",
            "Ответ получен",
            "Третья сторона ответила",
            asks=("note",),
        ),
        *desk(
            WAITING,
            "extend",
            "=",
            "Продлить срок",
            "МИАЦ продлил срок",
            asks=STATEMENTS,
            letters=("extended",),
            effects=("extend",),
        ),
    )


def _forwarding() -> tuple[Transition, ...]:
    """To СТП ЕГИСЗ or the owner of the system; that alone does not pause (R24)."""
    return (
        *desk(
            OPEN,
            "forward",
            "forwarded",
            "Передать дальше",
            "МИАЦ передал дальше",
            guards=("settled", "no_committee_stage", "director_signed"),
            asks=("forwarded_to", "external_no", "note"),
            letters=("forwarded", "package"),
            effects=("forward",),
        ),
        *desk(
            "forwarded",
            "note_external",
            "=",
            "Записать их номер и статус",
            "Записать их номер и статус",
            asks=("external_no", "external_status"),
            effects=("forward",),
        ),
        *desk(
            "forwarded",
            "take_back",
            "in_review",
            "Вернуть на рассмотрение",
            "Вернулась в МИАЦ",
            asks=("note",),
        ),
    )


def _committee() -> tuple[Transition, ...]:
    """The health authority's own stage (R37, R41, X29, X30)."""
    return (
        *desk(
            OPEN,
            "to_committee",
            "at_committee",
            "Передать в КЗ ЛО",
            "МИАЦ передал в КЗ ЛО",
            guards=("settled", "committee_stage"),
            asks=("note",),
            letters=("to_committee",),
        ),
        *row(
            "at_committee",
            "committee_send",
            "forwarded",
            COMMITTEE,
            "Подписать и отправить",
            guards=("committee_signed",),
            asks=("external_no", "note"),
            letters=("forwarded", "committee_package"),
            effects=("committee_send", "forward"),
        ),
        *row(
            "at_committee",
            "hand_back",
            "in_review",
            COMMITTEE,
            "Вернуть в МИАЦ",
            asks=("text",),
        ),
        *desk(
            "at_committee",
            "take_back",
            "in_review",
            "Забрать из КЗ ЛО",
            "Вернулась из КЗ ЛО",
            asks=("note",),
        ),
    )


def _ending(*, decided: tuple[str, ...]) -> tuple[Transition, ...]:
    """Ends without success, and what takes an end back (R7, R19, R27, R38)."""
    waiting = (*WAITING, "at_committee")
    return (
        *desk(
            (*OPEN, "forwarded"),
            "refuse",
            "refused",
            "Отказать",
            "МИАЦ отказал",
            guards=("none_executed",),
            asks=("cause", "text"),
            letters=("refused",),
            effects=("cause", "refuse_rows"),
        ),
        *desk(
            OPEN,
            "annul",
            "annulled",
            "Аннулировать",
            "МИАЦ аннулировал",
            guards=("none_executed",),
            asks=("cause", "text"),
            letters=("annulled",),
            effects=("cause",),
        ),
        *desk(
            (*OPEN, "needs_info", "forwarded"),
            "mark_duplicate",
            "duplicate",
            "Отметить повтором",
            "МИАЦ признал повтором",
            guards=("none_executed",),
            asks=("duplicate_of", "note"),
            letters=("duplicate",),
            effects=("duplicate",),
        ),
        *filer(
            ("sent", *waiting),
            "withdraw",
            "withdrawn",
            "Отозвать заявку",
            guards=("none_executed",),
            asks=("note",),
            letters=("withdrawn",),
        ),
        *desk(
            (*decided, "closed", "refused", "annulled", "duplicate"),
            "reopen",
            "in_review",
            "Вернуть в работу",
            "МИАЦ вернул в работу",
            guards=("reopen_window",),
            asks=("text",),
            letters=("reopened",),
            effects=("reopen",),
        ),
        *filer(
            "withdrawn",
            "reopen",
            "in_review",
            "Вернуть в работу",
            guards=("reopen_window", "registered"),
            asks=("note",),
            letters=("reopened",),
            effects=("reopen",),
        ),
    )


def _away_from_committee(transitions: tuple[Transition, ...]) -> tuple[Transition, ...]:
    """For kinds of which КЗ has no stage of its own."""
    return tuple(t for t in transitions if t.source != "at_committee")


def _closing(sources: tuple[str, ...]) -> tuple[Transition, ...]:
    return desk(sources, "close", "closed", "Закрыть", "Закрыть", letters=("closed",))


def _rows() -> tuple[Transition, ...]:
    """Person by person; executed when each row has an outcome (R27)."""
    return (
        *desk(
            "registered",
            "decide",
            "in_review",
            "Записать решения",
            "Записать решения МИАЦ",
            asks=("rows",),
            effects=("decide_rows",),
        ),
        *desk(
            ("in_review", "forwarded"),
            "decide",
            "=",
            "Записать решения",
            "Записать решения МИАЦ",
            asks=("rows",),
            effects=("decide_rows",),
        ),
        *desk(
            ("in_review", "forwarded"),
            "undecide",
            "=",
            "Отменить решение по строке",
            "Отменить решение по строке",
            guards=("some_decided",),
            asks=("rows", "text"),
            effects=("undecide_rows",),
        ),
        *system(
            ("in_review", "forwarded"),
            "execute",
            "executed",
            "Исполнить",
            guards=("all_decided", "some_executed"),
            letters=("executed",),
        ),
        *system(
            ("in_review", "forwarded"),
            "refuse_all",
            "refused",
            "Отказать по всем строкам",
            guards=("all_decided", "none_executed"),
            letters=("refused",),
            effects=("common_cause",),
        ),
    )


def _send(source: str) -> tuple[Transition, ...]:
    return filer(
        source,
        "send",
        "sent",
        "Отправить",
        guards=("nothing_missing",),
        asks=("channel", "acknowledged"),
        letters=("parcel",),
        effects=("send",),
    )


_LIFE = (
    "draft ready sent registered in_review needs_info third_party at_committee forwarded"
    " executed closed refused annulled duplicate withdrawn"
)

ACCESS = _machine(
    "access", _LIFE, _signing(), _send("ready"), _registration(), _asking(), _forwarding(),
    _committee(), _rows(), _ending(decided=("executed",)), _closing(("executed",)),
)  # fmt: skip

REVOCATION = _machine(
    "revocation", _LIFE.replace(" at_committee", ""), _signing(), _send("ready"), _registration(),
    _asking(), _forwarding(), _rows(), _away_from_committee(_ending(decided=("executed",))),
    _closing(("executed",)),
)  # fmt: skip

TECHNICAL = _machine(
    "technical",
    "draft sent registered in_review needs_info third_party forwarded executed closed refused"
    " annulled duplicate withdrawn",
    _send("draft"),
    _registration(),
    # A matter of направление and ПЛИ has gone to its own support with the parcel (R39).
    system(
        "registered",
        "forward",
        "forwarded",
        "Передать поддержке",
        guards=("own_support",),
        effects=("own_support",),
    ),
    _asking(),
    _forwarding(),
    desk(
        (*OPEN, "forwarded"),
        "resolve",
        "executed",
        "Решено",
        "МИАЦ решил вопрос",
        asks=("text",),
        letters=("resolved",),
    ),
    _away_from_committee(_ending(decided=("executed",))),
    _closing(("executed",)),
)

EMD_DELETION = _machine(
    "emd_deletion",
    "draft ready sent registered in_review needs_info third_party at_committee forwarded deleted"
    " reuploaded closed refused annulled duplicate withdrawn",
    _signing(),
    _send("ready"),
    _registration(),
    _asking(),
    _committee(),
    # The letter is addressed to КЗ itself: it need not wait for МИАЦ (Рег. IV, R29).
    row(OPEN, "to_committee", "at_committee", COMMITTEE, "Принять в КЗ ЛО", where="inside"),
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
         asks=("note",)),
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
    _closing(("deleted", "reuploaded")),
    _ending(decided=("deleted", "reuploaded")),
)  # fmt: skip

NETWORK = _machine(
    "network",
    "draft ready sent awaiting_call executed closed refused withdrawn",
    _signing(),
    _send("ready"),
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
          guards=("reopen_window",), asks=("note",), effects=("reopen",)),
)  # fmt: skip

AUTHORITY = _machine(
    "authority",
    "draft ready sent deleted closed withdrawn",
    _signing(),
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
