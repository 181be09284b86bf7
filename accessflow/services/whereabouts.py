"""Where an application is that was passed on: СТП ЕГИСЗ, a support of its own, another owner."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from accessflow.catalogue.spec import Catalogue
from accessflow.workflow.states import STATES

_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_EMPTY = re.compile(r"\(\s*[,;\s]*\)")
LONGEST = 32
"""Characters of a label that stands in a column."""


@dataclass(frozen=True, slots=True)
class Place:
    """`name` as in «передана: …», `label` as the state is called there, `whose` as in «ход за …».

    `known`: what `forwarded_to` says where it is meant; `contact`: its key in region.yaml.
    """

    name: str
    label: str
    whose: str
    known: re.Pattern[str]
    contact: str


PLACES = (
    Place("поддержка АКиНЕО", "В поддержке АКиНЕО", "поддержкой АКиНЕО",
          re.compile(r"акинео|akineo", re.IGNORECASE), "vimis_support"),
    Place("СТП ЕГИСЗ", "В СТП ЕГИСЗ", "СТП ЕГИСЗ",
          re.compile(r"стп|егисз|stp-egisz", re.IGNORECASE), "support_email"),
)  # fmt: skip


def place_of(forwarded_to: str) -> Place | None:
    """The one that is meant, of those that the regulation names (Рег. 3.3, Бюл. №5)."""
    return next((place for place in PLACES if place.known.search(forwarded_to)), None)


def is_support(forwarded_to: str) -> bool:
    """Whether СТП ЕГИСЗ is meant."""
    place = place_of(forwarded_to)
    return place is not None and place.contact == "support_email"


def named(catalogue: Catalogue, addresses: Iterable[str]) -> str:
    """«поддержка АКиНЕО (vimis@…)» of addresses that are known, else the addresses."""
    told = ", ".join(addresses)
    contacts = catalogue.region.contacts
    place = next((p for p in PLACES if contacts.get(p.contact, "") in told), None)
    return f"{place.name} ({told})" if place else told


def label_of(state: str, forwarded_to: str) -> str:
    """What a state is called: of what was passed on, where it is."""
    if state != "forwarded" or not forwarded_to:
        return STATES[state].label
    if place := place_of(forwarded_to):
        return place.label
    name = _EMPTY.sub("", _ADDRESS.sub("", forwarded_to)).strip(" ,;") or forwarded_to
    told = f"Передана: {name}"
    return told if len(told) <= LONGEST else told[: LONGEST - 1].rstrip() + "…"


def whose_move(forwarded_to: str) -> str:
    """As in «Ход за …»."""
    place = place_of(forwarded_to)
    return place.whose if place else "владельцем системы"
