"""Make accessflow/documents/srgb.icc, the colour space that a PDF/A names: Little CMS's own sRGB.

    .venv/bin/python scripts/srgb_profile.py

Its text says «No copyright, use freely». The version is set to 4.2, the newest that PDF 1.7 knows
(the tags are the same), the date to a fixed one.
"""

from __future__ import annotations

import struct
from pathlib import Path

from PIL import ImageCms

TARGET = Path(__file__).parents[1] / "accessflow" / "documents" / "srgb.icc"


def main() -> None:
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[8:12] = b"\x04\x20\0\0"
    profile[24:36] = struct.pack(">6H", 2026, 1, 1, 0, 0, 0)
    profile[84:100] = bytes(16)  # the identifier is optional
    TARGET.write_bytes(bytes(profile))
    print(TARGET, len(profile), "bytes")


if __name__ == "__main__":
    main()
