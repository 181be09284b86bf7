"""What a page was shown, what was typed into it, and what stands there now: may it be taken?

A page says of each part the fingerprint of what it showed. So two people may work on different rows
of one draft, and nobody's words are written over unseen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Literal

Values = Mapping[str, str]
Verdict = Literal["same", "take", "untouched", "conflict"]
ANYWAY = "*"
"""In place of a fingerprint: what was typed stands, whoever has changed it meanwhile."""


def fingerprint(values: Values) -> str:
    """Eight signs that tell one content from another; empty values do not count."""
    told = "\x1e".join(f"{k}\x1f{v}" for k, v in sorted(values.items()) if v)
    return hashlib.blake2s(told.encode(), digest_size=4).hexdigest()


def compare(now: Values, typed: Values, base: str) -> Verdict:
    """`typed` may lack keys that the page did not show; `base` is the page's fingerprint.

    same: what was typed stands there already. take: nobody else has changed it. untouched: somebody
    else has, but this page has not. conflict: both have.
    """
    wanted = {**now, **typed}
    if wanted == {**now}:
        return "same"
    if base in (ANYWAY, fingerprint(now)):
        return "take"
    return "untouched" if base == fingerprint(wanted) else "conflict"
