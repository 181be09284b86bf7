"""The QR code's text goes out and comes back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accessflow.documents.model import Stamp
from accessflow.documents.stamp import matrix, parse, payload, png
from accessflow.domain.errors import Invalid

WORDS = st.text("0123456789abcdefАБВ-", min_size=1, max_size=20)


@given(WORDS, WORDS, st.integers(0, 10_000))
@settings(deadline=None)
def test_number_version_and_digest_come_back(digest: str, number: str, version: int) -> None:
    stamp = Stamp(digest, number, version)
    assert parse(payload(stamp)) == stamp


def test_without_a_number_the_digest_alone_comes_back() -> None:
    assert payload(Stamp("9f3a5b7c2d10")) == "AF1:9F3A5B7C2D10"
    assert parse("AF1:9F3A5B7C2D10") == Stamp("9f3a5b7c2d10")


@pytest.mark.parametrize("text", ["", "https://example.org", "AF1:", "AF1:1:2:3:4", "AF2:9f3a"])
def test_another_code_is_refused_in_words(text: str) -> None:
    with pytest.raises(Invalid, match="QR-код не с листа заявки"):
        parse(text)


def test_a_field_that_would_not_come_back_is_refused() -> None:
    with pytest.raises(ValueError, match="colon"):
        payload(Stamp("9f3a", "1:2", 1))


def test_an_own_number_and_a_digest_take_the_second_smallest_symbol() -> None:
    assert len(matrix(payload(Stamp("9f3a5b7c2d10", "2026-000123", 3)))) == 25


def test_the_symbol_is_square_with_a_finder_in_three_corners() -> None:
    rows = matrix("AF1:2026-000123:3:9f3a5b7c2d10")
    assert {len(row) for row in rows} == {len(rows)}
    for top, left in ((0, 0), (0, -7), (-7, 0)):
        corner = [row[left:][:7] for row in rows[top:][:7]]
        assert corner[0] == corner[6] == bytes([1] * 7)
        assert corner[1] == corner[5] == bytes([1, 0, 0, 0, 0, 0, 1])


def test_the_picture_has_eight_pixels_to_a_module() -> None:
    text = "AF1:9f3a5b7c2d10"
    side = len(matrix(text)) * 8
    assert png(text)[16:24] == side.to_bytes(4, "big") * 2
