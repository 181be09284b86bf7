"""The QR code of a page: what it says, its matrix, and its picture for the DOCX.

The symbol is 22 mm wide with no quiet zone of its own: the page leaves white around it.
"""

from __future__ import annotations

import re
import struct
import zlib
from functools import lru_cache

import segno

from accessflow.documents.model import Stamp
from accessflow.domain.errors import Invalid

_PREFIX = "AF1"
_PIXELS = 10  # per module: 0.8 mm
_MASK = 1
_TEXT = re.compile(rf"{_PREFIX}(?::(?P<number>[^:]+):(?P<version>\d+))?:(?P<digest>[^:]+)")


def payload(stamp: Stamp) -> str:
    """«AF1:number:version:digest», without a number «AF1:digest»."""
    parts = [stamp.number, str(stamp.version), stamp.digest] if stamp.number else [stamp.digest]
    if any(":" in part for part in parts):
        raise ValueError("a colon parts the fields of a stamp")
    return ":".join((_PREFIX, *parts))


def parse(text: str) -> Stamp:
    """The stamp that a scanned code holds. Raises `Invalid` on any other code."""
    found = _TEXT.fullmatch(text)
    if found is None:
        raise Invalid("Этот QR-код не с листа заявки: наведите на код в правом нижнем углу.")
    return Stamp(found["digest"], found["number"] or "", int(found["version"] or 0))


@lru_cache(maxsize=256)
def matrix(text: str) -> tuple[bytes, ...]:
    """Rows of modules, 1 is dark.

    The mask is fixed: to choose it by the standard's points costs five times the rest, and every
    reader reads every mask.
    """
    code = segno.make(text, micro=False, error="m", boost_error=False, mask=_MASK)
    return tuple(bytes(row) for row in code.matrix)


def png(text: str) -> bytes:
    """The symbol as a black and white picture with no border."""
    rows = matrix(text)
    pixels = len(rows) * _PIXELS
    lines = []
    for row in rows:
        bits = "".join("0" * _PIXELS if dark else "1" * _PIXELS for dark in row)
        bits += "0" * (-pixels % 8)
        lines.append((b"\0" + int(bits, 2).to_bytes(len(bits) // 8, "big")) * _PIXELS)
    header = struct.pack(">IIBBBBB", pixels, pixels, 1, 0, 0, 0, 0)
    return b"".join((
        b"\x89PNG\r\n\x1a\n",
        _chunk(b"IHDR", header),
        _chunk(b"IDAT", zlib.compress(b"".join(lines), 6)),
        _chunk(b"IEND", b""),
    ))  # fmt: skip


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
