"""File names that Windows takes and a person can tell apart; no СНИЛС in them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accessflow.documents.names import MAX_STEM, file_stem


def test_a_name_tells_system_organisation_number_and_date() -> None:
    name = file_stem("ФРМСС", "ГБУЗ ЛО «Приозёрская РБ»", "2026-00412", "21.11.2026")
    assert name == "ФРМСС_ГБУЗ ЛО Приозёрская РБ_2026-00412_21.11.2026"


def test_the_number_and_the_date_survive_a_long_organisation() -> None:
    name = file_stem("ФРМСС", "Больница " * 40, "2026-00412", "21.11.2026")
    assert len(name) <= MAX_STEM
    assert name.endswith("_2026-00412_21.11.2026")


@pytest.mark.parametrize("name", ["CON", "nul", "com1", "LPT9.docx", "aux "])
def test_a_name_that_windows_keeps_for_itself_is_changed(name: str) -> None:
    assert file_stem(name).startswith("_")


@pytest.mark.parametrize("snils", ["112-233-445 95", "11223344595", "112 233 445 95"])
def test_a_snils_is_left_out(snils: str) -> None:
    assert not re.search(r"\d{3}", file_stem("Петрова", snils))


def test_something_is_left_of_nothing() -> None:
    assert file_stem("", "///") == "accessflow"


@given(st.lists(st.text(max_size=150), max_size=5))
@settings(deadline=None)
def test_any_name_can_be_written_on_windows(parts: list[str]) -> None:
    name = file_stem(*parts)
    assert 0 < len(name) <= MAX_STEM + 1
    assert not re.search(r'[<>:"/\\|?*\x00-\x1f\u200b-\u200f\u2028-\u202e\ufeff]', name)
    assert name == name.strip()
    assert not name.endswith(".")
