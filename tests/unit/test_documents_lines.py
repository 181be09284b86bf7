"""Lines of text break where LibreOffice and Word break them, and nothing of the text is lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accessflow.documents.breaking import DOUBT, fill
from accessflow.documents.metrics import face, rich_parts, width_of
from accessflow.domain.errors import Invalid

TEXTS = st.text("абвгд ЖЩ-–—.,/@_()«»123 xyz!?:№%", max_size=80)
WIDTHS = st.integers(200, 6000)
SIZES = st.sampled_from([8.0, 8.5, 9.0, 12.0])


def lines(text: str, width: int, size: float = 9.0, *, nice: bool = True) -> list[str]:
    return [text[li.begin : li.end] for li in fill(text, width, size, nice=nice).lines]


def test_lines_break_at_blanks_and_after_hyphens() -> None:
    assert lines("доступ к порталу", 900) == ["доступ к", "порталу"]
    assert lines("врач-оториноларинголог", 1700) == ["врач-", "оториноларинголог"]


def test_no_line_begins_with_a_closing_mark() -> None:
    assert lines("(ФРМО), (ФРМР)", 780) == ["(ФРМО),", "(ФРМР)"]


def test_a_slash_is_no_break_behind_a_blank() -> None:
    assert lines("и доступ/удалить", 1300) == ["и", "доступ/удалить"]


def test_a_slash_breaks_the_first_word_of_a_paragraph_as_libreoffice_has_it() -> None:
    assert lines("доступ/удалить", 1000) == ["доступ/", "удалить"]


def test_a_word_wider_than_its_line_is_cut_as_full_as_lines_go() -> None:
    whole = "оториноларингологического"
    cut = lines(whole, 700)
    assert "".join(cut) == whole
    assert len(cut) == 4
    assert all(face(False).width(part) * 9 / 50 <= 700 for part in cut)


def test_an_address_is_cut_behind_its_at_or_dot_where_that_costs_no_line() -> None:
    assert lines("anna.petrova.anna@example.org", 1700) == ["anna.petrova.anna@", "example.org"]


def test_centred_text_is_cut_without_drawing_its_side_in() -> None:
    assert fill("anna.petrova.anna@example.org", 1700, 9.0, nice=False).indent == 0


def test_a_telephone_breaks_between_its_groups_and_not_behind_a_hyphen() -> None:
    assert lines("8 (812) 670-52-81", 1040) == ["8 (812)", "670-52-81"]


def test_a_forced_break_stays_and_is_the_end_of_its_line() -> None:
    done = fill("Исх. № 5\nот 21.11.2026", 6000, 12.0)
    assert [line.last for line in done.lines] == [True, True]
    assert lines("Исх. № 5\nот 21.11.2026", 6000) == ["Исх. № 5", "от 21.11.2026"]


def test_an_empty_text_is_one_empty_line() -> None:
    assert lines("", 500) == [""]


def test_the_first_line_is_shorter_by_its_indent() -> None:
    text = "Прошу предоставить доступ"
    full = fill(text, 2500, 9.0).lines
    shy = fill(text, 2500, 9.0, first=700).lines
    assert len(full) == 1
    assert len(shy) == 2


@pytest.mark.parametrize("char", ["\x00", "\x0b", "\t", "\x1f", "\ud800", "\ufffe"])
def test_a_control_character_is_refused_in_words(char: str) -> None:
    with pytest.raises(Invalid, match="управляющий знак"):
        fill(f"Пет{char}рова", 2000, 9.0)


def test_digits_do_not_change_where_lines_break() -> None:
    one, other = "8 (812) 670-52-81 доб. 12", "8 (495) 111-99-04 доб. 70"
    assert [li.end for li in fill(one, 900, 9.0).lines] == [
        li.end for li in fill(other, 900, 9.0).lines
    ]


@given(TEXTS, WIDTHS, SIZES, st.booleans())
@settings(deadline=None)
def test_every_character_but_blanks_at_line_ends_is_set(
    text: str, width: int, size: float, nice: bool
) -> None:
    assert "".join(lines(text, width, size, nice=nice)).replace(" ", "") == text.replace(" ", "")


@given(TEXTS, WIDTHS, SIZES)
@settings(deadline=None)
def test_no_line_is_wider_than_its_room(text: str, width: int, size: float) -> None:
    done = fill(text, width, size)
    for line in done.lines:
        if line.end - line.begin > 1:
            assert line.width <= (width - done.indent) / 20 + 0.01
            assert line.width <= width / 20 + 5.1 * DOUBT


@given(TEXTS)
@settings(deadline=None)
def test_widths_add_up(text: str) -> None:
    ends = face(True).advances(text)
    assert ends[-1] == pytest.approx(face(True).width(text))
    assert sum(map(face(True).width, text)) == pytest.approx(face(True).width(text))


def test_a_raised_mark_is_as_wide_as_it_is_small() -> None:
    assert rich_parts("СНИЛС^*^*") == [("СНИЛС", False), ("**", True)]
    rich = width_of(False, True)
    assert rich("СНИЛС^*") == pytest.approx(rich("СНИЛС") + 0.58 * rich("*"))


def test_a_character_that_the_typeface_lacks_is_as_wide_as_what_is_printed_for_it() -> None:
    assert face(False).width("ab\U0001f600") == pytest.approx(face(False).width("ab□"))
