"""Numbers with their nouns, names with initials, masked СНИЛС: as people write them."""

from __future__ import annotations

import pytest

from accessflow.domain.text import counted, grouped
from accessflow.web.words import full_snils, initials, masked_snils

NOUN = ("заявка", "заявки", "заявок")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0 заявок"), (1, "1 заявка"), (2, "2 заявки"), (4, "4 заявки"), (5, "5 заявок"),
        (11, "11 заявок"), (14, "14 заявок"), (21, "21 заявка"), (112, "112 заявок"),
        (122, "122 заявки"), (1001, "1\N{NO-BREAK SPACE}001 заявка"),
    ],
)  # fmt: skip
def test_the_noun_agrees_with_its_number(number: int, words: str) -> None:
    assert counted(number, *NOUN) == words


def test_long_numbers_are_grouped() -> None:
    assert grouped(1234567) == "1\N{NO-BREAK SPACE}234\N{NO-BREAK SPACE}567"


@pytest.mark.parametrize(
    ("full", "short"),
    [
        ("Малахова Екатерина Юрьевна", "Малахова Е. Ю."),
        ("Эйхе Роберт", "Эйхе Р."),
        ("Мамедов Руслан Гусейн оглы", "Мамедов Р. Г."),
        ("", ""),
    ],
)
def test_initials_follow_the_surname(full: str, short: str) -> None:
    assert initials(full) == short


def test_a_masked_snils_shows_its_last_five_digits() -> None:
    assert masked_snils("11223344595") == "***-***-445 95"
    assert masked_snils("1122334459") == ""
    assert full_snils("11223344595") == "112-233-445 95"
