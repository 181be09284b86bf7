"""The PDF as its readers see it: text, fonts, PDF/A-2b's rules, the code, the edges of the page."""

from __future__ import annotations

import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # it ships no types
from PIL import Image, ImageChops

from accessflow.documents.model import Cell, DocumentModel, Paragraph, Table, TableColumn
from accessflow.documents.pdf import write_pdf
from accessflow.documents.stamp import parse, payload
from tests.documents_models import EXAMPLES, STAMP, application, blank, letter
from tests.support.pdf_reading import codes, pictures, texts, words

every_example = pytest.mark.parametrize("model", EXAMPLES.values(), ids=EXAMPLES.keys())


def flat(text: str) -> str:
    return re.sub(r"\s", "", text)


@every_example
def test_every_text_of_the_model_can_be_found_in_the_file(model: DocumentModel) -> None:
    text = flat("".join(texts(write_pdf(model))))
    for block in model.blocks:
        if isinstance(block, Paragraph):
            wanted = [block.text.replace("^", "") if block.style == "note" else block.text]
        elif isinstance(block, Table):
            wanted = [c.text.replace("^", "") for r in (*block.header, *block.rows) for c in r]
        else:
            wanted = [block.position, f"/{block.name}/", block.seal]
        for each in wanted:
            assert flat(each) in text


def test_cells_are_read_row_by_row() -> None:
    model = application(3)
    table = next(b for b in model.blocks if isinstance(b, Table))
    text = " ".join(words(write_pdf(model))[0])
    for row in table.rows:
        assert " ".join(cell.text for cell in row[2:6]) in text


@every_example
def test_all_fonts_are_embedded_subsets_of_tinos(model: DocumentModel) -> None:
    with pikepdf.open(BytesIO(write_pdf(model))) as pdf:
        fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
        assert fonts
        for font in fonts:
            assert re.fullmatch(r"/[A-Z]{6}\+Tinos(-Bold)?", str(font.BaseFont))
            assert "/FontFile2" in font.FontDescriptor
            assert "/ToUnicode" in font


@every_example
def test_the_same_model_gives_the_same_bytes(model: DocumentModel) -> None:
    assert write_pdf(model) == write_pdf(replace(model))


def test_threads_do_not_disturb_each_other() -> None:
    models = [application(n, stamp=replace(STAMP, version=n)) for n in range(1, 9)]
    alone = [write_pdf(model) for model in models]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(write_pdf, models)) == alone


@every_example
def test_the_catalog_tells_title_language_and_conformance(model: DocumentModel) -> None:
    with pikepdf.open(BytesIO(write_pdf(model))) as pdf:
        assert str(pdf.Root.Lang) == "ru-RU"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert str(pdf.docinfo["/Title"]) == model.title
        assert set(pdf.docinfo.keys()) == {"/Title", "/Producer"}
        with pdf.open_metadata() as meta:
            assert meta.pdfa_status == "2B"
            assert meta["dc:title"] == model.title
            assert meta["pdf:Producer"] == str(pdf.docinfo["/Producer"])
        (intent,) = pdf.Root.OutputIntents
        assert intent.S == "/GTS_PDFA1"
        profile = intent.DestOutputProfile.read_bytes()
        assert profile[36:40] == b"acsp"
        assert profile[8] < 5
        assert intent.DestOutputProfile.N == 3


@every_example
def test_pdf_a_2b_holds_as_far_as_the_file_shows(model: DocumentModel) -> None:
    raw = write_pdf(model)
    assert re.match(rb"%PDF-1\.7\n%[\x80-\xff]{4}", raw)
    assert raw.endswith(b"%%EOF\n")
    assert len(re.findall(rb"[^\n\r]endstream", raw)) == 0
    assert raw.count(b"\nendstream") == len(re.findall(rb"\bstream\n", raw))
    with pikepdf.open(BytesIO(raw)) as pdf:
        assert len(pdf.trailer.ID) == 2
        assert "/Encrypt" not in pdf.trailer
        assert pdf.Root.Metadata.get("/Filter") is None
        for item in pdf.objects:
            if not isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
                continue
            entries = dict(item.items())
            assert not {"/SMask", "/ca", "/CA", "/BM", "/AA", "/JS", "/F", "/OC"} & set(entries)
            assert entries.get("/Filter", pikepdf.Array()) in (
                pikepdf.Array([pikepdf.Name.FlateDecode]), pikepdf.Array(),
            )  # fmt: skip
            assert entries.get("/Group") is None
            if entries.get("/Type") == "/Font":
                hold_font(item)


def hold_font(font: pikepdf.Object) -> None:
    """ISO 19005-2, 6.2.11: a symbolic TrueType font, its widths, its one encoding."""
    assert font.Subtype == "/TrueType"
    assert "/Encoding" not in font
    assert int(font.FontDescriptor.Flags) & 4
    file = TTFont(BytesIO(font.FontDescriptor.FontFile2.read_bytes()))
    (cmap,) = file["cmap"].tables
    unit = 1000 / file["head"].unitsPerEm
    widths = {n: float(w) for n, w in enumerate(font.Widths, int(font.FirstChar))}
    for code, glyph in cmap.cmap.items():
        if glyph != ".notdef":
            assert widths[code] == pytest.approx(file["hmtx"][glyph][0] * unit, abs=1)


