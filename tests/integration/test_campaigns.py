"""Recertification: reviewed line by line, revocations made, reminded of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from accessflow.db.session import Database
from accessflow.db.tables import CampaignLine, Change, Grant, Letter, Organization, User
from accessflow.domain.errors import Conflict, Forbidden, NotFound
from accessflow.services import (
    campaign_lines,
    campaign_making,
    campaign_moving,
    campaign_progress,
    campaign_reminders,
    campaign_starting,
    campaigns,
    requests,
)
from accessflow.services.actor import Actor
from accessflow.services.campaign_lines import Chosen, Decided, Filter
from accessflow.services.campaign_moving import Moved
from accessflow.services.campaign_progress import Progress
from accessflow.services.campaign_starting import CampaignData, Reach
from accessflow.services.clock import MOSCOW
from accessflow.services.fields import Refused
from tests.catalogue_examples import catalogue
from tests.dismissal_examples import Staff
from tests.factories import NOON
from tests.life_examples import life
from tests.support.databases import BACKENDS

DUE = "30.11.2026"  # Monday; the office works from 23.11 on


BOTH = pytest.mark.parametrize("backend", BACKENDS, indirect=True)
"""Where the two databases are asked in different words: counts, locks, claims."""


@pytest.fixture
def backend(request: pytest.FixtureRequest) -> str:
    return str(getattr(request, "param", "sqlite"))


@dataclass
class Review:
    """A campaign over the rights of one organisation's people."""

    staff: Staff
    id: int = 0
    jobs: list[int] = field(default_factory=list)

    @property
    def db(self) -> Database:
        return self.staff.db

    @property
    def place(self) -> int:
        return self.staff.life.house.organization

    def actor(self, role: str = "secretary") -> Actor:
        return self.staff.life.actor(role)

    def start(self, role: str = "miac_lead", due: str = DUE, reach: Reach | None = None) -> int:
        self.id = campaign_starting.start(
            self.db, actor=self.actor(role), now=self.staff.life.now, catalogue=catalogue(),
            data=CampaignData("Пересмотр IV", due, reach or Reach()),
        )  # fmt: skip
        return self.id

    def lines(self, **wanted: Any) -> list[int]:
        with self.db.read() as session:
            query = campaign_lines.lines(self.id, self.place, Filter(**wanted))
            return [line.id for line in session.scalars(query).unique()]

    def decide(self, decision: str, *ids: int, role: str = "secretary", **chosen: Any) -> Decided:
        return campaign_lines.decide(
            self.db, actor=self.actor(role), now=self.staff.life.now, catalogue=catalogue(),
            campaign_id=self.id, organization_id=self.place,
            chosen=Chosen(ids, **chosen), decision=decision,
        )  # fmt: skip

    def progress(self) -> Progress:
        with self.db.read() as session:
            return campaign_progress.progress_of(session, self.actor(), self.id, self.place)

    def make(self) -> campaign_making.Made:
        return campaign_making.make(
            self.db, actor=self.actor(), now=self.staff.life.now, catalogue=catalogue(),
            campaign_id=self.id,
        )  # fmt: skip

    def fire(self, at: datetime) -> list[tuple[str, list[str]]]:
        """Kinds and readers of the letters that are written at that moment."""
        with self.db.read() as session:
            before = set(session.scalars(select(Letter.id)))
        campaign_reminders.fire_due(self.db, catalogue=catalogue(), now=at)
        with self.db.read() as session:
            rows = session.scalars(select(Letter).order_by(Letter.id)).all()
            return sorted((row.kind, row.to) for row in rows if row.id not in before)


@pytest.fixture
def review(db: Database, tmp_path: Path) -> Review:
    """Two people with five rights in three systems."""
    staff = Staff(life(db, tmp_path))
    found = Review(staff)
    found.jobs = [staff.hire("frmss", "rmo", "frllo"), staff.hire("frmss", "rmo")]
    return found


def numbers(found: Progress) -> tuple[int, int, int, int, int]:
    return found.total, found.open, found.keep, found.revoke, found.gone


@BOTH
def test_the_preview_counts_what_the_start_takes(review: Review) -> None:
    for reach in (Reach(), Reach(systems=("frmss",)), Reach(organizations=(review.place,))):
        with review.db.read() as session:
            lead = review.actor("miac_lead")
            [told] = campaign_starting.preview(session, lead, reach, date(2026, 11, 23))
        review.start(reach=reach)
        assert told.rights == review.progress().total
        assert told.people == 2
    with review.db.read() as session:
        none = campaign_starting.preview(
            session, lead, Reach(organizations=(9999,)), date(2026, 11, 23)
        )
    assert none == ()


