"""What is called by where it was passed on: never СТП ЕГИСЗ where somebody else has it."""

from __future__ import annotations

import pytest

from accessflow.services import whereabouts
from tests.catalogue_examples import catalogue


@pytest.mark.parametrize(
    ("forwarded_to", "label", "whose"),
    [
        ("СТП ЕГИСЗ", "В СТП ЕГИСЗ", "СТП ЕГИСЗ"),
        ("egisz@stp-egisz.ru", "В СТП ЕГИСЗ", "СТП ЕГИСЗ"),
        ("поддержка АКиНЕО (vimis-akineo@rt-eu.ru)", "В поддержке АКиНЕО", "поддержкой АКиНЕО"),
        ("vimis-akineo@rt-eu.ru", "В поддержке АКиНЕО", "поддержкой АКиНЕО"),
        ("Минздрав", "Передана: Минздрав", "владельцем системы"),
        ("ГКУ «ОЭП» (help@oep.example)", "Передана: ГКУ «ОЭП»", "владельцем системы"),
        ("ГКУ, help@owner.example", "Передана: ГКУ", "владельцем системы"),
        ("help@owner.example", "Передана: help@owner.example", "владельцем системы"),
        ("Владельцу очень длинно названной системы", "Передана: Владельцу очень длинн…",
         "владельцем системы"),
        ("", "Передана дальше", "владельцем системы"),
    ],
)  # fmt: skip
def test_it_is_called_by_where_it_is(forwarded_to: str, label: str, whose: str) -> None:
    assert whereabouts.label_of("forwarded", forwarded_to) == label
    assert len(label) <= whereabouts.LONGEST
    assert whereabouts.whose_move(forwarded_to) == whose


def test_elsewhere_the_state_says_it_all() -> None:
    assert whereabouts.label_of("in_review", "СТП ЕГИСЗ") == "На рассмотрении"


def test_known_addresses_are_named() -> None:
    known = whereabouts.named(catalogue(), ("vimis-akineo@rt-eu.ru",))
    assert known == "поддержка АКиНЕО (vimis-akineo@rt-eu.ru)"
    assert whereabouts.named(catalogue(), ("a@b.example", "c@d.example")) == (
        "a@b.example, c@d.example"
    )
