"""The letter about rights whose own term runs out: 30, 14 and 3 days ahead."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from accessflow.notify.messages import Listed
from accessflow.notify.rendering import House, Message, render

MOST = 100
"""So many lines of a letter are read at most; the page has them all."""


def expiring(house: House, *, items: Sequence[Listed], first: str) -> Message:
    """`items`: a right each, the first to go first; `first`: the day of that one."""
    values = {
        "items": list(items[:MOST]),
        "count": len(items),
        "more": max(0, len(items) - MOST),
        "first": first,
    }
    return render("expiring", house, values)


SAMPLES: Mapping[str, Callable[[House], Message]] = MappingProxyType(
    {
        "expiring": lambda house: expiring(
            house,
            items=(
                Listed(
                    "Петрова А. И.",
                    "ФРМСС · Медицинский работник",
                    "до 07.12.2026, осталось 14 дней",
                    "renewals",
                ),
                Listed(
                    "Зимина Е. А.",
                    "ФРЛЛО · Сотрудник МО",
                    "до 23.12.2026, осталось 30 дней",
                    "renewals",
                ),
            ),
            first="07.12.2026",
        )
    }
)
