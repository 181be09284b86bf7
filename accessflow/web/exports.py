"""A list as a sheet to take away. СНИЛС stay masked: it leaves the system."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response

from accessflow.documents.sheet_out import write_table
from accessflow.web.context import today
from accessflow.web.downloads import download

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sheet(
    title: str, headers: Sequence[str], rows: Sequence[Sequence[str]], stem: str = ""
) -> Response:
    """The download: `{stem or title}_2026-11-23.xlsx`."""
    name = f"{stem or title}_{today():%Y-%m-%d}.xlsx".replace(" ", "_")
    return download(write_table(title, headers, rows), XLSX, name)
