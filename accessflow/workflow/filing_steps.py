"""How an application is signed, sent and registered (Рег. 3.1, 3.4; R5, R16)."""

from __future__ import annotations

from accessflow.workflow.rows import HAPPENED, MIAC, OFFICE, filer, row, system
from accessflow.workflow.spec import Transition


def signing() -> tuple[Transition, ...]:
    """Draft, print and sign (Рег. 3.4)."""
    return (
        *filer("draft", "prepare", "ready", "На подпись", guards=("checked",)),
        *filer("ready", "rework", "draft", "Вернуть в черновик", actors=OFFICE),
    )


def send(source: str) -> tuple[Transition, ...]:
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


def registration(letters: tuple[str, ...] = ("registered",)) -> tuple[Transition, ...]:
    """Day and night, at once, where МИАЦ works here; else from МИАЦ's letter (R5, R16)."""
    return (
        *system(
            "sent",
            "register",
            "registered",
            "Зарегистрировать",
            where="inside",
            letters=letters,
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
