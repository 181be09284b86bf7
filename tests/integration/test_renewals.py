"""Rights with a term: from the row to the ledger, reminded of three times, renewed or let go."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from accessflow.db.tables import Grant, Letter, Reminder, Request
from accessflow.documents import build
from accessflow.documents.model import DocumentModel, Table
from accessflow.domain.errors import Invalid, NotFound
from accessflow.services import renewal_reminders, renewals, renewing, sending
from accessflow.services.applications import check_of
from accessflow.services.clock import MOSCOW
from accessflow.services.renewals import Filter
from accessflow.workflow.decide import RowDecision
from tests.dismissal_examples import Staff
from tests.request_examples import another, house

TODAY = date(2026, 11, 23)  # a Monday


@pytest.fixture
def backend() -> str:
    """What it asks of the database is the same in both but for one INSERT, tested by itself."""
    return "sqlite"


def given_until(staff: Staff, day: date, system: str = "frmss") -> int:
    """The id of a right that ends then, of somebody new."""
    job = staff.hire(system)
    with staff.db.write() as session:
        grant = session.scalars(select(Grant).where(Grant.employment_id == job)).one()
        grant.expires_on = day
        return grant.id


def rows(staff: Staff, **narrowed: Any) -> list[int]:
    with staff.db.read() as session:
        query = renewals.listed(staff.actor, Filter(**narrowed), TODAY)
        return [grant.id for grant in session.scalars(query.order_by(Grant.id))]


def call(staff: Staff) -> dict[str, Any]:
    life_ = staff.life
    return {"actor": staff.actor, "now": life_.now, "catalogue": life_.catalogue}


def fire(staff: Staff, at: datetime) -> int:
    return renewal_reminders.fire_due(staff.db, catalogue=staff.life.catalogue, now=at)


def morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, 0, tzinfo=MOSCOW)


def letters(staff: Staff) -> list[Letter]:
    with staff.db.read() as session:
        query = select(Letter).where(Letter.kind == "expiring").order_by(Letter.id)
        return list(session.scalars(query))


def test_a_term_on_the_row_reaches_the_ledger_and_no_page(staff: Staff) -> None:
    made = staff.life.draft()
    with staff.db.write() as session:
        row = session.get_one(Request, made).rows[0]
        row.answers = {**row.answers, "expires_on": "31.12.2027"}
    staff.life.ready(made)
    with staff.db.read() as session:
        check = check_of(session, staff.life.catalogue, session.get_one(Request, made))
        page = build.build(check, staff.life.catalogue.region)
    assert "expires_on" not in {column.key for column in _table(page).columns}
    staff.life.act(made, "send")
    staff.life.act(made, "take", "miac_specialist")
    staff.life.act(
        made, "decide", "miac_specialist",
        rows=[RowDecision(row_id, "granted") for row_id in staff.life.row_ids(made)],
    )  # fmt: skip
    with staff.db.read() as session:
        [grant] = session.scalars(select(Grant))
        assert grant.expires_on == date(2027, 12, 31)


def _table(page: DocumentModel) -> Table:
    return next(block for block in page.blocks if isinstance(block, Table))


@pytest.mark.parametrize(
    ("typed", "code"), [("01.11.2026", "expires_on"), ("скоро", "date"), ("23.11.2026", "")]
)
def test_a_term_that_is_over_or_none_at_all_is_not_sent(
    staff: Staff, typed: str, code: str
) -> None:
    made = staff.life.ready(staff.life.draft())
    with staff.db.write() as session:
        request = session.get_one(Request, made)
        request.rows[0].answers = {**request.rows[0].answers, "expires_on": typed}
        session.flush()
        found = sending.missing(session, staff.life.catalogue, request, TODAY)
    assert [one.code for one in found] == ([code] if code else [])


def test_what_runs_out_is_told_thirty_fourteen_and_three_days_ahead_once_each(
    staff: Staff,
) -> None:
    given_until(staff, date(2026, 12, 30))
    days = [TODAY + timedelta(days=n) for n in range(60)]
    told = [day for day in days if sum(fire(staff, morning(day)) for _ in range(3))]
    # 30.11 is a Monday; 16.12 a Wednesday; 27.12 a Sunday, told on Monday the 28th.
    assert told == [date(2026, 11, 30), date(2026, 12, 16), date(2026, 12, 28)]
    assert [letter.to for letter in letters(staff)] == [["sekretar@prb.example"]] * 3
    assert "до 30.12.2026, осталось 30 дней" in letters(staff)[0].text
    assert "осталось 2 дня" in letters(staff)[2].text


def test_nothing_is_told_before_nine_nor_on_a_day_off(staff: Staff) -> None:
    given_until(staff, TODAY + timedelta(days=2))
    assert fire(staff, morning(TODAY) - timedelta(minutes=1)) == 0
    assert fire(staff, morning(TODAY - timedelta(days=1))) == 0
    assert fire(staff, morning(TODAY)) == 1


def test_of_many_stages_missed_the_nearest_alone_is_told(staff: Staff) -> None:
    given_until(staff, TODAY + timedelta(days=3))
    assert fire(staff, morning(TODAY)) == 1
    with staff.db.read() as session:
        kinds = session.scalars(select(Reminder.kind).where(Reminder.entity == "grant")).all()
    assert kinds == ["expiring_3"]


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_many_rights_of_one_organisation_are_one_letter(staff: Staff) -> None:
    for n in range(3):
        given_until(staff, TODAY + timedelta(days=10 + n))
    assert fire(staff, morning(TODAY)) == 1
    [letter] = letters(staff)
    assert letter.subject == "Истекают доступы: 3, первый 03.12.2026"
    assert fire(staff, morning(TODAY)) == 0


def test_renewing_asks_for_the_same_until_another_day_a_system_an_application(
    staff: Staff,
) -> None:
    soon = TODAY + timedelta(days=5)
    grants = [given_until(staff, soon, system) for system in ("frmss", "frmss", "rmo")]
    until = date(2027, 12, 31)
    made = renewing.renew(staff.db, grant_ids=grants, until=until, **call(staff))
    with staff.db.read() as session:
        found = [session.get_one(Request, request_id) for request_id in made]
        assert [(r.system, r.row_count) for r in found] == [("frmss", 2), ("rmo", 1)]
        assert {row.answers["expires_on"] for r in found for row in r.rows} == {"31.12.2027"}
    assert fire(staff, morning(TODAY)) == 0  # asked for already
    with pytest.raises(Invalid, match="уже подано"):
        renewing.renew(staff.db, grant_ids=grants, until=until, **call(staff))


def test_a_renewed_right_stays_one_right_with_its_new_term(staff: Staff) -> None:
    grant = given_until(staff, TODAY + timedelta(days=5))
    renewing.let_go(staff.db, grant_ids=[grant], **call(staff))
    until = date(2027, 12, 31)
    [made] = renewing.renew(staff.db, grant_ids=[grant], until=until, **call(staff))
    staff.life.attest(made)
    staff.life.ready(made)
    staff.life.act(made, "send")
    staff.life.act(made, "take", "miac_specialist")
    staff.life.act(
        made, "decide", "miac_specialist",
        rows=[RowDecision(row_id, "granted") for row_id in staff.life.row_ids(made)],
    )  # fmt: skip
    with staff.db.read() as session:
        [held] = session.scalars(select(Grant).where(Grant.voided_at.is_(None)))
    assert (held.expires_on, held.until, held.no_renewal) == (until, None, False)


@pytest.mark.parametrize(
    ("until", "words"),
    [
        (None, "Впишите"),
        (TODAY, "уже наступил"),
        (TODAY + timedelta(days=5), "срок и так до 28.11.2026"),
    ],
)
def test_a_renewal_needs_a_later_day(staff: Staff, until: date | None, words: str) -> None:
    grant = given_until(staff, TODAY + timedelta(days=5))
    with pytest.raises(Invalid, match=words):
        renewing.renew(staff.db, grant_ids=[grant], until=until, **call(staff))


def test_what_is_let_go_is_neither_listed_nor_told_and_can_be_taken_back(staff: Staff) -> None:
    grant = given_until(staff, TODAY + timedelta(days=3))
    over = given_until(staff, TODAY - timedelta(days=3))
    assert renewing.let_go(staff.db, grant_ids=[grant], **call(staff)) == 1
    assert (rows(staff), rows(staff, tab="left"), rows(staff, tab="over")) == ([], [grant], [over])
    assert fire(staff, morning(TODAY)) == 0
    renewing.let_go(staff.db, grant_ids=[grant], renew=True, **call(staff))
    assert rows(staff) == [grant]


def test_what_is_not_renewed_is_taken_away_by_the_right_form(staff: Staff) -> None:
    grants = [given_until(staff, TODAY, "frmss"), given_until(staff, TODAY, "frllo")]
    made = renewing.take_away(staff.db, grant_ids=grants, **call(staff))
    with staff.db.read() as session:
        forms = {session.get_one(Request, request_id).form for request_id in made}
    assert forms == {"appendix-08", "appendix-12"}
    with pytest.raises(Invalid, match="уже подан"):
        renewing.take_away(staff.db, grant_ids=grants, **call(staff))


def test_another_organisation_neither_sees_nor_renews_it(staff: Staff) -> None:
    grant = given_until(staff, TODAY + timedelta(days=5))
    stranger = another(staff.db, "secretary", house(staff.db).organization)
    theirs = {**call(staff), "actor": stranger}
    with staff.db.read() as session:
        assert list(session.scalars(renewals.listed(stranger, Filter(), TODAY))) == []
    with pytest.raises(NotFound):
        renewing.let_go(staff.db, grant_ids=[grant], **theirs)


def test_the_list_is_narrowed_by_name_system_and_days(staff: Staff) -> None:
    near = given_until(staff, TODAY + timedelta(days=5))
    far = given_until(staff, TODAY + timedelta(days=200), "rmo")
    assert rows(staff) == [near]
    assert rows(staff, days=365) == [near, far]
    assert rows(staff, days=365, system="rmo") == [far]
    assert rows(staff, query="ПЕТРОВА анна") == [near]
    assert rows(staff, query="Сидоров") == []
