"""The main job as a person does it: from `accessflow serve --demo` to the downloaded set."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect
from pypdfium2 import PdfDocument

from tests.support.browser import watched_page

NURSES = {"Пак": "Пак Инна Робертовна", "Абрамова": "Абрамова Вера Николаевна"}
SYSTEMS = {
    "ФРМСС": "appendix-08",
    "РМО": "appendix-07",
    "Телемедицинские консультации": "appendix-03",
}


@contextmanager
def demonstration(folder: Path) -> Iterator[dict[str, str]]:
    """`accessflow serve --demo` in a folder: what it says of its address, a login, the password."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ACCESSFLOW", "DATABASE"))}
    command = [sys.executable, "-m", "accessflow.cli", "serve", "--demo", "--port", "0"]
    with subprocess.Popen(
        command, cwd=folder, env=kept, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        try:
            yield _told(server.stdout)
        finally:
            server.terminate()
            server.stdout.read()
    assert server.returncode == 0


def _told(lines: Iterable[str]) -> dict[str, str]:
    told: dict[str, str] = {}
    for line in lines:
        if line.startswith("accessflow: "):
            told["address"] = line.removeprefix("accessflow: ").strip()
        elif "пароль у всех" in line:
            told["password"] = line.rpartition(": ")[2].strip()
        elif "секретарь" in line:
            told.setdefault("login", line.split()[0])
        elif line.startswith("Остановить"):
            break
    return told


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first start makes the demonstration, and a later one finds it."""
    return tmp_path_factory.mktemp("fresh")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with watched_page(browser) as opened:
        yield opened


def sign_in(page: Page, told: dict[str, str]) -> None:
    page.goto(told["address"])
    page.get_by_label("Логин").fill(told["login"])
    page.get_by_label("Пароль").fill(told["password"])
    page.get_by_role("button", name="Войти").click()
    expect(page.get_by_role("heading", name="Заявки")).to_be_visible()


def test_two_nurses_in_three_systems(page: Page, folder: Path, tmp_path: Path) -> None:
    with demonstration(folder) as told:
        sign_in(page, told)
        made = _made(page, tmp_path)
    assert {form for form, _ in made} == set(SYSTEMS.values())
    for form, files in made:
        _holds_both_nurses(form, files)


def _made(page: Page, folder: Path) -> list[tuple[str, dict[str, bytes]]]:
    """Three applications of two people: form and downloaded files of each."""
    page.get_by_role("link", name="Новая заявка").first.click()
    expect(page.get_by_role("heading", name="Новая заявка")).to_be_visible()
    for surname, name in NURSES.items():
        page.get_by_label("Сотрудник: ФИО или СНИЛС").press_sequentially(surname)
        page.get_by_role("option", name=re.compile(name)).click()
        expect(page.get_by_label(f"Убрать: {name}")).to_be_visible()
    for system in SYSTEMS:
        page.get_by_role("checkbox", name=system, exact=True).check()
    page.get_by_role("button", name="Создать 3 заявки").click()
    return [_set_of(page, folder, number) for number in range(1, 4)]


def _set_of(page: Page, folder: Path, number: int) -> tuple[str, dict[str, bytes]]:
    """What the «Скачать комплект» of the application on the page gives; then on to the next."""
    expect(page.get_by_text(f"{number}-я из 3 новых заявок")).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("Страница|Так будет"))).to_be_visible()
    form = re.search(r"приложение (\d+)", page.locator("main").inner_text())
    assert form is not None
    with page.expect_download() as download:
        page.get_by_role("link", name="Скачать комплект").or_(
            page.get_by_role("button", name="Скачать комплект")
        ).click()
    file = folder / f"{number}.zip"
    download.value.save_as(file)
    if number < 3:
        page.get_by_role("link", name=re.compile("Следующая")).click()
    with zipfile.ZipFile(file) as archive:
        files = {Path(name).suffix: archive.read(name) for name in archive.namelist()}
    return f"appendix-{int(form[1]):02d}", files


def _holds_both_nurses(form: str, files: dict[str, bytes]) -> None:
    assert set(files) == {".docx", ".pdf", ".xlsx"}, form
    document = Document(BytesIO(files[".docx"]))
    words = " ".join(cell.text for line in document.tables[0].rows for cell in line.cells)
    pdf = PdfDocument(files[".pdf"])
    text = " ".join(sheet.get_textpage().get_text_range() for sheet in pdf)
    sheet = load_workbook(BytesIO(files[".xlsx"])).worksheets[0]
    cells = " ".join(str(c.value) for line in sheet.iter_rows() for c in line if c.value)
    for name in NURSES.values():
        for part in name.split():
            assert part in words
            assert part in text
            assert part in cells


def test_the_second_start_keeps_the_data(folder: Path) -> None:
    def applications() -> list[tuple[str, str]]:
        with closing(sqlite3.connect(folder / "var" / "accessflow.sqlite3")) as database:
            return database.execute("select number, updated_at from requests").fetchall()

    with demonstration(folder):
        before = applications()
    assert before
    with demonstration(folder) as told:
        assert told.keys() == {"address", "login", "password"}
    assert applications() == before
