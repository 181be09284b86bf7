"""The same page drawn by us and by its peers: DOCX, PDF and XLSX of an application under App. 8.

Inputs all differ. Every peer draws the page's words in a table of the same columns with the same
borders and type, the page number and the QR code; the code's picture comes from us, so that
no peer is slower for a slow QR library.
"""

from __future__ import annotations

import base64
import io
import json
import random
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import openpyxl
import typst
import weasyprint
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docxtpl import DocxTemplate, InlineImage
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties

from accessflow.documents import metrics
from accessflow.documents.docx import write_docx
from accessflow.documents.model import DocumentModel, Paragraph, SignatureBlock, Stamp, Table
from accessflow.documents.pdf import write_pdf
from accessflow.documents.stamp import payload, png
from accessflow.documents.writers import write_set
from accessflow.documents.xlsx import write_xlsx
from benchmarks.harness import Bench, cpu_seconds, faster, growth, race
from tests.documents_models import application, person, table12

CONSONANTS, VOWELS = "бвгдзклмнпрст", "аеиоуы"
LATIN = "abcdefghijklmnoprstuvyz"


def benches() -> list[Bench]:
    ten = _models(10, 41)
    many = _models(200, 9)
    with tempfile.TemporaryDirectory() as folder:
        peers = _Peers(Path(folder))
        lines = [
            faster("DOCX, 10 rows", *race(ten, write_docx, peers.docxtpl), "docxtpl"),
            faster("DOCX, 200 rows", *race(many, write_docx, peers.docxtpl), "docxtpl"),
            faster(
                "PDF, 10 rows",
                *race(_models(10, 25), write_pdf, peers.weasyprint, ours_per_peer=4),
                "WeasyPrint",
            ),
            faster("PDF, 10 rows", *race(_models(10, 61), write_pdf, peers.typst), "typst"),
            _pdf_growth(),
            faster("XLSX, 10 rows", *race(_models(10, 41), write_xlsx, peers.openpyxl), "openpyxl"),
        ]
    spent = cpu_seconds(_models(10, 41), write_set)
    lines.append(faster("set of three files, 10 rows, CPU", spent, 0.060, "promised at most"))
    return lines


def _pdf_growth() -> Bench:
    small, large = _models(10, 41), _models(200, 9)
    few, many = cpu_seconds(small, write_pdf), cpu_seconds(large, write_pdf)
    return growth("PDF, a row of 200", many / 200e-3, few / 10e-3, "a row of 10", "ms")


def _models(rows: int, count: int) -> list[DocumentModel]:
    chance = random.Random(rows * count)
    return [_model(rows, chance) for _ in range(count)]


def _model(rows: int, chance: random.Random) -> DocumentModel:
    """App. 8 for people who have never been seen before."""
    people = tuple(_stranger(chance) for _ in range(rows))
    model = application(0)
    blocks = tuple(table12(people) if isinstance(b, Table) else b for b in model.blocks)
    stamp = Stamp(f"{chance.randrange(16**12):012x}", f"2026-{chance.randrange(10**6):06d}", 1)
    return replace(model, blocks=blocks, stamp=stamp, service=(), title=f"{model.title} {stamp}")


def _stranger(chance: random.Random) -> tuple[str, ...]:
    row = list(person(chance.randrange(1000)))
    syllables = chance.randint(2, 4)
    stem = "".join(chance.choice(CONSONANTS) + chance.choice(VOWELS) for _ in range(syllables))
    row[2] = f"{stem}ова".capitalize()
    digits = f"{chance.randrange(10**11):011d}"
    row[5] = f"{digits[:3]}-{digits[3:6]}-{digits[6:9]} {digits[9:]}"
    row[6] = f"8 (812) {digits[1:4]}-{digits[4:6]}-{digits[6:8]}"
    row[7] = f"+7 921 {digits[2:5]}-{digits[5:7]}-{digits[7:9]}"
    name = "".join(chance.choice(LATIN) for _ in range(chance.randint(5, 12)))
    row[8] = f"{name}@kmb{chance.randrange(100)}.example.org"
    return tuple(row)


