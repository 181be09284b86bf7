"""The QR code of a page: what it says, its matrix, and its picture for the DOCX.

The symbol is 22 mm wide with no quiet zone of its own: the page leaves white around it.
"""

from __future__ import annotations

import re
import struct
import zlib
from functools import lru_cache
from math import isqrt
from typing import Any

import zxingcpp

from accessflow.documents.model import Stamp
from accessflow.domain.errors import Invalid

_PREFIX = "AF1"
_HEX = re.compile("[0-9a-f]+")
_HEX_CAPITALS = re.compile("[0-9A-F]+")
_MODULES = bytes([1, *[0] * 255])  # zxing's black is 0, its white 255
_PIXELS = bytes([255, *[0] * 255])
_TEXT = re.compile(rf"{_PREFIX}(?::(?P<number>[^:]+):(?P<version>\d+))?:(?P<digest>[^:]+)")


def payload(stamp: Stamp) -> str:
    """«AF1:number:version:DIGEST», without a number «AF1:DIGEST».

    In capitals a hexadecimal digest takes the code's compact alphabet: fewer, larger modules.
    """
    digest = stamp.digest.upper() if _HEX.fullmatch(stamp.digest) else stamp.digest
    parts = [stamp.number, str(stamp.version), digest] if stamp.number else [digest]
    if any(":" in part for part in parts):
        raise ValueError("a colon parts the fields of a stamp")
    return ":".join((_PREFIX, *parts))


def parse(text: str) -> Stamp:
    """The stamp that a scanned code holds. Raises `Invalid` on any other code."""
    found = _TEXT.fullmatch(text)
    if found is None:
        raise Invalid("Этот QR-код не с листа заявки: наведите на код в правом нижнем углу.")
    digest = found["digest"]
    if _HEX_CAPITALS.fullmatch(digest):
        digest = digest.lower()
    return Stamp(digest, found["number"] or "", int(found["version"] or 0))


@lru_cache(maxsize=256)
def matrix(text: str) -> tuple[bytes, ...]:
    """Rows of modules, 1 is dark; error correction M."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    image: Any = code.to_image(scale=1, add_quiet_zones=False)  # it has a buffer, its stub none
    modules = bytes(image).translate(_MODULES)
    side = isqrt(len(modules))
    return tuple(modules[at : at + side] for at in range(0, side * side, side))


def png(text: str) -> bytes:
    """The symbol as a black and white picture with no border, 8 pixels to a module."""
    rows = matrix(text)
    side = len(rows) * 8
    # One bit a pixel, so a module is a byte of a line; a zero before each line: no filter.
    lines = b"".join((b"\0" + row.translate(_PIXELS)) * 8 for row in rows)
    packer = zlib.compressobj(1, zlib.DEFLATED, 9, 1)  # the line above is all that repeats
    return b"".join((
        b"\x89PNG\r\n\x1a\n",
        _chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)),
        _chunk(b"IDAT", packer.compress(lines) + packer.flush()),
        _chunk(b"IEND", b""),
    ))  # fmt: skip


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
