"""Texts as they are pasted: invisible signs, blanks, length."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessflow.domain.text import clean, read


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("  a \t b\n", "a b"),
        ("а\u00a0\u2007б", "а б"),
        ("\ufeffа\u200b\u00adб\u202e", "аб"),
        ("и\u0306", "й"),
        ("a\x00b", "ab"),
    ],
)
def test_blanks_and_invisible_signs_are_put_in_order(text: str, value: str) -> None:
    assert clean(text) == value


@given(st.text())
def test_cleaning_leaves_nothing_to_clean(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert not any(unicodedata.category(sign) == "Cc" for sign in once)


def test_a_text_must_be_there_and_fit() -> None:
    assert read(" Врач ", 10).value == "Врач"
    assert [flaw.code for flaw in read(" ", 10).flaws] == ["required"]
    over = read("а" * 11, 10, "Должность")
    assert [flaw.code for flaw in over.flaws] == ["over_length"]
    assert over.flaws[0].message.startswith("Должность: 11 знаков, а помещается 10")
