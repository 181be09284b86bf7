"""The letter about a pair of applications: one half has come to nothing, the other goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from accessflow.notify.example import ABOUT
from accessflow.notify.rendering import About, House, Message, render


def pair_ended(house: House, about: About, *, number: str, what: str, ended: str) -> Message:
    """`about`: the application that goes on. `number`, `what`: the other half, and what it asked
    for; `ended`: how it ended, «отказ»."""
    values = {"about": about, "number": number, "what": what, "ended": ended}
    return render("pair_ended", house, values)


_ABOUT = replace(
    ABOUT, number="2026-00413", what="отзыв доступа", path="requests/413",
    registration_no="МИАЦ-2026-000119",
)  # fmt: skip
SAMPLES: Mapping[str, Callable[[House], Message]] = MappingProxyType(
    {
        "pair_ended": lambda house: pair_ended(
            house, _ABOUT, number="2026-00412", what="предоставление новой роли", ended="отказ"
        )
    }
)