class _Page:
    """What the peers put on the page."""

    def __init__(self, model: DocumentModel) -> None:
        texts = [b for b in model.blocks if isinstance(b, Paragraph)]
        by_style = {b.style: b.text for b in texts}
        table = next(b for b in model.blocks if isinstance(b, Table))
        signature = next(b for b in model.blocks if isinstance(b, SignatureBlock))
        self.name = model.title
        self.title, self.body, self.caption = (
            by_style["title"], by_style["body"], by_style["caption"],
        )  # fmt: skip
        self.notes = [b.text.replace("^", "") for b in texts if b.style == "note"]
        self.header = [cell.text.replace("^", "") for cell in table.header[0]]
        self.rows = [[cell.text for cell in row] for row in table.rows]
        self.choices = {n: c.choices for n, c in enumerate(table.columns) if c.choices}
        self.signature = f"{signature.position} {'_' * 26}/{signature.name}/"
        self.seal = signature.seal
        if model.stamp is None:
            raise ValueError("a bench draws the code")
        self.code = png(payload(model.stamp))


class _Peers:
    def __init__(self, folder: Path) -> None:
        self.template = folder / "template.docx"
        _docx_template(_Page(_models(1, 1)[0])).save(str(self.template))
        (folder / "page.typ").write_text(TYPST, encoding="utf-8")
        self.code = folder / "code.png"
        self.compiler = typst.Compiler(
            str(folder / "page.typ"), root=str(folder), font_paths=[str(metrics.FONTS)],
            ignore_system_fonts=True,
        )  # fmt: skip
        self.fonts = weasyprint.text.fonts.FontConfiguration()
        self.style = weasyprint.CSS(string=CSS, font_config=self.fonts)

    def docxtpl(self, model: DocumentModel) -> bytes:
        page = _Page(model)
        template = DocxTemplate(str(self.template))
        picture = InlineImage(template, io.BytesIO(page.code), width=Mm(22))
        template.render({"page": page, "code": picture})
        out = io.BytesIO()
        template.save(out)
        return out.getvalue()

    def typst(self, model: DocumentModel) -> bytes:
        page = _Page(model)
        self.code.write_bytes(page.code)
        data = {k: v for k, v in vars(page).items() if k not in {"code", "choices"}}
        made = self.compiler.compile(sys_inputs={"page": json.dumps(data, ensure_ascii=False)})
        if not isinstance(made, bytes):
            raise TypeError(type(made))
        return made

    def weasyprint(self, model: DocumentModel) -> bytes:
        html = weasyprint.HTML(string=_html(_Page(model)))
        return bytes(html.write_pdf(stylesheets=[self.style], font_config=self.fonts))

    def openpyxl(self, model: DocumentModel) -> bytes:
        return _sheet(_Page(model))


def _docx_template(page: _Page) -> Any:
    """An ordinary template as an office makes it in its text editor."""
    document = docx.Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.top_margin = section.bottom_margin = Mm(20)
    section.right_margin = Mm(10)
    section.different_first_page_header_footer = True
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Times New Roman", Pt(12)
    document.add_paragraph().add_run("{{ page.title }}").bold = True
    document.add_paragraph("{{ page.body }}")
    document.add_paragraph("{{ page.caption }}")
    table = document.add_table(rows=4, cols=12)
    table.style = "Table Grid"
    for cell, text in zip(table.rows[0].cells, page.header, strict=True):
        cell.text = text
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    table.rows[1].cells[0].text = "{%tr for row in page.rows %}"
    for number, cell in enumerate(table.rows[2].cells):
        cell.text = f"{{{{ row[{number}] }}}}"
    table.rows[3].cells[0].text = "{%tr endfor %}"
    for cell in (*table.rows[0].cells, *table.rows[2].cells):
        cell.paragraphs[0].runs[0].font.size = Pt(9)
    document.add_paragraph("{{ page.signature }}")
    document.add_paragraph("{{ page.seal }}")
    for number in range(len(page.notes)):
        document.add_paragraph(f"{{{{ page.notes[{number}] }}}}").runs[0].font.size = Pt(10)
    _page_number(section.header.paragraphs[0])
    for footer in (section.footer, section.first_page_footer):
        footer.paragraphs[0].text = "{{ code }}"
        footer.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    return document


def _page_number(paragraph: Any) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)


