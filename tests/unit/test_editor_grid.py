"""The editor's table as it follows from a form: cells, headers, what is typed and what is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessflow.forms.application import Application
from accessflow.forms.block import read_block
from accessflow.forms.compare import ANYWAY, compare, fingerprint
from accessflow.forms.grid import Grid, grid_of, shown, taken, told
from accessflow.forms.spec import KINDS
from accessflow.forms.wtf import FIELDS, Choices, fields_form, row_form
from tests.catalogue_examples import ORGANIZATION, application, catalogue, check, every_application


def grid(system: str) -> Grid:
    made = check(application(system, "grant"))
    return grid_of(made.spec, made.application, made.target)


def keys(found: Grid) -> list[str]:
    return [column.key for column in found.columns]


def test_a_form_keeps_its_columns_in_its_order() -> None:
    found = grid("frmss")
    printed = [c.header for c in catalogue().form("appendix-08").columns]
    assert [c.column.header for c in found.columns] == printed
    assert [h.text for h in found.header[0]] == printed


def test_what_others_answer_is_fixed() -> None:
    assert [c.key for c in grid("frmss").folded] == ["org_short_name", "system", "status"]
    assert [c.key for c in grid("rs-ssz").folded] == ["org_short_name", "org_oid", "role"]


@pytest.mark.parametrize("system", ["rs-tmk", "rs-ssz", "vimis-onko", "orph"])
def test_a_whole_name_becomes_three_cells(system: str) -> None:
    found = keys(grid(system))
    at = found.index("last_name")
    assert found[at : at + 3] == ["last_name", "first_name", "middle_name"]
    assert "full_name" not in found


def test_what_is_not_printed_stands_at_the_end_and_says_so() -> None:
    found = grid("rs-tmk")
    assert keys(found)[-2:] == ["snils", "expires_on"]
    own = {"snils", "expires_on"}
    assert [h.printed for h in found.header[0] if h.key in own] == [False, False]


def test_only_a_grant_asks_for_a_term() -> None:
    made = check(application("frmss", "revoke"))
    found = grid_of(made.spec, made.application, made.target)
    assert "expires_on" not in keys(found)
    assert "expires_on" in keys(grid("frmss"))


def test_an_official_group_spans_the_parts_of_the_name_too() -> None:
    first, second, third = grid("rs-ssz").header
    group = next(h for h in first if h.text.startswith("Пользователь медицинской организации"))
    assert group.colspan == 4
    assert [(h.text, h.colspan, h.rowspan) for h in second] == [("ФИО", 3, 1), ("СНИЛС", 1, 2)]
    assert [h.text for h in third] == ["Фамилия", "Имя", "Отчество"]
    assert {h.rowspan for h in first if h.key} == {3}


@pytest.mark.parametrize(
    "filled", every_application(), ids=lambda a: f"{a.system or a.form}-{a.action}"
)
def test_every_header_covers_every_column_once(filled: Application) -> None:
    made = check(filled)
    found = grid_of(made.spec, made.application, made.target)
    if not found.columns:
        return
    covered = sum(h.rowspan * h.colspan for line in found.header for h in line)
    assert covered == len(found.header) * len(found.columns)


def test_what_the_organisation_says_anyway_is_not_kept() -> None:
    made = check(application("frmss", "grant"))
    found = grid_of(made.spec, made.application, made.target)
    typed = {"org_short_name": ORGANIZATION.short_name, "position": " Врач\r\nтерапевт "}
    answers = taken(found, {"org_short_name": "Прежнее"}, typed, made.application, made.target)
    assert answers == {"position": "Врач терапевт"}


def test_keys_that_the_form_does_not_have_stay_as_they_were() -> None:
    made = check(application("frmss", "grant"))
    found = grid_of(made.spec, made.application, made.target)
    typed = {"role": "Администратор МО", "status": "удалить доступ", "secret": "x"}
    answers = taken(found, {"subject_rf": "Москва"}, typed, made.application, made.target)
    assert answers == {"subject_rf": "Москва", "role": "Администратор МО"}


words = st.text("абв \n\tАa1-", max_size=12)
cells = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("last_name", "position", "org_short_name", "role"), words)
)


@given(cells, cells)
def test_what_is_taken_is_shown_and_taking_it_again_changes_nothing(
    row: dict[str, str], typed: dict[str, str]
) -> None:
    made = check(application("frmss", "grant"))
    found = grid_of(made.spec, made.application, made.target)
    once = taken(found, row, typed, made.application, made.target)
    seen = shown(found, once, made.application, made.target)
    again = taken(found, once, seen, made.application, made.target)
    assert shown(found, again, made.application, made.target) == seen
    assert told(found, typed).items() <= told(found, seen).items()


@pytest.mark.parametrize(
    ("now", "typed", "base", "verdict"),
    [
        ("а", "а", "б", "same"),
        ("а", "в", "а", "take"),
        ("а", "б", "б", "untouched"),
        ("а", "в", "б", "conflict"),
    ],
)
def test_who_may_write_over_whom(now: str, typed: str, base: str, verdict: str) -> None:
    shown_by_page = fingerprint({"position": base, "email": "e"})
    assert compare({"position": now, "email": "e"}, {"position": typed}, shown_by_page) == verdict


def test_a_decision_stands_whatever_was_changed() -> None:
    assert compare({"position": "а"}, {"position": "б"}, ANYWAY) == "take"


def test_every_kind_has_a_field() -> None:
    assert FIELDS.keys() == KINDS


@pytest.mark.parametrize(
    "filled", every_application(), ids=lambda a: f"{a.system or a.form}-{a.action}"
)
def test_every_form_has_a_web_form_that_shows_and_reads_its_values(
    filled: Application,
) -> None:
    made = check(filled)
    found = grid_of(made.spec, made.application, made.target)
    choices = Choices.of(made.target, made.application.action, "mo")
    for row in made.application.rows:
        values = shown(found, row, made.application, made.target)
        form = row_form(found, choices)(data=values, prefix="r7-")
        for column in found.columns:
            html = form[column.key]()
            assert values[column.key] in html.unescape()
            assert column.locked or f'name="r7-{column.key}"' in html
    for item in fields_form(made.spec)(prefix="f-"):
        assert f'name="{item.name}"' in item()


def test_what_is_typed_cannot_break_out_of_its_field() -> None:
    found = grid("frmss")
    evil = '"><script>alert(1)</script>'
    form = row_form(found, Choices())(data=dict.fromkeys(keys(found), evil), prefix="r1-")
    assert "<script>" not in "".join(str(form[key]()) for key in keys(found))


def test_a_role_that_is_no_choice_stays_as_it_was_typed() -> None:
    made = check(application("frmss", "grant"))
    found = grid_of(made.spec, made.application, made.target)
    choices = Choices.of(made.target, "grant", "mo")
    html = str(row_form(found, choices)(data={"role": "Главный"}, prefix="r1-")["role"]())
    assert '<option value="Главный" selected>Главный</option>' in html


def test_roles_for_the_whole_region_stand_apart() -> None:
    made = check(application("covid19", "grant"))
    choices = Choices.of(made.target, "grant", "mo")
    assert [r.name for r in choices.roles] == ["Медицинский работник"]
    assert [r.name for r in choices.asked] == ["ОУЗ", "ДКЦ"]
    assert Choices.of(made.target, "revoke", "mo").asked == ()


def test_a_block_goes_right_from_its_cell_and_over_the_folded_columns() -> None:
    block = read_block("8 (81379) 5-00-21\t\ta@mail.ru\tАдминистратор МО\tеще", grid("frmss"),
                       "work_phone")  # fmt: skip
    assert block.rows == (
        {
            "work_phone": "8 (81379) 5-00-21",
            "contact_phone": "",
            "email": "a@mail.ru",
            "role": "Администратор МО",
        },
    )
    assert block.lost == 1


def test_a_line_of_headers_says_which_column_is_which() -> None:
    text = "СНИЛС\tФИО\tE-mail\tЧто-то\n112-233-445 95\tПетрова Анна Ивановна\ta@mail.ru\tх"
    (row,) = read_block(text, grid("rs-ssz"), "functional_object").rows
    assert row == {
        "snils": "112-233-445 95",
        "last_name": "Петрова",
        "first_name": "Анна",
        "middle_name": "Ивановна",
        "email": "a@mail.ru",
    }


def test_whole_names_pasted_into_the_surname_are_split() -> None:
    block = read_block("Петрова Анна Ивановна\nЗимина Е. А.\n", grid("frmss"), "last_name")
    assert [tuple(row.values()) for row in block.rows] == [
        ("Петрова", "Анна", "Ивановна"),
        ("Зимина", "Е.", "А."),
    ]


def test_a_cell_of_several_lines_is_one_cell() -> None:
    (row,) = read_block('"Врач\nтерапевт"\tПетрова\r\n', grid("frmss"), "position").rows
    assert row == {"position": "Врач терапевт", "last_name": "Петрова"}


def test_a_quotation_mark_inside_a_cell_is_no_end_of_it() -> None:
    (row,) = read_block('ГБУЗ "ЦРБ"\tПетрова', grid("frmss"), "position").rows
    assert row == {"position": 'ГБУЗ "ЦРБ"', "last_name": "Петрова"}
