"""Telephone numbers as people write them, kept as E.164, printed as the office prints them."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessflow.domain.phone import Phone, read

NATIONAL = st.builds(
    str.__add__, st.sampled_from("3489"), st.from_regex(r"[0-9]{9}", fullmatch=True)
)


@pytest.mark.parametrize(
    ("text", "e164", "extension"),
    [
        ("8 (812) 670-52-81", "+78126705281", ""),
        ("+7 921 000-00-00", "+79210000000", ""),
        ("7 9536221231", "+79536221231", ""),
        ("8930 4298229", "+79304298229", ""),
        ("8-813-79-81-901", "+78137981901", ""),
        ("8(81379)96-505 (доб.45)", "+78137996505", "45"),
        ("(81379) 22-484 доб. 123", "+78137922484", "123"),
        ("(81379)29-679", "+78137929679", ""),
        ("8126705281", "+78126705281", ""),
        ("8 (812) 670-52-81, доб. 45", "+78126705281", "45"),
        ("8 (812) 670-52-81 вн. 7", "+78126705281", "7"),
        ("8 (812) 670-52-81 #12", "+78126705281", "12"),
        ("тел.: 8 (812) 670–52–81", "+78126705281", ""),
        ("моб. +7(921)000-01-02", "+79210000102", ""),
        ("8.921.000.01.02", "+79210000102", ""),
        ("8 800 500 74 78", "+78005007478", ""),
    ],
)
def test_a_number_is_read_however_it_is_written(text: str, e164: str, extension: str) -> None:
    reading = read(text)
    assert (reading.value, reading.flaws) == (Phone(e164, extension), ())


@pytest.mark.parametrize(
    ("e164", "extension", "printed"),
    [
        ("+78126705281", "", "8 (812) 670-52-81"),
        ("+78126705281", "45", "8 (812) 670-52-81 доб. 45"),
        ("+78137950021", "", "8 (81379) 5-00-21"),
        ("+78142123456", "", "8 (8142) 12-34-56"),
        ("+79210000102", "", "8 (921) 000-01-02"),
        ("+74951234567", "", "8 (495) 123-45-67"),
        ("+78005007478", "", "8 (800) 500-74-78"),
    ],
)
def test_the_code_stands_in_brackets_whatever_its_length(
    e164: str, extension: str, printed: str
) -> None:
    assert Phone(e164, extension).formatted == printed


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("8 (812) 29-593", "не хватает цифр"),
        ("8 (812) 670-52-811", "лишние цифры"),
        ("670-52-81", "кода города"),
        ("9 921 000 00 00", "начинается с 8 или +7"),
        ("8 (712) 670-52-81", "начинается с 3, 4, 8 или 9"),
        ("8 (012) 670-52-81", "начинается с 3, 4, 8 или 9"),
        ("+375 29 123 45 67", "российские"),
        ("8 (812) 67О-52-81", "русская буква «О»"),
        ("8 (812) 670-52-8l", "латинская буква «l»"),
        ("нет", "русская буква"),
        ("8 812 +6705281", "российские"),
    ],
)
def test_a_wrong_number_is_refused_with_its_reason(text: str, why: str) -> None:
    reading = read(text)
    assert reading.value is None
    assert [flaw.code for flaw in reading.flaws] == ["phone"]
    assert why in reading.flaws[0].message


def test_an_empty_one_is_asked_for() -> None:
    assert [flaw.code for flaw in read(" ").flaws] == ["required"]


def test_a_local_number_is_completed_only_by_a_code_that_was_given() -> None:
    assert read("670-52-81", "812").value == Phone("+78126705281")
    assert read("5-00-21", "81379").value == Phone("+78137950021")
    assert read("670-52-81 доб. 4", "812").value == Phone("+78126705281", "4")
    assert read("670-52-8", "812").value is None


@pytest.mark.parametrize(
    "text",
    [
        "8 (812) 670-52-81, 8 921 000-01-02",
        "8 (812) 670-52-81; 8 921 000-01-02",
        "8 (812) 670-52-81\n8 921 000-01-02",
        "8 (812) 670-52-81 / 82",
        "8 (812) 670-52-81 или 8 921 000-01-02",
    ],
)
def test_of_several_numbers_the_first_is_taken_with_a_warning(text: str) -> None:
    reading = read(text)
    assert reading.value == Phone("+78126705281")
    assert [(flaw.code, flaw.level) for flaw in reading.flaws] == [("phone_several", "warning")]


@given(NATIONAL, st.from_regex(r"[0-9]{0,6}", fullmatch=True))
def test_what_was_printed_is_read_as_the_same_number(national: str, extension: str) -> None:
    phone = Phone(f"+7{national}", extension)
    assert read(phone.formatted).value == phone


@given(
    NATIONAL,
    st.sampled_from(("8", "+7", "7", "")),
    st.lists(st.sampled_from(("", " ", "-", ".")), min_size=10, max_size=10),
)
def test_the_quick_way_and_the_slow_one_agree_with_the_telephone_library(
    national: str, prefix: str, gaps: list[str]
) -> None:
    text = prefix + "".join(gap + digit for gap, digit in zip(gaps, national, strict=True))
    phone = read(text).value
    assert phone is not None
    parsed = phonenumbers.parse(f"+7{national}" if not prefix else text, "RU")
    assert phone.e164 == phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    # a leading label keeps the quick way from being taken
    assert read(f"тел. {text}").value == phone


@given(st.text(max_size=30))
def test_any_text_is_answered_with_a_number_or_an_error(text: str) -> None:
    reading = read(text)
    assert (reading.value is None) == any(flaw.level == "error" for flaw in reading.flaws)
    assert reading.value is None or read(reading.value.formatted).value == reading.value
