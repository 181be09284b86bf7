"""What letters say: every kind, as text and as HTML, in МИАЦ's own words too, without a СНИЛС."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from accessflow.notify import messages
from accessflow.notify.example import ABOUT
from accessflow.notify.rendering import BadWording, House, Wording, kinds, masked
from accessflow.notify.samples import SAMPLES, preview
from accessflow.workflow.machines import MACHINES

HOUSE = House("ГКУЗ ЛО «МИАЦ»", "8 (812) 670-52-81")
OF_MACHINES = {kind for m in MACHINES.values() for t in m.transitions for kind in t.letters}
OF_REQUESTS = OF_MACHINES | {"message", "needs_info", "silence"}


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in ("br", "meta"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read_html(html: str) -> str:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return " ".join(" ".join(reader.words).split())


def test_every_letter_of_the_machines_has_its_words() -> None:
    assert set(kinds()) == set(SAMPLES)
    assert set(SAMPLES) >= OF_MACHINES


@pytest.mark.parametrize("kind", sorted(SAMPLES))
def test_a_letter_is_complete_as_plain_text(kind: str) -> None:
    message = SAMPLES[kind](HOUSE)
    assert message.kind == kind
    assert message.subject
    assert "\n" not in message.subject
    assert "{{" not in message.text + message.html
    assert "None" not in message.text
    shown = set(re.findall(r"[А-Яа-яё]{6,}", read_html(message.html)))
    # «Открыть заявку» is a button there and an address here.
    assert shown - set(re.findall(r"[А-Яа-яё]{6,}", f"{message.subject} {message.text}")) <= {
        "Открыть",
        "заявку",
    }


@pytest.mark.parametrize("kind", sorted(OF_REQUESTS))
def test_a_subject_names_the_application_and_its_system(kind: str) -> None:
    message = SAMPLES[kind](HOUSE)
    assert "2026-00412" in message.subject
    assert "ФРМСС" in message.subject


def test_an_extension_states_the_cause_and_the_three_facts_of_the_regulation() -> None:
    message = messages.extended(
        HOUSE, ABOUT, cause="иное", until="12.01.2027", author_facts="Снимок экрана",
        outside_need="Специалист СТП", actions_taken="Запрос от 24.11",
    )  # fmt: skip
    for stated in ("иное", "12.01.2027", "Снимок экрана", "Специалист СТП", "Запрос от 24.11"):
        assert stated in message.text
        assert stated in read_html(message.html)


@pytest.mark.parametrize(
    "typed",
    [
        "112-233-445 95",
        "11223344595",
        "112 233 445 95",
        "112–233–445–95",
        "112-233-445\u00a095",
        "112-233-445 96",  # a slip in it still tells whose it is
    ],
)
def test_no_full_snils_is_in_a_letter_wherever_it_was_typed(typed: str) -> None:
    rows = [("Петрова А. И.", "отказ", f"в ФРМР нет {typed}")]
    message = messages.refused(HOUSE, ABOUT, cause="иное", text=f"СНИЛС {typed}!", rows=rows)
    assert "112" not in message.text.replace("2026-000118", "") + message.html
    assert "***-***-445 9" in message.text
    assert "***-***-445 9" in message.html


def test_a_telephone_number_and_our_own_numbers_are_left_alone() -> None:
    for text in ("89210000102", "8 (812) 670-52-81", "МИАЦ-2026-000118", "тел. 79210000102"):
        assert masked(text) == text


def test_what_people_typed_cannot_become_markup() -> None:
    text = '<a href="https://evil.example">сюда</a>\n& дальше {{ house }}'
    message = messages.info_requested(HOUSE, ABOUT, text=text)
    assert '<a href="https://evil' not in message.html
    assert "сюда</a>" in read_html(message.html)
    assert "<br>" in message.html
    assert "{{ house }}" in message.text


def test_miac_may_say_it_in_its_own_words() -> None:
    own = {"registered": Wording("Принято: {{ registration_no }}", "Ждите до {{ due }}.\nМИАЦ")}
    house = House(HOUSE.name, HOUSE.phone, own)
    message = messages.registered(house, ABOUT, registration_no="М-1", due="24.12.2026")
    assert message.subject == "Принято: М-1"
    assert message.text.startswith("Ждите до 24.12.2026.\nМИАЦ\n\nЗаявка: 2026-00412")
    assert "Ждите до 24.12.2026.<br>МИАЦ" in message.html
    assert "Открыть заявку" in message.html
    assert SAMPLES["closed"](house) == SAMPLES["closed"](HOUSE)


@pytest.mark.parametrize(
    "text",
    ["{{ nothing }}", "{% if %}", "{{ about.__class__.__mro__ }}", "{{ due + 1 }}", "{{ 1 / 0 }}"],
)
def test_words_that_cannot_be_used_are_told_while_editing_and_never_stop_a_letter(
    text: str,
) -> None:
    with pytest.raises(BadWording):
        preview("registered", Wording("", text), HOUSE)
    house = House(HOUSE.name, HOUSE.phone, {"registered": Wording("", text)})
    assert SAMPLES["registered"](house).text == SAMPLES["registered"](HOUSE).text
