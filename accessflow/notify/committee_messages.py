"""The letters on the way to КЗ and back (R29, R37, R41): to the author, to КЗ, to МИАЦ."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from accessflow.notify.example import ABOUT
from accessflow.notify.rendering import About, House, Message, render


def at_committee(house: House, about: About, *, accepted: bool) -> Message:
    """To the author. `accepted`: КЗ has taken it by itself, else МИАЦ passed it on."""
    return render("at_committee", house, {"about": about, "accepted": accepted})


def emd_arrived(house: House, about: About) -> Message:
    """To КЗ: a letter on an ЭМД that is addressed to it, too (Рег. IV)."""
    return render("emd_arrived", house, {"about": about, "organization": about.organization})


def handed_back(house: House, about: About, *, text: str) -> Message:
    """To МИАЦ: КЗ does not sign it."""
    return render("handed_back", house, {"about": about, "text": text})


def off_committee(house: House, about: About, *, why: str, note: str) -> Message:
    """To КЗ: what waited for its signature does not any more."""
    return render("off_committee", house, {"about": about, "why": why, "note": note})


SAMPLES: Mapping[str, Callable[[House], Message]] = MappingProxyType(
    {
        "at_committee": lambda house: at_committee(house, ABOUT, accepted=False),
        "emd_arrived": lambda house: emd_arrived(house, ABOUT),
        "handed_back": lambda house: handed_back(house, ABOUT, text="Роль указана неверно."),
        "off_committee": lambda house: off_committee(
            house, ABOUT, why="Организация отозвала заявку.", note="Сотрудник уволился."
        ),
    }
)
