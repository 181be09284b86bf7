"""Letters in words: their states."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class State(NamedTuple):
    """`c` colours the label, `icon` of bootstrap-icons."""

    label: str
    c: str
    icon: str


STATES: Mapping[str, State] = MappingProxyType(
    {
        "queued": State("В очереди", "info", "hourglass-split"),
        "sending": State("Отправляется", "info", "send"),
        "sent": State("Отправлено", "ok", "check-circle"),
        "gathered": State("Ушло в сводке", "mute", "collection"),
        "failed": State("Не доставлено", "danger", "x-circle"),
        "cancelled": State("Отменено", "mute", "slash-circle"),
    }
)
