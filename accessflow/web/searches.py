"""The search of a list: from its form to an address that may be shared, and back.

A СНИЛС never stands in an address: the form is posted, and where digits were typed the address
tells the ids of what they were found in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from accessflow.domain import snils
from accessflow.services import people, request_list
from accessflow.web import context
from accessflow.web.keys import keys_in

NOBODY = "0"
"""In an address in place of ids where the digits were found nowhere."""
MOST_IDS = 200
FEWEST_DIGITS = 7
"""So many digits that are no number of ours are (a part of) a СНИЛС."""
_DIGITS = re.compile(r"[\d\s*-]+", re.ASCII)
_NUMBER = re.compile(r"20\d\d-\d*", re.ASCII)


def search_people(names: Iterable[str], page: str = ".index") -> ResponseReturnValue:
    """Answers the form of a list of people and of what is theirs. `names`: the arguments of the
    list that the form carries along."""
    text = _typed()
    ids = None
    if people.has_snils(text):
        ids = people.ids_by_number(context.session(), context.actor(), text)
    return _shared(page, text, ids, kept(names))


def search_requests(arguments: Mapping[str, Any]) -> ResponseReturnValue:
    """Answers the form of a list of applications, whose other arguments these are."""
    text = _typed()
    ids = None
    if digits := snils_in(text):
        ids = request_list.ids_by_digits(context.session(), context.actor(), digits, text)
    return _shared(".index", text, ids, arguments)


def kept(names: Iterable[str]) -> dict[str, Any]:
    """What the form carries along of the address that it stood on."""
    return {name: value for name in names if (value := request.form.get(name))}


def asked_ids() -> tuple[int, ...] | None:
    """The ids that the address asks for, those that a database may know; None: it asks for none."""
    if (text := request.args.get("ids")) is None:
        return None
    return tuple(keys_in(text.split(",")))[:MOST_IDS]


def snils_in(text: str) -> str:
    """The digits where the text is a СНИЛС, also a wrong one: that is personal data, too."""
    reading = snils.read(text)
    if reading.value:
        return reading.value.digits
    digits = re.sub(r"\D", "", text)
    if not _DIGITS.fullmatch(text) or _NUMBER.fullmatch(text) or len(digits) < FEWEST_DIGITS:
        return ""
    return digits


def _typed() -> str:
    return request.form.get("q", "").strip()


def _shared(
    page: str, text: str, ids: Sequence[int] | None, arguments: Mapping[str, Any]
) -> ResponseReturnValue:
    found = {"q": text or None} if ids is None else {"ids": ",".join(map(str, ids)) or NOBODY}
    return redirect(url_for(page, **found, **arguments))
