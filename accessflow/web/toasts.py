"""Messages of things done, shown once on the next page, with a way back where there is one."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from flask import flash, get_flashed_messages


@dataclass(frozen=True, slots=True)
class Toast:
    """`undo`: the address that takes a POST and undoes it."""

    text: str
    undo: str = ""
    undo_text: str = "Отменить"
    kind: str = "ok"  # ok, info, warn, danger


def toast(text: str, *, undo: str = "", undo_text: str = "Отменить", kind: str = "ok") -> None:
    """Says on the next page that it is done; `undo` adds a button that posts there."""
    flash(asdict(Toast(text, undo, undo_text, kind)), "toast")  # type: ignore[arg-type]  # kept as JSON, not as a text


def pending() -> list[Toast]:
    """The toasts not shown yet; showing them forgets them."""
    found: list[Any] = get_flashed_messages(category_filter=["toast"])
    return [Toast(**fields) for fields in found]
