"""Make the base .docx of each page kind: page, styles, page number, the place of the QR code.

    .venv/bin/python scripts/docx_bases.py

python-docx's own template carries some 790 KB of styles and a theme; what a form uses is left.
The writer puts the body, the title and the code's picture into a copy.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.section import Section
from docx.shared import Mm, Pt, Twips
from docx.styles.style import ParagraphStyle

from accessflow.documents import styles
from accessflow.documents.model import Stamp
from accessflow.documents.stamp import payload, png
from accessflow.documents.styles import TextStyle

TARGET = Path(__file__).parents[1] / "accessflow" / "templates_docx"
ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "both": WD_ALIGN_PARAGRAPH.JUSTIFY,
}
KEPT_STYLES = {"Normal", "DefaultParagraphFont", "TableNormal", "NoList", "Header", "Footer"}
UNUSED_PARTS = (
    "theme", "customXml", "numbering", "webSettings", "fontTable", "stylesWithEffects",
)  # fmt: skip
KEPT_PARTS = (
    "[Content_Types].xml", "_rels/", "word/_rels/", "word/document.xml", "word/styles.xml",
    "word/settings.xml", "word/header", "word/footer", "word/media/", "docProps/core.xml",
)  # fmt: skip


def main() -> None:
    for kind in ("landscape", "portrait"):
        for stamped in (False, True):
            name = f"{kind}-qr.docx" if stamped else f"{kind}.docx"
            document = _document(kind == "landscape", stamped)
            (TARGET / name).write_bytes(_stripped(document))
            print(TARGET / name)


def _document(landscape: bool, stamped: bool) -> Document:
    document = docx.Document()
    _page(document.sections[0], landscape)
    _defaults(document)
    for style in (*styles.STYLES.values(), styles.SIGNATURE, styles.SPACER):
        _paragraph_style(document, style)
    for style in styles.CELL_STYLES.values():
        _paragraph_style(document, style)
    _table_style(document)
    _header(document.sections[0])
    if stamped:
        _footers(document.sections[0])
    _settings(document)
    return document


def _page(section: Section, landscape: bool) -> None:
    short, long = Twips(styles.A4_SHORT), Twips(styles.A4_LONG)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (long, short) if landscape else (short, long)
    section.left_margin = Mm(20)
    section.right_margin = Twips(styles.MARGIN_RIGHT)
    section.top_margin = Twips(styles.MARGIN_TOP)
    section.bottom_margin = Twips(styles.MARGIN_BOTTOM)
    section.header_distance = Twips(styles.HEADER_DISTANCE)
    section.footer_distance = Twips(styles.QR_EDGE)
    section.different_first_page_header_footer = True


def _defaults(document: Document) -> None:
    element = document.styles.element
    for style in list(element.findall(qn("w:style"))):
        if style.get(qn("w:styleId")) not in KEPT_STYLES:
            element.remove(style)
    for latent in element.findall(qn("w:latentStyles")):
        element.remove(latent)
    defaults = element.find(qn("w:docDefaults"))
    element.replace(defaults, parse_xml(f"""
<w:docDefaults {nsdecls("w")}>
  <w:rPrDefault><w:rPr>
    <w:rFonts w:ascii="{styles.FONT_NAME}" w:hAnsi="{styles.FONT_NAME}"
              w:eastAsia="{styles.FONT_NAME}" w:cs="{styles.FONT_NAME}"/>
    <w:kern w:val="0"/><w:sz w:val="24"/><w:szCs w:val="24"/>
    <w:lang w:val="ru-RU" w:eastAsia="ru-RU" w:bidi="ar-SA"/>
  </w:rPr></w:rPrDefault>
  <w:pPrDefault/>
