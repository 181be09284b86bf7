"""ИНН: the vectors of domain D, and ten thousand of organisations and of persons each."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from faker import Faker
from hypothesis import given
from hypothesis import strategies as st

from accessflow.domain.inn import Inn, read

WEIGHTS = {
    10: ((2, 4, 10, 3, 5, 9, 4, 6, 8),),
    12: ((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)),
}


@pytest.mark.parametrize("text", ["7707083893", "4703123451", "500100732259", "470312345687"])
def test_a_valid_number_passes(text: str) -> None:
    assert read(text).value == Inn(text)


@pytest.mark.parametrize(
    "text",
    [
        "7707083894",
        "500100732258",
        "500100732269",
        "0000000000",
        "000000000000",
        "770708389",
        "77070838931",
        "7707О83893",
    ],
)
def test_a_wrong_number_is_refused_without_a_proposal(text: str) -> None:
    reading = read(text)
    assert reading.value is None
    assert [(flaw.code, flaw.fix) for flaw in reading.flaws] == [("inn", None)]


def test_an_empty_one_is_asked_for() -> None:
    assert [flaw.code for flaw in read("  ").flaws] == ["required"]


def test_the_length_tells_an_organisation_from_a_person() -> None:
    assert [Inn("7707083893").of_person, Inn("500100732259").of_person] == [False, True]


def generators(fake: Faker) -> tuple[Callable[[], str], Callable[[], str]]:
    return fake.businesses_inn, fake.individuals_inn


def test_ten_thousand_numbers_of_each_kind_of_an_independent_generator_pass() -> None:
    fake = Faker("ru_RU")
    fake.seed_instance(47)
    for generate in generators(fake):
        assert [n for n in (generate() for _ in range(10_000)) if read(n).value is None] == []


def sums_share_a_digit(one: str, other: str) -> bool:
    """Remainders 0 and 10 of eleven are both written 0: the check itself cannot tell them apart."""
    remainders = [
        {sum(w * int(d) for w, d in zip(weights, n, strict=False)) % 11 for n in (one, other)}
        for weights in WEIGHTS[len(one)]
    ]
    return all(pair in ({0, 10}, {0}, {10}) or len(pair) == 1 for pair in remainders)


def test_every_single_changed_digit_is_caught_but_where_the_check_has_one_digit_for_two() -> None:
    fake = Faker("ru_RU")
    fake.seed_instance(48)
    missed = changed = 0
    for generate in generators(fake):
        for _ in range(500):
            digits = generate()
            for at in range(len(digits)):
                for digit in set("0123456789") - {digits[at]}:
                    wrong = digits[:at] + digit + digits[at + 1 :]
                    changed += 1
                    if read(wrong).value is not None:
                        missed += 1
                        assert sums_share_a_digit(digits, wrong)
    assert changed == 500 * 9 * (10 + 12)
    assert missed / changed < 0.02


@given(st.text(max_size=16))
def test_any_text_is_answered_with_a_number_or_an_error(text: str) -> None:
    reading = read(text)
    assert (reading.value is None) == bool(reading.flaws)
    assert reading.value is None or read(str(reading.value)).value == reading.value
