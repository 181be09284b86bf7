"""LibreOffice's own PDF of the DOCX: the same pages, the same words in the same order as ours.

Every form and action with 1, 10 and 60 rows, the blank forms, and what is hard: every number of
rows around the end of a page, 200 rows, values of the greatest length. The same words on the same
pages mean the same page breaks, for the words of a row are its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from accessflow.documents.build import blank, build
from accessflow.documents.docx import write_docx
from accessflow.documents.model import Cell, DocumentModel, Paragraph, Table, TableColumn
from accessflow.documents.pdf import write_pdf
from accessflow.documents.stamp import payload
from accessflow.documents.xlsx import write_xlsx
from accessflow.forms.application import Application
from tests.catalogue_examples import catalogue, check, every_application
from tests.documents_models import EXAMPLES, application, grouped, letter, person
from tests.support.office import Convert
from tests.support.pdf_reading import codes, pictures, words

ROWS = (1, 10, 60)
Documents = Mapping[str, DocumentModel]


def people(filled: Application, count: int) -> Application:
    """So many different rows, every seventh of the longest values."""
    rows = []
    for number in range(count):
        texts = person(number, long=number % 7 == 3)
        row = dict(filled.rows[0])
        row |= dict(zip(("last_name", "first_name", "middle_name"), texts[2:5], strict=True))
        row |= {"snils": texts[5], "position": texts[1], "email": texts[8]}
        row |= {"work_phone": texts[6], "contact_phone": texts[7]}
        if texts[4] == "отсутствует":
            row |= {"middle_name": "", "no_middle_name": "1"}
        if "emdr_id" in row:
            row["emdr_id"] = f"224.16.25.09.{number:09d}"
        rows.append(row)
    return replace(filled, rows=tuple(rows), number="2026-000123", version=2)


def forms_by_action() -> dict[tuple[str, str], Application]:
    return {(filled.form, filled.action): filled for filled in every_application()}


def filled_forms() -> Iterator[tuple[str, DocumentModel]]:
    for (form, action), filled in forms_by_action().items():
        for count in ROWS if filled.rows else (0,):
            counted = people(filled, count) if count else filled
            yield f"{form}-{action}-{count}", build(check(counted), catalogue().region)


def blank_forms() -> Iterator[tuple[str, DocumentModel]]:
    for slug in catalogue().forms:
        spec = catalogue().form(slug)
        for action in spec.actions:
            yield f"blank-{slug}-{action}", blank(spec, action, catalogue().region)


def hold(office_pdfs: Convert, documents: Documents) -> dict[str, bytes]:
    made = office_pdfs({f"{name}.docx": write_docx(m) for name, m in documents.items()})
    differ = {}
    for name, model in documents.items():
        ours, theirs = words(write_pdf(model)), words(made[f"{name}.docx"])
        if ours != theirs:
            differ[name] = first_difference(ours, theirs)
    assert differ == {}
    return made


def first_difference(ours: list[list[str]], theirs: list[list[str]]) -> str:
    for number, (mine, other) in enumerate(zip(ours, theirs, strict=False), 1):
        for at, (word, found) in enumerate(zip(mine, other, strict=False)):
            if word != found:
                return f"page {number}: {mine[at - 3 : at + 4]} but {other[at - 3 : at + 4]}"
        if len(mine) != len(other):
            return f"page {number}: {mine[-4:]} but {other[-4:]}"
    return f"{len(ours)} pages but {len(theirs)}"


def test_every_form_and_action_with_1_10_and_60_rows(office_pdfs: Convert) -> None:
    documents = dict(filled_forms())
    assert {slug for slug, _ in forms_by_action()} == set(catalogue().forms)
    hold(office_pdfs, documents)


def test_every_blank_form(office_pdfs: Convert) -> None:
    hold(office_pdfs, dict(blank_forms()))


def test_documents_made_by_hand_with_their_codes(office_pdfs: Convert) -> None:
    made = hold(office_pdfs, EXAMPLES)
    for name in ("application-10", "letter-3"):
        model = EXAMPLES[name]
        assert model.stamp is not None
        for picture in pictures(made[f"{name}.docx"]):
            (code,) = codes(picture)
            assert code.text == payload(model.stamp)
            assert code.right - code.left == pytest.approx(22, abs=0.7)


def test_two_hundred_rows(office_pdfs: Convert) -> None:
    hold(office_pdfs, {"wide": application(200), "letter": letter(200)})


def test_any_number_of_rows_around_the_end_of_a_page(office_pdfs: Convert) -> None:
    documents = {f"letter-{n}": letter(n) for n in range(24, 44)}
    documents |= {f"grouped-{n}": grouped(n) for n in range(8, 26)}
    hold(office_pdfs, documents)


def test_what_is_hard_to_break(office_pdfs: Convert) -> None:
    texts = (
        "https://portal.egisz.rosminzdrav.ru/materials/3935", "и https://remd.egisz.rosminzdrav.ru",
        "ФРМО/ФРМР", "доступ/удалить доступ", "konstantinopolskaya-anna.a@hospital.example.org",
        "Константинопольская-Преображенская", "пользователю(-ям)", "«Рога и копыта» — ООО!",
        "1.2.643.5.1.13.13.12.2.47.4821.0.107531", "8 (812) 670-52-81, доб. 12", "и" * 255,
        "Оториноларингологическое/стоматологическое", "5–7 % № 5 § 4", "а&б <в> \"г\" 'д' {е} [ё]",
        "100%, да? — нет; и/или: (см. п. 5)...",
    )  # fmt: skip
    documents = {}
    for columns in (2, 5, 9, 12):
        rows = tuple(
            tuple(Cell(texts[(row * 7 + column) % len(texts)]) for column in range(columns))
            for row in range(15)
        )
        kinds = tuple(TableColumn(f"c{n}", 1 + n % 3) for n in range(columns))
        blocks = (
            Paragraph(" ".join(texts), "title"),
            Paragraph(" ".join(texts * 3)),
            Paragraph(" ".join(reversed(texts)), "addressee"),
            Table(kinds, (tuple(Cell(texts[n]) for n in range(columns)),), rows),
            Paragraph("^1 " + " ".join(texts), "note"),
        )
        documents[f"columns-{columns}"] = DocumentModel("т", "landscape", blocks, None, "т")
    hold(office_pdfs, documents)


def test_a_row_higher_than_a_page(office_pdfs: Convert) -> None:
    text = "Не открывается карточка пациента с номером 12345. "
    model = EXAMPLES["cover"]
    table = next(b for b in model.blocks if isinstance(b, Table))
    rows = (*table.rows[:4], (table.rows[4][0], Cell((text * 260).strip())), *table.rows[5:])
    blocks = tuple(replace(b, rows=rows) if isinstance(b, Table) else b for b in model.blocks)
    hold(office_pdfs, {"tall": replace(model, blocks=blocks)})


def test_libreoffice_prints_the_sheet_with_every_text_of_the_model(office_pdfs: Convert) -> None:
    names = ("application-10", "application-long-5", "grouped-10", "label-value", "letter-3")
    made = office_pdfs({f"{name}.xlsx": write_xlsx(EXAMPLES[name]) for name in names})
    for name in names:
        printed = "".join(word for page in words(made[f"{name}.xlsx"]) for word in page)
        for block in EXAMPLES[name].blocks:
            if isinstance(block, Table):
                for row in (*block.header, *block.rows):
                    for cell in row:
                        assert "".join(cell.text.replace("^", "").split()) in printed
