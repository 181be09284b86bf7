"""How the editor writes things: official wording, moments of today, people who sign."""

from __future__ import annotations

import re
from datetime import datetime

from markupsafe import Markup, escape

from accessflow.db.tables import Signatory
from accessflow.forms.defect import Defect
from accessflow.services.clock import MOSCOW
from accessflow.web import context

_RAISED = re.compile(r"\^(\S)")


def official(text: str) -> Markup:
    """Wording of a form: `^x` raised, line breaks kept."""
    raised = _RAISED.sub(r"<sup>\1</sup>", str(escape(text)))
    return Markup(raised.replace("\n", "<br>"))  # noqa: S704  # escaped above


def at(moment: datetime) -> str:
    """«в 10:41» of today, «21.11 в 10:41» of another day, Moscow time."""
    local = moment.astimezone(MOSCOW)
    if local.date() == context.today():
        return f"в {local:%H:%M}"
    year = "" if local.year == context.today().year else f".{local.year}"
    return f"{local:%d.%m}{year} в {local:%H:%M}"


def signer(row: Signatory) -> str:
    """«Ястребов Н. Н., главный врач»."""
    initials = "".join(f" {part[0]}." for part in (row.first_name, row.middle_name) if part)
    return f"{row.last_name}{initials}, {lower_first(row.position)}"


IN_CELL = {
    "homoglyph": "Буквы другого алфавита.",
    "name_script": "ФИО — буквами одного алфавита, как в ФРМР.",
    "required": "Не заполнено",
    "snils_checksum": "Контрольное число не сходится — сверьте с документом",
    "snils_unverified": "Ранний СНИЛС: сверьте с документом",
    "email_typo": "Опечатка?",
    "name_differs": "Под этим СНИЛС известно другое ФИО.",
}


def in_cell(defect: Defect) -> str:
    """A narrow cell says it in few words; the list of checks says the whole sentence."""
    if defect.code == "required" and defect.field == "middle_name":
        return "Не заполнено: впишите или отметьте, что отчества нет"
    return IN_CELL.get(defect.code, defect.message)


def lower_first(text: str) -> str:
    """«Приложение 8» within a sentence; an abbreviation stays."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
