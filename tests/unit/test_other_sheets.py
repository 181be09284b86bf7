"""Exports of dismissals, lists of accounts and the old journal, read as a person reads them.

What is expected of the samples was written down by looking at every row of the files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path

import openpyxl
import pytest

from accessflow.documents.sheet_in import read_tables
from accessflow.domain.errors import Invalid
from accessflow.forms.sheets.accounts import Known, read_accounts, recognise_accounts
from accessflow.forms.sheets.dismissals import read_dismissals, recognise_dismissals
from accessflow.forms.sheets.journal import Known as KnownSystems
from accessflow.forms.sheets.journal import match_system, read_journal, recognise_journal
from accessflow.forms.sheets.known import Houses, match_role
from accessflow.forms.sheets.listing import ListRow
from accessflow.forms.sheets.organizations import organization_key
from accessflow.forms.sheets.table import CellValue, Table

SAMPLES = Path(__file__).parents[1] / "data" / "samples"
TODAY = date(2026, 11, 23)
HOUSE = "ГБУЗ ЛО «Нижнегорская районная больница»"
ADMIN, WORKER = "Администратор МО", "Медицинский работник"
HOUSES = Houses((HOUSE, "ГБУЗ ЛО «Верхнегорская районная больница»"))
KNOWN = Known({ADMIN: ADMIN, WORKER: WORKER}, HOUSES)
RIGHT, ALSO_RIGHT = "112-233-445 95", "307-120-201 99"


@cache
def sample(name: str) -> Mapping[int, ListRow]:
    tables = read_tables((SAMPLES / name).read_bytes(), name)
    if name.startswith("dismissals"):
        rows = read_dismissals(recognise_dismissals(tables), TODAY)
    else:
        rows = read_accounts(recognise_accounts(tables), TODAY, KNOWN)
    return {row.number: row for row in rows}


def table(*rows: Sequence[CellValue]) -> list[Table]:
    return [Table("Лист1", rows)]


def defects(row: ListRow) -> list[tuple[str, str, str]]:
    return [(row.cell(d), d.level, d.code) for d in row.defects]


def with_code(rows: Mapping[int, ListRow], code: str) -> set[int]:
    return {n for n, row in rows.items() if any(d.code == code for d in row.defects)}


# --- dismissals ---


def dismissals(*rows: Sequence[CellValue]) -> list[ListRow]:
    header = ("ФИО", "СНИЛС", "Дата увольнения", "Номер приказа", "Дата приказа")
    return read_dismissals(recognise_dismissals(table(header, *rows)), TODAY)


def test_every_order_of_the_export_is_there_and_none_is_refused() -> None:
    rows = sample("dismissals.xlsx")
    assert list(rows) == list(range(5, 23))
    assert not any(row.refused for row in rows.values())


def test_an_order_is_read_whole() -> None:
    assert sample("dismissals.xlsx")[5].values == {
        "last_name": "Фомина",
        "first_name": "Алина",
        "middle_name": "Владимировна",
        "snils": "030-757-369 48",
        "personnel_no": "00041",
        "unit": "Отделение анестезиологии-реанимации",
        "dismissed_on": "2026-11-12",
        "order_no": "41-лс",
        "order_date": "2026-11-09",
        "ground": "п. 1 ч. 1 ст. 77 ТК РФ",
    }


def test_real_dates_and_dates_as_text_are_the_same_days() -> None:
    """A second reading by other means."""
    book = openpyxl.load_workbook(SAMPLES / "dismissals.xlsx")
    expected, kinds = {}, Counter[str]()
    for number, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), 1):
        if number > 4:
            value = cells[6]
            kinds[type(value).__name__] += 1
            text = f"{value:%d.%m.%Y}" if isinstance(value, datetime) else str(value)
            expected[number] = "-".join(reversed(text.split(".")))
    found = {n: row.values["dismissed_on"] for n, row in sample("dismissals.xlsx").items()}
    assert found == expected
    assert set(kinds) == {"datetime", "str"}


def test_the_only_doubts_of_the_export_are_two_missing_patronymics() -> None:
    rows = sample("dismissals.xlsx")
    assert with_code(rows, "middle_name_missing") == {16, 21}
    assert sum(len(row.defects) for row in rows.values()) == 2
    assert defects(rows[16]) == [("C16", "warning", "middle_name_missing")]


def test_a_day_that_cannot_be_read_refuses_the_row_and_says_where() -> None:
    bad, none = dismissals(
        ("Петрова Анна Ивановна", RIGHT, "31.02.2026", "1", "01.02.2026"),
        ("Ким Ольга Викторовна", ALSO_RIGHT, None, "2", None),
    )
    assert (defects(bad), bad.refused) == ([("C2", "error", "date")], True)
    assert (defects(none), none.refused) == ([("C3", "error", "required")], True)


@pytest.mark.parametrize(
    ("day", "order", "found"),
    [
        ("26.11.2026", "20.11.2026", []),
        ("26.11.2026", "27.11.2026", [("E2", "warning", "order_late")]),
        ("26.11.2036", "20.11.2026", [("C2", "error", "date_far")]),
        ("26.11.2016", "20.11.2016", [("C2", "warning", "date_far")]),
    ],
)
def test_days_that_are_doubtful(day: str, order: str, found: list[tuple[str, str, str]]) -> None:
    [row] = dismissals(("Петрова Анна Ивановна", RIGHT, day, "1-лс", order))
    assert defects(row) == found


def test_a_wrong_or_missing_number_only_warns_since_the_name_is_there() -> None:
    wrong, none = dismissals(
        ("Петрова Анна Ивановна", "112-233-445 96", "26.11.2026", "1", None),
        ("Ким Ольга Викторовна", None, "26.11.2026", "2", None),
    )
    assert defects(wrong) == [("B2", "warning", "snils_checksum")]
    assert defects(none) == [("B3", "warning", "required")]
    assert "snils" not in wrong.values
    assert not wrong.refused


def test_one_person_twice_keeps_the_first_and_says_which_it_is() -> None:
    rows = dismissals(
        ("Петрова Анна Ивановна", RIGHT, "26.11.2026", "1", None),
        ("Петрова Анна Ивановна", RIGHT, "26.11.2026", "1", None),
        ("Петрова Анна Ивановна", RIGHT, "27.11.2026", "2", None),
    )
    assert [row.refused for row in rows] == [False, True, True]
    assert "строке 2" in rows[1].defects[0].message
    assert "другой день" in rows[2].defects[0].message


def test_initials_alone_ask_who_was_dismissed() -> None:
    [row] = dismissals(("Фомичева И.В.", None, "26.11.2026", "1", None))
    assert not row.refused
    assert ("A2", "warning", "initials") in defects(row)


@pytest.mark.parametrize(
    ("header", "missing"),
    [(("ФИО", "Приказ"), "«Дата увольнения»"), (("Уволен", "Приказ"), "«ФИО»")],
)
def test_a_sheet_without_what_is_needed_says_what(header: tuple[str, ...], missing: str) -> None:
    with pytest.raises(Invalid, match=missing):
        recognise_dismissals(table(header, ("а", "б")))


def test_a_header_alone_is_no_list() -> None:
    with pytest.raises(Invalid, match="ни одного увольнения"):
        recognise_dismissals(table(("ФИО", "Дата увольнения")))


# --- accounts ---


def test_every_account_of_the_list_is_there_and_none_is_refused() -> None:
    rows = sample("accounts-frmss.xlsx")
    assert list(rows) == list(range(2, 68))
    assert not any(row.refused for row in rows.values())


def test_an_account_is_read_whole() -> None:
    rows = sample("accounts-frmss.xlsx")
    assert rows[6].values == {
        "login": "u58472",
        "last_name": "Корнилов",
        "first_name": "Бажен",
        "middle_name": "Андреевич",
        "snils": "721-446-442 75",
        "organization": HOUSE,
        "role": WORKER,
        "last_seen_on": "2026-02-12",
        "blocked": "1",
    }
    assert rows[6].defects == ()
    assert "blocked" not in rows[7].values


def test_a_third_has_initials_only_and_each_asks_who_it_is() -> None:
    rows = sample("accounts-frmss.xlsx")
    assert with_code(rows, "initials") == {n for n in range(2, 60) if n % 3 == 2}
    assert rows[2].values["initials"] == "Ж.Т."
    assert (rows[47].values["initials"], defects(rows[47])[0][0]) == ("О.", "B47")
    assert "один инициал" in rows[47].defects[0].message


def test_the_organisation_is_the_same_however_it_is_spelled() -> None:
    rows = sample("accounts-frmss.xlsx")
    assert {row.values["organization"] for row in rows.values()} == {HOUSE}


def test_blocked_accounts_are_those_that_the_file_calls_so() -> None:
    book = openpyxl.load_workbook(SAMPLES / "accounts-frmss.xlsx")
    cells = list(book.worksheets[0].iter_rows(values_only=True))
    blocked = {n for n, line in enumerate(cells, 1) if line[6] == "Заблокирован"}
    rows = sample("accounts-frmss.xlsx")
    assert {n for n, row in rows.items() if row.values.get("blocked")} == blocked
    assert len(blocked) == 15


def test_a_role_cut_short_is_read_with_a_remark() -> None:
    rows = sample("accounts-frmss.xlsx")
    assert {row.values["role"] for row in rows.values()} == {ADMIN, WORKER}
    assert len(with_code(rows, "role_read")) == 22
    assert defects(rows[3]) == [("E3", "warning", "role_read")]


def test_a_login_of_several_people_is_asked_about() -> None:
    rows = sample("accounts-frmss.xlsx")
    assert with_code(rows, "login_shared") == set(range(62, 68))
    assert with_code(rows, "middle_name_missing") == {62, 67}
    kinds = Counter(d.code for row in rows.values() for d in row.defects)
    assert kinds == {"role_read": 22, "initials": 20, "login_shared": 6, "middle_name_missing": 2}


def accounts(*rows: Sequence[CellValue]) -> list[ListRow]:
    header = ("Логин", "ФИО", "СНИЛС", "Организация", "Роль", "Последний вход", "Статус")
    return read_accounts(recognise_accounts(table(header, *rows)), TODAY, KNOWN)


def test_what_an_account_may_have_wrong_is_said_by_cell() -> None:
    rows = accounts(
        ("u1", "Петрова Анна Ивановна", None, HOUSE, ADMIN, "31.12.2026", "Активен"),
        ("u2", "Ким Ольга Викторовна", RIGHT, "Детская поликлиника", "Врач", "вчера", "спит"),
        ("u3", "Ким Ольга Викторовна", RIGHT, HOUSE, None, None, None),
    )
    assert defects(rows[0]) == [("C2", "warning", "required"), ("F2", "warning", "date_ahead")]
    assert defects(rows[1]) == [
        ("D3", "error", "organization_unknown"),
        ("E3", "warning", "role_not_allowed"),
        ("G3", "warning", "status_unknown"),
        ("F3", "warning", "date"),
    ]
    assert defects(rows[2]) == [
        ("E4", "warning", "required"), ("B4", "warning", "duplicate_row"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Медицинский работник", WORKER),
        ("МЕДИЦИНСКИЙ  РАБОТНИК", WORKER),
        ("мед. работник", WORKER),
        ("мед.работник", WORKER),
        ("адм. МО", ADMIN),
        ("работник", None),
        ("м. работник", None),
        ("", None),
    ],
)
def test_roles_as_people_write_them(text: str, role: str | None) -> None:
    assert match_role(text, KNOWN.roles) == role


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("НИЖНЕГОРСКАЯ РАЙОННАЯ БОЛЬНИЦА", True),
        ('ГБУЗ ЛО "Нижнегорская районная больница"', True),
        ("ГБУЗ Ленинградской области «Нижнегорская РБ»", True),
        ("Государственное бюджетное учреждение здравоохранения ЛО «Нижнегорская РБ»", True),
        ("Верхнегорская районная больница", False),
        ("Нижнегорская городская больница", False),
    ],
)  # fmt: skip
def test_organisations_as_people_write_them(text: str, same: bool) -> None:
    assert (organization_key(text) == organization_key(HOUSE)) is same


# --- the journal ---

SYSTEMS = KnownSystems(
    {"ФРМСС": "frmss", "Федеральный реестр медицинских свидетельств о смерти": "frmss",
     "РМО": "rmo", "ВИМИС «Онкология»": "vimis-onko", "ВИМИС «ССЗ»": "vimis-ssz"},
    {"frmss": KNOWN.roles},
    Houses((HOUSE,)),
)  # fmt: skip
JOURNAL = (
    "№ п/п", "№ заявки", "Дата", "МО", "ФИО", "СНИЛС", "Система", "Роль", "Действие", "Результат",
    "Дата исполнения",
)  # fmt: skip


def journal(*rows: Sequence[CellValue]) -> list[ListRow]:
    titled = (("Журнал учёта заявок за 2025 год",), JOURNAL, *rows)
    return read_journal(recognise_journal(table(*titled)), TODAY, SYSTEMS)


def line(**other: CellValue) -> tuple[CellValue, ...]:
    usual: dict[str, CellValue] = dict(
        zip(
            JOURNAL,
            (1, "12/А", "03.02.2025", HOUSE, "Петрова Анна Ивановна", RIGHT, "ФРМСС",
             "мед. работник", "Предоставить", "Исполнено", "10.02.2025"),
            strict=True,
        )
    )  # fmt: skip
    return tuple((usual | other).values())


def test_an_application_of_the_journal_is_read_whole() -> None:
    [row] = journal(line())
    assert row.defects == ()
    assert row.values == {
        "number": "12/А",
        "filed_on": "2025-02-03",
        "organization": HOUSE,
        "last_name": "Петрова",
        "first_name": "Анна",
        "middle_name": "Ивановна",
        "snils": RIGHT,
        "system": "frmss",
        "role": WORKER,
        "action": "grant",
        "state": "executed",
        "executed_on": "2025-02-10",
    }


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("предоставить доступ", "grant"),
        ("Выдача", "grant"),
        ("УДАЛЕНИЕ ДОСТУПА", "revoke"),
        ("отозвать", "revoke"),
        ("закрытие", "revoke"),
    ],
)
def test_what_was_asked_for_is_read_from_its_words(text: str, action: str) -> None:
    [row] = journal(line(Действие=text))
    assert row.values["action"] == action


@pytest.mark.parametrize(
    ("text", "done", "state"),
    [
        ("исполнено", "10.02.2025", "executed"),
        ("Отказано", None, "refused"),
        ("аннулирована", None, "annulled"),
        ("в работе", None, "open"),
        (None, "10.02.2025", "executed"),
        (None, None, "open"),
    ],
)
def test_what_came_of_it_is_read_from_its_words_or_its_day(
    text: str | None, done: str | None, state: str
) -> None:
    [row] = journal(line(Результат=text, **{"Дата исполнения": done}))
    assert row.values["state"] == state


def test_doubts_of_the_journal_are_said_by_cell() -> None:
    rows = journal(
        line(Система="Медстат", Действие="?"),
        line(СНИЛС=None, **{"Дата исполнения": None}),
        line(Дата="10.03.2025"),
        line(Дата=None, **{"Дата исполнения": None, "№ заявки": "13"}),
        line(ФИО="Петрова А.И.", СНИЛС=None, Результат="хорошо", **{"№ заявки": "14"}),
    )
    assert defects(rows[0]) == [
        ("G3", "error", "system_unknown"),
        ("I3", "error", "action_unknown"),
    ]
    assert defects(rows[1]) == [("F4", "warning", "required"), ("K4", "warning", "date_guessed")]
    assert rows[1].values["executed_on"] == "2025-02-03"
    assert defects(rows[2]) == [("K5", "warning", "date_order")]
    assert defects(rows[3]) == [("K6", "error", "required")]
    assert [d[2] for d in defects(rows[4])] == ["initials", "state_unknown"]


def test_the_same_line_twice_is_refused_and_a_number_of_two_systems_is_told() -> None:
    rows = journal(line(), line(), line(Система="РМО", Роль=None))
    assert defects(rows[1]) == [
        ("B4", "error", "duplicate_row"), ("B4", "warning", "number_shared"),
    ]  # fmt: skip
    assert [d[2] for d in defects(rows[2])] == ["number_shared"]


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("фрмсс", "frmss"),
        ("Реестр медицинских свидетельств о смерти", "frmss"),
        ("ВИМИС Онкология", "vimis-onko"),
        ("Онкология", "vimis-onko"),
        ("ВИМИС", None),
        ("Портал ФРМСС (смерти)", "frmss"),
        ("ЕГИСЗ", None),
    ],
)
def test_systems_as_people_write_them(text: str, slug: str | None) -> None:
    assert match_system(text, SYSTEMS.systems) == slug


def test_a_journal_without_a_column_of_actions_is_one_of_grants() -> None:
    sheet = recognise_journal(
        table(
            ("ФИО", "СНИЛС", "Система", "Дата"),
            ("Ким Ольга Викторовна", RIGHT, "РМО", "01.02.2025"),
        )
    )
    [row] = read_journal(sheet, TODAY, SYSTEMS)
    assert (row.values["action"], row.values["state"]) == ("grant", "open")
