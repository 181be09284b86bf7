"""The shipped catalogue against the reference, string by string."""

from __future__ import annotations

from typing import Any

import pytest

from accessflow.catalogue.describe import forms, systems
from tests.catalogue_examples import catalogue, regulation


def squeezed(value: Any) -> Any:
    if isinstance(value, str):
        return "".join(value.split())
    if isinstance(value, list):
        return [squeezed(item) for item in value]
    if isinstance(value, dict):
        return {key: squeezed(item) for key, item in value.items()}
    return value


FORMS = {form["slug"]: form for form in forms(catalogue())}
SYSTEMS = {system["slug"]: system for system in systems(catalogue())}


@pytest.mark.parametrize("number", sorted(regulation()["forms"]))
def test_a_form_has_the_wording_of_its_appendix(number: str) -> None:
    source = regulation()["forms"][number]
    form = FORMS[f"appendix-{int(number):02d}"]
    assert squeezed(form["title"]) == squeezed(source["title"])
    assert squeezed(form["columns"]) == squeezed(source.get("cols") or source["rows"])
    assert squeezed(form["footnotes"]) == squeezed(source["footnotes"])
    assert squeezed(form["roles"]) == squeezed(source["roles"])
    assert form["orientation"] == source["orient"]
    assert form["actions"] == source["action"]


def test_the_act_has_the_wording_of_the_bulletin() -> None:
    source = regulation()["act"]
    form = FORMS["emd-act"]
    assert form["title"] == source["title"]
    assert form["columns"] == source["cols"]
    assert form["orientation"] == source["orient"]


@pytest.mark.parametrize("source", regulation()["systems"], ids=lambda s: s["slug"])
def test_a_system_stands_as_in_the_tables(source: dict[str, Any]) -> None:
    system = SYSTEMS[source["slug"]]
    assert system["name"] == source["name"]
    assert (system["table"], system["number"]) == (source["table"], source["no"])
    assert (system["url"], system["ip"]) == (source["url"], source["ip"])
    assert system["status"] == source["status"]
    assert system["grant_form"] == f"appendix-{source['grant']:02d}"
    assert system["revoke_form"] == f"appendix-{source['revoke']:02d}"
    assert system["revoke_inferred"] == source["revoke_inferred"]
    assert system["roles"] == source["roles"]
    assert system["recipients"] == source["recipients"]


def test_there_are_no_other_systems_or_appendices() -> None:
    assert list(SYSTEMS) == [s["slug"] for s in regulation()["systems"]]
    numbers = {int(n) for n in regulation()["forms"]}
    assert {f["number"] for f in FORMS.values()} - {None} == numbers


def test_a_stage_after_miac_has_its_own_recipients() -> None:
    outbound = next(s["outbound"] for s in regulation()["systems"] if "outbound" in s)
    assert SYSTEMS["vimis-akineo"]["outbound"] == {"to": outbound["to"], "cc": outbound["cc"]}


def test_routes_regions_and_calendar_are_the_references() -> None:
    region = catalogue().region
    for slug, route in regulation()["routes"].items():
        assert list(region.routes[slug].to) == route["to"]
        assert list(region.routes[slug].cc) == route.get("cc", [])
    known = [{"code": s.code, "name": s.name, "alt": s.alt} for s in region.subjects]
    assert known == regulation()["regions"]
    for year, days in regulation()["calendar"].items():
        mine = catalogue().calendar[int(year)]
        assert sorted(d.isoformat() for d in mine.nonworking) == days["nonworking_weekdays"]
        assert sorted(d.isoformat() for d in mine.working) == days["working_weekends"]
        assert sorted(d.isoformat() for d in mine.short) == days["short_days"]


def test_every_role_has_an_explanation_and_the_systems_roles_are_the_forms() -> None:
    for system in catalogue().systems.values():
        roles = catalogue().roles_of(system, catalogue().form(system.grant_form))
        assert [role.name for role in roles] == list(system.roles)
        assert all(role.explanation.strip() for role in roles)
