"""A made-up region, form and system run through page, check and all three writers."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from docx import Document
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from pypdfium2 import PdfDocument
from sqlalchemy import select

from accessflow.catalogue import load
from accessflow.config import catalogue_dir
from accessflow.db.session import Database
from accessflow.db.tables import Employment, User
from accessflow.forms.answers import validate
from accessflow.forms.application import Application
from accessflow.forms.check import Check
from accessflow.services import requests
from accessflow.services.accounts import actor_of
from accessflow.services.picks import Picks
from tests import factories
from tests.catalogue_examples import ORGANIZATION, SIGNATORY, row
from tests.factories import FrozenClock

FORM = """
slug: appendix-77
number: 77
label: Приложение 77
summary: Доступ к маякам
version: "1.0"
effective_from: 2026-01-01
orientation: landscape
layout: table
actions: [grant, revoke]
unique_email: error
wording:
  grant:
    title: [Заявка на доступ к маякам]
    preamble: ["Прошу зажечь {system|Наименование маяка} для {roles|Наименование роли}."]
    caption: Таблица 77.1 – Смотрители
  revoke:
    title: [Заявка на доступ к маякам]
    preamble: ["Прошу погасить {system|Наименование маяка}."]
    caption: Таблица 77.1 – Смотрители
    mark: ГАСИТЬ
columns:
  - {key: number, header: "№", kind: number, source: number, weight: 0.3}
  - {key: full_name, header: Смотритель, kind: full_name}
  - {key: snils, header: СНИЛС смотрителя, kind: snils}
  - {key: email, header: Почта, kind: email}
  - {key: lantern, header: Фонарь, kind: text, max_length: 20}
  - {key: role, header: Должность на маяке, kind: role}
roles:
  - {name: Смотритель, explanation: Зажигает и гасит, hint: зажигает}
  - {name: Наблюдатель, explanation: Только смотрит}
signature: {signer: organization, seal: "М.П."}
footnotes: ["* маяк виден за двадцать миль"]
"""

SYSTEM = """
  - slug: lighthouse
    table: "9.9"
    number: 1
    name: "Маяк «Сескар»"
    label: "Маяк «Сескар»"
    url: ["http://lighthouse.example/"]
    ip: null
    status: active
    grant_form: appendix-77
    revoke_form: appendix-77
    roles: [Смотритель, Наблюдатель]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("regions") / "seskar"
    shutil.copytree(catalogue_dir({}), made)
    (made / "forms" / "appendix-77.yaml").write_text(FORM, "utf-8")
    with (made / "systems.yaml").open("a", encoding="utf-8") as systems:
        systems.write(SYSTEM)
    return made


@pytest.fixture
def catalogue_folder(folder: Path) -> Path:
    """What the `app` fixture reads in place of the shipped catalogue."""
    return folder


def test_the_checks_know_the_new_form(folder: Path) -> None:
    catalogue = load(folder)
    system = catalogue.system("lighthouse")
    spec = catalogue.form(system.grant_form)

    def defects(**changes: str) -> list[tuple[str | None, str]]:
        keeper = row(role="Смотритель", lantern="Френель") | changes
        asked = Application(
            spec.slug, "lighthouse", "grant", ORGANIZATION, SIGNATORY, rows=(keeper,)
        )
        target = catalogue.target_of(spec, asked)
        check = Check(spec, asked, target, catalogue.checks_region)
        return [(d.field, d.code) for d in validate(check)]

    assert defects() == []
    assert defects(lantern="") == [("lantern", "required")]
    assert defects(lantern="ф" * 21) == [("lantern", "over_length")]
    assert defects(role="Лоцман") == [("role", "role_not_allowed")]


def test_a_secretary_files_by_the_new_form(
    app: Flask, db: Database, clock: FrozenClock, signed_in: Callable[[int], FlaskClient]
) -> None:
    organization = factories.organization(db, full_name="Больница на Сескаре", **PARTICULARS)
    user = factories.account(db, "secretary", organization)
    person = factories.person(db, organization, name="Петрова Анна Ивановна")
    client = signed_in(user)
    assert "Маяк «Сескар»" in client.get("/requests/new").text
    with db.read() as session:
        actor = actor_of(session.get_one(User, user))
        job = session.scalars(select(Employment.id).where(Employment.person_id == person)).one()
    picks = Picks(people=(job,), systems=("lighthouse",), roles={"lighthouse": "Наблюдатель"})
    catalogue = app.extensions["accessflow"].catalogue
    (made,) = requests.create(db, actor=actor, now=clock(), catalogue=catalogue, picks=picks)
    page = client.get(f"/requests/{made}/edit").text
    for words in (
        "Смотритель",
        "СНИЛС смотрителя",
        "Фонарь",
        "Должность на маяке",
        "двадцать миль",
    ):
        assert words in page
    _files_carry_the_form(client, made)


PARTICULARS = {
    "short_name": "Больница Сескара",
    "oid": ORGANIZATION.oid,
    "inn": ORGANIZATION.inn,
    "subject_rf": ORGANIZATION.subject_rf,
}
PRINTED = ("Заявка на доступ к маякам", "Прошу зажечь Маяк «Сескар» для Наблюдатель.", "Фонарь")


def _files_carry_the_form(client: FlaskClient, made: int) -> None:
    def data(kind: str) -> io.BytesIO:
        answer = client.get(f"/requests/{made}/files/{kind}")
        assert answer.status_code == 200
        return io.BytesIO(answer.data)

    document = Document(data("docx"))
    words = [p.text for p in document.paragraphs]
    words += [cell.text for line in document.tables[0].rows for cell in line.cells]
    assert set(PRINTED) <= set(words)
    pdf = data("pdf")
    text = PdfDocument(pdf.getvalue())[0].get_textpage().get_text_range()
    for printed in PRINTED:
        assert "".join(printed.split()) in "".join(text.split())
    with pikepdf.open(pdf) as opened:
        assert "Приложение 77" in str(opened.docinfo["/Title"])
    sheet = load_workbook(data("xlsx")).worksheets[0]
    values = [str(cell.value) for line in sheet.iter_rows() for cell in line if cell.value]
    assert set(PRINTED) <= set(values)
