"""File names that a person can tell apart, safe on Windows and in an archive; no СНИЛС."""

from __future__ import annotations

import re

MAX_STEM = 120
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f«»“”„\']')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)


def file_stem(*parts: str) -> str:
    """«ФРМСС_ГБУЗ ЛО Приозёрская РБ_2026-00412_21.11.2026»: the parts that are not empty.

    The longest part is cut where the whole is longer than MAX_STEM: the number and the date stay.
    """
    kept = [clean for part in parts if (clean := _safe(part))]
    excess = len("_".join(kept)) - MAX_STEM
    if excess > 0:
        longest = max(range(len(kept)), key=lambda i: len(kept[i]))
        kept[longest] = kept[longest][:-excess].rstrip(" .")
    stem = "_".join(kept).rstrip(" .") or "accessflow"
    return f"_{stem}" if _RESERVED.match(stem) else stem


def _safe(part: str) -> str:
    return re.sub(r"\s+", " ", _FORBIDDEN.sub(" ", part)).strip(" .")
