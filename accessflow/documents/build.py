"""An application under its form -> DocumentModel. The one place that knows the order of the page.

The source's order: what stands above the title, mark, title, preamble, caption, table, signature
with «М.П.», footnotes (Рег., приложения 2-16; X4, X5, X13-X15, X18, X21, X32).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from accessflow.catalogue.spec import RegionSpec
from accessflow.documents.model import (
    Block,
    DocumentModel,
    Paragraph,
    ServiceColumn,
    SignatureBlock,
    Stamp,
)
from accessflow.documents.names import file_stem
from accessflow.documents.official_tables import label_table, row_table
from accessflow.forms.application import Application
from accessflow.forms.check import Check
from accessflow.forms.kinds import Region
from accessflow.forms.placeholders import fill
from accessflow.forms.rows import NAME_KEYS, has_no_middle_name, printed_fields, printed_row
from accessflow.forms.spec import Action, Column, FormSpec

Rendering = Literal["organization", "miac"]
DIGEST_LENGTH = 12
BLANK_ROWS = 5
BLANK_POST = "{Наименование должности ответственного лица}"
BLANK_NAME = "Фамилия И.О."
META_PARTIES = ("organization", "signatory", "author")


@dataclass(frozen=True, slots=True)
class _Page:
    """What one page is made of: the check, the region and the values of the placeholders."""

    check: Check
    region: RegionSpec
    rendering: Rendering
    values: dict[str, str]
    rows: tuple[dict[str, str], ...]
    fields: dict[str, str]
    blank: bool = False

    @property
    def spec(self) -> FormSpec:
        return self.check.spec


def build(
    check: Check,
    region: RegionSpec,
    *,
    rendering: Rendering = "organization",
    on: date | None = None,
) -> DocumentModel:
    """The page of an application. `rendering` "miac" is App. 5 as it leaves МИАЦ (X14).

    `on` dates the file name. The application may still have defects: what cannot be read is printed
    as it was typed.
    """
    spec, application = check.spec, check.application
    rows = tuple(
        printed_row(spec, row, application, check.target, check.region) for row in application.rows
    )
    fields = printed_fields(spec, application, check.region)
    page = _Page(check, region, rendering, _values(check, region, rows, fields), rows, fields)
    return _model(page, on)


def blank(
    spec: FormSpec, action: Action, region: RegionSpec, *, rendering: Rendering = "organization"
) -> DocumentModel:
    """The empty form with the source's own words in its gaps, and no QR."""
    check = Check(spec, Application(spec.slug, None, action), None, Region())
    values = _officials(region)
    rows = tuple({c.key: "" for c in spec.columns} for _ in range(BLANK_ROWS))
    fields = {item.key: "" for item in spec.fields}
    page = _Page(check, region, rendering, values, rows, fields, blank=True)
    return replace(_model(page, None), stamp=None)


def _values(
    check: Check, region: RegionSpec, rows: tuple[dict[str, str], ...], fields: dict[str, str]
) -> dict[str, str]:
    application, target = check.application, check.target
    roles = dict.fromkeys(row["role"] for row in rows if row.get("role"))
    values = {
        "system": _system_name(check, region),
        "component": target.component if target else "",
        "roles": "», «".join(roles),
        "our.ref": application.our_ref,
        "our.date": application.our_date,
        **{f"field.{key}": text for key, text in fields.items()},
    }
    for party in META_PARTIES:
        data = getattr(application, party)
        values |= {f"{party}.{key}": str(getattr(data, key)) for key in data.__dataclass_fields__}
    values |= {k.replace("organization.", "org."): v for k, v in values.items()}
    return values | _officials(region)


def _system_name(check: Check, region: RegionSpec) -> str:
    if check.target is None:
        return ""
    return check.target.name if region.printing.typos_verbatim else check.target.label


def _officials(region: RegionSpec) -> dict[str, str]:
    return {
        f"official.{official.slug}.{key}": getattr(official, key)
        for official in region.officials
        for key in ("post", "name", "addressee", "salutation")
    }


def _model(page: _Page, on: date | None) -> DocumentModel:
    spec, application = page.spec, page.check.application
    blocks = tuple(_blocks(page))
    return DocumentModel(
        title=_title(page),
        orientation=spec.orientation,
        blocks=blocks,
        stamp=Stamp(_digest(blocks), application.number, application.version),
        file_stem=_stem(page, on),
        margin_left_mm=page.region.printing.left_margin_mm,
        service=tuple(_service(page)),
        meta=tuple(_meta(page)),
    )


def _title(page: _Page) -> str:
    target = page.check.target
    words = f"{page.spec.label}. {page.spec.title}"
    return f"{words}. {target.label}" if target else words


