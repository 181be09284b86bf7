"""What МИАЦ looks at on an application: its rows, what was checked, what it repeats (R7, R18)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Request, RequestRow
from accessflow.domain.errors import AccessflowError
from accessflow.domain.text import counted
from accessflow.forms.answers import Check, name_of
from accessflow.forms.defect import Defect
from accessflow.forms.rows import has_no_middle_name, printed_row
from accessflow.services import duplicates, repeats, scans, waivers
from accessflow.services.actor import Actor
from accessflow.services.applications import check_of
from accessflow.services.attestations import KINDS
from accessflow.services.repeats import Repeat
from accessflow.services.scan_checks import Level
from accessflow.services.signatories import may_sign

LEVELS: Mapping[str, Level] = {"error": "danger", "warning": "warn"}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was checked. `waive`: МИАЦ may let it through, with a reason."""

    level: Level
    text: str
    small: str = ""
    waive: waivers.Key | None = None
    to: str = ""


@dataclass(frozen=True, slots=True)
class RowView:
    """A row as the desk reads it; `cells` for a form whose rows are no people."""

    row: RequestRow
    who: str
    no_middle_name: bool
    role: str
    cells: tuple[str, ...]
    repeat: Repeat | None


@dataclass(frozen=True, slots=True)
class Twin:
    """Another application on the same matter. `covers`: this one could be marked as its duplicate;
    `compared`: label, here, there, of the first row that repeats."""

    other: Request
    repeats: tuple[Repeat, ...]
    covers: bool
    compared: tuple[tuple[str, str, str], ...]

    @property
    def positions(self) -> str:
        return ", ".join(str(r.position) for r in self.repeats)

    @property
    def identical(self) -> bool:
        return any(r.identical for r in self.repeats)


@dataclass(frozen=True, slots=True)
class Desk:
    """`headers`: of `RowView.cells`, empty where rows are people."""

    check: Check
    headers: tuple[str, ...]
    rows: tuple[RowView, ...]
    lines: tuple[Line, ...]
    twins: tuple[Twin, ...]

    @property
    def role_label(self) -> str:
        """What the last column of people is: App. 3 asks for an object instead of a role."""
        keys = {column.key for column in self.check.spec.columns}
        return "Роль" if "role" in keys else "Объект доступа"

    @property
    def to_look_at(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.level != "ok")

    @property
    def passed(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.level == "ok")


def desk_of(
    session: Session, actor: Actor, catalogue: Catalogue, request: Request, today: date
) -> Desk:
    """For whoever may see the request (`applications.find`); `today` is the day in Moscow."""
    check = check_of(session, catalogue, request)
    found = repeats.of_request(session, catalogue, request, everywhere=True)
    people = check.spec.has_people
    columns = check.spec.columns
    return Desk(
        check=check,
        headers=() if people else tuple(c.plain_header for c in columns),
        rows=tuple(_row(check, row, found, n) for n, row in enumerate(request.rows)),
        lines=tuple(_lines(session, catalogue, request, check, found, today)),
        twins=_twins(session, actor, check, request, found),
    )


def _row(check: Check, row: RequestRow, found: Sequence[Repeat], n: int) -> RowView:
    printed = _printed(check, n)
    mine = [r for r in found if r.position == row.position]
    return RowView(
        row=row,
        who=name_of(row.answers).full,
        no_middle_name=has_no_middle_name(row.answers),
        role=printed.get("role") or printed.get("functional_object", ""),
        cells=() if check.spec.has_people else tuple(printed.values()),
        repeat=next((r for r in mine if r.identical), mine[0] if mine else None),
    )


def _printed(check: Check, n: int) -> dict[str, str]:
    application = check.application
    return printed_row(check.spec, application.rows[n], application, check.target, check.region)


def _lines(
    session: Session,
    catalogue: Catalogue,
    request: Request,
    check: Check,
    found: Sequence[Repeat],
    today: date,
) -> Iterator[Line]:
    pending = waivers.pending_of(session, check, request)
    yield from (
        Line("warn", _placed(one.position, one.text), "МИАЦ решает, пропустить ли", one.key)
        for one in pending
    )
    told = {(one.key.code, one.position) for one in pending}
    defects = waivers.defects_of(session, check, request)
    yield from _defect_lines([d for d in defects if (d.code, d.row) not in told])
    for waiver in waivers.of_request(session, request.id):
        row = next((r.position for r in request.rows if r.id == waiver.row_id), None)
        yield Line("info", _placed(row, f"пропущено: {waiver.reason}"), waiver.user.name)
    yield _repeat_line(found)
    yield from _form_lines(catalogue, request, check, today)
    yield from _scan_lines(session, request, check)
    yield from _passed_lines(request, check, {d.code for d in defects})


