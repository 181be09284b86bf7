"""A role is changed in a real browser, as a pair, from the person's page to МИАЦ's numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import select

from accessflow.db.session import Database
from accessflow.db.tables import (
    Attestation,
    Employment,
    Grant,
    JobChange,
    Organization,
    Request,
    User,
)
from accessflow.services import ledger_imports
from tests import scan_examples as paper
from tests.browser.conftest import Desk
from tests.factories import NOON
from tests.request_examples import House

WORKER = "Медицинский работник"
SIDE_SCROLL = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def nurse(clinic: House, db: Database) -> int:
    """The id of a job whose holder works in ФРМСС, there till next Thursday, and in РМО."""
    job = clinic.hire("Зимина Елена Андреевна", position="Медицинская сестра")
    with db.write() as session:
        organization = session.get_one(Organization, clinic.organization)
        organization.inn, organization.legal_address = "4703123451", "188760, Приозерск"
        user = session.get_one(User, clinic.user)
        user.name, user.position = "Малахова Екатерина Юрьевна", "Секретарь"
        user.phone, user.email = "8 (81379) 5-00-10", "sekretar@prb-lo.ru"
        row = session.get_one(Employment, job)
        session.add(Attestation(person_id=row.person_id, kind="frmr", user_id=user.id, at=NOON))
        for system, left in (("frmss", 10), ("rmo", None)):
            ledger_imports.open_from_list(
                session, row, system, WORKER, NOON, on=NOON.date() - timedelta(days=90),
                reference="список, строка 2",
                expires_on=NOON.date() + timedelta(days=left) if left else None,
            )  # fmt: skip
    return job


def test_a_role_is_changed_step_by_step(
    desk: Desk, clinic: House, db: Database, tmp_path: Path, axe: Callable[[Page], list[str]]
) -> None:
    job = nurse(clinic, db)
    with db.read() as session:
        person = session.get_one(Employment, job).person_id
    page = desk.open(f"/people/{person}")
    page.get_by_role("link", name="Сменить роль").click()
    assert axe(page) == []
    page.get_by_label("ФРМСС: что сделать").select_option(label="Сменить на «Администратор МО»")
    page.get_by_label("Основание").fill("приказ № 5-к от 20.11.2026")
    page.get_by_role("button", name="Сделать заявки").click()

    expect(page.get_by_role("heading", name="Смена роли: Зимина Елена Андреевна")).to_be_visible()
    expect(page.get_by_text(f"{WORKER} → Администратор МО")).to_be_visible()
    expect(page.get_by_text("пара: уходят вместе")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("link", name="2026-00002", exact=True).click()
    expect(page.get_by_text("Пара: 2026-00001 — отзыв прежней роли, черновик.")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("link", name="Смена роли, 23.11.2026").click()

    page.get_by_role("button", name="Всё на подпись").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Напечатать отмеченные одним PDF").click()
    download.value.save_as(tmp_path / "print.pdf")
    (tmp_path / "скан.pdf").write_bytes(paper.scanned((tmp_path / "print.pdf").read_bytes(), 200))
    page.set_input_files("#batch", tmp_path / "скан.pdf")
    page.get_by_role("button", name="Загрузить").click()
    page.get_by_role("link", name="На подпись", exact=True).last.click()
    boxes = page.get_by_role("figure").get_by_role("checkbox")
    expect(boxes).to_have_count(2)
    for box in boxes.all():
        box.check()
    page.get_by_role("button", name="На отмеченных подпись и печать есть").click()
    page.get_by_role("link", name="К отправке").first.click()
    expect(page.get_by_text("Вместе с этой заявкой уйдёт её пара 2026-0000")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("МИАЦ-2026-000002").first).to_be_visible()
    with db.read() as session:
        states = session.scalars(select(Request.state).order_by(Request.id)).all()
        assert states == ["registered", "registered"]


def test_the_other_changes_and_what_runs_out_are_read_by_anybody(
    desk: Desk, clinic: House, db: Database, axe: Callable[[Page], list[str]]
) -> None:
    job = nurse(clinic, db)
    for path in (f"/changes/unit/{job}", f"/changes/name/{job}", f"/changes/arrival/{job}"):
        page = desk.open(path)
        assert axe(page) == [], path
        assert page.evaluate(SIDE_SCROLL) <= 0, path
    page = desk.open("/renewals")
    assert axe(page) == []
    page.keyboard.press("KeyJ")
    page.keyboard.press("KeyX")
    expect(page.get_by_text("отмечено: 1")).to_be_visible()
    page.get_by_role("button", name="Не продлевать").click()
    expect(page.get_by_text("Истекающих доступов нет")).to_be_visible()
    page.get_by_role("button", name="Отменить").click()
    expect(page.get_by_role("link", name="Зимина Елена Андреевна")).to_be_visible()
    page.get_by_label("Отметить: Зимина Елена Андреевна, ФРМСС").check()
    page.get_by_label("до", exact=True).fill("2027-12-31")
    page.get_by_role("button", name="Продлить отмеченные").click()
    expect(page.get_by_label("Срок действия", exact=False).first).to_have_value("31.12.2027")
    assert axe(page) == []
    with db.read() as session:
        assert session.scalars(select(JobChange.id)).all() == []
        assert len(session.scalars(select(Grant.id)).all()) == 2
