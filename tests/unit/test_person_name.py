"""ФИО: one field, one script, look-alikes named letter by letter, whole names taken apart."""

from __future__ import annotations

import unicodedata

import pytest
from faker import Faker
from hypothesis import given
from hypothesis import strategies as st

from accessflow.domain import full_name
from accessflow.domain.person_name import (
    Kind,
    PersonName,
    is_absent,
    normalized,
    read_part,
    same_but_yo,
    same_script,
    title_case,
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Иванова", "last"),
        ("Салтыков-Щедрин", "last"),
        ("Салтыков Щедрин", "last"),
        ("Ё", "last"),
        ("О", "last"),
        ("МакДональд", "last"),
        ("де Монсорo".replace("o", "о"), "last"),
        ("Smith-Jones", "last"),
        ("Анна-Мария", "first"),
        ("Гасан оглы", "middle"),
        ("Гасан Оглы", "middle"),
        ("Гасан-оглы", "middle"),
        ("Алмаз кызы", "middle"),
        ("Бакыт уулу", "middle"),
    ],
)
def test_a_proper_name_passes_unchanged(text: str, kind: Kind) -> None:
    reading = read_part(text, kind)
    assert (reading.value, reading.flaws) == (text, ())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("  Петрова —  Водкина ", "Петрова-Водкина"),
        ("Салтыков\u2011Щедрин", "Салтыков-Щедрин"),
        ("Анна\u00a0 Мария", "Анна Мария"),
        (unicodedata.normalize("NFD", "Йорданская"), "Йорданская"),
        ("Ива\u00adнова\u200b", "Иванова"),
    ],
)
def test_dashes_blanks_and_invisible_signs_are_put_in_order(text: str, value: str) -> None:
    reading = read_part(text, "last")
    assert (reading.value, reading.flaws) == (value, ())


def test_latin_letters_in_a_russian_word_are_named_one_by_one_with_the_right_word() -> None:
    flaw = read_part("Кoпылoвa", "last").flaws[0]
    assert (flaw.code, flaw.level, flaw.fix) == ("homoglyph", "error", "Копылова")
    assert "вторая «o», шестая «o», восьмая «a»" in flaw.message
    assert "латинские" in flaw.message


def test_russian_letters_in_a_latin_word_are_named_the_other_way_round() -> None:
    flaw = read_part("Smithsоn", "last").flaws[0]
    assert (flaw.code, flaw.fix) == ("homoglyph", "Smithson")
    assert "русская буква: седьмая «о»" in flaw.message


def test_the_word_with_the_strange_letter_is_named_in_a_name_of_two() -> None:
    flaw = read_part("Анна-Мария Aнтуанетта", "first").flaws[0]
    assert "в слове «Aнтуанетта»" in flaw.message
    assert flaw.fix == "Анна-Мария Антуанетта"


def test_a_digit_for_a_letter_is_a_look_alike_too() -> None:
    assert [(f.code, f.fix) for f in read_part("Иван0ва", "last").flaws] == [
        ("homoglyph", "Иванова")
    ]


@pytest.mark.parametrize("text", ["Ивaнfов", "Иванов Smith", "Иванdов"])
def test_two_scripts_without_look_alikes_get_no_proposal(text: str) -> None:
    assert [(f.code, f.fix) for f in read_part(text, "last").flaws] == [("name_script", None)]


@pytest.mark.parametrize("apostrophe", list("'’ʼ`"))
def test_an_apostrophe_is_refused_with_the_advice_to_write_as_in_the_register(
    apostrophe: str,
) -> None:
    flaw = read_part(f"Д{apostrophe}Артаньян", "last").flaws[0]
    assert (flaw.code, flaw.level) == ("name_characters", "error")
    assert "как в ФРМР" in flaw.message


@pytest.mark.parametrize("text", ["Иванов1", "Иванов*", "Иванов.", "Иванів", "-Иванов", "Ива--нов"])
def test_other_signs_are_refused(text: str) -> None:
    assert [flaw.code for flaw in read_part(text, "last").flaws] == ["name_characters"]


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("ФАДЕЕВА", "Фадеева"),
        ("таисия", "Таисия"),
        ("ИВанова", "Иванова"),
        ("ДОРОФЕЕВА-ДОРОНИНА", "Дорофеева-Доронина"),
        ("Салтыков-щедрин", "Салтыков-Щедрин"),
        ("ГАСАН оглы", "Гасан оглы"),
        ("ГАСАН ОГЛЫ", "Гасан оглы"),
        ("ДЕ ЛА КРУЗ", "Де ла Круз"),
    ],
)
def test_a_wrong_case_is_a_warning_that_offers_the_usual_one(text: str, fix: str) -> None:
    reading = read_part(text, "last")
    assert reading.value == text
    assert [(f.code, f.level, f.fix) for f in reading.flaws] == [("name_case", "warning", fix)]


@pytest.mark.parametrize(
    "text", ["нет", "Нет", "-", "—", "отсутствует", "не имеет", "б/о", "Отсутствует", "(нет)"]
)
def test_a_patronymic_that_says_there_is_none_is_none(text: str) -> None:
    assert read_part(text, "middle").value == ""
    assert is_absent(text)


def test_a_surname_that_says_there_is_none_is_not_taken() -> None:
    assert read_part("-", "last").value is None


@pytest.mark.parametrize("text", ["И.", "И.И.", "И. И.", "ИИ."])
def test_initials_are_no_first_name(text: str) -> None:
    assert [flaw.code for flaw in read_part(text, "first").flaws] == ["name_initials"]


