"""A message's words from its templates: `templates/<kind>.txt` and `.html`, and the common frame.

The text file holds the subject in its first line and the words beneath; МИАЦ may put other words in
their place. The frame adds what every letter ends with: which application, its page, who writes.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from accessflow.domain import snils

FOLDER = Path(__file__).parent / "templates"
_SNILS = re.compile(r"(?<!\d)\d{3}[-\s‐-―]?\d{3}[-\s‐-―]?\d{3}[-\s‐-―]?\d{2}(?!\d)")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wording:
    """МИАЦ's own words over the template's; empty keeps the template's."""

    subject: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class House:
    """Who writes, and in which words (`wording` by kind of message).

    `strict`: words that cannot be used are an error, as while they are being edited; else the
    template's stand in for them.
    """

    name: str
    phone: str
    wording: Mapping[str, Wording] = field(default_factory=dict)
    strict: bool = False


class BadWording(Exception):
    """МИАЦ's own words cannot be used; the message says why, in Russian."""


@dataclass(frozen=True, slots=True)
class About:
    """The application that a letter speaks of; `path` is its page, without the leading slash."""

    number: str
    what: str
    system: str
    organization: str
    path: str
    registration_no: str = ""

    @property
    def label(self) -> str:
        """How subjects begin: number and system."""
        return f"Заявка {self.number}" + (f" · {self.system}" if self.system else "")


@dataclass(frozen=True, slots=True)
class Message:
    """What people read. Links begin with `building.LINK`."""

    kind: str
    subject: str
    text: str
    html: str


def kinds() -> tuple[str, ...]:
    """Every kind of message, by name."""
    return tuple(sorted(f.stem for f in FOLDER.glob("*.txt") if not f.stem.startswith("_")))


def default_wording(kind: str) -> Wording:
    """The template's own subject and words, as МИАЦ would begin to edit them."""
    subject, _, words = (FOLDER / f"{kind}.txt").read_text(encoding="utf-8").partition("\n")
    return Wording(subject.strip(), words.strip())


def render(kind: str, house: House, values: Mapping[str, Any]) -> Message:
    """The message of these values; no full СНИЛС is in it, wherever it came from.

    Raises BadWording where the house is strict.
    """
    own = house.wording.get(kind, Wording())
    known = _hidden({"about": None, "house": house, **values})
    standard = default_wording(kind)
    subject = _own_or_standard(house, kind, own.subject, standard.subject, known)
    words = _own_or_standard(house, kind, own.text, standard.text, known)
    text = _file("_frame.txt", {**known, "words": words})
    framed = {**known, "subject": subject, "words": words}
    html = _file("_words.html" if own.text else f"{kind}.html", framed)
    return Message(kind, " ".join(subject.split())[:255], _squeezed(text), html)


def masked(text: str) -> str:
    """The text with every СНИЛС in it as `***-***-445 95`."""
    return _SNILS.sub(_mask, text)


def _mask(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found[0])
    # Eleven digits in a row may as well be a telephone number.
    if digits == found[0] and snils.check_digits(digits[:9]) != digits[9:]:
        return found[0]
    return f"***-***-{digits[6:9]} {digits[9:]}"


def _hidden(value: Any) -> Any:
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, Mapping):
        return {key: _hidden(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_hidden(item) for item in value]
    return value


def _own_or_standard(
    house: House, kind: str, own: str, standard: str, values: Mapping[str, Any]
) -> str:
    if own:
        try:
            return _line(own, values)
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
            if house.strict:
                raise BadWording(f"Шаблон не читается: {error}") from None
            # They were tried when they were saved; an application must not wait for them.
            _log.warning("letters: the words of МИАЦ for %s cannot be used", kind)
    return _line(standard, values)


def _line(source: str, values: Mapping[str, Any]) -> str:
    return _environment(html=False).from_string(source).render(values).strip()


def _file(name: str, values: Mapping[str, Any]) -> str:
    return _environment(html=name.endswith(".html")).get_template(name).render(values)


@lru_cache
def _environment(*, html: bool) -> SandboxedEnvironment:
    """Sandboxed, for the words may have been typed in a browser."""
    environment = SandboxedEnvironment(
        loader=FileSystemLoader(FOLDER),
        autoescape=html,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["lines"] = _lines
    environment.filters["quoted"] = _quoted
    return environment


def _lines(text: str) -> Markup:
    """Line breaks kept, in a way that every mail program shows."""
    return Markup("<br>".join(escape(line) for line in str(text).splitlines()))  # noqa: S704 - escaped


def _quoted(text: str) -> str:
    """As a quotation in plain text."""
    return "\n".join(f"> {line}".rstrip() for line in str(text).splitlines())


def _squeezed(text: str) -> str:
    """At most one empty line in a row."""
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
