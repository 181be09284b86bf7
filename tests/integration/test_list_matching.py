"""Rows of a list find their people: by СНИЛС, else by name with a person's confirmation."""

from __future__ import annotations

from datetime import date
from typing import cast

import pytest

from accessflow.db.session import Database
from accessflow.db.tables import Employment
from accessflow.forms.sheets.listing import ListRow
from accessflow.forms.sheets.staff import StaffSheet
from accessflow.services.list_matching import BY_INITIALS, BY_NAME, Matched, match
from tests.request_examples import House, house

TODAY = date(2026, 11, 23)


@pytest.fixture
def ours(db: Database) -> House:
    return house(db)


def row(name: str, digits: str = "", **values: str) -> ListRow:
    last, first, middle = [*name.split(), "", "", ""][:3]
    told = {"last_name": last, "first_name": first, "middle_name": middle, **values}
    if digits:
        told["snils"] = f"{digits[:3]}-{digits[3:6]}-{digits[6:9]} {digits[9:]}"
    return ListRow(5, {k: v for k, v in told.items() if v}, (), cast(StaffSheet, None))


def found(ours: House, one: ListRow) -> Matched:
    with ours.db.read() as session:
        [matched] = match(session, ours.organization, [one], TODAY)
        return matched


def ids(matched: Matched) -> list[int]:
    return [job.id for job in matched.jobs]


def test_number_and_name_together_are_sure(ours: House) -> None:
    job = ours.hire("Фёдорова Анна Ивановна")
    matched = found(ours, row("Федорова Анна Ивановна", ours.snils(job)))
    assert (matched.how, ids(matched), matched.why) == ("sure", [job], "")


@pytest.mark.parametrize("told", ["", "Петрова"])
def test_a_number_with_initials_or_no_name_beside_it_is_sure(ours: House, told: str) -> None:
    job = ours.hire("Петрова Анна Ивановна")
    values = {"initials": "А.И."} if told else {}
    matched = found(ours, row(told, ours.snils(job), **values))
    assert (matched.how, ids(matched)) == ("sure", [job])


def test_another_name_under_the_number_is_to_be_confirmed(ours: House) -> None:
    job = ours.hire("Петрова Анна Ивановна")
    matched = found(ours, row("Сидорова Анна Ивановна", ours.snils(job)))
    assert (matched.how, ids(matched)) == ("confirm", [job])


def test_without_a_number_the_name_is_to_be_confirmed(ours: House) -> None:
    job = ours.hire("Петрова Анна Ивановна")
    ours.hire("Петрова Анна Петровна")
    matched = found(ours, row("Петрова Анна Ивановна"))
    assert (matched.how, ids(matched), matched.why) == ("confirm", [job], BY_NAME)


def test_initials_find_their_people_and_several_are_chosen_from(ours: House) -> None:
    one = ours.hire("Петрова Анна Ивановна")
    initials = row("Петрова", initials="А.И.")
    matched = found(ours, initials)
    assert (matched.how, ids(matched), matched.why) == ("confirm", [one], BY_INITIALS)
    other = ours.hire("Петрова Алла Игоревна")
    matched = found(ours, initials)
    assert (matched.how, set(ids(matched)), matched.job) == ("choose", {one, other}, None)


def test_the_number_of_personnel_tells_namesakes_apart(ours: House) -> None:
    ours.hire("Петрова Анна Ивановна", personnel_no="00041")
    job = ours.hire("Петрова Анна Ивановна", personnel_no="42")
    matched = found(ours, row("Петрова Анна Ивановна", personnel_no="00042"))
    assert (matched.how, ids(matched)[0]) == ("confirm", job)


def test_the_job_held_on_the_day_comes_before_one_that_ended(ours: House) -> None:
    ended = ours.hire("Петрова Анна Ивановна", until=date(2020, 1, 1))
    digits = ours.snils(ended)
    with ours.db.write() as session:
        old = session.get_one(Employment, ended)
        session.add(
            Employment(
                person_id=old.person_id, organization_id=ours.organization, position="Медсестра"
            )
        )
    matched = found(ours, row("Петрова Анна Ивановна", digits))
    assert (matched.how, ids(matched)[1]) == ("sure", ended)


def test_nobody_of_another_organisation_is_found(ours: House, db: Database) -> None:
    theirs = house(db)
    job = theirs.hire("Петрова Анна Ивановна")
    for one in (row("Петрова Анна Ивановна", theirs.snils(job)), row("Петрова Анна Ивановна")):
        matched = found(ours, one)
        assert (matched.how, matched.jobs) == ("nobody", ())
        assert matched.why.startswith("Такого сотрудника")


def test_a_name_with_signs_of_a_pattern_matches_nothing_else(ours: House) -> None:
    ours.hire("Петрова Анна Ивановна")
    assert found(ours, row("П% Анна Ивановна")).how == "nobody"
