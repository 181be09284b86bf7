"""A list of staff: which sheet, which columns, whose rows (issue «Import of staff»)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from accessflow.domain.errors import Invalid
from accessflow.forms.sheets.body import BodyRow, body_rows
from accessflow.forms.sheets.header import SEARCHED_ROWS, Header, Rules, find
from accessflow.forms.sheets.table import Table

FIELDS = (
    "last_name", "first_name", "middle_name", "no_middle_name", "snils", "email", "position",
    "unit", "work_phone", "contact_phone", "personnel_no", "since",
)  # fmt: skip
"""Keys of `StaffRow.values`."""

LABELS: Mapping[str, str] = {
    "full_name": "ФИО",
    "last_name": "Фамилия",
    "first_name": "Имя",
    "middle_name": "Отчество",
    "snils": "СНИЛС",
    "email": "E-mail",
    "position": "Должность",
    "unit": "Подразделение",
    "work_phone": "Рабочий телефон",
    "contact_phone": "Контактный телефон",
    "personnel_no": "Табельный номер",
    "since": "Дата приёма",
}

_OF_WHOM = r"(?: (?:полностью|при наличии|сотрудник[аи]?|работник[аи]?|пользователя|специалиста|"
_OF_WHOM += r"медработника|мед|медицинск(?:ого|ой)|физ|физического|лица|физлица|организации))*"
_PATTERNS = {
    "number": r"(?:номер|n|no)(?: ?п ?п| по порядку)?|п ?п",
    "full_name": rf"(?:ф ?и ?о|фамилия имя(?: и)? отчество){_OF_WHOM}"
    r"|(?:сотрудник|работник|физическое лицо|физ лицо)(?: ф ?и ?о)?",
    "last_name": rf"фамилия{_OF_WHOM}",
    "first_name": rf"имя{_OF_WHOM}",
    "middle_name": rf"отчество{_OF_WHOM}",
    "snils": r"(?!дата)(?:.* )?снилс(?: .*)?"
    r"|(?:номер )?страхово(?:й номер|е свидетельство|го свидетельства)(?: .*)?",
    "email": r"(?:.* )?(?:e ?mail|эл(?:ектрон\w*)? ?(?:поч\w*|адр\w*)|мейл|имейл)(?: .*)?|почта",
    "personnel_no": r"таб\w*(?: ?(?:номер|n|no|ном))?(?: .*)?|т н",
    "since": r"дата (?:приема|поступления|начала работы|трудоустройства)(?: .*)?"
    r"|(?:дата )?прин(?:ят|ята|ят а)(?: на работу)?|работает с|прием на работу",
    "position": r"(?!дата|код|вид|тип|категория)(?:.* )?должност[ьи](?: .*)?|профессия(?: .*)?",
    "unit": r"(?!дата|код|телефон)(?:.* )?(?:подразделени[ея]|отделени[ея]|отдел)(?: .*)?",
    "work_phone": r"(?:номер )?(?:раб|рабоч\w*|служ|служебн\w*|городской)(?: тел\w*(?: .*)?)?"
    r"|(?:номер )?тел\w* (?:раб|служ|стац|гор)\w*(?: .*)?",
    "contact_phone": r"(?!.*\b(?:внутр|доб|факс))(?:.* )?"
    r"(?:тел\w*|моб|мобил\w*|сот|сотов\w*)(?: .*)?",
}
RULES: Rules = {key: re.compile(pattern) for key, pattern in _PATTERNS.items()}
"""In the order in which a title is tried: «Телефон рабочий» before any other telephone."""


@dataclass(frozen=True, slots=True)
class StaffSheet:
    """What was recognised. `notes`: Russian sentences on what of the sheet is not used."""

    header: Header
    rows: tuple[BodyRow, ...] = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def whole_name(self) -> int | None:
        """The column of whole names; None where surname and first name have their own."""
        columns = self.header.columns
        return None if {"last_name", "first_name"} <= columns.keys() else columns["full_name"]

    def column(self, field: str) -> int | None:
        """The column that the field was read from: that of whole names for a part of one."""
        if field in ("last_name", "first_name", "middle_name") and self.whole_name is not None:
            return self.whole_name
        return self.header.columns.get(field)

    def address(self, row: int, field: str) -> str | None:
        """«C10» where the field stands in the file, None where it has no column."""
        column = self.column(field)
        return None if column is None else self.header.table.address(row, column)


def recognise(tables: Iterable[Table]) -> StaffSheet:
    """The list of staff among the sheets of a file.

    Needs a column of names (whole, or surname and first name) and one of СНИЛС; the rest may be
    missing, in any order. Raises `Invalid` with what is missing.
    """
    tables = tuple(tables)
    header = find(tables, RULES)
    columns = header.columns if header else {}
    named = "full_name" in columns or {"last_name", "first_name"} <= columns.keys()
    missing = [
        label for label, there in (("ФИО", named), ("СНИЛС", "snils" in columns)) if not there
    ]
    if header is None or missing:
        raise Invalid(
            f"В первых {SEARCHED_ROWS} строках листа не нашлась строка заголовков с колонками"
            f" {' и '.join(f'«{label}»' for label in missing)}. Добавьте её и загрузите файл снова."
        )
    rows = tuple(body_rows(header))
    if not rows:
        raise Invalid(
            f"Под строкой заголовков (строка {header.row}) нет ни одного человека."
            " Проверьте, тот ли это файл."
        )
    return StaffSheet(header, rows, notes_of(header, tables))


def notes_of(header: Header, tables: tuple[Table, ...]) -> tuple[str, ...]:
    """What of the file is not used, in Russian sentences."""
    notes = []
    if header.unknown:
        notes.append(f"Не используются колонки: {_quoted(header.unknown)}.")
    if header.repeated:
        notes.append(f"Повторяются и не используются колонки: {_quoted(header.repeated)}.")
    others = [table.name for table in tables if table is not header.table and table.rows]
    if others:
        notes.append(f"Взят лист «{header.table.name}»; не прочитаны: {_quoted(others)}.")
    return tuple(notes)


def _quoted(titles: Iterable[str]) -> str:
    return ", ".join(f"«{title}»" for title in titles)
