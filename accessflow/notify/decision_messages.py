"""The letters about single rows, while the application goes on (R27)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from accessflow.notify.example import ABOUT
from accessflow.notify.messages import Decided
from accessflow.notify.rendering import About, House, Message, render


def decided(
    house: House,
    about: About,
    *,
    rows: Sequence[Decided],
    before: Sequence[Decided],
    waiting: Sequence[str],
) -> Message:
    """`rows`: decided just now, `before`: earlier; `waiting`: the names of who has no decision."""
    done = len(rows) + len(before)
    values = {"rows": rows, "before": before, "waiting": waiting}
    counts = {"done": done, "count": done + len(waiting)}
    return render("decided", house, {"about": about, **values, **counts})


def undecided(house: House, about: About, *, names: Sequence[str], text: str) -> Message:
    """A decision that the author knows of is taken back."""
    return render("undecided", house, {"about": about, "names": names, "text": text})


SAMPLES: Mapping[str, Callable[[House], Message]] = MappingProxyType(
    {
        "decided": lambda house: decided(
            house,
            ABOUT,
            rows=(
                ("Петрова Анна Ивановна", "доступ предоставлен", ""),
                ("Зимина Елена Андреевна", "отказ", "сотрудника нет в ФРМР"),
            ),
            before=(("Лаптева Ирина Сергеевна", "доступ предоставлен", ""),),
            waiting=("Котов Пётр Ильич",),
        ),
        "undecided": lambda house: undecided(
            house, ABOUT, names=("Зимина Елена Андреевна",), text="В ФРМР запись нашлась."
        ),
    }
)
