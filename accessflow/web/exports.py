"""A list as a sheet to take away. СНИЛС stay masked: it leaves the system."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask import Response, send_file

from accessflow.documents.sheet_out import write_long_table, write_table
from accessflow.web.context import today
from accessflow.web.downloads import download

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sheet(title: str, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> Response:
    """The download: `{title}_2026-11-23.xlsx`."""
    name = f"{title}_{today():%Y-%m-%d}.xlsx".replace(" ", "_")
    return download(write_table(title, headers, rows), XLSX, name)


def long_sheet(
    title: str,
    headers: Sequence[str],
    widths: Sequence[float],
    rows: Iterable[Sequence[str | int]],
) -> Response:
    """The same of rows that need not fit into memory; `widths` in characters."""
    name = f"{title}_{today():%Y-%m-%d}.xlsx".replace(" ", "_")
    file = write_long_table(title, headers, widths, rows)
    response = send_file(file, XLSX, as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "no-store"  # it holds personal data
    return response
