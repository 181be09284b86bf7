"""Write a .docx by putting the parts that differ behind the ones that never do, zipped once."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

from accessflow import templates_docx

BASES = Path(templates_docx.__file__).parent
DOCUMENT = "word/document.xml"
CORE = "docProps/core.xml"
PICTURE = "word/media/image1.png"
_VARIABLE = frozenset({DOCUMENT, CORE, PICTURE})

_DAY = 0x21  # 1980-01-01: the same model gives the same bytes
_VERSION = 20
_UTF8 = 0x800
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_LEVEL = 1


@dataclass(frozen=True, slots=True)
class Base:
    """`head` and `tail` of the body's XML; the other parts as zip entries with their directory."""

    head: str
    tail: str
    entries: bytes
    directory: bytes
    count: int

    def package(self, parts: Mapping[str, Iterable[bytes]]) -> bytes:
        """The whole file with these parts in it, each in as many pieces as it comes in.

        A long document in one piece would cost as much in fresh memory as its compression.
        """
        out = [self.entries]
        directory = [self.directory]
        offset = len(self.entries)
        for name, data in parts.items():
            local, central = _entry(name, data, offset)
            out.append(local)
            directory.append(central)
            offset += len(local)
        listing = b"".join(directory)
        count = self.count + len(parts)
        end = _END.pack(b"PK\5\6", 0, 0, count, count, len(listing), offset, 0)
        return b"".join((*out, listing, end))


@cache
def base(name: str) -> Base:
    """A base of `templates_docx`, read once."""
    with zipfile.ZipFile(BytesIO((BASES / f"{name}.docx").read_bytes())) as source:
        names = [n for n in source.namelist() if n not in _VARIABLE]
        body = source.read(DOCUMENT).decode()
        parts = {name: source.read(name) for name in names}
    head, found, tail = body.partition("<w:body>")
    if not found:
        raise ValueError(f"{name}: no body")
    entries: list[bytes] = []
    directory: list[bytes] = []
    offset = 0
    for part, data in parts.items():
        local, central = _entry(part, [data], offset)
        entries.append(local)
        directory.append(central)
        offset += len(local)
    return Base(head + found, tail, b"".join(entries), b"".join(directory), len(parts))


def _entry(name: str, pieces: Iterable[bytes], offset: int) -> tuple[bytes, bytes]:
    """The local part of a zip entry and its line in the directory."""
    encoded = name.encode()
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -15)
    packed_pieces = []
    check = large = 0
    for piece in pieces:
        check = zlib.crc32(piece, check)
        large += len(piece)
        packed_pieces.append(packer.compress(piece))
    packed_pieces.append(packer.flush())
    packed = b"".join(packed_pieces)
    small = len(packed)
    shared = (_VERSION, _UTF8, zipfile.ZIP_DEFLATED, 0, _DAY, check, small, large, len(encoded), 0)
    local = _LOCAL.pack(b"PK\3\4", *shared)
    central = _CENTRAL.pack(b"PK\1\2", _VERSION, *shared, 0, 0, 0, 0, offset)
    return local + encoded + packed, central + encoded
