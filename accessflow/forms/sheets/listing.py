"""What lists of people have in common: recognised by rules of their own, read row by row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from accessflow.domain import full_name, snils
from accessflow.domain.errors import Invalid
from accessflow.domain.person_name import read_part
from accessflow.domain.reading import Flaw, Level
from accessflow.domain.text import clean
from accessflow.forms.defect import Defect
from accessflow.forms.sheets.body import BodyRow, body_rows
from accessflow.forms.sheets.cells import is_scientific, plain_text, read_date, snils_text
from accessflow.forms.sheets.header import SEARCHED_ROWS, Rules, find
from accessflow.forms.sheets.staff import RULES, StaffSheet, notes_of
from accessflow.forms.sheets.staff_names import name_cells, order_flaws, read_name
from accessflow.forms.sheets.table import CellValue, Table, text_of

NAMES = ("full_name", "last_name", "first_name", "middle_name")
PERSON_RULES: Rules = {key: RULES[key] for key in (*NAMES, "snils")}
Needed = Mapping[str, tuple[str, ...]]
"""Label of a column to the keys any of which will do."""
_NAMED = ("full_name", "last_name")


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row. `values`: what may be taken, texts, dates as ISO, a СНИЛС as 112-233-445 95.

    `number` as the file shows it; `raw`: the texts that stood there, by column. Its repr holds
    nothing personal but the messages.
    """

    number: int
    values: Mapping[str, str] = field(repr=False)
    defects: tuple[Defect, ...]
    sheet: StaffSheet = field(repr=False)
    raw: Mapping[str, str] = field(repr=False, default_factory=dict)

    @property
    def refused(self) -> bool:
        """Whether the row cannot be taken: something that it is about cannot be read."""
        return any(defect.level == "error" for defect in self.defects)

    def cell(self, defect: Defect) -> str:
        """«C10», or "" where the defect is of the row or of a column that is not there."""
        return (defect.field and self.sheet.address(self.number, defect.field)) or ""


@dataclass
class Reader:
    """Reads one row; `values` and `flaws` grow as it goes from cell to cell."""

    row: BodyRow
    sheet: StaffSheet
    today: date
    values: dict[str, str] = field(default_factory=dict)
    flaws: list[tuple[str | None, Flaw]] = field(default_factory=list)

    def cell(self, key: str) -> CellValue:
        at = self.sheet.header.columns.get(key)
        return None if at is None else self.row.cells[at]

    def text(self, key: str) -> str:
        text = clean(plain_text(self.cell(key)))
        if text:
            self.values[key] = text
        return text

    def date(self, key: str, label: str, *, needed: bool = False) -> date | None:
        """A day; one that cannot be read, or is needed and missing, is a flaw."""
        value = self.cell(key)
        found = read_date(value, self.today)
        if found is not None:
            self.values[key] = found.isoformat()
        elif plain_text(value):
            message = f"{label}: такой даты нет. Впишите её как 07.03.2026."
            self.flaw(key, "date", message, "error" if needed else "warning")
        elif needed:
            self.flaw(key, "required", f"{label} не указана. Впишите её как 07.03.2026.")
        return found

    @property
    def has_name(self) -> bool:
        return bool(name_cells(self.row, self.sheet).full.strip())

    def name(self, *, initials: bool = False) -> bool:
        """The name in its parts; with `initials` also «Фомичева И.В.», as `initials` «И.В.».

        Whether the whole name could be read.
        """
        person = name_cells(self.row, self.sheet)
        if not person.last.strip():
            self.flaw("last_name", "required", "ФИО не указано. Впишите его полностью.")
            return False
        if initials and full_name.has_initials(person):
            self._initials(person.last, person.first, person.middle)
            return False
        values, flaws = read_name(person)
        self.values |= values
        self.flaws += [*flaws, *order_flaws(self.row, self.sheet, person)]
        return {"last_name", "first_name"} <= values.keys()

    def _initials(self, last: str, *letters: str) -> None:
        reading = read_part(last, "last")
        self.flaws += (("last_name", flaw) for flaw in reading.flaws)
        if reading.value is None:
            return
        firsts = [letter for text in letters for letter in text if letter.isalpha()]
        self.values["last_name"] = reading.value
        self.values["initials"] = "".join(f"{letter.upper()}." for letter in firsts)
        message = "Только фамилия и инициалы: подтвердите, кто это из сотрудников."
        if len(firsts) < 2:
            message = "Только фамилия и один инициал: подтвердите, кто это из сотрудников."
        self.flaw("first_name", "initials", message, "warning")

    def snils(self, *, missing: str = "") -> None:
        """`missing`: what is said where there is none. The row does without one then, so a wrong
        one is no more than a warning either."""
        level: Level = "warning" if missing else "error"
        text = snils_text(self.cell("snils"))
        if not text:
            if missing:
                self.flaw("snils", "required", missing, "warning")
            return
        if is_scientific(text):
            message = "Таблица показала СНИЛС как число с E+, цифры потеряны. Впишите его заново."
            self.flaw("snils", "snils_format", message, level)
            return
        reading = snils.read(text)
        self.flaws += (("snils", replace(flaw, level=level)) for flaw in reading.flaws)
        if reading.value:
            self.values["snils"] = reading.value.formatted

    def flaw(self, key: str | None, code: str, message: str, level: Level = "error") -> None:
        self.flaws.append((key, Flaw(code, message, level)))

    def done(self) -> ListRow:
        defects = tuple(Defect.of(flaw, self.row.number, key) for key, flaw in self.flaws)
        raw = {key: text_of(self.row.cells[at]) for key, at in self.sheet.header.columns.items()}
        raw = {key: text for key, text in raw.items() if text.strip()}
        return ListRow(self.row.number, self.values, defects, self.sheet, raw)


