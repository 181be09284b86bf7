"""A file to take away, under a name in any language (RFC 6266, 5987)."""

from __future__ import annotations

import io

from flask import Response, send_file


def download(data: bytes, mimetype: str, name: str) -> Response:
    response = send_file(io.BytesIO(data), mimetype, as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "no-store"  # it holds personal data
    return response
