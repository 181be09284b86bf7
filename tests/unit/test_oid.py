"""OID of an organisation against that of a unit (domain D)."""

from __future__ import annotations

import pytest

from accessflow.domain.oid import Oid, check_region, read, read_any

ROOT = "1.2.643.5.1.13.13.12"


@pytest.mark.parametrize(
    "tail", ["1.42.202", "1.77.87", "2.16.1080", "3.45.167", "4.77.4", "4.52.55", "2.4.313"]
)
def test_the_oid_of_an_organisation_is_taken(tail: str) -> None:
    oid = read(f"{ROOT}.{tail}").value
    assert oid == Oid(f"{ROOT}.{tail}")
    assert not oid.is_unit
    assert oid.parent is None


@pytest.mark.parametrize(
    ("unit", "organisation"),
    [("2.77.7831.0.107531", "2.77.7831"), ("2.51.4977.0.2787.2107", "2.51.4977")],
)
def test_the_oid_of_a_unit_is_refused_and_its_organisation_is_offered(
    unit: str, organisation: str
) -> None:
    reading = read(f"{ROOT}.{unit}")
    assert reading.value is None
    assert [(f.code, f.fix) for f in reading.flaws] == [("oid_unit", f"{ROOT}.{organisation}")]


def test_a_unit_is_taken_where_a_unit_is_wanted() -> None:
    oid = read_any(f"{ROOT}.2.77.7831.0.107531").value
    assert oid is not None
    assert oid.is_unit
    assert oid.parent == Oid(f"{ROOT}.2.77.7831")


@pytest.mark.parametrize(
    "text",
    [
        f"{ROOT}.5.47.4821",
        f"{ROOT}.0.47.4821",
        f"{ROOT}.2.147.4821",
        f"{ROOT}.2.0.4821",
        f"{ROOT}.2.47.4821234",
        f"{ROOT}.2.47",
        f"{ROOT}.2.47.4821.1.5",
        f"{ROOT}.2.47.4821.0",
        "1.2.643.5.1.13.13.11.2.47.4821",
        f"{ROOT}.2.47.48З1",
        "4821",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    reading = read(text)
    assert reading.value is None
    assert [flaw.code for flaw in reading.flaws] == ["oid"]


@pytest.mark.parametrize(
    "text", [f"{ROOT}.2.047.4821", f"{ROOT}.2.47.4821.", ROOT.replace(".", ",") + ",2,47,4821"]
)
def test_a_slip_of_the_hand_is_refused_with_the_right_oid_offered(text: str) -> None:
    assert [(f.code, f.fix) for f in read(text).flaws] == [("oid", f"{ROOT}.2.47.4821")]


def test_blanks_and_the_urn_prefix_do_not_matter() -> None:
    assert read(f" urn:oid:{ROOT}.2. 47.4821 ").value == Oid(f"{ROOT}.2.47.4821")


def test_another_region_only_warns() -> None:
    flaw = check_region(Oid(f"{ROOT}.2.77.7831"), 47)
    assert flaw is not None
    assert (flaw.code, flaw.level) == ("oid_region", "warning")
    assert "77" in flaw.message
    assert check_region(Oid(f"{ROOT}.2.47.4821"), 47) is None


def test_an_empty_one_is_asked_for() -> None:
    assert [flaw.code for flaw in read("").flaws] == ["required"]
