"""The DOCX as an editor reads it: styles, page, values as they were typed, nothing to repair."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from dataclasses import replace
from io import BytesIO

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from lxml import etree
from PIL import Image

from accessflow.documents.docx import write_docx
from accessflow.documents.model import (
    Cell,
    DocumentModel,
    Paragraph,
    SignatureBlock,
    Table,
    TableColumn,
)
from accessflow.documents.stamp import payload
from tests.documents_models import EXAMPLES, application, cover, grouped, label_value, letter
from tests.support.pdf_reading import codes

every_example = pytest.mark.parametrize("model", EXAMPLES.values(), ids=EXAMPLES.keys())

ORDER = {
    "pPr": (
        "pStyle", "keepNext", "keepLines", "pageBreakBefore", "widowControl", "numPr", "pBdr",
        "shd", "tabs", "spacing", "ind", "jc", "outlineLvl", "rPr",
    ),
    "rPr": ("rStyle", "rFonts", "b", "i", "kern", "sz", "szCs", "vertAlign", "lang"),
    "tblPr": (
        "tblStyle", "tblW", "jc", "tblInd", "tblBorders", "tblLayout", "tblCellMar", "tblLook",
    ),
    "tcPr": ("tcW", "gridSpan", "vMerge", "tcBorders", "shd", "vAlign"),
    "sectPr": (
        "headerReference", "footerReference", "pgSz", "pgMar", "cols", "titlePg", "docGrid",
    ),
}  # fmt: skip
"""The order in which ISO 29500 has these children; Word offers to repair a file with another."""


def opened(model: DocumentModel) -> Document:
    return docx.Document(BytesIO(write_docx(model)))


def parts(model: DocumentModel) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(write_docx(model))) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def table_of(model: DocumentModel) -> Table:
    return next(b for b in model.blocks if isinstance(b, Table))


@every_example
def test_every_cell_and_paragraph_reads_as_it_was_typed(model: DocumentModel) -> None:
    document = opened(model)
    tables = [b for b in model.blocks if isinstance(b, Table)]
    for table, made in zip(tables, document.tables, strict=True):
        rows = (*table.header, *table.rows)
        for row, found in zip(rows, made.rows, strict=True):
            wanted = [c.text.replace("^", "") for c in row]
            own = [tc for tc in found._tr.tc_lst if tc.vMerge != "continue"]
            assert ["\n".join(p.text for p in tc.p_lst) for tc in own] == wanted
    found_texts = [p.text for p in document.paragraphs]
    for block in model.blocks:
        if isinstance(block, Paragraph):
            plain = block.text.replace("^", "") if block.style == "note" else block.text
            assert plain in found_texts
        elif isinstance(block, SignatureBlock):
            text = "\n".join(found_texts)
            assert block.position in text
            assert f"/{block.name}/" in text
            assert block.seal in found_texts or not block.seal


@every_example
def test_no_invisible_character_is_put_into_a_text(model: DocumentModel) -> None:
    typed = {char for block in model.blocks for char in repr(block)}
    tree = etree.fromstring(parts(model)["word/document.xml"])
    text = "".join(element.text or "" for element in tree.iter(qn("w:t")))
    for char in set(text) - typed:
        assert unicodedata.category(char) not in ("Cf", "Cc", "Zl", "Zp", "Co")


@every_example
def test_the_page_is_a4_with_the_margins_of_the_order(model: DocumentModel) -> None:
    (section,) = opened(model).sections
    size = (Mm(297), Mm(210)) if model.orientation == "landscape" else (Mm(210), Mm(297))
    for found, wanted in zip((section.page_width, section.page_height), size, strict=True):
        assert found == pytest.approx(wanted, abs=700)  # a twip
    margins = (model.margin_left_mm, 10, 20, 20)
    for found, wanted in zip(
        (section.left_margin, section.right_margin, section.top_margin, section.bottom_margin),
        map(Mm, margins),
        strict=True,
    ):
        assert found == pytest.approx(wanted, abs=700)
    assert section.header_distance == pytest.approx(Mm(10), abs=700)


def test_the_number_stands_in_the_header_of_all_pages_but_the_first() -> None:
    (section,) = opened(application(60)).sections
    assert section.different_first_page_header_footer
    fields = [e.text for e in section.header._element.iter(qn("w:instrText"))]
    assert [field.strip() for field in fields if field] == ["PAGE"]
    assert section.header.paragraphs[0].alignment == 1
    assert not list(section.first_page_header._element.iter(qn("w:instrText")))


def test_paragraphs_have_real_styles() -> None:
    used = {p.style.name for p in opened(letter(3)).paragraphs if p.style}
    assert {"Requisite", "Addressee", "Salutation", "Body Text", "Signature"} <= used
    used = {p.style.name for p in opened(application(3)).paragraphs if p.style}
    assert {"Title", "Body Text", "Caption", "Signature", "footnote text"} <= used
    table = opened(application(3)).tables[0]
    assert table.style is not None
    assert table.style.name == "Table Grid"


@every_example
def test_type_is_times_new_roman_of_12_points_and_never_under_8_in_tables(
    model: DocumentModel,
) -> None:
    document = opened(model)
    fonts = document.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:rFonts')}")
    assert fonts is not None
    assert set(fonts.attrib.values()) == {"Times New Roman"}
    for paragraph in document.paragraphs:
        assert paragraph.style is not None
        size = paragraph.style.font.size
        assert size == (Pt(10) if paragraph.style.name == "footnote text" else Pt(12)) or (
            not paragraph.text
        )
    for table in document.tables:
        for paragraph in table.cell(0, 0).paragraphs:
            assert paragraph.style is not None
            assert Pt(8) <= (paragraph.style.font.size or 0) <= Pt(9)


@every_example
def test_header_rows_repeat_and_rows_do_not_split(model: DocumentModel) -> None:
    for table, made in zip(
        (b for b in model.blocks if isinstance(b, Table)), opened(model).tables, strict=True
    ):
        rows = made._tbl.tr_lst
        for number, row in enumerate(rows):
            repeats = row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
            assert repeats == (number < len(table.header))
            assert row.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None
            height = row.find(f"{qn('w:trPr')}/{qn('w:trHeight')}")
            assert height is not None
            assert height.get(qn("w:hRule")) == "atLeast", "a row grows when somebody types"


def test_the_last_row_keeps_with_the_signature() -> None:
    made = opened(application(5)).tables[0]
    for row, kept in zip(made.rows[1:], (False, False, False, False, True), strict=True):
        for cell in row.cells:
            assert cell.paragraphs[0].paragraph_format.keep_with_next is (kept or None)


def test_spans_of_the_header_are_real() -> None:
    made = opened(grouped(2)).tables[0]
    assert made.cell(0, 4).text == made.cell(0, 5).text
    assert [made.cell(1, n).text for n in (4, 5)] == ["ФИО", "СНИЛС"]
    assert made.cell(0, 0)._tc is made.cell(1, 0)._tc


def test_a_grid_within_label_and_value_keeps_its_cells() -> None:
    made = opened(label_value()).tables[0]
    assert made.cell(4, 2).text == "ГИС «Электронная очередь»"
    assert made.cell(4, 1).text == "Описание необходимых разграничений прав доступа"
    assert made.cell(1, 3).text.startswith("188643")


@every_example
def test_the_code_stands_in_the_footers_of_all_pages(model: DocumentModel) -> None:
    package = parts(model)
    if model.stamp is None:
        assert not any(name.startswith(("word/media", "word/footer")) for name in package)
        return
    (section,) = opened(model).sections
    for footer in (section.footer, section.first_page_footer):
        (extent,) = footer._element.iter(qn("wp:extent"))
        assert [int(extent.get(side)) for side in ("cx", "cy")] == pytest.approx(
            [Mm(22), Mm(22)], abs=700
        )
    picture = Image.open(BytesIO(package["word/media/image1.png"])).convert("L")
    white = Image.new("L", (picture.width + 80, picture.height + 80), 255)
    white.paste(picture, (40, 40))
    assert [code.text for code in codes(white)] == [payload(model.stamp)]


@every_example
def test_the_same_model_gives_the_same_bytes(model: DocumentModel) -> None:
    assert write_docx(model) == write_docx(replace(model))


@every_example
def test_the_package_has_only_what_a_form_uses(model: DocumentModel) -> None:
    package = parts(model)
    assert next(iter(package)) == "[Content_Types].xml"
    known = (
        r"\[Content_Types\].xml|_rels/.rels|docProps/core.xml|word/(_rels/)?[a-z]+\d?.xml(.rels)?"
    )
    assert all(re.fullmatch(rf"{known}|word/media/image1.png", name) for name in package)
    assert sum(map(len, package.values())) < 30_000 + len(package["word/document.xml"])
    types = package["[Content_Types].xml"].decode()
    for name in package:
        if name.endswith(".xml") and "rels" not in name and name != "[Content_Types].xml":
            assert f'PartName="/{name}"' in types
    for name, data in package.items():
        if name.endswith(".rels"):
            folder = name.partition("_rels/")[0]
            for target in re.findall(r'Target="([^"]+)"', data.decode()):
                assert folder + target.lstrip("/") in package


@every_example
def test_elements_stand_in_the_order_of_the_standard(model: DocumentModel) -> None:
    for name, data in parts(model).items():
        if not name.endswith(".xml"):
            continue
        for element in etree.fromstring(data).iter():
            order = ORDER.get(etree.QName(element).localname)
            if order and "wordprocessingml" in (etree.QName(element).namespace or ""):
                children = [etree.QName(child).localname for child in element]
                places = [order.index(child) for child in children]
                assert places == sorted(places), f"{name}: {children}"


def test_a_table_is_never_the_last_thing() -> None:
    model = replace(cover(), blocks=cover().blocks[:2])
    body = etree.fromstring(parts(model)["word/document.xml"])[0]
    assert [etree.QName(e).localname for e in body][-3:] == ["tbl", "p", "sectPr"]


def test_markup_in_a_value_is_text() -> None:
    text = 'ООО <Тест> & «К» "q" ]]> 1 < 2'
    table = Table((TableColumn("a"), TableColumn("b")), (), ((Cell(text), Cell("  два  ")),))
    model = DocumentModel(text, "portrait", (Paragraph(text, "title"), table), None, "т")
    document = opened(model)
    assert document.paragraphs[0].text == text
    assert [cell.text for cell in document.tables[0].rows[0].cells] == [text, "  два  "]
    assert document.core_properties.title == text


def test_the_file_can_be_edited_and_saved() -> None:
    document = opened(application(2))
    row = document.tables[0].add_row()  # type: ignore[no-untyped-call]  # as python-docx has it
    row.cells[0].text = "Новая строка"
    document.add_paragraph("Приписка", style="Body Text")
    stream = BytesIO()
    document.save(stream)
    again = docx.Document(stream)
    assert again.tables[0].rows[-1].cells[0].text == "Новая строка"
