"""«Настройки» as the administrator and МИАЦ work with them."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from accessflow.db.session import Database
from accessflow.db.tables import CannedText, SettingVersion
from accessflow.domain.roles import Role
from accessflow.services import canned
from tests import factories
from tests.catalogue_examples import catalogue
from tests.factories import FrozenClock

Clients = Callable[[int], FlaskClient]
LIMITS = {
    "reopen_days": "14", "info_reminder_days": "2, 4, 7", "silence_days": "5",
    "stale_draft_days": "7", "unsigned_days": "3", "form_notice_days": "30",
}  # fmt: skip
ADDRESS = "/settings/value/limits"


@pytest.fixture
def client_as(db: Database, signed_in: Clients) -> Callable[[Role], FlaskClient]:
    return lambda role: signed_in(factories.account(db, role))


def text_of(answer: TestResponse) -> str:
    return html.unescape(answer.get_data(as_text=True))


def saved(client: FlaskClient, address: str, **typed: str) -> str:
    """Looks at what would change, then saves it; the page after."""
    seen = re.search(r'name="seen"[^>]*value="(\d+)"', text_of(client.get(address)))
    assert seen
    typed = {"seen": seen[1], "since": "2026-11-23", **typed}
    shown = client.post(address, data={**typed, "step": "preview"})
    assert shown.status_code == 200
    mark = re.search(r'name="previewed" value="(\w+)"', text_of(shown))
    assert mark
    answer = client.post(
        address, data={**typed, "step": "save", "previewed": mark[1]}, follow_redirects=True
    )
    assert answer.status_code == 200
    return text_of(answer)


def versions(db: Database) -> list[SettingVersion]:
    with db.read() as session:
        return list(session.scalars(select(SettingVersion).order_by(SettingVersion.id)))


def test_a_change_is_shown_before_it_is_saved(
    db: Database, client_as: Callable[[Role], FlaskClient]
) -> None:
    admin = client_as("admin")
    shown = admin.post(ADDRESS, data={**LIMITS, "step": "preview", "seen": "0"})
    assert re.search(r"Решать без ответа.*?10.*?5", text_of(shown), re.DOTALL)
    assert versions(db) == []
    page = saved(admin, ADDRESS, **LIMITS, note="Приказ № 7")
    assert "Сохранено." in page
    assert "Решать без ответа: 10 → 5" in page
    assert "Приказ № 7" in page
    assert "изменено 23.11, 12:00, Учёткина А." in text_of(admin.get("/settings/limits"))


def test_saving_what_was_not_looked_at_shows_it_first(
    db: Database, client_as: Callable[[Role], FlaskClient]
) -> None:
    answer = client_as("admin").post(ADDRESS, data={**LIMITS, "step": "save", "previewed": "x"})
    assert "Что изменится" in text_of(answer)
    assert versions(db) == []


def test_a_future_date_is_told_and_takes_effect_by_itself(
    db: Database, client_as: Callable[[Role], FlaskClient], clock: FrozenClock
) -> None:
    admin = client_as("admin")
    page = saved(admin, ADDRESS, **LIMITS, since="2026-12-01")
    assert "действует с 01.12.2026" in page
    assert 'value="10"' in text_of(admin.get(ADDRESS))
    assert "изменится 01.12.2026" in text_of(admin.get("/settings/limits"))
    clock.advance(days=8)
    later = client_as("admin")
    assert 'value="5"' in text_of(later.get(ADDRESS))
    assert versions(db)[0].effective_from == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"silence_days": "много"}, "«много» не подходит. Нужно целое число от 1 до 365."),
        ({"since": "2026-11-22"}, "День уже прошёл"),
        ({"since": "вчера"}, "«вчера» — не дата"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    client_as: Callable[[Role], FlaskClient], typed: dict[str, str], told: str
) -> None:
    answer = client_as("admin").post(ADDRESS, data={**LIMITS, "note": "почему", **typed})
    page = text_of(answer)
    assert answer.status_code == 422
    assert told in page
    assert 'value="почему"' in page


def test_two_admins_at_once_meet_and_nothing_typed_is_lost(
    db: Database, client_as: Callable[[Role], FlaskClient]
) -> None:
    one, other = client_as("admin"), client_as("admin")
    typed = {**LIMITS, "seen": "0", "since": "2026-11-23", "silence_days": "9"}
    shown = other.post(ADDRESS, data={**typed, "step": "preview"})
    mark = re.search(r'name="previewed" value="(\w+)"', text_of(shown))
    assert mark
    saved(one, ADDRESS, **LIMITS)
    answer = other.post(ADDRESS, data={**typed, "step": "save", "previewed": mark[1]})
    page = text_of(answer)
    assert answer.status_code == 409
    assert "Пока вы правили, эту настройку изменили: Учёткина Анна" in page
    assert 'value="9"' in page
    assert len(versions(db)) == 1


def test_back_to_the_catalogue_is_shown_saved_and_undone(
    db: Database, client_as: Callable[[Role], FlaskClient]
) -> None:
    admin = client_as("admin")
    saved(admin, ADDRESS, **LIMITS)
    shown = text_of(admin.post(ADDRESS, data={**LIMITS, "step": "catalogue"}))
    assert "Вернётся значение каталога" in shown
    page = saved(admin, ADDRESS, reset="1")
    assert "Возвращено из каталога" in page
    assert versions(db)[-1].value is None
    undone = admin.post(f"{ADDRESS}/undo/{versions(db)[-1].id}", follow_redirects=True)
    assert 'value="5"' in text_of(undone)


def test_an_official_is_previewed_on_the_forms_that_print_it(
    client_as: Callable[[Role], FlaskClient],
) -> None:
    typed = {"post": "Директор ГКУЗ ЛО «МИАЦ»", "name": "Новикова Н.Н.", "confirmed": "y"}
    page = text_of(client_as("admin").post("/settings/value/officials.miac_director", data=typed))
    assert "Приложение 5" in page
    assert "/Новикова Н.Н./" in page
    assert "data:image/png;base64," in page


def test_the_lead_writes_letters_and_nothing_else(
    db: Database, client_as: Callable[[Role], FlaskClient]
) -> None:
    lead = client_as("miac_lead")
    assert "Показать, что изменится" not in text_of(lead.get(ADDRESS))
    assert lead.post(ADDRESS, data=LIMITS).status_code == 403
    address = "/settings/value/letters.executed"
    broken = lead.post(address, data={"text": "Готово {{ nobody }}"})
    assert broken.status_code == 422
    assert "Шаблон не читается" in text_of(broken)
    page = saved(lead, address, text="Готово: {{ about.number }}.", subject="")
    assert "Готово: {{ about.number }}." in page
    assert versions(db)[0].value == {"subject": "", "text": "Готово: {{ about.number }}."}
    assert client_as("auditor").post(address, data={}).status_code == 403


@pytest.mark.parametrize("section", ["officials", "recipients", "office", "limits", "printing",
                                     "letters", "calendar", "forms"])  # fmt: skip
def test_every_section_opens_for_those_who_look(
    client_as: Callable[[Role], FlaskClient], section: str
) -> None:
    page = text_of(client_as("auditor").get(f"/settings/{section}"))
    assert "Изменить" not in page
    assert "из каталога" in page or section == "forms"


def test_the_calendar_shows_what_is_only_presumed(client_as: Callable[[Role], FlaskClient]) -> None:
    admin = client_as("admin")
    assert "247 рабочих дней" in text_of(admin.get("/settings/calendar?year=2026"))
    assert "предварительно" in text_of(admin.get("/settings/calendar?year=2028"))
    page = saved(admin, "/settings/value/calendar.2028", nonworking="01.05, 09.05.2028")
    assert "Сроков пересчитано: 0." in page
    assert (
        'data-c="warn"' not in text_of(admin.get("/settings/calendar?year=2028")).split("s-list")[0]
    )


def test_the_catalogues_texts_are_offered_until_somebody_edits_them(
    db: Database, client_as: Callable[[Role], FlaskClient]
) -> None:
    lead = client_as("miac_lead")
    page = text_of(lead.get("/settings/texts"))
    assert all(text.title in page for text in catalogue().canned)
    with db.read() as session:
        assert session.scalars(select(CannedText)).all() == []
        first = canned.of_kind(session, catalogue(), "refuse")[0]
    typed = {"kind": "refuse", "title": "Своё", "text": "Свой текст."}
    lead.post(f"/settings/texts/{-first.number}", data=typed)
    with db.read() as session:
        titles = [t.title for t in canned.of_kind(session, catalogue(), "refuse")]
        assert len(session.scalars(select(CannedText)).all()) == len(catalogue().canned)
    assert "Своё" in titles
    assert first.title not in titles


def test_a_text_is_added_put_away_and_brought_back(
    db: Database, client_as: Callable[[Role], FlaskClient]
) -> None:
    client = client_as("miac_specialist")
    refused = client.post("/settings/texts/new", data={"kind": "reply", "title": "", "text": ""})
    assert refused.status_code == 422
    assert "Назовите заготовку." in text_of(refused)
    client.post("/settings/texts/new", data={"kind": "reply", "title": "Ура", "text": "Готово."})
    with db.read() as session:
        row = session.scalars(select(CannedText).where(CannedText.title == "Ура")).one()
    client.post(f"/settings/texts/{row.id}/archive")
    with db.read() as session:
        assert "Ура" not in [t.title for t in canned.of_kind(session, catalogue(), "reply")]
    page = text_of(client.post(f"/settings/texts/{row.id}/restore", follow_redirects=True))
    assert "Заготовка возвращена." in page
    assert client.get("/settings/texts/-1").status_code == 404
