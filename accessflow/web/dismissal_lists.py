"""Dismissals from the personnel system's export or a pasted list: the upload."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from accessflow.documents.sheet_out import write_table
from accessflow.domain.errors import Invalid
from accessflow.services.imports.jobs import Upload
from accessflow.web.downloads import download
from accessflow.web.exports import XLSX
from accessflow.web.import_pages import add_pages, begin, upload_page

blueprint = Blueprint("dismissal_lists", __name__, url_prefix="/dismissals/import")
add_pages(blueprint, "dismissals")

TEMPLATE = "imports/new_dismissals.html"
SAMPLE = ["Номер приказа", "Дата приказа", "ФИО", "Табельный номер", "СНИЛС", "Подразделение",
          "Дата увольнения", "Основание"]  # fmt: skip


@blueprint.route("", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    if request.method == "GET":
        return upload_page(TEMPLATE)
    upload, text = request.files.get("file"), request.form.get("text", "")
    try:
        if upload is not None and upload.filename:
            return begin(Upload("dismissals", upload.filename, upload.read() or b" "))
        if text.strip():
            return begin(Upload("dismissals", text=text))
    except Invalid as error:
        return upload_page(TEMPLATE, error.message, pasted=bool(text.strip()))
    return upload_page(TEMPLATE, "Выберите файл .xlsx или .csv либо вставьте список.")


@blueprint.get("/sample.xlsx")
def sample() -> ResponseReturnValue:
    """An empty list with the headings that are recognised."""
    return download(write_table("Увольнения", SAMPLE, []), XLSX, "Увольнения_образец.xlsx")
