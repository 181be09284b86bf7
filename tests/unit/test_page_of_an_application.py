"""What stands on the page, in the source's order (X4, X5, X13-X15, X18, X21, X32)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from accessflow.documents.build import blank, build
from accessflow.documents.model import DocumentModel, Paragraph, SignatureBlock, Table
from accessflow.forms.application import Application
from accessflow.forms.spec import Action
from tests.catalogue_examples import (
    application,
    catalogue,
    check,
    every_application,
    regulation,
    row,
    standalone,
)


def page(application: Application, **options: Any) -> DocumentModel:
    return build(check(application), catalogue().region, **options)


def texts(model: DocumentModel, style: str) -> list[str]:
    return [b.text for b in model.blocks if isinstance(b, Paragraph) and b.style == style]


def table(model: DocumentModel) -> Table:
    return next(b for b in model.blocks if isinstance(b, Table))


def signature(model: DocumentModel) -> SignatureBlock:
    return next(b for b in model.blocks if isinstance(b, SignatureBlock))


@pytest.mark.parametrize(
    "filled", every_application(), ids=lambda a: f"{a.system or a.form}-{a.action}"
)
def test_the_page_holds_title_preamble_caption_and_footnotes_of_the_source(
    filled: Application,
) -> None:
    model = page(filled)
    spec = catalogue().form(filled.form)
    if spec.number is None or spec.number in (13, 14, 16):
        return
    source = regulation()["forms"][str(spec.number)]
    assert " ".join(texts(model, "title")) == source["title"]
    assert texts(model, "caption") == ([source["caption"]] if source.get("caption") else [])
    notes = [text.replace("^", "") for text in texts(model, "note")]
    assert notes == [
        f"3 {f}" if spec.number == 10 and n == 0 else f for n, f in enumerate(source["footnotes"])
    ]
    if source["preamble"] and filled.action == source["action"][0]:
        body = texts(model, "body")[0]
        system = catalogue().system(filled.system or "")
        for blank_words in ("Наименование системы", "Наименование регистра"):
            source["preamble"] = source["preamble"]
            expected = source["preamble"].replace(blank_words, system.name)
            if blank_words in source["preamble"]:
                assert body == expected


def test_footnotes_stand_below_the_signature() -> None:
    kinds = [type(b).__name__ for b in page(application("frmss", "grant")).blocks]
    assert kinds.index("Table") < kinds.index("SignatureBlock") < len(kinds) - 1
    assert set(kinds[kinds.index("SignatureBlock") + 1 :]) == {"Paragraph"}


@pytest.mark.parametrize("system", ["vimis-onko", "frmr"])
def test_a_deletion_without_a_status_column_is_marked_and_its_verb_changed(system: str) -> None:
    model = page(application(system, "revoke"))
    assert texts(model, "mark") == ["УДАЛЕНИЕ ДОСТУПА"]
    assert texts(model, "body")[0].startswith("Прошу отозвать у пользователя(-ей) права роли")
    assert texts(page(application(system, "grant")), "mark") == []


def test_app_13_follows_the_action_in_verb_title_and_caption() -> None:
    grant, revoke = page(application("ipra", "grant")), page(application("ipra", "revoke"))
    assert texts(grant, "title") == ["Форма заявки на предоставление доступа"]
    assert texts(grant, "body")[0].startswith("Прошу предоставить доступ пользователю в ИПРА.")
    assert texts(revoke, "title") == ["Форма заявки на отзыв доступа"]
    assert texts(revoke, "body")[0].startswith("Прошу отозвать доступ у пользователя в ИПРА.")
    assert texts(revoke, "caption") == ["Таблица 13.1 – Отзыв доступа пользователя(-ей)"]


def test_app_14_keeps_its_title_and_has_one_verb() -> None:
    verbs: dict[Action, str] = {"grant": "предоставить", "revoke": "отозвать"}
    for action, verb in verbs.items():
        model = page(application("orph", action))
        assert " ".join(texts(model, "title")) == regulation()["forms"]["14"]["title"]
        expected = regulation()["forms"]["14"]["preamble"].replace("предоставить (отозвать)", verb)
        assert texts(model, "body") == [expected]


def test_app_5_names_each_role_that_occurs_once() -> None:
    rows = (
        row(0, role="Куратор 3 уровня"),
        row(1, role="Сотрудник АДКЦ"),
        row(2, role="Куратор 3 уровня"),
    )
    body = texts(page(application("vimis-akineo", "grant", *rows)), "body")[0]
    assert 'права роли «Куратор 3 уровня», «Сотрудник АДКЦ» в компоненте ВИМИС "АкиНео".' in body


def test_app_5_has_two_renderings() -> None:
    vimis = application("vimis-onko", "grant")
    own = signature(page(vimis))
    assert (own.position, own.name, own.seal) == ("Главный врач", "Ястребов Н.Н.", "М.П.")
    outgoing = signature(page(vimis, rendering="miac"))
    assert (outgoing.position, outgoing.name) == ("Директор ГКУЗ ЛО «МИАЦ»", "Курнаев Д.В.")


def test_app_10_prints_its_word_without_braces() -> None:
    body = texts(page(application("frmr", "grant")), "body")[0]
    assert "в промышленной версии" in body
    assert "{" not in body


def test_the_status_column_follows_the_action() -> None:
    told: dict[Action, str] = {"grant": "предоставить доступ", "revoke": "удалить доступ"}
    for action, status in told.items():
        assert table(page(application("frmss", action))).rows[0][-1].text == status


def test_no_patronymic_is_a_word_in_its_own_column_and_nothing_in_a_whole_name() -> None:
    alone = row(middle_name="", no_middle_name="1")
    assert "отсутствует" in [
        c.text for c in table(page(application("frmss", "grant", alone))).rows[0]
    ]
    names = [c.text for c in table(page(application("orph", "grant", alone))).rows[0]]
    assert "Петрова Анна" in names


def test_values_are_printed_in_their_proper_form() -> None:
    typed = row(snils="11223344595", work_phone="+7 81379 50021", last_name="  Петрова ")
    cells = [c.text for c in table(page(application("frmss", "grant", typed))).rows[0]]
    assert "112-233-445 95" in cells
    assert "8 (81379) 5-00-21" in cells
    assert "Петрова" in cells


def test_what_cannot_be_read_is_printed_as_typed() -> None:
    cells = [c.text for c in table(page(application("frmss", "grant", row(snils="12-3")))).rows[0]]
    assert "12-3" in cells


def test_settings_of_the_page_are_obeyed() -> None:
    region = catalogue().region
    plain = replace(
        region,
        printing=replace(
            region.printing,
            seal_everywhere=False,
            typos_verbatim=False,
            our_ref_on_applications=True,
        ),
    )
    rmo = check(replace(application("rmo", "grant"), our_ref="17-03/412", our_date="21.11.2026"))
    model = build(rmo, plain)
    assert signature(model).seal == ""
    assert texts(model, "requisite") == ["Исх.: №17-03/412", "От 21.11.2026"]
    assert any("на портал ФРМР." in note for note in texts(model, "note"))
    verbatim = build(rmo, region)
    assert any("на портал ФРМ." in note for note in texts(verbatim, "note"))
    assert signature(build(check(application("rs-tmk", "revoke")), plain)).seal == "М.П."


def test_app_15_groups_its_fields_and_holds_a_grid() -> None:
    form = catalogue().form("appendix-15")
    model = page(standalone(form))
    rows = table(model).rows
    labels = [r[0].text for r in rows if r[0].rich and len(r) != 4]
    assert labels == regulation()["forms"]["15"]["rows"]
    assert rows[0][1].text.startswith("Наименование МО: Государственное")
    assert [c.text for c in rows[5][1:]] == regulation()["forms"]["15"]["subfields"]["6"]
    assert rows[5][0].rowspan == 3


def test_app_16_is_a_letter_with_what_the_organisation_says() -> None:
    letter = replace(
        standalone(catalogue().form("appendix-16")), our_ref="17", our_date="21.11.2026"
    )
    model = page(letter)
    assert texts(model, "requisite") == ["Исх.: №17", "От 21.11.2026"]
    assert texts(model, "salutation") == ["Уважаемый Егор Геннадьевич!"]
    assert "была допущена ошибка (Значение поля error_description)." in texts(model, "body")[0]
    assert texts(model, "body")[-1] == "Приложение. Статус свидетельств о рождении на 2 л. в 1 экз."
    empty = blank(catalogue().form("appendix-16"), "emd_delete", catalogue().region)
    source = regulation()["forms"]["16"]
    whole = " ".join(texts(empty, "salutation") + texts(empty, "body")[:3])
    assert whole == source["preamble"]
    assert texts(empty, "body")[3:] == source["after"]


@pytest.mark.parametrize("slug", sorted(catalogue().forms))
def test_a_blank_form_prints_the_sources_words_in_its_gaps_and_no_code(slug: str) -> None:
    form = catalogue().form(slug)
    model = blank(form, form.actions[0], catalogue().region)
    assert model.stamp is None
    source = regulation()["forms"].get(str(form.number), {})
    if source.get("preamble") and form.number not in (10, 13, 14, 16):
        assert texts(model, "body") == [source["preamble"]]


def test_the_same_content_has_the_same_digest_and_another_has_another() -> None:
    one, other = page(application("frmss", "grant")), page(application("frmss", "grant", row(1)))
    assert one.stamp == page(application("frmss", "grant")).stamp
    assert one.stamp != other.stamp


def test_file_names_tell_systems_organisations_and_numbers_apart() -> None:
    numbered = replace(application("frmss", "revoke"), number="2026-00412")
    stem = page(numbered).file_stem
    for part in ("ФРМСС", "отзыв", "Приозёрская РБ-учебная", "2026-00412"):
        assert part in stem
    assert not set(stem) & set('<>:"/\\|?*«»')
    assert "112" not in stem
