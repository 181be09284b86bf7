"""Dates as people type them and as date fields send them."""

from __future__ import annotations

from datetime import date

import pytest

from accessflow.domain.dates import read_date


@pytest.mark.parametrize("text", ["2026-11-23", "23.11.2026", " 23.11.2026\u200b "])
def test_both_ways_of_writing_a_date_are_read(text: str) -> None:
    assert read_date(text) == date(2026, 11, 23)


@pytest.mark.parametrize("text", ["", "завтра", "2026-02-30", "11/23/2026", "20261123", "23.11.26"])
def test_what_is_no_date_is_none(text: str) -> None:
    assert read_date(text) is None
