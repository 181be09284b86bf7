"""The sample lists come through as a person reads them.

What is expected was written down by looking at every row of the files, and is held against a second
reading by other means (openpyxl, csv, the definition of the check number).
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

import openpyxl
import pytest

from accessflow.documents.sheet_in import read_tables
from accessflow.forms.sheets.staff import StaffSheet, recognise
from accessflow.forms.sheets.staff_checks import understand
from accessflow.forms.sheets.staff_rows import StaffRow

SAMPLES = Path(__file__).parents[1] / "data" / "samples"
TODAY = date(2026, 11, 20)
LISTED, CSV, BY_HAND = "staff-list.xlsx", "staff.csv", "staff-by-hand.xlsx"


@cache
def sheet(name: str) -> StaffSheet:
    return recognise(read_tables((SAMPLES / name).read_bytes(), name))


@cache
def rows(name: str) -> Mapping[int, StaffRow]:
    return {row.number: row for row in understand(sheet(name), TODAY)}


def rows_with(name: str, code: str, field: str | None) -> set[int]:
    return {
        row.number
        for row in rows(name).values()
        if any((d.code, d.field) == (code, field) for d in row.defects)
    }


def refused(name: str) -> set[int]:
    return {row.number for row in rows(name).values() if row.refused}


# --- the personnel system's list ---


def test_the_list_is_found_below_its_title_lines_with_every_column_but_the_birth_date() -> None:
    found = sheet(LISTED)
    assert found.header.row == 6
    assert set(found.header.columns) == {
        "number",
        "full_name",
        "personnel_no",
        "position",
        "since",
        "snils",
        "work_phone",
        "contact_phone",
        "email",
    }
    assert found.notes == ("Не используются колонки: «Дата рождения».",)


def test_everybody_of_the_list_is_there_and_nobody_of_its_headings_and_total() -> None:
    assert len(rows(LISTED)) == 240
    headings = {7, 46, 71, 113, 141, 171, 215}
    assert set(rows(LISTED)) == set(range(8, 254)) - headings


def test_each_person_of_the_list_carries_the_department_above() -> None:
    assert Counter(row.values["unit"] for row in rows(LISTED).values()) == {
        "Акушерское отделение": 38,
        "Отделение новорожденных №2": 24,
        "Поликлиника": 41,
        "Приемное отделение": 27,
        "Клинико-диагностическая лаборатория": 29,
        "Отдел кадров": 43,
        "Отделение анестезиологии-реанимации": 38,
    }
    assert rows(LISTED)[45].values["unit"] == "Акушерское отделение"
    assert rows(LISTED)[47].values["unit"] == "Отделение новорожденных №2"


def test_a_row_of_the_list_is_read_whole() -> None:
    row = rows(LISTED)[8]
    assert row.defects == ()
    assert row.values == {
        "last_name": "Савельев",
        "first_name": "Федот",
        "middle_name": "Фролович",
        "snils": "289-328-792 44",
        "email": "simon20181@mail.ru",
        "position": "Медицинский регистратор",
        "unit": "Акушерское отделение",
        "work_phone": "8 (81379) 9-65-05 доб. 45",
        "contact_phone": "8 (989) 986-47-66",
        "personnel_no": "00001",
        "since": "2008-03-07",
    }


def test_every_kind_of_spoiled_cell_of_the_list_is_found_and_no_other() -> None:
    assert rows_with(LISTED, "snils_checksum", "snils") == {26, 140, 197, 201, 253}
    assert rows_with(LISTED, "required", "snils") == {35, 61, 72, 153}
    assert rows_with(LISTED, "homoglyph", "last_name") == {93, 106, 198, 231, 237}
    assert rows_with(LISTED, "email_typo", "email") == {146, 183, 251}
    assert rows_with(LISTED, "email_not_unique", "email") == {13, 100, 116, 224}
    assert rows_with(LISTED, "required", "email") == {49, 111, 120}
    assert rows_with(LISTED, "name_case", "last_name") == {84, 135, 176}
    assert rows_with(LISTED, "name_case", "first_name") == {84, 135, 176}
    assert rows_with(LISTED, "middle_name_missing", "middle_name") == {23, 76, 84, 165, 170, 194}
    kinds = Counter(d.code for row in rows(LISTED).values() for d in row.defects)
    assert kinds["phone"] == 54
    assert kinds.total() == 54 + 5 + 4 + 5 + 3 + 4 + 3 + 3 + 3 + 6


def test_only_a_wrong_name_or_number_keeps_a_person_of_the_list_out() -> None:
    assert refused(LISTED) == {26, 140, 197, 201, 253, 35, 61, 72, 153, 93, 106, 198, 231, 237}


def test_every_town_number_that_lacks_two_digits_is_found() -> None:
    book = openpyxl.load_workbook(SAMPLES / LISTED)
    short = {
        number
        for number, cells in enumerate(book["TDSheet"].iter_rows(values_only=True), 1)
        if re.match(r"8 \(812\) \d\d-\d\d\d( |$)", str(cells[7]))
    }
    assert rows_with(LISTED, "phone", "work_phone") == short
    assert all("work_phone" not in rows(LISTED)[number].values for number in short)


# --- the .csv ---


def test_the_csv_is_read_in_its_encoding_with_split_names() -> None:
    assert set(rows(CSV)) == set(range(2, 122))
    row = rows(CSV)[2]
    assert row.defects == ()
    assert row.values == {
        "last_name": "Савельев",
        "first_name": "Федот",
        "middle_name": "Фролович",
        "snils": "289-328-792 44",
        "email": "simon20181@mail.ru",
        "position": "Медицинский регистратор",
        "unit": "Акушерское отделение",
        "contact_phone": "8 (989) 986-47-66",
        "since": "2008-03-07",
    }


def test_a_dash_for_the_patronymic_means_none_and_needs_no_remark() -> None:
    without = {n for n, row in rows(CSV).items() if row.values.get("no_middle_name") == "1"}
    assert without == {35, 92, 97, 113}
    assert rows_with(CSV, "middle_name_missing", "middle_name") == set()
    assert all("middle_name" not in rows(CSV)[number].values for number in without)


def test_every_kind_of_spoiled_cell_of_the_csv_is_found_and_no_other() -> None:
    assert rows_with(CSV, "required", "snils") == {54, 95}
    assert rows_with(CSV, "homoglyph", "last_name") == {107}
    assert rows_with(CSV, "name_case", "last_name") == {42, 73}
    assert rows_with(CSV, "name_case", "first_name") == {42, 73}
    assert rows_with(CSV, "email_typo", "email") == {80}
    assert rows_with(CSV, "email_not_unique", "email") == {5, 69}
    assert rows_with(CSV, "required", "email") == {115}
    assert sum(len(row.defects) for row in rows(CSV).values()) == 2 + 1 + 2 + 2 + 1 + 2 + 1
    assert refused(CSV) == {54, 95, 107}


def test_a_wrong_case_is_mended_with_a_warning() -> None:
    values = rows(CSV)[42].values
    assert (values["last_name"], values["first_name"]) == ("Фомина", "Алина")


def test_every_phone_of_the_csv_is_a_mobile_number() -> None:
    for row in rows(CSV).values():
        assert re.fullmatch(r"8 \(9\d\d\) \d{3}-\d\d-\d\d", row.values["contact_phone"])


# --- the list kept by hand ---


def test_the_list_by_hand_is_found_beside_its_empty_column_and_the_draft_is_left() -> None:
    found = sheet(BY_HAND)
    assert (found.header.row, found.address(5, "snils")) == (4, "E5")
    assert found.notes == ("Взят лист «свод»; не прочитаны: «Лист2».",)
    empty = {22, 41, 59, 78}
    assert set(rows(BY_HAND)) == set(range(5, 81)) - empty


def test_zeros_that_the_spreadsheet_dropped_are_restored() -> None:
    assert rows(BY_HAND)[9].values["snils"] == "048-205-928 58"
    assert rows(BY_HAND)[23].values["snils"] == "003-679-170 44"
    restored = {n for n, row in rows(BY_HAND).items() if row.raw["snils"].startswith("0")}
    book = openpyxl.load_workbook(SAMPLES / BY_HAND)
    short = {
        number
        for number, cells in enumerate(book["свод"].iter_rows(values_only=True), 1)
        if isinstance(cells[4], int) and cells[4] < 10**10
    }
    assert restored - {67} == short
    assert rows(BY_HAND)[67].raw["snils"] == "079-250-608 84"


def test_phones_kept_as_numbers_are_read() -> None:
    assert rows(BY_HAND)[5].values["contact_phone"] == "8 (924) 289-98-02"
    assert rows(BY_HAND)[35].values["contact_phone"] == "8 (934) 156-84-85"
    assert all("contact_phone" in row.values for row in rows(BY_HAND).values())


def test_what_clings_to_an_address_is_taken_off_silently() -> None:
    assert rows(BY_HAND)[7].values["email"] == "dementiodintsov103@gmail.com"
    assert rows(BY_HAND)[7].defects == ()


def test_the_same_person_twice_is_taken_once_and_the_other_row_is_named() -> None:
    assert rows_with(BY_HAND, "duplicate_row", None) == {35, 67}
    assert "строке 34" in rows(BY_HAND)[35].defects[-1].message
    assert "строке 66" in rows(BY_HAND)[67].defects[-1].message


def test_every_kind_of_spoiled_cell_of_the_list_by_hand_is_found_and_no_other() -> None:
    assert rows_with(BY_HAND, "snils_checksum", "snils") == {13, 21, 44, 66, 67}
    assert rows_with(BY_HAND, "homoglyph", "last_name") == {55}
    assert rows_with(BY_HAND, "name_case", "last_name") == {6, 51}
    assert rows_with(BY_HAND, "name_case", "first_name") == {6, 51}
    assert rows_with(BY_HAND, "email_typo", "email") == {71}
    assert rows_with(BY_HAND, "email_not_unique", "email") == {10, 62}
    assert rows_with(BY_HAND, "required", "email") == {42, 43}
    assert rows_with(BY_HAND, "middle_name_missing", "middle_name") == {16}
    total = sum(len(row.defects) for row in rows(BY_HAND).values())
    assert total == 2 + 5 + 1 + 2 + 2 + 1 + 2 + 2 + 1
    assert refused(BY_HAND) == {35, 67, 13, 21, 44, 66, 55}


# --- a second reading by other means ---


def raw_rows(name: str) -> dict[int, tuple[str, str]]:
    """Row number to the whole name and the СНИЛС as they stand in the file."""
    if name == CSV:
        text = (SAMPLES / name).read_bytes().decode("cp1251")
        lines = list(csv.reader(io.StringIO(text), delimiter=";"))
        return {n: (" ".join(line[:3]), line[3]) for n, line in enumerate(lines[1:], 2)}
    name_at, snils_at, sheet_name = (1, 6, "TDSheet") if name == LISTED else (2, 4, "свод")
    book = openpyxl.load_workbook(SAMPLES / name)
    return {
        number: (str(cells[name_at]), "" if cells[snils_at] is None else str(cells[snils_at]))
        for number, cells in enumerate(book[sheet_name].iter_rows(values_only=True), 1)
        if cells[name_at] and re.match(r"\D+ \D+", str(cells[name_at]).strip()) and number > 6 - 2
    }


def sums_up(snils: str) -> bool:
    """The definition, word by word: weights 9 to 1, 100 and 101 count as 0, above that mod 101."""
    digits = re.sub(r"\D", "", snils).rjust(11, "0")
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(9, 0, -1), strict=False))
    if total > 101:
        total %= 101
    return int(digits[9:]) == (0 if total in (100, 101) else total)


@pytest.mark.parametrize("name", [LISTED, CSV, BY_HAND])
def test_the_same_numbers_are_wrong_by_the_definition_of_the_check_number(name: str) -> None:
    wrong = {n for n, (_, snils) in raw_rows(name).items() if snils and not sums_up(snils)}
    assert rows_with(name, "snils_checksum", "snils") == wrong


@pytest.mark.parametrize("name", [LISTED, CSV, BY_HAND])
def test_the_same_names_hold_latin_letters_by_the_names_of_their_characters(name: str) -> None:
    latin = {
        number
        for number, (person, _) in raw_rows(name).items()
        if any(unicodedata.name(sign).startswith("LATIN") for sign in person)
    }
    assert rows_with(name, "homoglyph", "last_name") == latin


@pytest.mark.parametrize("name", [LISTED, CSV, BY_HAND])
def test_one_person_in_several_lists_is_one_person(name: str) -> None:
    """The three files are of one hospital: who is taken from two of them has the same name."""
    people = {row.values["snils"]: row.values for row in rows(LISTED).values() if not row.refused}
    met = 0
    for row in rows(name).values():
        known = None if row.refused else people.get(row.values["snils"])
        if known:
            met += 1
            for key in ("last_name", "first_name", "middle_name", "position"):
                assert row.values.get(key) == known.get(key)
    assert met > 50