TYPST = """
#let page-data = json(bytes(sys.inputs.page))
#set document(title: page-data.name, date: none)
#set text(font: "Tinos", size: 12pt, lang: "ru")
#set page(
  paper: "a4", flipped: true, margin: (left: 20mm, right: 10mm, top: 20mm, bottom: 28mm),
  header: context { if here().page() > 1 { align(center, counter(page).display()) } },
  footer: align(right, image("code.png", width: 22mm)), footer-descent: 1mm,
)
#set par(justify: true)
#align(center, strong(page-data.title))
#par(first-line-indent: (amount: 12.5mm, all: true), page-data.body)
#page-data.caption
#set text(size: 9pt)
#set par(justify: false)
#table(
  columns: (1.3fr, 1.4fr, 1.3fr, 0.9fr, 1.2fr, 1.3fr, 0.9fr, 0.9fr, 1.4fr, 0.8fr, 1.3fr, 1.3fr),
  inset: 3pt, stroke: 0.5pt,
  table.header(..page-data.header.map(text => table.cell(align: center + horizon, text))),
  ..page-data.rows.flatten(),
)
#set text(size: 12pt)
#page-data.signature

#page-data.seal
#set text(size: 10pt)
#for note in page-data.notes [#par(note)]
"""

CSS = f"""
@font-face {{ font-family: Tinos; src: url(file://{metrics.FONTS / "Tinos-Regular.ttf"}); }}
@font-face {{ font-family: Tinos; font-weight: bold;
  src: url(file://{metrics.FONTS / "Tinos-Bold.ttf"}); }}
@page {{ size: A4 landscape; margin: 20mm 10mm 28mm 20mm;
  @top-center {{ content: counter(page); }} @bottom-right {{ content: element(code); }} }}
@page :first {{ @top-center {{ content: none; }} }}
#code {{ position: running(code); }} #code img {{ width: 22mm; }}
body {{ font: 12pt Tinos; }} h1 {{ font-size: 12pt; text-align: center; }}
p.body {{ text-align: justify; text-indent: 12.5mm; }} .note {{ font-size: 10pt; }}
table {{ border-collapse: collapse; width: 100%; font-size: 9pt; }} tr {{ break-inside: avoid; }}
td, th {{ border: 0.5pt solid; padding: 1mm; overflow-wrap: anywhere; vertical-align: top; }}
th {{ font-weight: normal; vertical-align: middle; }}
"""


def _html(page: _Page) -> str:
    code = base64.b64encode(page.code).decode()
    head = "".join(f"<th>{text}</th>" for text in page.header)
    rows = "".join(f"<tr>{''.join(f'<td>{text}</td>' for text in row)}</tr>" for row in page.rows)
    notes = "".join(f"<p class=note>{text}</p>" for text in page.notes)
    return (
        f"<html lang=ru><title>{page.name}</title><body>"
        f"<div id=code><img src='data:image/png;base64,{code}'></div>"
        f"<h1>{page.title}</h1><p class=body>{page.body}</p><p>{page.caption}</p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        f"<p>{page.signature}</p><p>{page.seal}</p>{notes}</body></html>"
    )


def _sheet(page: _Page) -> bytes:
    """The page as a styled sheet of openpyxl."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    side = Side("thin")
    border = Border(side, side, side, side)
    small, large = Font("Times New Roman", 9), Font("Times New Roman", 12)
    wrap = Alignment(wrap_text=True, vertical="top")
    center = Alignment("center", "center", wrap_text=True)

    def line(text: str, font: Font) -> None:
        sheet.append([text])
        sheet.merge_cells(start_row=sheet.max_row, end_row=sheet.max_row, start_column=1,
                          end_column=12)  # fmt: skip
        cell = sheet.cell(sheet.max_row, 1)
        cell.font, cell.alignment, cell.number_format = font, wrap, "@"

    def cells(texts: list[str], alignment: Alignment) -> None:
        sheet.append(texts)
        for cell in sheet[sheet.max_row]:
            cell.font, cell.border, cell.alignment = small, border, alignment
            cell.number_format = "@"
        sheet.row_dimensions[sheet.max_row].height = 40

    for text in (page.title, page.body, page.caption):
        line(text, large)
    cells(page.header, center)
    first = sheet.max_row
    for row in page.rows:
        cells(row, wrap)
    for column, choices in page.choices.items():
        rule = DataValidation("list", f'"{",".join(choices)}"')
        letter = get_column_letter(column + 1)
        rule.add(f"{letter}{first + 1}:{letter}{sheet.max_row + 200}")
        sheet.add_data_validation(rule)
    for text in (page.signature, page.seal, *page.notes):
        line(text, large)
    for column in range(1, 13):
        sheet.column_dimensions[get_column_letter(column)].width = 12
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{first}:{first}"
    sheet.print_area = f"A1:L{sheet.max_row}"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