def test_qpdf_finds_nothing_to_mend(tmp_path: Path) -> None:
    for name, model in EXAMPLES.items():
        (tmp_path / f"{name}.pdf").write_bytes(write_pdf(model))
        done = subprocess.run(
            ["qpdf", "--check", tmp_path / f"{name}.pdf"], capture_output=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["application-60", "letter-60", "label-value", "cover"])
def test_the_code_on_every_page_is_read_from_a_scan(name: str) -> None:
    model = EXAMPLES[name]
    width, height = (297, 210) if model.orientation == "landscape" else (210, 297)
    for picture in pictures(write_pdf(model)):
        (code,) = codes(picture)
        assert model.stamp is not None
        assert parse(code.text) == model.stamp
        assert code.text == payload(model.stamp)
        assert code.right - code.left == pytest.approx(22, abs=0.7)
        assert code.right == pytest.approx(width - 10, abs=0.7)
        assert code.bottom == pytest.approx(height - 5, abs=0.7)


def test_the_code_is_read_from_a_bad_scan() -> None:
    picture = pictures(write_pdf(application(10)))[0].rotate(3, fillcolor=255, expand=True)
    noisy = Image.blend(picture, Image.effect_noise(picture.size, 90), 0.3)
    stream = BytesIO()
    noisy.save(stream, "JPEG", quality=40)
    (code,) = codes(Image.open(stream))
    assert parse(code.text) == STAMP


def test_a_blank_form_has_no_code() -> None:
    assert [codes(picture) for picture in pictures(write_pdf(blank()))] == [[]]


def ink(picture: Image.Image) -> tuple[float, float, float, float]:
    """The edges of all that is printed, in millimetres from the sheet's left and top."""
    box = ImageChops.invert(picture).getbbox()
    assert box is not None
    left, top, right, bottom = (edge * 25.4 / 200 for edge in box)
    return left, top, right, bottom


@every_example
def test_nothing_stands_in_the_margins(model: DocumentModel) -> None:
    for picture in pictures(write_pdf(replace(model, stamp=None))):
        width, height = (edge * 25.4 / 200 for edge in picture.size)
        left, top, right, bottom = ink(picture)
        assert left >= model.margin_left_mm - 0.4
        assert top >= 10
        assert right <= width - 10 + 0.4
        assert bottom <= height - 20 + 0.4


@every_example
def test_the_body_keeps_clear_of_the_code(model: DocumentModel) -> None:
    if model.stamp is None:
        return
    for picture in pictures(write_pdf(model)):
        (code,) = codes(picture)
        left, top, right, bottom = (
            round(edge / 25.4 * 200)
            for edge in (code.left - 2, code.top - 1.7, code.right + 2, code.top - 0.4)
        )
        above = picture.crop((left, top, right, bottom))
        assert ImageChops.invert(above).getbbox() is None


def test_pages_are_numbered_from_the_second_on_in_the_middle_of_the_top() -> None:
    document = pypdfium2.PdfDocument(write_pdf(application(60)))
    for number, page in enumerate(document, 1):
        strip = page.get_textpage().get_text_bounded(bottom=page.get_height() - 20 / 25.4 * 72)
        assert strip.strip() == ("" if number == 1 else str(number))


def test_characters_of_one_cell_do_not_stand_on_those_of_another() -> None:
    for name in ("application-long-5", "grouped-10"):
        for page in pypdfium2.PdfDocument(write_pdf(EXAMPLES[name])):
            hold_apart(page.get_textpage())


def hold_apart(text: pypdfium2.PdfTextPage) -> None:
    boxes = []
    for index in range(text.count_chars()):
        if not chr(pdfium.FPDFText_GetUnicode(text.raw, index)).isspace():
            left, bottom, right, top = text.get_charbox(index)
            boxes.append((round(bottom / 4), left + 0.4, right - 0.4, bottom + 0.4, top - 0.4))
    boxes.sort()
    for one, other in pairwise(boxes):
        apart = one[2] <= other[1] or other[2] <= one[1] or one[4] <= other[3] or other[4] <= one[3]
        assert apart


def test_a_character_that_the_typeface_lacks_is_shown_and_not_left_out() -> None:
    table = Table((TableColumn("a"),), (), ((Cell("сбой \U0001f600 входа"),),))
    model = DocumentModel("т", "portrait", (table,), None, "т")
    assert "сбой □ входа" in " ".join(words(write_pdf(model))[0])


def test_more_than_256_different_characters_are_all_there() -> None:
    many = "".join(map(chr, [*range(0x21, 0x7F), *range(0xC0, 0x17F), *range(0x410, 0x4A0)]))
    model = DocumentModel("т", "portrait", (Paragraph(" ".join(many), "plain"),), None, "т")
    assert "".join(words(write_pdf(model))[0]) == many


def test_the_left_margin_follows_the_model() -> None:
    near, far = (ink(pictures(write_pdf(letter(3, None, mm)))[0])[0] for mm in (20.0, 30.0))
    assert far - near == pytest.approx(10, abs=0.3)
