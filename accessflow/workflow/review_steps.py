"""What is done with it: asked, extended, forwarded, decided by row (Рег. 3.5; R8, R24-R27, R37)."""

from __future__ import annotations

from accessflow.workflow.rows import COMMITTEE, HAPPENED, MIAC, conclusion, desk, filer, row
from accessflow.workflow.spec import Transition

OPEN = ("registered", "in_review")
"""МИАЦ may decide at once, or after having taken it."""
WAITING = (*OPEN, "needs_info", "third_party", "forwarded")
STATEMENTS = ("extension_cause", "until", "author_facts", "outside_need", "actions_taken")
"""R24, R25: one of the eight causes and the three mandatory statements."""


def asking() -> tuple[Transition, ...]:
    """What pauses the term, and what ends the pause (R8, R24, R26)."""
    return (
        *desk(
            (*OPEN, "forwarded"),
            "request_info",
            "needs_info",
            "Запросить данные",
            "МИАЦ запросил сведения",
            asks=("text", "about_rows", "answer_by"),
            letters=("info_requested",),
            effects=("ask",),
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
            letters=("resumed",),
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
            letters=("resumed",),
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


def forwarding() -> tuple[Transition, ...]:
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
            letters=("resumed",),
        ),
    )


def committee() -> tuple[Transition, ...]:
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
            letters=("at_committee", "to_committee"),
            noted_letters=("to_committee",),
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
            letters=("resumed", "handed_back"),
        ),
        *desk(
            "at_committee",
            "take_back",
            "in_review",
            "Забрать из КЗ ЛО",
            "Вернулась из КЗ ЛО",
            asks=("note",),
            letters=("resumed", "off_committee"),
        ),
    )


def decisions() -> tuple[Transition, ...]:
    """Person by person; executed when each row has an outcome (R27)."""
    return (
        *desk(
            "registered",
            "decide",
            "in_review",
            "Записать решения",
            "Записать решения МИАЦ",
            asks=("rows",),
            letters=("decided",),
            effects=("decide_rows",),
        ),
        *desk(
            ("in_review", "forwarded"),
            "decide",
            "=",
            "Записать решения",
            "Записать решения МИАЦ",
            asks=("rows",),
            letters=("decided",),
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
            letters=("undecided",),
            effects=("undecide_rows",),
        ),
        *conclusion(
            ("in_review", "forwarded"),
            "execute",
            "executed",
            "Исполнить",
            guards=("all_decided", "some_executed"),
            letters=("executed",),
        ),
        *conclusion(
            ("in_review", "forwarded"),
            "refuse_all",
            "refused",
            "Отказать по всем строкам",
            guards=("all_decided", "none_executed"),
            letters=("refused",),
            effects=("common_cause",),
        ),
    )
