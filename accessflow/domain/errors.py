"""The error family: one base that carries ids, mapped to HTTP answers in `web/errors.py`."""

from __future__ import annotations


class AccessflowError(Exception):
    """`message` is Russian and shown to people; `ids` go to the log, never personal data."""

    def __init__(self, message: str, **ids: object) -> None:
        super().__init__(message)
        self.message = message
        self.ids = ids


class NotFound(AccessflowError):
    """No such thing, or none that this person may know of (404)."""


class Forbidden(AccessflowError):
    """Known, but not for this person (403)."""


class Conflict(AccessflowError):
    """Somebody else was faster, or the state has moved on (409)."""


class Invalid(AccessflowError):
    """The input is wrong (422). `fields` maps a field's name to the Russian sentence beside it."""

    def __init__(self, message: str, fields: dict[str, str] | None = None, **ids: object) -> None:
        super().__init__(message, **ids)
        self.fields = fields or {}
