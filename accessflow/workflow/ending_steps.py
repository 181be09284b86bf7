"""How it ends, and what takes an end back (R7, R19, R27, R38)."""

from __future__ import annotations

from accessflow.workflow.review_steps import OPEN, WAITING
from accessflow.workflow.rows import desk, filer
from accessflow.workflow.spec import Transition


def ending(*, decided: tuple[str, ...]) -> tuple[Transition, ...]:
    """Ends without success, and what takes an end back (R7, R19, R27, R38)."""
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
            ("sent", *WAITING),
            "withdraw",
            "withdrawn",
            "Отозвать заявку",
            guards=("none_executed",),
            asks=("note",),
            letters=("withdrawn",),
        ),
        *filer(
            "at_committee",
            "withdraw",
            "withdrawn",
            "Отозвать заявку",
            guards=("none_executed",),
            asks=("note",),
            letters=("withdrawn", "off_committee"),
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


def away_from_committee(transitions: tuple[Transition, ...]) -> tuple[Transition, ...]:
    """For kinds of which КЗ has no stage of its own."""
    return tuple(t for t in transitions if t.source != "at_committee")


def closing(sources: tuple[str, ...]) -> tuple[Transition, ...]:
    return desk(sources, "close", "closed", "Закрыть", "Закрыть", letters=("closed",))