def recognise(tables: Iterable[Table], rules: Rules, needed: Needed, what: str) -> StaffSheet:
    """The list among the sheets of a file; its columns in any order.

    `what`: of whom it is, «Под строкой заголовков нет ни одного …». Raises Invalid with what is
    missing.
    """
    tables = tuple(tables)
    header = find(tables, rules)
    columns = header.columns if header else {}
    missing = [label for label, keys in needed.items() if not columns.keys() & set(keys)]
    if columns.keys() & {"last_name"} and not columns.keys() & {"full_name", "first_name"}:
        missing.append("Имя")
    if header is None or missing:
        named = " и ".join(f"«{label}»" for label in missing)
        raise Invalid(
            f"В первых {SEARCHED_ROWS} строках листа не нашлась строка заголовков с колонками"
            f" {named}. Добавьте её и загрузите файл снова."
        )
    rows = tuple(body_rows(header))
    if not rows:
        raise Invalid(
            f"Под строкой заголовков (строка {header.row}) нет ни {what}."
            " Проверьте, тот ли это файл."
        )
    return StaffSheet(header, rows, notes_of(header, tables))


def with_name(columns: Needed) -> Needed:
    return {"ФИО": _NAMED, **columns}


def groups(rows: Iterable[ListRow], key: Callable[[ListRow], str]) -> list[list[ListRow]]:
    """Rows that share a key, where several do; "" is no key."""
    found: dict[str, list[ListRow]] = defaultdict(list)
    for row in rows:
        if value := key(row):
            found[value].append(row)
    return [group for group in found.values() if len(group) > 1]


def with_defects(rows: Sequence[ListRow], found: Mapping[int, Sequence[Defect]]) -> list[ListRow]:
    return [
        replace(row, defects=(*row.defects, *found[row.number])) if row.number in found else row
        for row in rows
    ]


def person_key(row: ListRow) -> str:
    """By which two rows are of one person: СНИЛС, else the whole name."""
    values = row.values
    if values.get("snils"):
        return values["snils"]
    parts = [values.get(key, "") for key in ("last_name", "first_name", "middle_name", "initials")]
    return " ".join(parts).casefold().strip() if all(parts[:2]) or parts[3] else ""
