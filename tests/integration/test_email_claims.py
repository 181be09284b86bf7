"""An address belongs to one СНИЛС for good; of two browsers at once only one wins (R34)."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from accessflow.db.session import Database
from accessflow.db.tables import EmailClaim
from accessflow.domain.errors import Conflict
from accessflow.services.applications import find, form_of
from accessflow.services.claims import claim_emails
from tests.catalogue_examples import catalogue
from tests.factories import NOON
from tests.request_examples import House, house

ADDRESS = "petrova@prb.example"


def claim(ours: House, request_id: int) -> None:
    with ours.db.write() as session:
        request = find(session, ours.actor, request_id)
        claim_emails(session, request, spec=form_of(catalogue(), request), now=NOON)


def holders(db: Database) -> dict[str, str]:
    with db.read() as session:
        return {claim.email: claim.snils for claim in session.scalars(select(EmailClaim))}


def test_an_address_is_claimed_for_whoever_sends_first(db: Database) -> None:
    ours, theirs = house(db), house(db)
    employment = ours.hire(email="Petrova@PRB.example")
    [first] = ours.make("frmss", people=(employment,))
    [second] = theirs.make("rmo", people=(theirs.hire("Ким Ольга Ильинична", email=ADDRESS),))
    claim(ours, first)
    with pytest.raises(Conflict) as refused:
        claim(theirs, second)
    assert holders(db) == {ADDRESS: ours.snils(employment)}
    assert "Строка 1" in refused.value.message
    assert ADDRESS in refused.value.message
    assert not any(name in refused.value.message for name in ("Петрова", "Анна", "Учебная"))


def test_the_same_person_may_use_the_address_again_anywhere(db: Database) -> None:
    ours, theirs = house(db), house(db)
    digits = "11223344595"
    [first] = ours.make("frmss", people=(ours.hire(email=ADDRESS, digits=digits),))
    claim(ours, first)
    claim(ours, first)
    employment = theirs.hire(email=ADDRESS)
    [second] = theirs.make("smp", people=(employment,))
    with db.write() as session:
        find(session, theirs.actor, second).rows[0].snils = digits
    claim(theirs, second)
    assert holders(db) == {ADDRESS: digits}


@pytest.mark.parametrize("system", ["rs-tmk", "frllo", "lenmedstat"])
def test_forms_that_only_warn_let_a_shared_address_pass(db: Database, system: str) -> None:
    ours, theirs = house(db), house(db)
    employment = ours.hire(email=ADDRESS)
    [first] = ours.make("frmss", people=(employment,))
    [second] = theirs.make(system, people=(theirs.hire("Ким Ольга Ильинична", email=ADDRESS),))
    claim(ours, first)
    claim(theirs, second)
    assert holders(db) == {ADDRESS: ours.snils(employment)}


def test_an_address_first_sent_on_a_form_that_warns_is_claimed_too(db: Database) -> None:
    ours = house(db)
    [warned] = ours.make("frllo", people=(ours.hire(email=ADDRESS),))
    [strict] = ours.make("frmss", people=(ours.hire("Ким Ольга Ильинична", email=ADDRESS),))
    claim(ours, warned)
    with pytest.raises(Conflict):
        claim(ours, strict)


def test_a_form_without_addresses_claims_none(db: Database) -> None:
    ours = house(db)
    [first] = ours.make("frllo", people=(ours.hire(email=ADDRESS),), action="revoke")
    claim(ours, first)
    assert holders(db) == {}


def test_two_people_of_one_application_cannot_share_an_address(db: Database) -> None:
    ours = house(db)
    people = (ours.hire(email=ADDRESS), ours.hire("Ким Ольга Ильинична", email=ADDRESS))
    [first] = ours.make("frmss", people=people)
    with pytest.raises(Conflict, match="Строка 2"):
        claim(ours, first)
    assert holders(db) == {}


def test_of_two_transactions_at_once_one_wins_and_the_other_is_told(db: Database) -> None:
    """Each on its own connection, let go at one moment."""
    ours, theirs = house(db), house(db)
    mine, yours = ours.hire(email=ADDRESS), theirs.hire("Ким Ольга Ильинична", email=ADDRESS)
    drafts = [
        (ours, ours.make("frmss", people=(mine,))[0]),
        (theirs, theirs.make("frmss", people=(yours,))[0]),
    ]
    outcomes = at_once(drafts)
    assert sorted(outcomes) == ["claimed", "refused"]
    winner = (ours, mine) if outcomes[0] == "claimed" else (theirs, yours)
    assert holders(db) == {ADDRESS: winner[0].snils(winner[1])}


def test_two_transactions_with_the_same_addresses_do_not_lock_each_other_out(db: Database) -> None:
    ours = house(db)
    addresses = [f"a{n}@prb.example" for n in range(5)]
    people = [ours.hire(email=address) for address in addresses]
    there = ours.make("frmss", people=tuple(people))[0]
    back = ours.make("rmo", people=tuple(reversed(people)))[0]
    assert at_once([(ours, there), (ours, back)]) == ["claimed", "claimed"]
    assert sorted(holders(db)) == addresses


def at_once(drafts: list[tuple[House, int]]) -> list[str]:
    """Claims in as many threads; all wait at the barrier before their transactions begin."""
    outcomes = [""] * len(drafts)
    barrier = threading.Barrier(len(drafts))

    def run(number: int, ours: House, request_id: int) -> None:
        barrier.wait(timeout=30)
        try:
            claim(ours, request_id)
        except Conflict:
            outcomes[number] = "refused"
        else:
            outcomes[number] = "claimed"

    threads = [
        threading.Thread(target=run, args=(number, *draft)) for number, draft in enumerate(drafts)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes


def test_a_claim_waits_for_the_one_before_it_and_then_meets_it(db: Database) -> None:
    """The first has claimed but not committed when the second comes."""
    ours, theirs = house(db), house(db)
    [first] = ours.make("frmss", people=(ours.hire(email=ADDRESS),))
    [second] = theirs.make("frmss", people=(theirs.hire("Ким Ольга Ильинична", email=ADDRESS),))
    outcome: list[str] = []

    def late() -> None:
        try:
            claim(theirs, second)
        except Conflict:
            outcome.append("refused")
        else:
            outcome.append("claimed")

    other = threading.Thread(target=late)
    with db.write() as session:
        request = find(session, ours.actor, first)
        claim_emails(session, request, spec=form_of(catalogue(), request), now=NOON)
        other.start()
        other.join(timeout=0.3)
        assert outcome == []  # it waits
    other.join(timeout=30)
    assert outcome == ["refused"]