@pytest.mark.parametrize("kind", ["last", "first", "middle"])
def test_an_empty_field_is_asked_for(kind: Kind) -> None:
    assert [flaw.code for flaw in read_part("  ", kind).flaws] == ["required"]


def test_all_fields_must_be_in_one_script() -> None:
    flaw = same_script(PersonName("Smith", "Анна", "Ивановна"))
    assert flaw is not None
    assert (flaw.code, flaw.fix) == ("name_script", None)
    assert same_script(PersonName("Smith", "Anna")) is None
    assert same_script(PersonName("Иванова", "Анна", "Петровна")) is None


def test_a_word_wholly_of_latin_look_alikes_among_russian_ones_is_offered_in_russian() -> None:
    flaw = same_script(PersonName("Oca", "Анна", "Ивановна"))
    assert flaw is not None
    assert flaw.fix == "Оса Анна Ивановна"


def test_names_are_printed_whole_and_short() -> None:
    name = PersonName("Иванов", "Иван", "Иванович")
    assert (name.full, name.short) == ("Иванов Иван Иванович", "Иванов И.И.")
    assert PersonName("Соколов", "Архип").short == "Соколов А."


def test_names_that_differ_in_yo_alone_are_one_name() -> None:
    assert same_but_yo(PersonName("Семёнов", "Пётр"), PersonName("Семенов", "Петр"))
    assert not same_but_yo(PersonName("Семёнов", "Пётр"), PersonName("Семёнов", "Пётр"))
    assert not same_but_yo(PersonName("Семёнов", "Пётр"), PersonName("Семенов", "Павел"))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Иванова Анна Ивановна", PersonName("Иванова", "Анна", "Ивановна")),
        ("Мамедов Али Гасан оглы", PersonName("Мамедов", "Али", "Гасан оглы")),
        ("Мамедова Лейла Гасан Кызы", PersonName("Мамедова", "Лейла", "Гасан Кызы")),
        ("Петрова - Водкина Анна Ильинична", PersonName("Петрова-Водкина", "Анна", "Ильинична")),
        ("Соколов Архип", PersonName("Соколов", "Архип")),
        ("Шашкова Нина -", PersonName("Шашкова", "Нина")),
        ("Шашкова Нина (отсутствует)", PersonName("Шашкова", "Нина")),
        ("Фомичева И.В.", PersonName("Фомичева", "И.", "В.")),
        ("Фомичева И. В.", PersonName("Фомичева", "И.", "В.")),
        ("И.В. Фомичева", PersonName("Фомичева", "И.", "В.")),
        ("Фомичева И.", PersonName("Фомичева", "И.")),
        ("Анна Ивановна Петрова", PersonName("Петрова", "Анна", "Ивановна")),
        ("Рабинович Анна Ивановна", PersonName("Рабинович", "Анна", "Ивановна")),
        ("Пётр Ильич Чайковский", PersonName("Чайковский", "Пётр", "Ильич")),
        ("де ла Круз Мария Ивановна", PersonName("де ла Круз", "Мария", "Ивановна")),
        ("Ким Анна Мария Ивановна", PersonName("Ким", "Анна Мария", "Ивановна")),
        ("Иванова, Анна Ивановна", PersonName("Иванова", "Анна", "Ивановна")),
        ("Иванова", PersonName("Иванова", "")),
        ("", PersonName("", "")),
    ],
)
def test_a_whole_name_is_taken_apart_as_a_person_would(text: str, name: PersonName) -> None:
    assert full_name.split(text) == name


@pytest.mark.parametrize(
    "text", ["Фомичева И.В.", "Фомичева И. В.", "И.В. Фомичева", "Фомичева И В"]
)
def test_a_whole_name_with_initials_is_refused(text: str) -> None:
    reading = full_name.read(text)
    assert reading.value is None
    assert [flaw.code for flaw in reading.flaws] == ["name_initials"]


@pytest.mark.parametrize(
    "text", ["Анна Ивановна Петрова", "Ким Анна Мария Ивановна", "Абд Эль Рахман Мохамед"]
)
def test_a_whole_name_that_had_to_be_guessed_at_is_shown_for_checking(text: str) -> None:
    reading = full_name.read(text)
    assert reading.value is not None
    assert [(f.code, f.level) for f in reading.flaws] == [("name_order", "warning")]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Сaвинa Антонина Рубеновна", ["homoglyph"]),
        ("ФАДЕЕВА таисия Юрьевна", ["name_case", "name_case"]),
        ("Иванова", ["required"]),
        ("", ["required"]),
        ("Smith Анна Ивановна", ["name_script"]),
        ("Иванова Анна Ивановна", []),
    ],
)
def test_a_whole_name_is_held_to_the_rules_of_its_parts(text: str, codes: list[str]) -> None:
    assert [flaw.code for flaw in full_name.read(text).flaws] == codes


def test_ordinary_names_of_an_independent_generator_pass_whole_and_apart() -> None:
    fake = Faker("ru_RU")
    fake.seed_instance(47)
    for _ in range(2_000):
        name = PersonName(fake.last_name(), fake.first_name(), fake.middle_name())
        assert full_name.read(name.full).value == name
        assert read_part(name.last, "last").flaws == ()


@given(st.text(alphabet="абвгАБВГёЁabAB -–'’.0 \u200b", max_size=16))
def test_putting_in_order_twice_is_as_once(text: str) -> None:
    once = normalized(text)
    assert normalized(once) == once
    assert title_case(title_case(once)) == title_case(once)


@given(st.text(max_size=30))
def test_any_text_is_answered_with_a_name_or_an_error(text: str) -> None:
    for reading in (read_part(text, "last"), full_name.read(text)):
        assert (reading.value is None) == any(flaw.level == "error" for flaw in reading.flaws)
