"""A pasted list of dismissals is understood as people write it."""

from __future__ import annotations

from datetime import date

import pytest

from accessflow.domain.errors import Invalid
from accessflow.forms.sheets.dismissals import read_dismissals, recognise_dismissals
from accessflow.forms.sheets.listing import ListRow
from accessflow.forms.sheets.pasted import MOST_LINES, tables_of, understood

TODAY = date(2026, 11, 23)
PETROVA = {"last_name": "Петрова", "first_name": "Анна", "middle_name": "Ивановна"}


def read(text: str) -> list[ListRow]:
    return read_dismissals(recognise_dismissals(tables_of(text)), TODAY)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (
            "Петрова Анна Ивановна, 30.12.2026, приказ № 42-лс от 27.12.2026",
            ("Петрова Анна Ивановна", "", "30.12.2026", "42-лс", "27.12.2026", ""),
        ),
        (
            "112-233-445 95\t30.12.2026\t42-лс",
            ("", "112-233-445 95", "30.12.2026", "42-лс", "", ""),
        ),
        (
            "Петрова Анна Ивановна 11223344595 30.12.26 42/к",
            ("Петрова Анна Ивановна", "11223344595", "30.12.26", "42/к", "", ""),
        ),
        (
            "Петрова А.И.; 30 декабря 2026 г.; №42-лс от 27.12.2026; ст. 80 ТК РФ",
            ("Петрова А.И", "", "30 декабря 2026 г.", "42-лс", "27.12.2026", "ст. 80 ТК РФ"),
        ),
        (
            "Петрова Анна Ивановна 2026-12-30",
            ("Петрова Анна Ивановна", "", "2026-12-30", *[""] * 3),
        ),
        ("Петрова Анна Ивановна", ("Петрова Анна Ивановна", *[""] * 5)),
        ("", ("",) * 6),
    ],
)
def test_a_line_is_taken_apart(line: str, found: tuple[str, ...]) -> None:
    assert understood(line) == found


def test_lines_are_numbered_as_a_person_counts_them_and_blank_ones_left_out() -> None:
    rows = read("Петрова Анна Ивановна, 30.12.2026\n\n307-120-201 99, 31.12.2026, 43-лс")
    assert [row.number for row in rows] == [1, 3]
    assert rows[0].values == {**PETROVA, "dismissed_on": "2026-12-30"}
    assert rows[1].values == {
        "snils": "307-120-201 99", "dismissed_on": "2026-12-31", "order_no": "43-лс",
    }  # fmt: skip
    assert not any(row.refused for row in rows)


def test_a_line_without_a_day_is_refused_in_words() -> None:
    [row] = read("Петрова Анна Ивановна, приказ 42-лс")
    assert [d.message for d in row.defects if d.level == "error"] == [
        "Дата увольнения не указана. Впишите её как 07.03.2026."
    ]


def test_a_copied_part_of_a_sheet_goes_by_its_titles() -> None:
    [row] = read(
        "Номер приказа\tДата приказа\tСотрудник\tДата увольнения\n"
        "42-лс\t27.12.2026\tПетрова Анна Ивановна\t30.12.2026"
    )
    assert row.values == {
        **PETROVA, "dismissed_on": "2026-12-30", "order_no": "42-лс", "order_date": "2026-12-27",
    }  # fmt: skip
    assert row.number == 2


@pytest.mark.parametrize(
    ("text", "said"), [(" \n ", "Вставьте"), ("x\n" * (MOST_LINES + 1), "файлом")]
)
def test_nothing_and_too_much_are_refused(text: str, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        tables_of(text)