def _stem(page: _Page, on: date | None) -> str:
    target, application = page.check.target, page.check.application
    revoking = application.action == "revoke" and len(page.spec.actions) > 1
    if page.blank:
        return file_stem(page.spec.label, page.spec.summary, "отзыв" if revoking else "")
    return file_stem(
        target.label if target else page.spec.label,
        "отзыв" if application.action == "revoke" else "",
        application.organization.short_name,
        application.number,
        on.strftime("%d.%m.%Y") if on else "",
    )


def _digest(blocks: tuple[Block, ...]) -> str:
    """A short digest of all that is printed: the same content, the same digest."""
    return hashlib.sha256(repr(blocks).encode()).hexdigest()[:DIGEST_LENGTH]


def _blocks(page: _Page) -> Iterator[Block]:
    spec = page.spec
    wording = spec.wording[page.check.application.action]
    yield from _above(page)
    if wording.mark:
        yield Paragraph(wording.mark, "mark")
    for line in wording.title:
        yield Paragraph(fill(line, page.values), "title")
    for text in wording.preamble:
        yield Paragraph(fill(text, page.values), "body")
    if wording.caption:
        yield Paragraph(wording.caption, "caption")
    if spec.layout == "label_value":
        yield label_table(spec, page.rows[:1] if page.blank else page.rows, page.fields)
    else:
        yield row_table(spec, page.rows, page.check, page.region)
    for text in spec.after:
        yield Paragraph(fill(text, page.values), "body")
    if spec.signature.signer != "none":
        yield _signature(page)
    for note in spec.footnotes:
        mark = "".join(f"^{sign}" for sign in note.mark)
        yield Paragraph(f"{mark} {_corrected(page, note.text)}".strip(), "note")


def _above(page: _Page) -> Iterator[Block]:
    application = page.check.application
    if page.spec.layout == "table" and page.region.printing.our_ref_on_applications:
        number = application.our_ref or "_____________"
        day = application.our_date or "«____» _____________ 20___ г."
        yield Paragraph(f"Исх.: №{number}", "requisite")
        yield Paragraph(f"От {day}", "requisite")
    for line in page.spec.header:
        yield Paragraph(fill(line.text, page.values), line.style)


def _corrected(page: _Page, text: str) -> str:
    if not page.region.printing.typos_verbatim:
        for wrong, right in page.spec.corrections.items():
            text = text.replace(wrong, right)
    return text


def _signature(page: _Page) -> SignatureBlock:
    signature = page.spec.signature
    if signature.signer == "miac" and page.rendering == "miac":
        director = page.region.official("miac_director")
        return SignatureBlock(director.post, director.name)
    seal = signature.seal or ("М.П." if page.region.printing.seal_everywhere else "")
    signatory = page.check.application.signatory
    if signature.signer == "authority":
        return SignatureBlock(signature.post, signatory.name, seal, signature.before)
    if page.blank:
        return SignatureBlock(BLANK_POST, BLANK_NAME, seal)
    return SignatureBlock(signatory.position, signatory.name, seal)


def _service(page: _Page) -> Iterator[ServiceColumn]:
    """What the page does not print but an offline sheet must bring back."""
    spec, rows = page.spec, page.check.application.rows
    if not spec.has_people:
        return
    for column in spec.columns:
        if column.kind == "full_name":
            yield from _name_columns(page)
        elif not column.printed:
            values = tuple(row[column.key] for row in page.rows)
            if column.required or any(values):
                yield _service_column(column, values)
    if any(column.kind == "middle_name" for column in spec.columns):
        return
    values = tuple("да" if has_no_middle_name(row) else "" for row in rows)
    yield ServiceColumn("no_middle_name", "Отчества нет", values)


NAME_HEADERS = dict(zip(NAME_KEYS, ("Фамилия", "Имя", "Отчество"), strict=True))


def _name_columns(page: _Page) -> Iterator[ServiceColumn]:
    for key, header in NAME_HEADERS.items():
        values = tuple(str(row.get(key, "")) for row in page.check.application.rows)
        yield ServiceColumn(key, header, values)


def _service_column(column: Column, values: tuple[str, ...]) -> ServiceColumn:
    return ServiceColumn(column.key, column.plain_header, values)


def _meta(page: _Page) -> Iterator[tuple[str, str]]:
    application, spec = page.check.application, page.spec
    yield from (
        ("form", spec.slug),
        ("form_version", spec.version),
        ("system", application.system or ""),
        ("action", application.action),
        ("number", application.number),
        ("version", str(application.version)),
        ("our_ref", application.our_ref),
        ("our_date", application.our_date),
        ("columns", " ".join(column.key for column in spec.printed)),
    )
    for party in META_PARTIES:
        data = getattr(application, party)
        for key in data.__dataclass_fields__:
            yield f"{party}.{key}", str(getattr(data, key))
    for key, text in application.fields.items():
        yield f"fields.{key}", text
