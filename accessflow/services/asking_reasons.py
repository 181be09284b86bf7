"""A request for data put together of reasons: what the checks found, what МИАЦ writes often (R18).

The letter is a text like any other: ticking a reason puts its line in, taking the tick away takes
the line out as long as nobody has changed it. `static/js/ask.js` does the same as one ticks.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Request
from accessflow.services import canned, triage
from accessflow.services.actor import Actor
from accessflow.services.subjects import subject

INTRO_OF_MANY = "Для рассмотрения заявки нужны сведения:"
_NUMBERED = re.compile(r"^\d+\.\s+")


@dataclass(frozen=True, slots=True)
class Reason:
    """`key` as the form posts it; `found`: by the checks, so that it is ticked at first, in `rows`
    (numbers of open ones)."""

    key: str
    label: str
    text: str
    found: bool = False
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Reasons:
    """What there is to tick, what is ticked, and the letter's first line."""

    offered: Sequence[Reason]
    ticked: Collection[str]
    intro: str

    @property
    def rows(self) -> set[int]:
        """Those that the ticked ones are about."""
        return {n for one in self.offered if one.key in self.ticked for n in one.rows}


def of(
    session: Session, actor: Actor, catalogue: Catalogue, request: Request, today: date
) -> Reasons:
    """Of one application, what its checks found ticked."""
    checks = _checks(session, actor, catalogue, request, today)
    intro = f"По заявке {request.number} ({subject(catalogue, request)}) нужны сведения:"
    return Reasons([*checks, *_often(session, catalogue)], {one.key for one in checks}, intro)


def of_many(session: Session, catalogue: Catalogue) -> Reasons:
    """Of many at once: what is written often. What their checks found is each one's own."""
    return Reasons(_often(session, catalogue), (), INTRO_OF_MANY)


def with_checks(
    session: Session, actor: Actor, catalogue: Catalogue, request: Request, today: date, text: str
) -> tuple[str, tuple[int, ...]]:
    """A letter to many as this one is to get it: with what its own checks found, and the numbers
    of the rows that they found it in."""
    found = of(session, actor, catalogue, request, today)
    checks = replace(found, offered=[one for one in found.offered if one.found])
    own = text.replace(INTRO_OF_MANY, found.intro, 1)
    return composed(own, checks), tuple(sorted(checks.rows))


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


def _checks(
    session: Session, actor: Actor, catalogue: Catalogue, request: Request, today: date
) -> list[Reason]:
    desk = triage.desk_of(session, actor, catalogue, request, today)
    open_rows = {row.position for row in request.rows if not row.outcome}
    return [
        Reason(
            f"check-{n}", line.text, _line(line.ask), found=True,
            rows=tuple(p for p in line.rows if p in open_rows),
        )
        for n, line in enumerate(line for line in desk.lines if line.ask)
    ]  # fmt: skip


def _often(session: Session, catalogue: Catalogue) -> list[Reason]:
    return [
        Reason(f"text-{text.id or -text.number}", text.title, _line(text.text))
        for text in canned.of_kind(session, catalogue, "request_info")
    ]


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
