"""Lists of staff as they come: headers in any words and order, rows of every sort."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accessflow.domain import full_name
from accessflow.domain.errors import Invalid
from accessflow.domain.person_name import PersonName
from accessflow.forms.sheets.cells import inn_text, read_date, snils_text
from accessflow.forms.sheets.staff import StaffSheet, recognise
from accessflow.forms.sheets.staff_checks import understand
from accessflow.forms.sheets.staff_names import read_name
from accessflow.forms.sheets.staff_rows import StaffRow, read_rows
from accessflow.forms.sheets.table import CellValue, Table, letters, text_of

TODAY = date(2026, 11, 20)
ANNA = "Иванова Анна Петровна"
GOOD, OTHER = "112-233-445 95", "307-120-201 99"


def table(*rows: Sequence[CellValue], name: str = "Лист1", first_row: int = 1) -> Table:
    return Table(name, rows, first_row)


def staff(*rows: Sequence[CellValue]) -> StaffSheet:
    return recognise([table(*rows)])


def read(*rows: Sequence[CellValue]) -> list[StaffRow]:
    return list(understand(staff(*rows), TODAY))


def codes(row: StaffRow) -> list[tuple[str | None, str]]:
    return [(defect.field, defect.code) for defect in row.defects]


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("ФИО", "full_name"),
        ("Ф.И.О.", "full_name"),
        ("Ф. И. О. сотрудника", "full_name"),
        ("Фамилия, имя, отчество", "full_name"),
        ("Фамилия Имя Отчество (полностью)", "full_name"),
        ("ФИО медицинского работника", "full_name"),
        ("Сотрудник", "full_name"),
        ("Работник", "full_name"),
        ("Физическое лицо", "full_name"),
        ("фамилия", "last_name"),
        ("Имя", "first_name"),
        ("Отчество (при наличии)", "middle_name"),
        ("СНИЛС", "snils"),
        ("СНИЛС*", "snils"),
        ("№ СНИЛС", "snils"),
        ("Страховой номер ПФР", "snils"),
        ("Номер страхового свидетельства", "snils"),
        ("Страховой полис ОМС", None),
        ("E-mail", "email"),
        ("e-mail:", "email"),
        ("Email", "email"),
        ("эл.почта ", "email"),
        ("Эл. почта", "email"),
        ("Электронная почта", "email"),
        ("Адрес электронной почты**", "email"),
        ("Электронный адрес", "email"),
        ("Почта", "email"),
        ("Почтовый адрес", None),
        ("Должность", "position"),
        ("Должность (полностью)", "position"),
        ("Занимаемая должность", "position"),
        ("Дата назначения на должность", None),
        ("Подразделение", "unit"),
        ("Структурное подразделение", "unit"),
        ("Отделение", "unit"),
        ("Код подразделения", None),
        ("Тел.", "contact_phone"),
        ("моб. тел", "contact_phone"),
        ("Телефон мобильный", "contact_phone"),
        ("Контактный телефон", "contact_phone"),
        ("Номер телефона", "contact_phone"),
        ("Сотовый", "contact_phone"),
        ("Телефон рабочий", "work_phone"),
        ("Рабоч. тел.", "work_phone"),
        ("Рабочий телефон", "work_phone"),
        ("Служебный телефон", "work_phone"),
        ("Рабочий график", None),
        ("Внутр. тел.", None),
        ("Табельный номер", "personnel_no"),
        ("Таб. №", "personnel_no"),
        ("Табельный\n№", "personnel_no"),
        ("Принят", "since"),
        ("Дата приёма", "since"),
        ("Дата приема на работу", "since"),
        ("Дата рождения", None),
        ("Дата увольнения", None),
        ("№ п/п", "number"),
        ("№", "number"),
        ("Код сотрудника", None),
    ],
)
def test_columns_are_known_by_the_words_people_use(title: str, key: str | None) -> None:
    needed = {"full_name": "ФИО", "snils": "СНИЛС"}
    others = [text for known, text in needed.items() if known != key]
    header = staff([title, *others], ["x", "y", "z"]).header
    found = next((known for known, at in header.columns.items() if at == 0), None)
    assert found == key
    assert (title.strip() in header.unknown) == (key is None)


def test_the_order_of_columns_is_free_and_unknown_ones_are_reported() -> None:
    found = staff(
        ["E-mail", "СНИЛС", "Пол", "Отчество", "Имя", "Фамилия", "СНИЛС"],
        ["a@mail.ru", GOOD, "ж", "Петровна", "Анна", "Иванова", ""],
    )
    assert found.notes == (
        "Не используются колонки: «Пол».",
        "Повторяются и не используются колонки: «СНИЛС».",
    )
    (row,) = understand(found, TODAY)
    assert (row.values["last_name"], row.values["snils"]) == ("Иванова", GOOD)
    assert found.address(2, "last_name") == "F2"
    assert found.address(2, "position") is None


@pytest.mark.parametrize("above", [0, 1, 19])
def test_the_header_may_stand_in_any_of_the_first_twenty_rows(above: int) -> None:
    rows = [["Список сотрудников"]] * above + [["ФИО", "СНИЛС"], [ANNA, GOOD]]
    assert staff(*rows).header.row == above + 1


def test_a_header_further_down_is_not_looked_for() -> None:
    with pytest.raises(Invalid, match="строка заголовков"):
        staff(*[["Список"]] * 20, ["ФИО", "СНИЛС"], [ANNA, GOOD])


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        (["СНИЛС", "Должность"], "«ФИО»"),
        (["ФИО", "Должность"], "«СНИЛС»"),
        (["Фамилия", "СНИЛС"], "«ФИО»"),
        (["Товар", "Цена"], "«ФИО» и «СНИЛС»"),
    ],
)
def test_a_list_without_names_or_numbers_is_refused_with_what_is_missing(
    header: list[str], missing: str
) -> None:
    with pytest.raises(Invalid) as caught:
        staff(header, ["а", "б"])
    assert missing in caught.value.message


def test_a_header_with_nobody_below_is_refused() -> None:
    with pytest.raises(Invalid, match="нет ни одного человека"):
        staff(["ФИО", "СНИЛС"], ["Итого:", 0])


def test_the_sheet_with_the_best_header_is_taken() -> None:
    found = recognise(
        [
            table(["черновик"], name="Лист2"),
            table(["ФИО", "СНИЛС", "Должность"], [ANNA, GOOD, "Врач"], name="свод"),
            table(["ФИО", "СНИЛС"], [ANNA, OTHER], name="старый"),
        ]
    )
    assert found.header.table.name == "свод"
    assert found.notes == ("Взят лист «свод»; не прочитаны: «Лист2», «старый».",)


def test_rows_that_are_nobody_are_left_out_and_numbers_stay_those_of_the_file() -> None:
    rows = read(
        ["№", "ФИО", "СНИЛС"],
        [1, 2, 3],
        ["Поликлиника", None, ""],
        [1, ANNA, GOOD],
        ["", " ", None],
        ["№", "ФИО", "СНИЛС"],
        ["Отдел кадров"],
        [2, "Петров Пётр Ильич", OTHER],
        ["", "(вакансия)", "0"],
        ["Итого по отделу:", "", 2],
        ["ВСЕГО", "2"],
    )
    assert [(row.number, row.values["unit"]) for row in rows] == [
        (4, "Поликлиника"),
        (8, "Отдел кадров"),
    ]


def test_a_lone_name_in_the_column_of_names_is_somebody_without_a_number() -> None:
    rows = read(["№", "ФИО", "СНИЛС"], ["", "Отдел кадров", ""], ["", ANNA, ""])
    assert [(row.number, row.values["unit"]) for row in rows] == [(3, "Отдел кадров")]
    assert codes(rows[0]) == [("snils", "required")]


def test_the_unit_of_the_row_wins_over_the_heading_above() -> None:
    header = ["ФИО", "СНИЛС", "Отделение"]
    rows = read(header, ["Корпус 1"], [ANNA, GOOD, "Аптека"], ["Ким Ян Ли", OTHER, ""])
    assert [row.values["unit"] for row in rows] == ["Аптека", "Корпус 1"]


def test_a_short_row_is_read_as_if_it_ended_in_blanks() -> None:
    (row,) = read(["ФИО", "СНИЛС", "Должность", "E-mail"], [ANNA, GOOD])
    assert row.values["snils"] == GOOD
    assert codes(row) == [("email", "required"), ("position", "required")]
    assert not row.refused


def test_columns_that_are_not_there_are_not_complained_of() -> None:
    (row,) = read(["ФИО", "СНИЛС"], [ANNA, GOOD])
    assert row.defects == ()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (4820592858.0, "04820592858"),
        (367917044, "00367917044"),
        ("4820592858", "04820592858"),
        ("4820592857", "4820592857"),
        ("4820592858.0", "04820592858"),
        ("'04820592858", "04820592858"),
        (GOOD, GOOD),
        ("нет", ""),
        (None, ""),
        ("-", ""),
    ],
)
def test_dropped_zeros_of_a_snils_come_back(value: CellValue, text: str) -> None:
    assert snils_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (7707083893.0, "7707083893"),
        (105091213, "0105091213"),
        ("105091213", "0105091213"),
        ("105091219", "105091219"),
        (10100732251.0, "010100732251"),
        ("500100732259", "500100732259"),
        ("", ""),
    ],
)
def test_dropped_zeros_of_an_inn_come_back(value: CellValue, text: str) -> None:
    assert inn_text(value) == text


@pytest.mark.parametrize(
    ("value", "day"),
    [
        (date(2008, 3, 7), date(2008, 3, 7)),
        (datetime(2008, 3, 7, 12, tzinfo=UTC), date(2008, 3, 7)),
        (39514.0, date(2008, 3, 7)),
        ("07.03.2008", date(2008, 3, 7)),
        (" 7.3.2008 г.", date(2008, 3, 7)),
        ("07/03/2008", date(2008, 3, 7)),
        ("07-03-2008", date(2008, 3, 7)),
        ("2008-03-07", date(2008, 3, 7)),
        ("2008-03-07 00:00:00", date(2008, 3, 7)),
        ("07.03.08", date(2008, 3, 7)),
        ("07.03.27", date(2027, 3, 7)),
        ("07.03.28", date(1928, 3, 7)),
        ("07.03.98", date(1998, 3, 7)),
        ("7 марта 2008 г.", date(2008, 3, 7)),
        ("7 мая 2008", date(2008, 5, 7)),
        ("31.02.2008", None),
        ("2008", None),
        (2008, None),
        ("с 2008 года", None),
        (True, None),
    ],
)
def test_dates_are_read_as_people_write_them(value: CellValue, day: date | None) -> None:
    assert read_date(value, TODAY) == day


def test_a_date_that_is_none_costs_its_cell_alone() -> None:
    (row,) = read(["ФИО", "СНИЛС", "Принят"], [ANNA, GOOD, "31.02.2008"])
    assert codes(row) == [("since", "date")]
    assert "since" not in row.values
    assert not row.refused


@pytest.mark.parametrize("value", ["4,82059E+09", "1.12233E+10"])
def test_digits_lost_to_a_number_format_are_told_from_a_slip(value: str) -> None:
    (row,) = read(["ФИО", "СНИЛС", "Тел."], [ANNA, value, value])
    assert codes(row) == [("snils", "snils_format"), ("contact_phone", "phone")]
    assert all("E+" in defect.message for defect in row.defects)


@pytest.mark.parametrize("value", ["нет", "-", "—", "нет;", "н/д", "отсутствует", ""])
def test_words_for_nothing_are_nothing(value: str) -> None:
    (row,) = read(["ФИО", "СНИЛС", "E-mail", "Тел.", "Принят"], [ANNA, GOOD, *[value] * 3])
    assert codes(row) == [("email", "required")]
    assert [defect.level for defect in row.defects] == ["warning"]


def test_a_whole_name_comes_apart_and_says_what_is_wrong_by_its_parts() -> None:
    names = ["Мамедов Али Гасан оглы", "Фомичева И.В.", "Кoпылова ирина ПЕТРОВНА", "Ким Ян", "Ким"]
    rows = read(["ФИО", "СНИЛС"], *[[name, GOOD] for name in names])
    assert rows[0].values["middle_name"] == "Гасан оглы"
    assert ("first_name", "name_initials") in codes(rows[1])
    assert codes(rows[2])[:3] == [
        ("last_name", "homoglyph"),
        ("first_name", "name_case"),
        ("middle_name", "name_case"),
    ]
    assert rows[2].values["middle_name"] == "Петровна"
    assert "last_name" not in rows[2].values
    assert codes(rows[3])[:1] == [("middle_name", "middle_name_missing")]
    assert rows[3].values["no_middle_name"] == "1"
    assert ("first_name", "required") in codes(rows[4])


def test_a_whole_name_taken_apart_by_guess_is_shown_for_checking() -> None:
    (row,) = read(["ФИО", "СНИЛС"], ["Анна Ивановна Петрова", GOOD])
    assert row.values["last_name"] == "Петрова"
    assert codes(row) == [("last_name", "name_order")]


def test_the_fields_of_a_name_in_two_scripts_are_refused() -> None:
    (row,) = read(["Фамилия", "Имя", "Отчество", "СНИЛС"], ["Smith", "Анна", "-", GOOD])
    assert codes(row) == [("last_name", "name_script")]
    assert row.refused


def test_a_slip_of_the_own_domain_is_measured_by_its_use_in_the_list() -> None:
    addresses = [f"a{n}@bolnica47.ru" for n in range(5)] + ["a5@bolnica74.ru"]
    fakes = ["112-233-445 95", "307-120-201 99", "300-440-368 00", "204-117-129 00"]
    fakes += ["291-463-854 00", "087-654-303 00"]
    lines = [[ANNA, number, a] for number, a in zip(fakes, addresses, strict=True)]
    rows = read(["ФИО", "СНИЛС", "E-mail"], *lines)
    assert [codes(row) for row in rows] == [[]] * 5 + [[("email", "email_typo")]]
    assert rows[5].defects[0].fix == "a5@bolnica47.ru"
    assert rows[5].values["email"] == "a5@bolnica74.ru"


def test_over_long_texts_are_refused_and_never_cut() -> None:
    (row,) = read(["ФИО", "СНИЛС", "Должность"], [ANNA, GOOD, "в" * 256])
    assert codes(row) == [("position", "over_length")]
    assert "position" not in row.values


def test_several_phones_in_a_cell_give_the_first_with_a_warning() -> None:
    (row,) = read(["ФИО", "СНИЛС", "Тел."], [ANNA, GOOD, "8 921 000-01-02\n8 (812) 670-52-81"])
    assert row.values["contact_phone"] == "8 (921) 000-01-02"
    assert codes(row) == [("contact_phone", "phone_several")]


def test_local_numbers_are_completed_by_the_code_that_is_given() -> None:
    found = staff(["ФИО", "СНИЛС", "Тел."], [ANNA, GOOD, "670-52-81"])
    (row,) = read_rows(found, TODAY, default_code="812")
    assert row.values["contact_phone"] == "8 (812) 670-52-81"
    (row,) = read_rows(found, TODAY)
    assert codes(row) == [("contact_phone", "phone")]


def test_a_row_shows_nothing_personal_of_itself_in_a_log() -> None:
    (row,) = read(["ФИО", "СНИЛС"], [ANNA, GOOD])
    assert "Иванова" not in repr(row)
    assert "112" not in repr(row)
    assert "112" not in repr(staff(["ФИО", "СНИЛС"], [ANNA, GOOD]))


@pytest.mark.parametrize(("column", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ")])
def test_columns_are_named_as_spreadsheets_name_them(column: int, name: str) -> None:
    assert letters(column) == name


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.0, "1"), (1.5, "1.5"), (True, "да"), (None, ""), (date(2008, 3, 7), "07.03.2008")],
)
def test_a_cell_is_shown_as_the_spreadsheet_shows_it(value: CellValue, text: str) -> None:
    assert text_of(value) == text


WORD = st.one_of(
    st.from_regex(r"[А-ЯЁ][а-яё]{1,6}(-[А-ЯЁ][а-яё]{1,4})?", fullmatch=True),
    st.sampled_from(["Оглы", "Тер", "Де", "Ли", "Я", "Рабинович", "Ильич", "Нет", "Вна", "МакКой"]),
    st.text(alphabet="абАБЁ-B. ", min_size=1, max_size=5),
)
PATRONYMIC = st.sampled_from(["Ивановна", "Петрович", "Ильинична", "Вич", "Оглы", "ивановна", ""])


@settings(max_examples=500)
@given(WORD, WORD, PATRONYMIC)
def test_the_quick_way_through_an_ordinary_name_finds_what_the_slow_one_finds(
    last: str, first: str, middle: str
) -> None:
    text = f"{last} {first} {middle}"
    slow = full_name.read(f"{text} ")  # the blank at the end keeps the quick way from being taken
    if full_name.is_plain(text):
        assert slow.flaws == ()
        assert slow.value == full_name.split(text) == PersonName(last, first, middle)
        values, flaws = read_name(PersonName(last, first, middle))
        assert (list(values.values()), flaws) == ([last, first, middle], [])
    else:
        assert slow == full_name.read(text)