</w:docDefaults>"""))  # fmt: skip
    normal = document.styles["Normal"]
    for child in list(normal.element):
        if child.tag in {qn("w:rPr"), qn("w:pPr")}:
            normal.element.remove(child)
    normal.paragraph_format.widow_control = False
    _exact(normal, 280)
    for name in ("Header", "Footer"):
        style = document.styles[name]
        for child in list(style.element):
            if child.tag in {qn("w:rPr"), qn("w:pPr"), qn("w:link")}:
                style.element.remove(child)


def _exact(style: ParagraphStyle, pitch: int) -> None:
    style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    style.paragraph_format.line_spacing = Twips(pitch)


def _paragraph_style(document: Document, style: TextStyle) -> None:
    made = document.styles.add_style(style.word, WD_STYLE_TYPE.PARAGRAPH, builtin=style.builtin)
    assert made.style_id == style.id, (made.style_id, style.id)
    made.base_style = document.styles["Normal"]
    made.quick_style = True
    made.font.size = Pt(style.size)
    made.element.get_or_add_rPr().append(_value("w:szCs", str(round(style.size * 2))))
    made.font.bold = style.bold or None
    form = made.paragraph_format
    form.alignment = ALIGN[style.align]
    form.space_after = Twips(style.after)
    form.space_before = Twips(0)
    form.first_line_indent = Twips(style.first) if style.first else None
    form.keep_with_next = style.keep_next or None
    _exact(made, style.pitch)


def _value(tag: str, value: str) -> Any:
    element = OxmlElement(tag)
    element.set(qn("w:val"), value)
    return element


def _table_style(document: Document) -> None:
    made = document.styles.add_style("Table Grid", WD_STYLE_TYPE.TABLE, builtin=True)
    made.base_style = document.styles["Normal Table"]
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    made.element.append(
        parse_xml(f"""
<w:tblPr {nsdecls("w")}><w:tblBorders>{sides}</w:tblBorders>
  <w:tblCellMar><w:top w:w="{styles.CELL_PAD_TOP}" w:type="dxa"/>
    <w:bottom w:w="{styles.CELL_PAD_BOTTOM}" w:type="dxa"/></w:tblCellMar></w:tblPr>""")
    )


def _header(section: Section) -> None:
    section.first_page_header.is_linked_to_previous = False
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for kind, text in (("begin", ""), ("", " PAGE "), ("end", "")):
        run = paragraph.add_run()
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = text
        run._r.append(mark)


def _footers(section: Section) -> None:
    picture = png(payload(Stamp("0" * 12)))
    for footer in (section.footer, section.first_page_footer):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.space_before = Twips(styles.QR_GAP)
        paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        run = paragraph.add_run()
        run.font.size = Pt(1)
        inline = run.add_picture(io.BytesIO(picture), width=Twips(styles.QR_SIZE))
        element = inline._inline
        for side in ("distT", "distB", "distL", "distR"):  # LibreOffice's own default is 3 mm
            element.set(side, "0")
        element.docPr.set("name", "QR-код")
        element.docPr.set("descr", "QR-код: номер, версия и контрольная сумма заявки")
        mark = OxmlElement("w:rPr")
        mark.append(_value("w:sz", "2"))
        paragraph._p.get_or_add_pPr().append(mark)


def _settings(document: Document) -> None:
    settings = document.settings.element
    for child in list(settings):
        settings.remove(child)
    settings.append(_value("w:zoom", "100"))
    settings[0].attrib.clear()
    settings[0].set(qn("w:percent"), "100")
    settings.append(_value("w:defaultTabStop", "709"))
    settings.append(_value("w:characterSpacingControl", "doNotCompress"))
    settings.append(
        parse_xml(f"""
<w:compat {nsdecls("w")}><w:doNotExpandShiftReturn/>
  <w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word"
                   w:val="15"/></w:compat>""")
    )
    settings.append(parse_xml(f'<w:themeFontLang {nsdecls("w")} w:val="ru-RU"/>'))


def _stripped(document: Document) -> bytes:
    """The package without theme, thumbnail, customXml and the rest that no form uses."""
    for part, names in (
        (
            document.part,
            ("theme", "customXml", "numbering", "webSettings", "fontTable", "stylesWithEffects"),
        ),
        (document.part.package, ("thumbnail", "extended-properties")),
    ):
        for key, rel in list(part.rels.items()):
            if any(name in rel.reltype for name in names):
                del part.rels[key]
    raw = io.BytesIO()
    document.save(raw)
    out = io.BytesIO()
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if not name.startswith(KEPT_PARTS):
                raise ValueError(f"{name}: nobody asked for it")
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, source.read(name))
    return out.getvalue()


if __name__ == "__main__":
    main()
