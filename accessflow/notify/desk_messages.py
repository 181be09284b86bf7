"""Letters between МИАЦ's own people, one function each."""

from __future__ import annotations

from collections.abc import Sequence

from accessflow.notify.messages import Listed
from accessflow.notify.rendering import About, House, Message, render


def assigned(
    house: House, about: About | None, *, who: str, note: str, items: Sequence[Listed] = ()
) -> Message:
    """To whom an application was handed over; `items`: several at once, then without `about`."""
    values = {"about": about, "who": who, "note": note, "items": items, "count": len(items)}
    return render("assigned", house, values)
