"""Letters of transitions: composed and put into the outbox in the transaction of their cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accessflow.services.acting import Moment


def write(moment: Moment, kind: str) -> None:
    """The letter `kind` (a name of the machine's `letters`) of this step, for whom it concerns."""
