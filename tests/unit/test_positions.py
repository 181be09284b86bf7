"""Numbers of rows are read as people type them, and told in the fewest words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessflow.domain.positions import HIGHEST, read_positions, told_positions


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", ()),
        ("2", (2,)),
        (" 3, 1;1 2 ", (1, 2, 3)),
        ("2, 5–7", (2, 5, 6, 7)),
        ("2, 5 - 7 и 9", (2, 5, 6, 7, 9)),
        ("1,\u00a02,", (1, 2)),
    ],
)
def test_numbers_and_runs_of_them_are_read(typed: str, expected: tuple[int, ...]) -> None:
    assert read_positions(typed) == expected


@pytest.mark.parametrize("typed", ["два", "0", "7-5", "1-", "-3", "1-2-3", "12345", "1-99999", "²"])
def test_what_is_no_number_of_a_row_is_told(typed: str) -> None:
    with pytest.raises(ValueError, match="не номер строки"):
        read_positions(typed)


@given(st.sets(st.integers(1, HIGHEST), max_size=40))
def test_what_is_told_reads_as_the_same_numbers(numbers: set[int]) -> None:
    assert read_positions(told_positions(numbers)) == tuple(sorted(numbers))


def test_runs_of_three_and_more_are_drawn_together() -> None:
    assert told_positions([7, 2, 5, 6, 9, 10]) == "2, 5–7, 9, 10"
