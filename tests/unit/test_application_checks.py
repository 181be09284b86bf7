"""The checks of an application: each defect has row, field, code and a way to mend it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from accessflow.domain.person_name import PersonName
from accessflow.forms.answers import validate
from accessflow.forms.application import Application, Author, Organization, Signatory
from accessflow.forms.check import Facts
from accessflow.forms.defect import Defect
from tests.catalogue_examples import (
    ORGANIZATION,
    application,
    catalogue,
    check,
    every_application,
    row,
)


def found(application: Application, facts: Facts | None = None) -> list[Defect]:
    return list(validate(check(application, facts)))


def codes(
    application: Application, facts: Facts | None = None
) -> list[tuple[int | None, str | None, str, str]]:
    return [(d.row, d.field, d.code, d.level) for d in found(application, facts)]


@pytest.mark.parametrize(
    "sound", every_application(), ids=lambda a: f"{a.system or a.form}-{a.action}"
)
def test_a_sound_application_has_no_error_but_for_a_system_in_development(
    sound: Application,
) -> None:
    errors = [d.code for d in found(sound) if d.level == "error"]
    in_development = sound.system in ("rs-prof", "rs-infect") and sound.action == "grant"
    assert errors == (["system_in_development"] if in_development else [])


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("last_name", "required"),
        ("first_name", "required"),
        ("middle_name", "required"),
        ("snils", "required"),
        ("email", "required"),
        ("position", "required"),
        ("work_phone", "required"),
        ("role", "required"),
    ],
)
def test_every_column_of_the_form_is_required(key: str, code: str) -> None:
    assert codes(
        application("frmss", "grant", row() | {"role": "Медицинский работник", key: " "})
    ) == [(1, key, code, "error")]


@pytest.mark.parametrize("system", ["rs-tmk", "lenmedstat"])
def test_snils_is_required_where_the_form_does_not_print_it(system: str) -> None:
    assert (1, "snils", "required", "error") in codes(application(system, "grant", row(snils="")))


def test_no_patronymic_is_told_by_the_flag_or_by_the_word() -> None:
    assert codes(application("frmss", "grant", row(middle_name="", no_middle_name="1"))) == []
    assert codes(application("frmss", "grant", row(middle_name="нет"))) == []
    both = application("frmss", "grant", row(no_middle_name="1"))
    assert codes(both) == [(1, "middle_name", "name_conflict", "error")]


def test_two_scripts_in_one_name_are_an_error() -> None:
    defects = codes(application("frmss", "grant", row(last_name="Ivanova")))
    assert [(d[0], d[2]) for d in defects] == [(1, "name_script")]


def test_a_homoglyph_is_named_with_its_mended_word() -> None:
    defect = found(application("frmss", "grant", row(last_name="Cоколов")))[0]
    assert (defect.row, defect.field, defect.code, defect.fix) == (
        1,
        "last_name",
        "homoglyph",
        "Соколов",
    )


def test_a_role_of_another_system_is_refused_and_the_right_ones_are_named() -> None:
    defect = found(application("frmss", "grant", row(role="Направляющая МО")))[0]
    assert (defect.field, defect.code) == ("role", "role_not_allowed")
    assert "«Администратор МО», «Медицинский работник»" in defect.message


def test_an_alias_of_a_role_is_understood() -> None:
    assert (
        codes(
            application(
                "vimis-akineo", "grant", row(role="Сотрудник медицинской организации забора крови")
            )
        )
        == []
    )


def test_a_component_has_its_own_roles_only() -> None:
    assert codes(application("vimis-onko", "grant", row(role="Сотрудник АДКЦ"))) == [
        (1, "role", "role_not_allowed", "error")
    ]


def test_a_role_for_the_whole_region_wants_a_justification() -> None:
    asked = application("covid19", "grant", row(role="ДКЦ"))
    assert codes(asked) == [(1, "role", "role_not_allowed", "error")]
    justified = replace(asked, fields={"justification": "Приказ КЗ ЛО № 1"})
    assert codes(justified) == [(1, "role", "role_not_allowed", "warning")]
    committee = replace(asked, organization=replace(ORGANIZATION, kind="committee"))
    assert codes(committee) == []


def test_an_organisation_may_pick_one_role_of_frmr_only_and_may_give_any_back() -> None:
    other = row(role="Работник МЗ (ФРМО/ФРМР)")
    assert codes(application("frmr", "grant", other)) == [(1, "role", "role_not_allowed", "error")]
    assert codes(application("frmr", "revoke", other)) == []


def test_a_role_of_a_system_without_roles_is_free_text_in_a_revocation() -> None:
    assert codes(application("rs-tmk", "revoke", row(role="Врач кабинета"))) == []
    assert codes(application("rs-tmk", "revoke", row(role=""))) == [
        (1, "role", "required", "error")
    ]


def test_the_form_belongs_to_system_and_action() -> None:
    other = replace(application("frmss", "grant"), form="appendix-07")
    assert (None, "form", "form_mismatch", "error") in codes(other)
    grant_by_12 = replace(application("rs-tmk", "revoke"), action="grant")
    assert (None, "action", "form_mismatch", "error") in codes(grant_by_12)
    assert (None, "system", "required", "error") in codes(
        replace(application("frmss", "grant"), system=None)
    )


def test_what_is_too_long_is_refused_and_never_cut() -> None:
    defect = found(application("frmss", "grant", row(position="в" * 256)))[0]
    assert (defect.field, defect.code) == ("position", "over_length")
    assert "256" in defect.message
    assert "255" in defect.message


def test_the_same_person_twice_is_an_error_unless_the_role_differs() -> None:
    same = application("frmss", "grant", row(), row())
    assert codes(same) == [(2, "snils", "duplicate_row", "error")]
    other = application(
        "frmss", "grant", row(role="Администратор МО"), row(role="Медицинский работник")
    )
    assert codes(other) == []


@pytest.mark.parametrize(
    ("system", "level"),
    [
        ("frmss", "error"),
        ("orph", "error"),
        ("vimis-onko", "error"),
        ("frmr", "error"),
        ("rs-tmk", "warning"),
        ("frllo", "warning"),
        ("ipra", "warning"),
    ],
)
def test_an_address_belongs_to_one_person(system: str, level: str) -> None:
    shared = application(system, "grant", row(0), row(1, email="WORKER0@prb.example "))
    defect = found(shared)[0]
    assert (defect.row, defect.field, defect.code, defect.level) == (
        2,
        "email",
        "email_not_unique",
        level,
    )
    assert "Петрова А.И." in defect.message


def test_an_address_claimed_elsewhere_is_an_error_that_names_nobody() -> None:
    mine = application("frmss", "grant", row())
    held = Facts(email_owners={"worker0@prb.example": "30044036800"})
    defect = found(mine, held)[0]
    assert (defect.code, defect.level) == ("email_not_unique", "error")
    assert "300" not in defect.message
    assert codes(mine, Facts(email_owners={"worker0@prb.example": "11223344595"})) == []


def test_another_name_under_a_known_snils_warns_and_offers_both_ways() -> None:
    known = Facts(names={"11223344595": PersonName("Смирнова", "Анна", "Ивановна")})
    defect = found(application("frmss", "grant", row()), known)[0]
    assert (defect.row, defect.code, defect.level) == (1, "name_differs", "warning")
    assert "Смирнова" not in defect.message
    assert "сменилась фамилия" in defect.message
    assert "описка" in defect.message
    same = Facts(names={"11223344595": PersonName("ПЕТРОВА", "Анна", "Ивановна")})
    assert codes(application("frmss", "grant", row()), same) == []


def test_prerequisites_warn_only_where_something_is_known() -> None:
    vimis = application("vimis-onko", "grant")
    assert codes(vimis) == []
    nothing = Facts(attested={}, prerequisites=catalogue().region.prerequisites)
    assert {d.level for d in found(vimis, nothing)} == {"warning"}
    assert len(found(vimis, nothing)) == 2
    done = Facts(attested={"11223344595": frozenset({"esia", "gosuslugi"})})
    assert codes(vimis, done) == []
    assert codes(application("vimis-onko", "revoke"), nothing) == []


def test_the_organisation_answers_its_columns_or_is_named_as_missing() -> None:
    bare = replace(application("orph", "grant"), organization=Organization(), signatory=Signatory())
    missing = {d.field for d in found(bare) if d.code == "required"}
    assert missing == {
        "organization.full_name",
        "organization.short_name",
        "organization.oid",
        "organization.subject_rf",
        "signatory.position",
        "signatory.name",
    }


def test_a_row_may_answer_an_organisations_column_itself() -> None:
    rows = (
        row(
            org_full_name="Больница",
            org_short_name="Б",
            org_oid="1.2.643.5.1.13.13.12.2.47.1",
            subject_rf="Ленинградская область",
        ),
    )
    assert codes(replace(application("orph", "grant", *rows), organization=Organization())) == []


def test_a_units_oid_is_refused_where_the_organisations_is_wanted() -> None:
    unit = replace(ORGANIZATION, oid="1.2.643.5.1.13.13.12.2.47.4821.0.107531")
    defect = found(replace(application("orph", "grant"), organization=unit))[0]
    assert (defect.field, defect.code, defect.fix) == (
        "organization.oid",
        "oid_unit",
        ORGANIZATION.oid,
    )


def test_the_authors_phone_and_address_warn_where_the_page_does_not_carry_them() -> None:
    vague = Author("Малахова Е.Ю.", "Секретарь", "...", "...")
    given = replace(application("frmss", "grant"), author=vague)
    assert {(d[1], d[3]) for d in codes(given)} == {
        ("author.phone", "warning"),
        ("author.email", "warning"),
    }
    cover = Application("appendix-02", None, "cover", ORGANIZATION, author=vague)
    errors = {d[1] for d in codes(cover) if d[3] == "error"}
    assert {"fields.author_phone", "fields.author_email"} <= errors


def test_an_unknown_subject_of_the_federation_warns_with_the_nearest_name() -> None:
    strange = replace(ORGANIZATION, subject_rf="Ленинградская обл")
    defect = found(replace(application("orph", "grant"), organization=strange))[0]
    assert (defect.code, defect.level, defect.fix) == (
        "subject_rf",
        "warning",
        "Ленинградская область",
    )


def test_an_empty_application_and_one_over_200_rows_are_refused() -> None:
    assert (None, "rows", "no_rows", "error") in codes(
        replace(application("frmss", "grant"), rows=())
    )
    many = replace(application("rs-tmk", "grant"), rows=tuple(row() for _ in range(201)))
    assert (None, "rows", "over_length", "error") in codes(many)


def test_every_message_is_a_russian_sentence() -> None:
    spoiled = application(
        "frmss", "grant", row(last_name="", snils="1", email="a@", work_phone="5", role="x")
    )
    for defect in found(spoiled):
        assert defect.message[0].isupper() or defect.message[0] == "«"
        assert defect.message.endswith((".", "»"))


@pytest.mark.parametrize("system", ["rs-ssz", "rs-tmk", "vimis-onko", "orph"])
def test_the_parts_of_a_whole_name_are_read_like_columns_of_their_own(system: str) -> None:
    """App. 3, 4, 5, 12 and 14 print the whole name in one cell."""
    filled = application(system, "grant", row() | {"last_name": "Cоколов"})  # a Latin C
    assert (1, "last_name", "homoglyph", "error") in codes(filled)


def test_a_look_alike_letter_is_told_once() -> None:
    filled = application("frmss", "grant", row() | {"last_name": "Cоколов"})
    assert [c for c in codes(filled) if c[1] == "last_name"] == [
        (1, "last_name", "homoglyph", "error")
    ]
