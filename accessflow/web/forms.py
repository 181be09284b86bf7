"""Forms of the house: WTForms parse and show, services read and judge.

A flaw stands beside its field with a button that takes the proposed text; warnings have to be
confirmed once, and again where others come up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import Form

from accessflow.domain.reading import Flaw
from accessflow.services.fields import Refused

F = TypeVar("F", bound=Form)


@dataclass
class Entry(Generic[F]):
    """A form on its page: `message` above it, `flaws` by field, `confirm`: warnings to agree to."""

    form: F
    message: str = ""
    flaws: dict[str, Flaw] = field(default_factory=dict)
    confirm: str = ""
    saved: Any = None

    def save(self, act: Callable[[bool], object]) -> bool:
        """Calls `act(confirmed)`, keeps what it gives; False where refused, the reasons noted."""
        try:
            self.saved = act(False)
        except Refused as refusal:
            warned = _fingerprint(refusal.flaws)
            if refusal.can_be_confirmed and request.form.get("confirmed") == warned:
                self.saved = act(True)
                return True
            self.message, self.flaws = refusal.message, refusal.flaws
            self.confirm = warned if refusal.can_be_confirmed else ""
            return False
        return True


def posted(form_class: type[F]) -> F:
    """The form as it was sent, with the text taken over that a «Взять …» button proposed."""
    return form_class(_sent())


def texts(form: Form) -> dict[str, str]:
    """What was typed into the text fields, as typed; nothing as ""."""
    sent = _sent()
    return {field.name: sent.get(field.name, "") for field in form}


def _sent() -> MultiDict[str, str]:
    sent = MultiDict(request.form)
    name, _, value = sent.get("fix", "").partition("=")
    if name in sent:
        sent[name] = value
    return sent


def _fingerprint(flaws: dict[str, Flaw]) -> str:
    return ",".join(sorted(f"{name}:{flaw.code}" for name, flaw in flaws.items()))
