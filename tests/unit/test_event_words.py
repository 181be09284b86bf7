"""The timeline has words for whatever a service writes into it."""

from __future__ import annotations

import re

import pytest

from accessflow.web.event_words import EVENTS
from tests.support.repository import ROOT

WRITTEN = re.compile(r'(?:\baction=|_event\(session, actor, now, request, )"(\w+)"')
SERVICES = sorted((ROOT / "accessflow" / "services").glob("*.py"))


def written() -> set[str]:
    return {name for file in SERVICES for name in WRITTEN.findall(file.read_text("utf-8"))}


def test_what_services_write_is_found_at_all() -> None:
    assert {"print", "scan", "note"} <= written()


@pytest.mark.parametrize("action", sorted(written()))
def test_an_event_has_a_title_an_icon_and_a_colour(action: str) -> None:
    title, icon, colour = EVENTS[action]
    assert re.match("[А-ЯЁ]", title)
    assert icon
    assert colour in ("ok", "info", "warn", "danger", "ext", "mute")
