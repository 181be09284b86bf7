"""Our own XLSX, filled in or completed offline -> Application, without loss.

The hidden sheet `accessflow` tells form, version, parties and where the rows stand; the visible
table wins over everything, for it is what the person saw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from accessflow.domain import full_name
from accessflow.domain.errors import Invalid
from accessflow.domain.person_name import PersonName, is_absent
from accessflow.domain.text import clean
from accessflow.forms.application import Application, Target
from accessflow.forms.parse import application_from
from accessflow.forms.rows import NAME_KEYS, answered, source_value
from accessflow.forms.sheets.cells import inn_text, number_text, snils_text
from accessflow.forms.sheets.table import CellValue, Table, is_blank, text_of
from accessflow.forms.spec import Action, Column, Field, FormSpec

META_SHEET = "accessflow"
NOT_OURS = (
    "Это не таблица accessflow: в ней нет служебного листа. Скачайте XLSX заявки или пустой бланк"
    " и заполните его."
)


class Book(Protocol):
    """What is needed of the catalogue."""

    def form(self, slug: str, *, version: str | None = None) -> FormSpec: ...

    def target_of(self, form: FormSpec, application: Application) -> Target | None: ...

    def system_named(self, form: str, action: Action, text: str) -> str | None:
        """The slug of the system that is filed by this form and called so; the only one, if any."""
        ...


def meta_of(tables: Sequence[Table]) -> dict[str, str]:
    """Keys and values of the hidden sheet. Raises Invalid where the file is not ours."""
    sheet = next((table for table in tables if table.name == META_SHEET), None)
    if sheet is None:
        raise Invalid(NOT_OURS)
    meta = {text_of(row[0]): text_of(row[1]) if len(row) > 1 else "" for row in sheet.rows if row}
    if not meta.get("form"):
        raise Invalid(NOT_OURS)
    return meta


def application_from_sheet(tables: Sequence[Table], book: Book) -> Application:
    """Raises Invalid where it is not ours or says two things at once, NotFound for its form."""
    meta = meta_of(tables)
    spec = book.form(meta["form"], version=meta.get("form_version") or None)
    sheet = next((t for t in tables if t.name not in (META_SHEET, "Списки") and t.rows), None)
    if sheet is None:
        raise Invalid("В таблице нет листа с заявкой. Скачайте её заново и заполните.")
    application = _from_meta(meta)
    if spec.layout == "label_value":
        return _with_labels(sheet, spec, application)
    lines = _lines(sheet, meta)
    action = _action(lines, spec, application.action)
    application = replace(application, action=action)
    application = replace(application, system=_system(lines, spec, application, book))
    target = book.target_of(spec, application)
    rows = (_row(line, spec, application, target) for line in lines)
    return replace(application, rows=tuple(row for row in rows if row))


def _from_meta(meta: Mapping[str, str]) -> Application:
    def party(name: str) -> dict[str, str]:
        start = f"{name}."
        return {k.removeprefix(start): v for k, v in meta.items() if k.startswith(start)}

    version = meta.get("version", "")
    return application_from(
        {
            "form": meta["form"],
            "system": meta.get("system", ""),
            "action": meta.get("action", ""),
            "organization": party("organization"),
            "signatory": party("signatory"),
            "author": party("author"),
            "fields": party("fields"),
            "number": meta.get("number", ""),
            "version": int(version) if version.isdecimal() else 0,
            "our_ref": meta.get("our_ref", ""),
            "our_date": meta.get("our_date", ""),
        }
    )


Line = Mapping[str, CellValue]
"""One row of the visible table with its service columns: key -> cell."""


def _lines(sheet: Table, meta: Mapping[str, str]) -> list[Line]:
    """The rows below the header; those that nobody has filled in are left out."""
    try:
        first, last = int(meta["rows.first"]), int(meta["rows.last"])
        service_at = int(meta["service.first"]) - 1
    except (KeyError, ValueError) as error:
        raise Invalid(NOT_OURS) from error
    at = {key: n for n, key in enumerate(meta["rows.columns"].split())}
    at |= {f"+{key}": service_at + n for n, key in enumerate(meta["service.columns"].split())}
    lines = []
    for number in range(first, last + 1):
        index = number - sheet.first_row
        row = sheet.rows[index] if 0 <= index < len(sheet.rows) else ()
        cells = (column - sheet.first_column for column in at.values())
        lines.append(
            {
                key: row[cell] if 0 <= cell < len(row) else None
                for key, cell in zip(at, cells, strict=True)
            }
        )
    return [
        line for line in lines if not all(is_blank(line[key]) for key in line if key != "number")
    ]


def _action(lines: Sequence[Line], spec: FormSpec, action: Action) -> Action:
    """The status column's, where the form has one: one application has one action."""
    named = {w.status: a for a, w in spec.wording.items() if w.status}
    said = {text for line in lines if (text := clean(text_of(line.get("status"))))}
    if unknown := said - named.keys():
        words = " или ".join(f"«{status}»" for status in named)
        raise Invalid(f"Статус доступа «{unknown.pop()}» непонятен. Впишите {words}.")
    if len(said) > 1:
        raise Invalid(
            "В одной таблице строки и на предоставление, и на удаление доступа."
            " Разделите их на две заявки."
        )
    return named[said.pop()] if said else action


