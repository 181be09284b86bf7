"""`{key|words}` in official wording: what fills it, and what the source prints in its place."""

from __future__ import annotations

import re
from collections.abc import Mapping

PLACEHOLDER = re.compile(r"\{([a-z_.]+)(?:\|([^{}]*))?\}")
KEYS = re.compile(
    r"system|roles|component"
    r"|(?:org|organization)\.(?:full_name|short_name|oid|inn|legal_address|subject_rf)"
    r"|author\.(?:name|position|phone|email)"
    r"|our\.(?:ref|date)"
    r"|field\.[a-z_]+"
    r"|official\.[a-z_]+\.(?:post|name|addressee|salutation)"
)


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with each placeholder's value, or the source's words where it has none.

    A full stop that the wording brings itself is not printed twice.
    """

    def value(match: re.Match[str]) -> str:
        found = values.get(match[1]) or match[2] or ""
        return found.rstrip(".") if text[match.end() : match.end() + 1] == "." else found

    return PLACEHOLDER.sub(value, text)
