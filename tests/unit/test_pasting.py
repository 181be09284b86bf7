"""Lines pasted from a sheet, in any order of columns."""

from __future__ import annotations

import pytest

from accessflow.services.pasting import Line, read

WANTED = ("Гущин Вадим Львович", "112-233-445 95", "gushchin@prb.example")


def line(text: str) -> tuple[str, str, str]:
    [found] = read(text)
    return found.name, found.snils, found.email


@pytest.mark.parametrize(
    "text",
    [
        "Гущин Вадим Львович\t112-233-445 95\tgushchin@prb.example",
        "gushchin@prb.example\tГущин Вадим Львович\t112-233-445 95",
        "112-233-445 95;gushchin@prb.example;Гущин Вадим Львович",
        "Гущин Вадим Львович 112-233-445 95 gushchin@prb.example",
        "1\tГущин Вадим Львович\t112-233-445 95\tgushchin@prb.example",
        "Гущин\tВадим\tЛьвович\t112-233-445 95\tgushchin@prb.example",
        "Хирургическое отделение\tГущин Вадим Львович\t112-233-445 95\tgushchin@prb.example",
        "Гущин Вадим Львович\tврач-хирург\t112-233-445 95\t<gushchin@prb.example>",
    ],
)
def test_name_number_and_address_are_told_apart_in_any_order(text: str) -> None:
    assert line(text) == WANTED


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Ким О\t11223344595", "11223344595"),
        ("Ким О\t112 233 445 95", "112 233 445 95"),
        ("Ким О\t112–233–445 95", "112–233–445 95"),
        ("Ким О\t89210000102\t112-233-445 95", "112-233-445 95"),
        ("Ким О\t8 (921) 000-01-02\t112-233-445 95", "112-233-445 95"),
        ("Ким О\t+79210000102", ""),
        ("Ким О\t89210000102", ""),
        ("Ким О\t112-233-445 96", "112-233-445 96"),  # wrong, and said so later
    ],
)
def test_a_phone_is_not_taken_for_a_snils(text: str, number: str) -> None:
    assert line(text)[1] == number


def test_blank_lines_and_the_header_are_no_people() -> None:
    text = "ФИО\tСНИЛС\tE-mail\n\nКим Ольга Ильинична\n   \n"
    assert [(found.number, found.name) for found in read(text)] == [(3, "Ким Ольга Ильинична")]


def test_a_line_without_a_name_is_called_by_the_end_of_its_number() -> None:
    assert Line(1, "", "112-233-445 95", "").who == "СНИЛС …445 95"
