"""The letters about dismissals (Рег. 3.7, R28): who leaves, how long there is, what is left to do.

Days and terms come as people read them; nobody's СНИЛС is among the values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from accessflow.notify.building import LINK
from accessflow.notify.messages import Listed
from accessflow.notify.rendering import House, Message, render


@dataclass(frozen=True, slots=True)
class Leaver:
    """Somebody dismissed: `label` the name, `what` the post and the last day, `note` the term in
    words, `left` what is still to be sent."""

    label: str
    what: str
    note: str
    left: str
    path: str

    @property
    def link(self) -> str:
        return f"{LINK}{self.path}"


@dataclass(frozen=True, slots=True)
class Round:
    """What one letter tells: `items` with the nearest term first, `count` of them all; `closing`:
    «17:00», when МИАЦ closes on the last day."""

    organization: str
    items: Sequence[Leaver]
    count: int
    closing: str = ""


def entry(house: House, told: Round) -> Message:
    """A dismissal was entered."""
    return _of("dismissal_entry", house, told)


def due(house: House, told: Round) -> Message:
    """Each working morning of the term."""
    return _of("dismissal_due", house, told)


def last_day(house: House, told: Round) -> Message:
    """In the middle of the last day, and an hour before the office closes."""
    return _of("dismissal_last_day", house, told)


def missed(house: House, told: Round) -> Message:
    """The term has passed: also to МИАЦ's lead and КЗ."""
    return _of("dismissal_missed", house, told)


def overdue(house: House, told: Round) -> Message:
    """Each working morning after that."""
    return _of("dismissal_overdue", house, told)


def returned(house: House, told: Round) -> Message:
    """A revocation came back: the term runs again."""
    return _of("dismissal_returned", house, told)


def stuck(house: House, *, items: Sequence[Listed]) -> Message:
    """To whoever is to carry the revocations out; `path` "" for who has no page of them."""
    return render("dismissal_stuck", house, {"items": items, "count": len(items)})


def _of(kind: str, house: House, told: Round) -> Message:
    values = {
        "organization": told.organization,
        "items": told.items,
        "count": told.count,
        "more": told.count - len(told.items),
        "closing": told.closing,
    }
    return render(kind, house, values)


_LEAVER = Leaver(
    "Лаптева И. С.",
    "Врач-статистик, последний день 18.11.2026",
    "осталось 2 раб. дня (до 25.11.2026)",
    "ФРМСС, РМО",
    "dismissals/7",
)
_ROUND = Round("ГБУЗ ЛО «Приозёрская РБ-учебная»", (_LEAVER,), 1, "17:00")
_STUCK = Listed("Заявка 2026-00412 · РМО", "1 сотрудник", "отправлена 18.11.2026", "queue/412")

SAMPLES: Mapping[str, Callable[[House], Message]] = MappingProxyType(
    {
        "dismissal_entry": lambda h: entry(h, _ROUND),
        "dismissal_due": lambda h: due(h, _ROUND),
        "dismissal_last_day": lambda h: last_day(h, _ROUND),
        "dismissal_missed": lambda h: missed(h, _ROUND),
        "dismissal_overdue": lambda h: overdue(h, _ROUND),
        "dismissal_returned": lambda h: returned(h, _ROUND),
        "dismissal_stuck": lambda h: stuck(h, items=(_STUCK,)),
    }
)
"""A made-up letter of each kind."""
