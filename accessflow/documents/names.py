"""File names that a person can tell apart, safe on Windows and in an archive; no СНИЛС."""

from __future__ import annotations

import re

MAX_STEM = 120
"""Characters: with a suffix and a folder's path it stays under the 260 that Windows opens."""
_FORBIDDEN = re.compile(r'[<>:"/\\|?*«»“”„‘’\'\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060\ufeff]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³])\s*(?:\.|$)", re.IGNORECASE)
_SNILS = re.compile(r"(?<!\d)\d{3}[-\s]?\d{3}[-\s]?\d{3}[-\s]?\d{2}(?!\d)")


def file_stem(*parts: str) -> str:
    """«ФРМСС_ГБУЗ ЛО Приозёрская РБ_2026-00412_21.11.2026»: the parts that are not empty.

    The longest part is cut where the whole is longer than MAX_STEM: the number and the date stay.
    """
    kept = [clean for part in parts if (clean := _safe(part))]
    excess = len("_".join(kept)) - MAX_STEM
    while excess > 0:
        longest = max(range(len(kept)), key=lambda i: len(kept[i]))
        kept[longest] = kept[longest][: max(len(kept[longest]) - excess, 1)].rstrip(" .")
        excess = len("_".join(kept)) - MAX_STEM
    stem = "_".join(part for part in kept if part).rstrip(" .") or "accessflow"
    return f"_{stem}" if _RESERVED.match(stem) else stem


def _safe(part: str) -> str:
    return re.sub(r"\s+", " ", _FORBIDDEN.sub(" ", _SNILS.sub(" ", part))).strip(" .")
