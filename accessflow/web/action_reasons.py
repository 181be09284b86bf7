"""A request for data put together of reasons: what the checks found, what МИАЦ writes often (R18).

The letter is a text like any other: ticking a reason puts its line in, taking the tick away takes
the line out as long as nobody has changed it. `static/js/ask.js` does the same as one ticks.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from accessflow.db.tables import Request
from accessflow.services import canned, triage
from accessflow.web import context, request_words

_NUMBERED = re.compile(r"^\d+\.\s+")


@dataclass(frozen=True, slots=True)
class Reason:
    """`key` as the form posts it; `found`: by the checks, so that it is ticked at first."""

    key: str
    label: str
    text: str
    found: bool = False


@dataclass(frozen=True, slots=True)
class Reasons:
    """What there is to tick, what is ticked, and the letter's first line."""

    offered: Sequence[Reason]
    ticked: Collection[str]
    intro: str


def of(found: Request, ticked: Collection[str] | None = None) -> Reasons:
    """`ticked`: keys as they were posted; None at first."""
    session, catalogue = context.session(), context.catalogue()
    desk = triage.desk_of(session, context.actor(), catalogue, found, context.today())
    checks = [
        Reason(f"check-{n}", line.text, _line(line.ask), found=True)
        for n, line in enumerate(line for line in desk.lines if line.ask)
    ]
    often = [
        Reason(f"text-{text.id or -text.number}", text.title, _line(text.text))
        for text in canned.of_kind(session, catalogue, "request_info")
    ]
    offered = [*checks, *often]
    usual = {one.key for one in offered if one.found}
    subject = request_words.subject(catalogue, found)
    intro = f"По заявке {found.number} ({subject}) нужны сведения:"
    return Reasons(offered, usual if ticked is None else ticked, intro)


def composed(text: str, reasons: Reasons) -> str:
    """The text with the lines of what is ticked, without those of what is not."""
    known = {one.text for one in reasons.offered}
    wanted = [one.text for one in reasons.offered if one.key in reasons.ticked]
    lines = [line for line in text.splitlines() if _body(line) not in known - set(wanted)]
    there = {_body(line) for line in lines}
    new = [f"0. {line}" for line in dict.fromkeys(wanted) if line not in there]
    if new and not any(map(str.strip, lines)):
        lines = [reasons.intro]
    return _without_lone_intro(_numbered([*lines, *new]), reasons.intro)


def _numbered(lines: Iterable[str]) -> list[str]:
    number, told = 0, []
    for line in lines:
        if _NUMBERED.match(line):
            number += 1
            line = f"{number}. {_body(line)}"
        told.append(line)
    return told


def _without_lone_intro(lines: list[str], intro: str) -> str:
    text = "\n".join(lines).strip()
    return "" if text == intro else text


def _body(line: str) -> str:
    return _NUMBERED.sub("", line).strip()


def _line(text: str) -> str:
    return " ".join(text.split())
