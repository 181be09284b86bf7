"""Lists from a personnel system and from ФРМР: the upload; see `import_pages` for the rest."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from accessflow.documents.sheet_out import write_table
from accessflow.domain.errors import Invalid
from accessflow.services.imports.jobs import Upload
from accessflow.web.downloads import download
from accessflow.web.exports import XLSX
from accessflow.web.import_pages import add_pages, begin, upload_page

blueprint = Blueprint("imports", __name__, url_prefix="/people/import")
add_pages(blueprint, "staff", "frmr")

SAMPLE = ["ФИО", "СНИЛС", "Должность", "Подразделение", "E-mail", "Рабочий телефон",
          "Контактный телефон", "Табельный номер", "Дата приёма"]  # fmt: skip


@blueprint.route("", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    if request.method == "GET":
        return upload_page("imports/new.html")
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return upload_page("imports/new.html", "Выберите файл .xlsx или .csv.")
    kind = request.form.get("kind", "staff")
    try:
        return begin(Upload(kind, upload.filename, upload.read() or b" "))
    except Invalid as error:
        return upload_page("imports/new.html", error.message)


@blueprint.get("/sample.xlsx")
def sample() -> ResponseReturnValue:
    """An empty list with the headings that are recognised."""
    return download(write_table("Сотрудники", SAMPLE, []), XLSX, "Сотрудники_образец.xlsx")
