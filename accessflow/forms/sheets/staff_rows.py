"""The rows of a list of staff, each read as a person would, with what is wrong by cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from accessflow.domain import email
from accessflow.forms.defect import Defect, has_errors
from accessflow.forms.sheets.body import BodyRow
from accessflow.forms.sheets.cells import snils_text
from accessflow.forms.sheets.staff import StaffSheet
from accessflow.forms.sheets.staff_fields import READERS, Context
from accessflow.forms.sheets.staff_names import KINDS, name_cells, order_flaws, read_name
from accessflow.forms.sheets.table import CellValue, is_blank, text_of

VITAL = frozenset({"last_name", "first_name", "middle_name", "snils", None})
"""Fields without which nobody is taken; None: the row as a whole."""
OWN_DOMAIN_USES = 5
"""A domain that so many rows use is no slip, and slips are measured by it too."""


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One person. `values`: what may be taken, by the keys of `staff.FIELDS`; a field with an error
    is not among them. `number`: the row as the file shows it.

    СНИЛС as 112-233-445 95, phones as 8 (812) 670-52-81, `since` as an ISO date,
    `no_middle_name` is "1" or absent. Its repr holds nothing personal but the messages.
    """

    number: int
    values: Mapping[str, str] = field(repr=False)
    defects: tuple[Defect, ...]
    source: BodyRow = field(repr=False)
    sheet: StaffSheet = field(repr=False)

    @property
    def raw(self) -> dict[str, str]:
        """What stood there, as texts: a whole name taken apart, a СНИЛС with its dropped zeros."""
        person = name_cells(self.source, self.sheet)
        raw = {name: getattr(person, kind) for name, kind in KINDS.items()}
        for name in READERS:
            if (at := self.sheet.column(name)) is not None:
                value = self.source.cells[at]
                raw[name] = snils_text(value) if name == "snils" else text_of(value)
        raw["unit"] = raw.get("unit", "").strip() or self.source.heading
        return raw

    @property
    def refused(self) -> bool:
        """Whether the whole row cannot be taken; errors elsewhere cost their cell alone."""
        return has_errors(d for d in self.defects if d.field in VITAL)


def read_rows(
    sheet: StaffSheet, today: date, *, default_code: str | None = None
) -> Iterator[StaffRow]:
    """Every row by itself, lazily, so that a caller may show how far it has come.

    `default_code` («812») completes local telephone numbers. What only several rows together tell
    (the same person twice) is `staff_checks.cross_checked`.
    """
    context = Context(today, email.KNOWN_DOMAINS | _own_domains(sheet), default_code)
    columns = {name: at for name in READERS if (at := sheet.column(name)) is not None}
    columns.pop("unit", None)
    for row in sheet.rows:
        yield _read_row(row, sheet, columns, context)


def _own_domains(sheet: StaffSheet) -> frozenset[str]:
    column = sheet.column("email")
    if column is None:
        return frozenset()
    texts = (text_of(row.cells[column]) for row in sheet.rows)
    ends = Counter(text.rpartition("@")[2].lower() for text in texts)
    uses: Counter[str] = Counter()
    for end, count in ends.items():
        uses[email.stripped(end)] += count
    often = (end for end, count in uses.items() if count >= OWN_DOMAIN_USES and "." in end)
    return frozenset(domain for domain in often if email.suggest(domain) is None)


def _read_row(
    row: BodyRow, sheet: StaffSheet, columns: Mapping[str, int], context: Context
) -> StaffRow:
    person = name_cells(row, sheet)
    values, flaws = read_name(person)
    flaws += order_flaws(row, sheet, person)
    for name, at in columns.items():
        value, wrong = READERS[name](row.cells[at], context)
        if value:
            values[name] = value
        if wrong:
            flaws += [(name, flaw) for flaw in wrong]
    unit, wrong = READERS["unit"](_unit(row, sheet), context)
    if unit:
        values["unit"] = unit
    flaws += [("unit", flaw) for flaw in wrong]
    defects = tuple([Defect.of(flaw, row.number, name) for name, flaw in flaws])
    return StaffRow(row.number, values, defects, row, sheet)


def _unit(row: BodyRow, sheet: StaffSheet) -> CellValue:
    """The row's own unit, else the heading above."""
    at = sheet.column("unit")
    return row.heading if at is None or is_blank(row.cells[at]) else row.cells[at]
