"""The blueprint of signing and sending; its pages are spread over several modules."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.datastructures import FileStorage

from accessflow.domain.errors import Invalid
from accessflow.web.keys import keys_in

blueprint = Blueprint("signing", __name__)


def uploads() -> list[tuple[str, bytes]]:
    """The files of the form under «scan», in the order that they were chosen in. Raises Invalid."""
    chosen = [file for file in request.files.getlist("scan") if file.filename]
    if not chosen:
        raise Invalid("Выберите файл: PDF, PNG или JPEG, до 25 МБ.")
    return [(file.filename or "", _content(file)) for file in chosen]


def _content(file: FileStorage) -> bytes:
    """A large one lies in a temporary file, which is given back at once."""
    try:
        content: bytes = file.read()
        return content
    finally:
        file.close()


def picked() -> list[int]:
    return keys_in(request.form.getlist("pick"))


@blueprint.app_template_filter("size")
def size(count: int) -> str:
    """«1,2 МБ», «84 КБ»."""
    if count < 1024 * 1024:
        return f"{max(1, round(count / 1024))} КБ"
    return f"{count / 1024 / 1024:.1f} МБ".replace(".", ",")
