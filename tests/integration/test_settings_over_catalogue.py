"""Settings over the catalogue: from their day on, one after the other, back again."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from pypdfium2 import PdfDocument
from sqlalchemy import event, select, update

from accessflow.catalogue.override import override, plain
from accessflow.db.session import Database
from accessflow.db.tables import Request, RequestEvent, SettingVersion
from accessflow.domain.errors import Conflict, Forbidden, NotFound
from accessflow.notify.rendering import kinds
from accessflow.services import (
    live_catalogue,
    printing,
    setting_fields,
    setting_versions,
    settings,
    timeline,
)
from accessflow.services.actor import Actor
from accessflow.services.applications import check_of, find
from accessflow.services.fields import Refused
from accessflow.services.live_catalogue import LiveCatalogue
from accessflow.services.setting_fields import Setting
from accessflow.services.setting_texts import texts_of
from accessflow.services.term_caches import recount
from accessflow.web import settings_view
from tests import factories
from tests.catalogue_examples import catalogue
from tests.factories import NOON
from tests.request_examples import House, house

TODAY = date(2026, 11, 23)
TOMORROW = TODAY + timedelta(days=1)
DEPUTY = "officials.health_deputy"
NEW = {"name": "Иванов И.И.", "addressee": "Заместителю\nИ.И. Иванову"}


@pytest.fixture
def admin(db: Database) -> Actor:
    return Actor(factories.account(db, "admin"), "admin", None)


def found(key: str) -> Setting:
    return setting_fields.registry(catalogue(), TODAY, kinds())[key]


def put(db: Database, admin: Actor, key: str, since: date | None = None, **changes: Any) -> int:
    """Saves the value that stands in the catalogue with some of it changed."""
    with db.read() as session:
        stands = plain(live_catalogue.effective(session, catalogue(), since or TODAY), key)
    value = stands | changes
    saved = settings.save(
        db, actor=admin, now=NOON, catalogue=catalogue(), setting=found(key), value=value,
        since=since,
    )  # fmt: skip
    return saved.version_id


def on(db: Database, day: date) -> Any:
    with db.read() as session:
        return live_catalogue.effective(session, catalogue(), day)


def letter(home: House, **values: Any) -> int:
    """An App. 16 letter as a draft."""
    with home.db.write() as session:
        row = Request(
            number=f"2026-{home.organization:05}", kind="emd_deletion", action="emd_delete",
            organization_id=home.organization, author_id=home.user, form="appendix-16",
            form_version=catalogue().form("appendix-16").version, created_at=NOON,
            updated_at=NOON, fields={}, **values,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


def printed(home: House, request_id: int, today: date) -> str:
    """The words of the PDF as it is drawn on that day."""
    with home.db.read() as session:
        request = find(session, home.actor, request_id)
        now = live_catalogue.effective(session, catalogue(), today)
        shown = live_catalogue.for_paper(session, now, request, today)
        model = printing.model_of(check_of(session, now, request), shown, today)
    pages = PdfDocument(io.BytesIO(printing.file_of(model, "pdf").data))
    return "".join(page.get_textpage().get_text_range() for page in pages)


def test_a_new_official_is_printed_from_the_day_on(db: Database, admin: Actor) -> None:
    home = house(db)
    draft = letter(home)
    put(db, admin, DEPUTY, TOMORROW, **NEW)
    assert "Власову" in printed(home, draft, TODAY)
    assert "Иванову" in printed(home, draft, TOMORROW)


def test_a_letter_of_yesterday_keeps_whom_it_was_written_to(db: Database, admin: Actor) -> None:
    home = house(db)
    dated = letter(home, our_date=TODAY)
    put(db, admin, DEPUTY, TOMORROW, **NEW)
    assert "Власову" in printed(home, dated, TOMORROW + timedelta(days=5))


def test_what_went_to_signature_keeps_the_official_of_that_day(db: Database, admin: Actor) -> None:
    home = house(db)
    ready = letter(home, state="ready")
    with db.write() as session:
        request = session.get_one(Request, ready)
        timeline.append(session, request, actor=home.actor, now=NOON, action="prepare")
    put(db, admin, DEPUTY, TOMORROW, **NEW)
    later = TOMORROW + timedelta(days=3)
    assert "Власову" in printed(home, ready, later)
    with db.write() as session:
        session.get_one(Request, ready).state = "draft"
    assert "Иванову" in printed(home, ready, later)


def test_every_part_of_the_catalogue_can_be_put_back_as_it_is() -> None:
    for setting in setting_fields.registry(catalogue(), TODAY, kinds()).values():
        value = plain(catalogue(), setting.key)
        typed = texts_of(setting, value)
        assert settings.read(catalogue(), setting, typed) == value, setting.key
        assert settings_view.summary(setting, value)


def test_the_default_recipient_reaches_the_systems_without_their_own(
    db: Database, admin: Actor
) -> None:
    put(db, admin, "recipients.default", to=["new@lenreg.ru"])
    put(db, admin, "recipients.rmo", to=["rmo@lenreg.ru"])
    now = on(db, TODAY)
    assert now.system("frmss").recipients.to == ("new@lenreg.ru",)
    assert now.system("rmo").recipients.to == ("rmo@lenreg.ru",)
    assert now.system("frv").recipients == catalogue().system("frv").recipients


def test_a_calendar_moves_the_working_days_and_the_kept_terms(db: Database, admin: Actor) -> None:
    home = house(db)
    request_id = letter(home, state="registered", registration_no="МИАЦ-1")
    with db.write() as session:
        request = session.get_one(Request, request_id)
        timeline.append(
            session, request, actor=home.actor, now=NOON, action="register", target="registered"
        )
        session.execute(update(RequestEvent).values(source="sent"))
        recount(session, catalogue())
        request.due_on = due = date(2026, 12, 23)
        version = request.lock_version
    days = plain(catalogue(), "calendar.2026")["nonworking"]
    saved = settings.save(
        db, actor=admin, now=NOON, catalogue=catalogue(), setting=found("calendar.2026"),
        value={**plain(catalogue(), "calendar.2026"), "nonworking": [*days, due.isoformat()]},
    )  # fmt: skip
    assert saved.recounted == 1
    assert not on(db, TODAY).working_calendar.is_working(due)
    with db.read() as session:
        moved = session.get_one(Request, request_id)
        assert moved.due_on == due + timedelta(days=1)
        assert moved.lock_version == version + 1  # by the write above, not by the recount


def test_a_year_without_a_decree_is_known_once_it_is_entered(db: Database, admin: Actor) -> None:
    assert not on(db, TODAY).working_calendar.is_known(date(2028, 3, 1))
    put(db, admin, "calendar.2028", short=["2028-05-08"])
    now = on(db, TODAY).working_calendar
    assert now.is_known(date(2028, 3, 1))
    assert now.is_short(date(2028, 5, 8))


def test_back_to_the_catalogue_and_undo(db: Database, admin: Actor) -> None:
    first = put(db, admin, "limits", silence_days=5)
    assert on(db, TODAY).region.limits.silence_days == 5
    settings.save(
        db, actor=admin, now=NOON, catalogue=catalogue(), setting=found("limits"), value=None,
        seen=first,
    )  # fmt: skip
    assert on(db, TODAY).region.limits == catalogue().region.limits
    with db.read() as session:
        newest = setting_versions.newest_id(session, "limits")
    undo(db, admin, "limits", newest)
    assert on(db, TODAY).region.limits.silence_days == 5
    with pytest.raises(Conflict):
        undo(db, admin, "limits", first)
    with pytest.raises(NotFound):
        undo(db, admin, "limits", 999)


def test_undoing_a_plan_leaves_what_stood(db: Database, admin: Actor) -> None:
    planned = put(db, admin, DEPUTY, TOMORROW, **NEW)
    undo(db, admin, DEPUTY, planned)
    assert on(db, TOMORROW).region == catalogue().region


def undo(db: Database, admin: Actor, key: str, version_id: int) -> None:
    settings.undo(
        db, actor=admin, now=NOON, catalogue=catalogue(), setting=found(key),
        version_id=version_id,
    )  # fmt: skip


def test_a_plan_further_off_wins_over_a_later_change_of_an_earlier_day(
    db: Database, admin: Actor
) -> None:
    put(db, admin, "limits", date(2026, 12, 1), silence_days=6)
    put(db, admin, "limits", date(2026, 11, 25), silence_days=7)
    told = [on(db, date(2026, *day)).region.limits.silence_days for day in
            ((11, 24), (11, 25), (12, 2))]  # fmt: skip
    assert told == [10, 7, 6]


def test_the_history_tells_before_and_after(db: Database, admin: Actor) -> None:
    put(db, admin, "limits", silence_days=5)
    put(db, admin, "limits", silence_days=8)
    with db.read() as session:
        steps = setting_versions.history(session, catalogue(), "limits")
        told = settings_view.told_history(session, catalogue(), found("limits"))
    days = [(s.before["silence_days"], s.after["silence_days"]) for s in steps]
    assert days == [(5, 8), (10, 5)]
    assert told[0].lines == [("Решать без ответа", "5", "8")]


def test_the_second_of_two_admins_meets_what_the_first_has_done(db: Database, admin: Actor) -> None:
    put(db, admin, "limits", silence_days=5)
    with pytest.raises(Conflict, match=r"изменили: Учёткина Анна \d+, 23\.11\.2026 в 12:00"):
        settings.save(
            db, actor=admin, now=NOON, catalogue=catalogue(), setting=found("limits"), value=None,
            seen=0,
        )  # fmt: skip
    with db.read() as session:
        assert len(session.scalars(select(SettingVersion)).all()) == 1


def test_of_many_at_once_one_wins(db: Database, admin: Actor) -> None:
    def one(days: int) -> bool:
        try:
            settings.save(
                db, actor=admin, now=NOON, catalogue=catalogue(), setting=found("limits"),
                value={**plain(catalogue(), "limits"), "silence_days": days}, seen=0,
            )  # fmt: skip
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(one, range(1, 9))) == 1


@pytest.mark.parametrize(
    ("key", "name", "text", "told"),
    [
        (DEPUTY, "name", "", "не может быть пустым"),
        (DEPUTY, "valid_until", "01.01.2020", "не раньше начала"),
        ("recipients.frv", "to", "ukhina.kzdrav", "«ukhina.kzdrav» не подходит"),
        ("recipients.frv", "to", "", "Нужны адреса"),
        ("office", "days.1", "17:00-9:00", "«17:00–09:00» не подходит"),
        ("office", "lunch", "в час", "Нужны два времени"),
        ("limits", "info_reminder_days", "4, 2", "«4, 2» не подходит"),
        ("limits", "form_notice_days", "29", "от 30 до 365"),
        ("printing", "left_margin_mm", "50", "от 20 до 40"),
        ("calendar.2027", "short", "01.05", "только рабочий день"),
        ("calendar.2027", "working", "31.12, 32.13", "Нужны даты 2027 года"),
        ("calendar.2027", "nonworking", "01.05.2026", "Нужны даты 2027 года"),
    ],
)
def test_a_bad_value_is_refused_beside_its_field(key: str, name: str, text: str, told: str) -> None:
    setting = found(key)
    typed = texts_of(setting, plain(catalogue(), key)) | {name: text}
    with pytest.raises(Refused) as refusal:
        settings.read(catalogue(), setting, typed)
    assert told in refusal.value.flaws[name].message


def test_all_that_is_wrong_is_told_at_once() -> None:
    typed = texts_of(found("limits"), plain(catalogue(), "limits"))
    typed |= {"silence_days": "0", "stale_draft_days": "нет"}
    with pytest.raises(Refused) as refusal:
        settings.read(catalogue(), found("limits"), typed)
    assert refusal.value.flaws.keys() == {"silence_days", "stale_draft_days"}


def test_a_shut_weekday_is_left_out() -> None:
    typed = texts_of(found("office"), plain(catalogue(), "office")) | {"days.5": ""}
    value = settings.read(catalogue(), found("office"), typed)
    office = override(catalogue(), "office", value).region.office
    assert sorted(office.days) == [1, 2, 3, 4]


def test_nobody_else_changes_them_and_no_day_of_the_past_is_taken(
    db: Database, admin: Actor
) -> None:
    for role in ("miac_lead", "auditor", "secretary"):
        with pytest.raises(Forbidden):
            put(db, Actor(admin.user_id, role, None), "limits", silence_days=5)
    lead = Actor(admin.user_id, "miac_lead", None)
    put(db, lead, "letters.executed", text="Готово.")
    assert on(db, TODAY).letters["executed"].text == "Готово."
    with pytest.raises(Refused) as refusal:
        put(db, admin, "limits", TODAY - timedelta(days=1), silence_days=5)
    assert "уже прошёл" in refusal.value.flaws["since"].message


def test_a_setting_that_the_catalogue_does_not_know_is_left_out_and_logged(
    db: Database, admin: Actor, caplog: pytest.LogCaptureFixture
) -> None:
    with db.write() as session:
        for key, value in (("officials.gone", {"name": "X"}), ("limits", {"silence_days": 5})):
            session.add(SettingVersion(key=key, value=value, effective_from=TODAY, at=NOON))
    assert on(db, TODAY) == catalogue()
    assert "officials.gone" in caplog.text
    assert "setting limits cannot be used" in caplog.text


def test_a_page_costs_one_look_at_an_index(db: Database, admin: Actor) -> None:
    live = LiveCatalogue(catalogue())
    with db.read() as session:
        assert live.on(session, TODAY) is catalogue()
    put(db, admin, "limits", silence_days=5)
    with db.read() as session:
        first = live.on(session, TODAY)
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    with db.read() as session:
        assert live.on(session, TODAY) is first
        assert live.on(session, TODAY) is first
    assert ["setting_versions" in one for one in asked if one.startswith("SELECT")] == [True]
    put(db, admin, "limits", silence_days=6)
    with db.read() as session:
        assert live.on(session, TODAY).region.limits.silence_days == 6
        assert live.on(session, TODAY - timedelta(days=1)) == catalogue()