@BOTH
def test_only_what_was_not_seen_for_long_is_taken_where_that_is_asked(review: Review) -> None:
    with review.db.write() as session:
        first, second, *_ = session.scalars(select(Grant).order_by(Grant.id)).all()
        first.last_seen_on, second.last_seen_on = date(2026, 5, 23), date(2026, 5, 24)
    review.start(reach=Reach(unseen_months=6))
    assert review.progress().total == 1
    with review.db.read() as session:
        lead = review.actor("miac_lead")
        asked = (Reach(unseen_months=6), date(2026, 11, 23))
        assert campaign_starting.never_seen(session, lead, *asked) == 3


@pytest.mark.parametrize(
    ("due", "code"),
    [("", "required"), ("23.11.2026", "past"), ("29.11.2026", "day_off"), ("1.12.2028", "far")],
)
def test_the_last_day_lies_ahead_and_works(review: Review, due: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        review.start(due=due)
    assert refusal.value.flaws["due_on"].code == code
    if code == "day_off":
        assert refusal.value.flaws["due_on"].fix == "30.11.2026"


def test_nothing_in_reach_starts_nothing(review: Review) -> None:
    with pytest.raises(Refused, match="ни одного"):
        review.start(reach=Reach(systems=("lenmedstat",)))


@BOTH
def test_each_right_is_kept_taken_away_or_falls_out_by_itself(review: Review) -> None:
    review.start()
    keep, revoke, closed, *_ = review.lines()
    assert numbers(review.progress()) == (5, 5, 0, 0, 0)
    assert review.decide("keep", keep).count == 1
    assert review.decide("revoke", revoke).count == 1
    with review.db.write() as session:
        line = session.get_one(CampaignLine, closed)
        line.grant.voided_at = NOON
    assert numbers(review.progress()) == (5, 2, 1, 1, 1)
    assert review.decide("keep", closed).count == 0
    assert review.lines(show="gone") == [closed]


def test_all_of_a_person_and_all_of_a_system_are_decided_at_once(review: Review) -> None:
    review.start()
    with review.db.read() as session:
        first = session.get_one(Grant, 1).person_id
    assert review.decide("keep", all_of=Filter(person=first)).count == 3
    assert review.decide("revoke", all_of=Filter(system="rmo")).count == 1  # what was left of it
    assert numbers(review.progress()) == (5, 1, 3, 1, 0)


@BOTH
def test_what_was_decided_in_one_go_is_open_again(review: Review) -> None:
    review.start()
    first, *rest = review.lines()
    review.decide("keep", first)
    review.staff.life.later(minutes=1)
    review.decide("revoke", *rest)
    assert review.decide("", decided_at=review.staff.life.now).count == 4
    assert numbers(review.progress()) == (5, 4, 1, 0, 0)


@BOTH
def test_revoking_makes_one_application_a_system_and_does_so_once(review: Review) -> None:
    review.start()
    review.decide("revoke", all_of=Filter())
    made = review.make()
    found = [review.staff.life.one(request_id) for request_id in made.drafts]
    assert [(r.system, r.form, len(r.rows)) for r in found] == [
        ("frllo", "appendix-12", 1),
        ("frmss", "appendix-08", 2),
        ("rmo", "appendix-07", 2),
    ]
    assert {(r.kind, r.error_count) for r in found} == {("revocation", 0)}
    assert review.progress().unmade == 0
    assert review.make().drafts == ()


def test_what_is_asked_for_already_is_not_asked_for_again(review: Review) -> None:
    [made] = review.staff.make(review.staff.enter(review.jobs[1]))[:1]
    review.start()
    review.decide("revoke", all_of=Filter(system="frmss"))
    told = review.make()
    assert told.joined == (made.number,)
    assert [len(review.staff.life.one(request_id).rows) for request_id in told.drafts] == [1]


@BOTH
def test_a_decision_taken_back_takes_the_row_out_of_the_draft(review: Review) -> None:
    review.start()
    review.decide("revoke", all_of=Filter(system="frmss"))
    [draft] = review.make().drafts
    first, second = review.lines(show="revoke")
    assert review.decide("keep", first) == Decided(1)
    assert len(review.staff.life.one(draft).rows) == 1
    review.staff.send(draft)
    number = review.staff.life.one(draft).number
    assert review.decide("keep", second) == Decided(0, (number,))


def test_a_draft_that_was_put_away_leaves_the_right_to_be_asked_for_anew(review: Review) -> None:
    review.start()
    review.decide("revoke", all_of=Filter(system="frllo"))
    [draft] = review.make().drafts
    requests.delete(review.db, actor=review.actor(), now=NOON, request_ids=[draft])
    assert review.progress().unmade == 1
    assert len(review.make().drafts) == 1


def test_a_revocation_carried_out_is_a_right_taken_away(review: Review) -> None:
    review.start()
    review.decide("revoke", all_of=Filter(system="frllo"))
    [draft] = review.make().drafts
    review.staff.send(draft)
    review.staff.execute(draft)
    assert numbers(review.progress()) == (5, 4, 0, 1, 0)
    assert review.progress().unmade == 0


def test_a_closed_campaign_takes_no_decision_until_it_is_opened_again(review: Review) -> None:
    review.start()
    lead, [line, *_] = review.actor("miac_lead"), review.lines()
    act: dict[str, Any] = {"actor": lead, "now": NOON, "campaign_id": review.id}
    campaigns.close(review.db, **act)
    with pytest.raises(Conflict, match="закрыт"):
        review.decide("keep", line)
    campaigns.reopen(review.db, catalogue=catalogue(), **act)
    assert review.decide("keep", line).count == 1


def test_only_the_organisation_itself_decides_and_only_who_started_it_closes(
    review: Review,
) -> None:
    review.start()
    [line, *_] = review.lines()
    with pytest.raises(Forbidden):
        review.decide("keep", line, role="miac_lead")
    with pytest.raises(Forbidden):
        campaigns.close(review.db, actor=review.actor(), now=NOON, campaign_id=review.id)
    stranger = Actor(1, "secretary", 9999)
    with review.db.read() as session, pytest.raises(NotFound):
        campaigns.find(session, stranger, review.id)


def test_an_organisation_reviews_its_own_rights_alone(review: Review) -> None:
    with review.db.write() as session:
        other = Organization(full_name="Другая", short_name="Другая", created_at=NOON)
        session.add(other)
        session.flush()
        session.get_one(Grant, 1).organization_id = other.id
    review.start(role="signatory", reach=Reach(organizations=(other.id,)))
    assert review.progress().total == 4


@BOTH
def test_reminders_go_to_who_decides_then_to_the_head_and_to_miac(review: Review) -> None:
    accounts = {role: review.actor(role).user_id for role in ("signatory", "miac_lead")}
    with review.db.write() as session:
        for role, user_id in accounts.items():
            session.get_one(User, user_id).email = f"{role}@b.example"
    review.start()
    secretary, head, lead = (
        ["sekretar@prb.example"],
        ["signatory@b.example"],
        ["miac_lead@b.example"],
    )

    def at(day: int, hour: int = 9) -> datetime:
        return datetime(2026, 11 if day > 20 else 12, day, hour, 5, tzinfo=MOSCOW)

    assert review.fire(NOON + timedelta(minutes=1)) == [("campaign_started", secretary)]
    assert review.fire(NOON + timedelta(minutes=2)) == []
    assert review.fire(at(24)) == []
    assert review.fire(at(27)) == [("campaign_reminder", secretary)]
    assert review.fire(at(28)) == []  # Saturday
    assert review.fire(at(30)) == [("campaign_reminder", secretary)]
    assert review.fire(at(1)) == [
        ("campaign_late", secretary),
        ("campaign_late", head),
        ("campaign_unfinished", lead),
    ]
    review.staff.life.later(days=9)
    review.decide("keep", all_of=Filter())
    assert review.fire(at(8)) == []


def test_two_schedulers_remind_once(review: Review) -> None:
    review.start()
    moment = NOON + timedelta(minutes=1)
    assert len(review.fire(moment) + review.fire(moment)) == 1


def test_a_closed_campaign_reminds_nobody(review: Review) -> None:
    review.start()
    lead = review.actor("miac_lead")
    campaigns.close(review.db, actor=lead, now=NOON, campaign_id=review.id)
    assert review.fire(NOON + timedelta(days=1)) == []


def moves(review: Review, to: str, role: str = "miac_lead") -> Moved:
    return campaign_moving.move(
        review.db, actor=review.actor(role), now=review.staff.life.now, catalogue=catalogue(),
        campaign_id=review.id, due_on=to, reason="ждём списки",
    )  # fmt: skip


def moves_back(review: Review) -> Moved:
    return campaign_moving.take_back(
        review.db, actor=review.actor("miac_lead"), now=review.staff.life.now,
        catalogue=catalogue(), campaign_id=review.id,
    )  # fmt: skip


def morning_of(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 9, 5, tzinfo=MOSCOW)


@BOTH
def test_a_moved_last_day_moves_its_reminders_and_can_be_taken_back(review: Review) -> None:
    review.start()
    secretary = ["sekretar@prb.example"]
    assert moves(review, "02.12.2026").letters == 0  # the first letter will say it
    review.fire(NOON + timedelta(minutes=1))
    moved = moves(review, "04.12.2026")
    assert (moved.before, moved.after, moved.letters) == (date(2026, 12, 2), date(2026, 12, 4), 1)
    with review.db.read() as session:
        told = session.scalars(select(Letter).where(Letter.kind == "campaign_moved")).one()
        assert "перенесён с 02.12.2026 на 04.12.2026: ждём списки" in told.text
        whats = session.scalars(select(Change.what).where(Change.event == "moved")).all()
        assert whats[-1]["Последний день"] == ["02.12.2026", "04.12.2026"]
    assert review.fire(morning_of(11, 25)) == []  # five working days before 02.12
    assert review.fire(morning_of(11, 27)) == [("campaign_reminder", secretary)]
    assert moves_back(review).after == date(2026, 12, 2)
    with pytest.raises(Conflict, match="уже отменён"):
        moves_back(review)
    assert review.fire(morning_of(12, 1)) == [("campaign_reminder", secretary)]
    assert review.fire(morning_of(12, 2)) == [("campaign_reminder", secretary)]
    assert [kind for kind, _ in review.fire(morning_of(12, 3))] == ["campaign_late"]


def test_what_was_late_is_not_when_it_is_moved_on_and_is_again_when_that_is_taken_back(
    review: Review,
) -> None:
    review.start()
    review.fire(NOON + timedelta(minutes=1))
    review.staff.life.now = morning_of(12, 2)
    review.fire(review.staff.life.now)
    moves(review, "11.12.2026")
    assert [kind for kind, _ in review.fire(morning_of(12, 8))] == ["campaign_reminder"]
    assert moves_back(review).after == date(2026, 11, 30)
    assert [kind for kind, _ in review.fire(morning_of(12, 8))] == ["campaign_late"]


@pytest.mark.parametrize(
    ("to", "field", "code"),
    [
        ("30.11.2026", "due_on", "same"),
        ("23.11.2026", "due_on", "past"),
        ("05.12.2026", "due_on", "day_off"),
        ("", "due_on", "required"),
    ],
)
def test_it_is_moved_to_another_working_day_ahead(
    review: Review, to: str, field: str, code: str
) -> None:
    review.start()
    with pytest.raises(Refused) as refused:
        moves(review, to)
    assert refused.value.flaws[field].code == code


def test_only_who_runs_it_moves_it_and_only_while_it_is_open(review: Review) -> None:
    review.start()
    with pytest.raises(Forbidden):
        moves(review, "04.12.2026", role="secretary")
    lead = review.actor("miac_lead")
    campaigns.close(review.db, actor=lead, now=NOON, campaign_id=review.id)
    with pytest.raises(Conflict):
        moves(review, "04.12.2026")


@BOTH
def test_a_page_of_a_region_is_one_statement_however_many_organisations(review: Review) -> None:
    with review.db.write() as session:
        for number in range(30):
            name = f"Больница № {number:02}"
            other = Organization(full_name=name, short_name=name, created_at=NOON)
            session.add(other)
            session.flush()
            if number < 4:
                session.get_one(Grant, number + 1).organization_id = other.id
    review.start()
    review.decide("keep", all_of=Filter())
    lead, said = review.actor("miac_lead"), []

    def region(**asked: Any) -> campaign_progress.Region:
        with review.db.read() as session:
            event.listen(session.bind, "before_cursor_execute", note)
            try:
                return campaign_progress.region(session, lead, review.id, **asked)
            finally:
                event.remove(session.bind, "before_cursor_execute", note)

    def note(_c: object, _u: object, statement: str, *_rest: object) -> None:
        if "campaign_lines" in statement:
            said.append(statement)

    found = region(first=2, size=2)
    assert len(said) == 1
    assert [one.organization for one in found.items] == ["Больница № 02", "Больница № 03"]
    assert (found.found, found.whole.total, found.whole.open) == (5, 5, 4)
    assert found.parts == {"": 5, "unfinished": 4, "finished": 1}
    assert [one.organization_id for one in region(part="finished").items] == [review.place]
    assert [one.organization for one in region(text="больница № 03").items] == ["Больница № 03"]
    nobody = region(text="нет такой", first=50)
    assert (nobody.items, nobody.found, nobody.whole.total) == ((), 0, 5)
    assert region(first=50).first == 0
