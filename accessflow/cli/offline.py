"""The commands that need no database and no settings: systems, forms, blank, check, render."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from accessflow.catalogue import Catalogue, load
from accessflow.catalogue.describe import forms, systems
from accessflow.cli.command import Command
from accessflow.config import catalogue_dir
from accessflow.documents.build import blank, build
from accessflow.documents.model import DocumentModel
from accessflow.documents.sheet_in import read_tables
from accessflow.documents.writers import write_set
from accessflow.domain.errors import AccessflowError, Invalid
from accessflow.forms.answers import validate
from accessflow.forms.application import Application
from accessflow.forms.check import Check
from accessflow.forms.defect import Defect, has_errors
from accessflow.forms.parse import application_from_text
from accessflow.forms.sheet_application import application_from_sheet


def write_blank(catalogue: Catalogue, slug: str, out: Path) -> list[Path]:
    """The empty form for its first action as three files. Raises NotFound."""
    form = catalogue.form(slug)
    return _write(blank(form, form.actions[0], catalogue.region), out)


def _write(model: DocumentModel, out: Path) -> list[Path]:
    """The three files of a model; a folder that cannot be written raises Invalid."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        files = []
        for suffix, data in write_set(model).items():
            file = out / f"{model.file_stem}{suffix}"
            file.write_bytes(data)
            files.append(file)
    except OSError as error:
        raise Invalid(f"{out}: не удалось записать файлы ({error.strerror}).") from error
    return files


def read_application(catalogue: Catalogue, file: Path) -> Application:
    """A `.json` or a filled `.xlsx`. Raises Invalid."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise Invalid(f"{file}: файл не читается ({error.strerror}).") from error
    if file.suffix.lower() == ".xlsx":
        return application_from_sheet(read_tables(data, file.name), catalogue)
    try:
        return application_from_text(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Invalid(f"{file.name}: это не JSON в UTF-8 и не .xlsx.") from error


def check_of(catalogue: Catalogue, application: Application) -> Check | list[Defect]:
    """The check, or the one defect that leaves nothing to check: no such form or system."""
    try:
        form = catalogue.form(application.form)
    except AccessflowError as error:
        return [Defect(None, "form", "form_mismatch", "error", error.message)]
    try:
        target = catalogue.target_of(form, application)
    except AccessflowError as error:
        return [Defect(None, "system", "form_mismatch", "error", error.message)]
    return Check(form, application, target, catalogue.checks_region)


def check(catalogue: Catalogue, file: Path) -> list[Defect]:
    """Every defect of the file. Raises Invalid where it cannot be read at all."""
    found = check_of(catalogue, read_application(catalogue, file))
    return found if isinstance(found, list) else list(validate(found))


def render(
    catalogue: Catalogue, file: Path, out: Path, today: date
) -> tuple[list[Path], list[Defect]]:
    """The set written into `out`, and the defects; nothing is written where one is an error."""
    found = check_of(catalogue, read_application(catalogue, file))
    if isinstance(found, list):
        return [], found
    defects = list(validate(found))
    if has_errors(defects):
        return [], defects
    return _write(build(found, catalogue.region, on=today), out), defects


def as_json(defects: Iterable[Defect]) -> list[dict[str, Any]]:
    keys = ("row", "field", "code", "level", "message")
    return [{key: asdict(defect)[key] for key in keys} for defect in defects]


def as_line(defect: Defect) -> str:
    """`row N · field · code · message`; a dash where the whole is meant."""
    row = f"row {defect.row}" if defect.row else "—"
    return f"{row} · {defect.field or '—'} · {defect.code} · {defect.message}"


def _catalogue() -> Catalogue:
    return load(catalogue_dir())


def _print(data: object) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=1))


def _systems(arguments: Namespace) -> int:
    found = systems(_catalogue())
    if arguments.json:
        _print(found)
        return 0
    for system in found:
        forms_named = f"{system['grant_form']} / {system['revoke_form']}"
        print(f"{system['slug']:18} {forms_named:27} {system['name']}")
    return 0


def _forms(arguments: Namespace) -> int:
    found = forms(_catalogue())
    if arguments.json:
        _print(found)
        return 0
    for form in found:
        print(f"{form['slug']:12} {form['version']:8} {form['title']}")
    return 0


def _blank(arguments: Namespace) -> int:
    for file in write_blank(_catalogue(), arguments.form, arguments.out):
        print(file)
    return 0


def _check(arguments: Namespace) -> int:
    defects = check(_catalogue(), arguments.file)
    if arguments.json:
        _print(as_json(defects))
    else:
        print("\n".join(as_line(defect) for defect in defects) or "Ошибок нет.")
    return int(has_errors(defects))


def _render(arguments: Namespace) -> int:
    files, defects = render(_catalogue(), arguments.file, arguments.out, date.today())  # noqa: DTZ011
    for defect in defects:
        print(as_line(defect), file=sys.stderr)
    for file in files:
        print(file)
    return int(not files)


def _json_flag(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="machine-readable")


def _out_flag(parser: ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, help="the folder to write into")


def _file_argument(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="an application: .json, or a filled .xlsx")


def _blank_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("form", help="slug of the form, as `accessflow forms` lists it")
    _out_flag(parser)


def _check_arguments(parser: ArgumentParser) -> None:
    _file_argument(parser)
    _json_flag(parser)


def _render_arguments(parser: ArgumentParser) -> None:
    _file_argument(parser)
    _out_flag(parser)


COMMANDS = (
    Command("systems", "the systems, their forms and roles", _json_flag, _systems),
    Command("forms", "the official forms", _json_flag, _forms),
    Command("blank", "the empty form as .docx, .pdf and .xlsx", _blank_arguments, _blank),
    Command("check", "every defect of an application", _check_arguments, _check),
    Command("render", "the set of an application", _render_arguments, _render),
)