def _system(
    lines: Sequence[Line], spec: FormSpec, application: Application, book: Book
) -> str | None:
    """As the file says; a blank form tells it by its column or by being of one system only."""
    if application.system or spec.layout != "table":
        return application.system
    keys = [column.key for column in spec.printed if column.source == "system"]
    said = {text for line in lines for key in keys if (text := clean(text_of(line.get(key))))}
    if len(said) > 1:
        raise Invalid("В таблице названо несколько систем. Одна заявка — одна система (Рег. 3.4).")
    return book.system_named(spec.slug, application.action, said.pop() if said else "")


def _row(
    line: Line, spec: FormSpec, application: Application, target: Target | None
) -> dict[str, str]:
    """The row's own answers: what organisation, system or form answer by themselves is left out."""
    row: dict[str, str] = {}
    for column in spec.columns:
        if column.kind in ("number", "status"):
            continue
        if column.kind == "full_name":
            row |= _name(line)
            continue
        cell = line.get(column.key if column.printed else f"+{column.key}")
        text = _text(column, cell)
        if text and text != clean(answered(column, application, target)):
            row[column.key] = text
    if is_absent(row.get("middle_name", "")) or text_of(line.get("+no_middle_name")) == "да":
        row.pop("middle_name", None)
        row["no_middle_name"] = "1"
    return row if row.keys() - {"no_middle_name"} else {}


def _text(column: Column, cell: CellValue) -> str:
    """A text stays as it is; a number is read as its column would have it."""
    if isinstance(cell, str) and not cell.strip().isdecimal():
        return cell.strip()
    if column.kind == "snils":
        return snils_text(cell).strip()
    if column.kind == "inn":
        return inn_text(cell).strip()
    if column.kind == "phone":
        return number_text(cell).strip()
    return text_of(cell).strip()


def _name(line: Line) -> dict[str, str]:
    """The parts beside the page, unless somebody has changed the whole name on it."""
    whole = clean(text_of(line.get("full_name")))
    parts = {key: text_of(line.get(f"+{key}")).strip() for key in NAME_KEYS}
    if clean(" ".join(part for part in parts.values() if part)) != whole and whole:
        found: PersonName = full_name.split(whole)
        parts = dict(zip(NAME_KEYS, (found.last, found.first, found.middle), strict=True))
    return {key: part for key, part in parts.items() if part}


def _with_labels(sheet: Table, spec: FormSpec, application: Application) -> Application:
    """A form of labels and values (App. 2, 15): each value stands right of its label."""
    fields = dict(application.fields)
    rows: list[dict[str, str]] = []
    grid = [column.plain_header for column in spec.printed]
    in_grid = ""
    for line in sheet.rows:
        texts = [text_of(cell).strip() for cell in line]
        if grid and texts[1 : 1 + len(grid)] == grid:
            in_grid = texts[0]
        elif in_grid and texts[0] in ("", in_grid):  # a merged label may be repeated
            values = texts[1 : 1 + len(grid)]
            keys = [column.key for column in spec.printed]
            rows.append({k: v for k, v in zip(keys, values, strict=False) if v})
        else:
            in_grid = ""
            fields |= _labelled(texts, spec)
    for item in spec.fields:
        if fields.get(item.key) in ("", item.default or "", source_value(item, application)):
            fields.pop(item.key, None)
    return replace(application, fields=fields, rows=tuple(row for row in rows if row))


def _labelled(texts: Sequence[str], spec: FormSpec) -> dict[str, str]:
    label, value = (*texts, "", "")[:2]
    if not spec.parts:
        found = [item for item in spec.fields if item.plain_label == label]
        return {found[0].key: value} if found else {}
    if label not in spec.parts:
        return {}
    part = spec.parts.index(label) + 1
    return _in_one_cell([item for item in spec.fields if item.part == part], value)


def _in_one_cell(items: Sequence[Field], value: str) -> dict[str, str]:
    """Lines «label value»; a line without a label goes on with the value above it."""
    found: dict[str, str] = {}
    current = items[0].key if items and not items[0].plain_label else ""
    for line in value.splitlines():
        item = next((i for i in items if i.label and line.startswith(i.plain_label)), None)
        if item:
            current = item.key
            found[current] = line.removeprefix(item.plain_label).strip()
        elif current:
            found[current] = f"{found.get(current, '')}\n{line}".strip()
    return found
