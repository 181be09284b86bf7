"""What only several rows of a list together tell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from accessflow.forms.sheets.staff import StaffSheet, recognise
from accessflow.forms.sheets.staff_checks import understand
from accessflow.forms.sheets.staff_rows import StaffRow
from accessflow.forms.sheets.table import CellValue, Table

TODAY = date(2026, 11, 20)
HEADER = ("ФИО", "СНИЛС", "E-mail", "Должность")
ANNA, PETR = "Иванова Анна Петровна", "Петров Пётр Ильич"
GOOD, OTHER = "112-233-445 95", "307-120-201 99"


def staff(*rows: Sequence[CellValue]) -> StaffSheet:
    return recognise([Table("Лист1", (HEADER, *rows))])


def read(*rows: Sequence[CellValue]) -> tuple[StaffRow, ...]:
    return understand(staff(*rows), TODAY)


def found(row: StaffRow) -> list[tuple[str | None, str, str]]:
    return [(defect.field, defect.code, defect.level) for defect in row.defects]


def test_the_same_person_twice_is_taken_once() -> None:
    first, second = read((ANNA, GOOD, "a@mail.ru", "Врач"), (ANNA, "11223344595", "", "Врач"))
    assert found(first) == []
    assert found(second)[-1] == (None, "duplicate_row", "error")
    assert "строке 2" in second.defects[-1].message
    assert (first.refused, second.refused) == (False, True)


def test_of_two_rows_the_one_that_can_be_taken_stays() -> None:
    first, second = read(("Ивaнова Анна Петровна", GOOD, "", "Врач"), (ANNA, GOOD, "", "Врач"))
    assert (first.refused, second.refused) == (True, False)
    assert "строке 3" in first.defects[-1].message


def test_a_second_post_is_told_from_a_repeated_row() -> None:
    _, second = read((ANNA, GOOD, "", "Врач"), (ANNA, GOOD, "", "Медсестра"))
    assert "другой должностью" in second.defects[-1].message


def test_one_number_under_two_names_is_shown_on_both_rows() -> None:
    first, second = read((ANNA, GOOD, "a@mail.ru", "Врач"), (PETR, GOOD, "b@mail.ru", "Врач"))
    assert found(first) == [("snils", "snils_other_name", "warning")]
    assert found(second) == [("snils", "duplicate_row", "error")]
    assert "snils" not in second.values


def test_names_that_differ_in_yo_alone_are_one_person() -> None:
    _, second = read((PETR, GOOD, "", "Врач"), ("Петров Петр Ильич", GOOD, "", "Врач"))
    assert second.defects[-1].field is None


def test_an_address_of_two_people_is_taken_for_neither() -> None:
    rows = read((ANNA, GOOD, "A@Mail.ru", "Врач"), (PETR, OTHER, "a@mail.ru;", "Врач"))
    for row, other in zip(rows, (3, 2), strict=True):
        assert found(row) == [("email", "email_not_unique", "error")]
        assert f"строке {other}" in row.defects[0].message
        assert "email" not in row.values
        assert not row.refused


def test_one_address_of_one_person_in_two_rows_is_no_conflict() -> None:
    rows = read((ANNA, GOOD, "a@mail.ru", "Врач"), (ANNA, GOOD, "a@mail.ru", "Врач"))
    assert not any(d.code == "email_not_unique" for row in rows for d in row.defects)


def test_no_message_names_the_other_person() -> None:
    rows = read((ANNA, GOOD, "a@mail.ru", "Врач"), (PETR, GOOD, "a@mail.ru", "Врач"))
    for row in rows:
        for defect in row.defects:
            assert "Иванова" not in defect.message
            assert "Петров" not in defect.message
