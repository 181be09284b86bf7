"""Rights follow from what was told of them, however it arrives."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from accessflow.workflow.holding import Span, Told, fold, role_key

FIRST = date(2026, 11, 1)
ROLES = ("Администратор МО", "Медицинский работник", "")


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def opened(number: int, on: int, role: str = ROLES[0], expires: int | None = None) -> Told:
    return Told(number, "open", role, day(on), None if expires is None else day(expires))


def closed(number: int, on: int, role: str = "") -> Told:
    return Told(number, "close", role, day(on))


@st.composite
def tellings(draw: st.DrawFn, *, same_days: bool = True) -> list[Told]:
    """Up to a dozen entries in the order in which they arrive."""
    days = draw(st.lists(st.integers(0, 20), max_size=12, unique=not same_days))
    return [
        Told(
            number,
            "open" if draw(st.booleans()) else "close",
            draw(st.sampled_from(ROLES)),
            day(on),
        )
        for number, on in enumerate(days, 1)
    ]


def shape(spans: tuple[Span, ...]) -> list[tuple[str, date, date | None]]:
    return sorted((s.role, s.since, s.until) for s in spans if s.since != s.until)


def touches(told: Told, role: str) -> bool:
    if told.kind == "open":
        return told.role == role
    return told.role in ("", role) or not role


def test_a_right_is_held_from_its_day_until_the_day_of_its_revocation() -> None:
    [span] = fold([opened(1, 0), closed(2, 5)])
    assert span == Span(1, ROLES[0], day(0), None, 2, day(5))


def test_a_revocation_that_is_told_first_closes_the_right_told_later() -> None:
    [span] = fold([closed(1, 5), opened(2, 0)])
    assert (span.since, span.until) == (day(0), day(5))


def test_a_right_given_after_the_revocation_is_another_right_and_stays() -> None:
    before, after = fold([opened(1, 0), closed(2, 5), opened(3, 7)])
    assert (before.until, after.since, after.until) == (day(5), day(7), None)


def test_a_change_of_role_in_one_day_leaves_the_new_role() -> None:
    spans = fold([opened(1, 0, ROLES[0]), closed(2, 5, ROLES[0]), opened(3, 5, ROLES[1])])
    assert [s.role for s in spans if s.until is None] == [ROLES[1]]


def test_a_revocation_of_one_role_leaves_the_other() -> None:
    spans = fold([opened(1, 0, ROLES[0]), opened(2, 0, ROLES[1]), closed(3, 5, "администратор мо")])
    assert [(s.role, s.until) for s in spans] == [(ROLES[0], day(5)), (ROLES[1], None)]


def test_a_right_without_a_role_is_closed_by_whatever_role_the_revocation_names() -> None:
    [span] = fold([opened(1, 0, ""), closed(2, 5, "Врач")])
    assert span.until == day(5)


def test_what_is_given_twice_is_one_right_of_the_earlier_and_ends_as_the_later_says() -> None:
    [span] = fold([opened(1, 0, expires=30), opened(2, 20, expires=60)])
    assert (span.opened, span.since, span.expires_on) == (1, day(0), day(60))


def test_without_the_earlier_the_later_holds_the_right() -> None:
    [span] = fold([opened(2, 20)])
    assert (span.opened, span.since) == (2, day(20))


def test_spellings_of_one_role_are_one_role() -> None:
    assert role_key(" Учёт  МО ") == role_key("учет мо")
    assert (
        len(fold([opened(1, 0, "Медицинский работник"), opened(2, 1, "медицинский  работник")]))
        == 1
    )


@given(tellings(same_days=False), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(told: list[Told], random: Random) -> None:
    shuffled = told.copy()
    random.shuffle(shuffled)
    again = [Told(n, t.kind, t.role, t.on) for n, t in enumerate(shuffled, 1)]
    assert shape(fold(again)) == shape(fold(told))


@given(tellings())
def test_each_day_is_held_as_the_last_that_was_told_of_it(told: list[Told]) -> None:
    """Another way to the same: look, for each day, at the last entry that concerns the role."""
    spans = fold(told)
    for role in ROLES:
        for number in range(22):
            on = day(number)
            concerning = [t for t in told if t.on <= on and touches(t, role)]
            last = max(concerning, key=lambda t: (t.on, t.id), default=None)
            held = [
                s for s in spans
                if s.role == role and s.since <= on and (s.until is None or on < s.until)
            ]  # fmt: skip
            assert bool(held) == (last is not None and last.kind == "open")


@given(tellings())
def test_no_right_without_its_entry_and_none_is_closed_twice(told: list[Told]) -> None:
    by_id = {t.id: t for t in told}
    spans = fold(told)
    assert len({s.opened for s in spans}) == len(spans)
    for span in spans:
        assert by_id[span.opened].kind == "open"
        assert (by_id[span.opened].role, by_id[span.opened].on) == (span.role, span.since)
        if span.closed is not None:
            assert by_id[span.closed].kind == "close"
            assert by_id[span.closed].on == span.until
            assert touches(by_id[span.closed], span.role)
    for one, other in combinations(sorted(spans, key=lambda s: s.since), 2):
        if one.role == other.role:
            assert one.until is not None
            assert one.until <= other.since