def _defect_lines(defects: Sequence[Defect]) -> Iterator[Line]:
    """One line for what is wrong in the same way in many rows."""
    rows: dict[tuple[str, str], list[int]] = {}
    for defect in defects:
        rows.setdefault((LEVELS[defect.level], defect.message), []).append(defect.row or 0)
    for (level, message), numbers in rows.items():
        where = ", ".join(str(n) for n in numbers if n)
        small = f"строки {where}" if len(numbers) > 1 else ""
        text = _placed(numbers[0], message) if len(numbers) == 1 else message
        yield Line(level, text, small)  # type: ignore[arg-type] # out of LEVELS


def _placed(position: int | None, text: str) -> str:
    return f"Строка {position}: {text}" if position else text


def _repeat_line(found: Sequence[Repeat]) -> Line:
    if not found:
        return Line("ok", "Повторов нет: ни открытых заявок, ни исполненных")
    rows = sorted({r.position for r in found})
    text = counted(len(rows), "строка повторяет", "строки повторяют", "строк повторяют")
    return Line("warn", f"{text} другую заявку", "см. «Найден повтор»", to="#repeats")


def _form_lines(
    catalogue: Catalogue, request: Request, check: Check, today: date
) -> Iterator[Line]:
    spec = check.spec
    if catalogue.superseded(spec, today):
        text = f"Форма сменилась: заявка по редакции {spec.version}"
        yield Line("warn", text, "по старой форме её можно аннулировать (Рег. 3.4.1)")
    else:
        yield Line("ok", f"{spec.label}, действующая редакция {spec.version}")
    if spec.signature.signer != "organization":
        return
    signer = request.signatory
    if signer is None:
        yield Line("warn", "Подписант не указан", "сверьте подпись на скане с реестром")
    elif may_sign(signer, today):
        until = f", право до {signer.valid_until:%d.%m.%Y}" if signer.valid_until else ""
        yield Line("ok", f"Подписант в реестре: {signer.last_name}{until}")
    else:
        yield Line("warn", f"Право подписи прекращено: {signer.last_name}", "Рег. 3.4.1")


def _scan_lines(session: Session, request: Request, check: Check) -> Iterator[Line]:
    if check.spec.signature.signer == "none":
        return
    scan = scans.current(session, request)
    if scan is None:
        yield Line("warn", "Скана этой версии нет", "запросите его у организации")
    elif not scan.confirmed:
        yield Line("warn", "Подпись и печать на скане не подтверждены", "сверьте глазами")
    else:
        yield Line("ok", "Скан этой версии, подпись и печать подтверждены")


def _passed_lines(request: Request, check: Check, wrong: set[str]) -> Iterator[Line]:
    """What would have been told, had it not been right."""
    spec, number = check.spec, len(request.rows)
    if "required" not in wrong:
        yield Line("ok", "Обязательные поля заполнены")
    if spec.has_people and number and not any(code.startswith("snils") for code in wrong):
        yield Line("ok", f"СНИЛС: {number} из {number}")
    if spec.unique_email != "none" and "email_not_unique" not in wrong:
        yield Line("ok", "E-mail не повторяются во всей системе")
    if spec.prerequisites and "prerequisite" not in wrong:
        names = ", ".join(KINDS[kind] for kind in spec.prerequisites)
        yield Line("ok", f"Отмечено у каждого: {names}")
    if check.target and check.target.roles and "role_not_allowed" not in wrong:
        yield Line("ok", "Роли есть у этой системы")


def _twins(
    session: Session, actor: Actor, check: Check, request: Request, found: Sequence[Repeat]
) -> tuple[Twin, ...]:
    """By application, those that it could be marked as a duplicate of first."""
    by_other: dict[int, list[Repeat]] = {}
    for repeat in found:
        by_other.setdefault(repeat.other.id, []).append(repeat)
    twins = [
        Twin(
            other=own[0].other,
            repeats=tuple(own),
            covers=_covers(session, actor, request, own[0].other),
            compared=_compared(check, request, own[0]),
        )
        for own in by_other.values()
    ]
    return tuple(sorted(twins, key=lambda t: (not t.covers, not t.identical, -t.other.id)))


def _covers(session: Session, actor: Actor, request: Request, other: Request) -> bool:
    try:
        kept = duplicates.root_of(session, actor, other.id)
    except AccessflowError:
        return False
    same = kept.organization_id == request.organization_id and kept.kind == request.kind
    return same and kept.id != request.id and not duplicates.uncovered(request, kept)


def _compared(check: Check, request: Request, repeat: Repeat) -> tuple[tuple[str, str, str], ...]:
    """What stands in both rows, by column, as typed."""
    here = next((r.answers for r in request.rows if r.position == repeat.position), {})
    there = repeat.other_row.answers
    columns = [(key, _header(check, key)) for key in dict.fromkeys((*here, *there))]
    return tuple(
        (label, str(here.get(key, "")), str(there.get(key, "")))
        for key, label in columns
        if label and (here.get(key) or there.get(key)) and key != "snils"
    )


NAMES = {"last_name": "Фамилия", "first_name": "Имя", "middle_name": "Отчество"}


def _header(check: Check, key: str) -> str:
    column = next((c for c in check.spec.columns if c.key == key), None)
    return column.plain_header.strip("* ") if column else NAMES.get(key, "")
