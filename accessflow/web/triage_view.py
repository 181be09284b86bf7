"""МИАЦ's card in words and in order: its buttons, files, data, applications that belong to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from accessflow.db.tables import Request, RequestFile
from accessflow.forms.check import Check
from accessflow.forms.rows import printed_fields
from accessflow.services import attachments, scans
from accessflow.services.card import Card, Offered
from accessflow.services.triage import Desk
from accessflow.workflow.states import ENDED, UNFILED

ICONS = {
    "take": "person-check",
    "decide": "check-circle",
    "resolve": "check-circle",
    "request_info": "question-circle",
    "ask_third": "hourglass-split",
    "third_answered": "reply",
    "proceed": "play",
    "forward": "box-arrow-up-right",
    "note_external": "box-arrow-up-right",
    "to_committee": "building",
    "committee_send": "send",
    "confirm_deleted": "file-earmark-x",
    "connect": "hdd-network",
    "close": "archive",
    "extend": "clock-history",
    "mark_duplicate": "files",
    "take_back": "arrow-return-left",
    "hand_back": "arrow-return-left",
    "undecide": "arrow-counterclockwise",
    "reopen": "arrow-repeat",
}
DANGER = ("refuse", "annul")
RARE = ("ask_third", "extend", "mark_duplicate", "take_back", "undecide", "to_committee")
"""Under «Ещё»."""
FIRST = ("take", "third_answered", "committee_send", "confirm_deleted", "connect", "resolve",
         "decide", "close", "reopen")  # fmt: skip
"""The one thing to do, the first of these that is offered."""
SHORT = {"note_external": "Внешний номер и статус…", "request_info": "Запросить данные…"}
WEIGHED = frozenset({"sent", "registered", "in_review", "needs_info", "third_party",
                     "at_committee", "forwarded"})  # fmt: skip
if WEIGHED & (UNFILED | ENDED):
    raise AssertionError("only what is at work has a priority")

FILE_LABELS = {
    **attachments.LABELS,
    **scans.LABELS,
    "original": "Исходный файл скана",
    "parcel": "Как отправлено",
}


@dataclass(frozen=True, slots=True)
class Button:
    """`c`: primary, default, danger."""

    one: Offered
    label: str
    icon: str
    c: str = "default"

    @property
    def action(self) -> str:
        return self.one.action


@dataclass(frozen=True, slots=True)
class Bar:
    """`primary` is None where it is somebody else's move. `decides`: the rows' form is open;
    `shut`: what cannot be done just now, with its reasons."""

    danger: tuple[Button, ...]
    plain: tuple[Button, ...]
    rare: tuple[Button, ...]
    primary: Button | None
    decides: bool
    shut: tuple[Offered, ...]


def bar_of(card: Card, desk: Desk) -> Bar:
    open_ = {one.action: one for one in card.offered if not one.refused}
    first = _first(card, desk, open_)
    plain = [a for a in open_ if a not in (*DANGER, *RARE, first)]
    return Bar(
        danger=tuple(_button(open_[a], "danger") for a in DANGER if a in open_),
        plain=tuple(_button(open_[a]) for a in plain),
        rare=tuple(_button(open_[a]) for a in RARE if a in open_ and a != first),
        primary=_button(open_[first], "primary") if first else None,
        decides="decide" in open_,
        shut=tuple(one for one in card.offered if one.refused),
    )


def _first(card: Card, desk: Desk, open_: dict[str, Offered]) -> str:
    """App. 5 goes on under the director's signature before anything is decided (X14)."""
    by_director = desk.check.spec.signature.signer == "miac"
    if by_director and card.offer("forward") and "take" not in open_:
        return "forward" if "forward" in open_ else ""
    return next((action for action in FIRST if action in open_), "")


def _button(one: Offered, c: str = "default") -> Button:
    dots = "…" if one.transition.asks and one.action != "decide" else ""
    label = SHORT.get(one.action, one.label + dots)
    return Button(one, label, ICONS.get(one.action, "arrow-right"), c)


def files_of(session: Session, found: Request) -> Sequence[tuple[str, RequestFile]]:
    """What lies with it and counts, oldest first, with the word for it; what was put to messages
    stands with them."""
    rows = (
        row
        for row in scans.lying(session, found.id)
        if row.voided_at is None and row.message_id is None
    )
    return [(FILE_LABELS.get(row.kind, row.kind), row) for row in rows]


def fields_of(found: Request, check: Check) -> list[tuple[str, str]]:
    """What stands beside the table, by its official label."""
    printed = printed_fields(check.spec, check.application, check.region)
    told = [(check.spec.label_of(item), printed[item.key]) for item in check.spec.fields]
    if reason := str(found.fields.get("justification", "")).strip():
        told.append(("Обоснование", reason))
    return [(label, text) for label, text in told if text.strip()]
