"""What is checked of an application for МИАЦ's eyes: its own defects, what it repeats, its form,
signatory and scan, and what was found right (R7, R18, R32-R35)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Request
from accessflow.domain.text import counted
from accessflow.forms.check import Check
from accessflow.forms.defect import Defect
from accessflow.services import scans, waivers
from accessflow.services.attestations import KINDS
from accessflow.services.repeats import Repeat
from accessflow.services.scan_checks import Level
from accessflow.services.signatories import may_sign

LEVELS: Mapping[str, Level] = {"error": "danger", "warning": "warn"}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was checked. `waive`: МИАЦ may let it through, with a reason; `ask`: what
    to ask of the organisation, which can mend it; `rows`: the numbers of those it is wrong in."""

    level: Level
    text: str
    small: str = ""
    waive: waivers.Key | None = None
    to: str = ""
    ask: str = ""
    rows: tuple[int, ...] = ()


def lines_of(
    session: Session,
    catalogue: Catalogue,
    request: Request,
    check: Check,
    found: Sequence[Repeat],
    today: date,
) -> Iterator[Line]:
    defects = waivers.defects_of(session, check, request)
    pending = waivers.waivable(check, request, defects)
    yield from (
        Line("warn", _placed(one.position, one.text), "МИАЦ решает, пропустить ли", one.key)
        for one in pending
    )
    told = {(one.key.code, one.position) for one in pending}
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
    found: dict[tuple[str, str], list[int]] = {}
    for defect in defects:
        found.setdefault((LEVELS[defect.level], defect.message), []).append(defect.row or 0)
    for (level, message), numbers in found.items():
        where = ", ".join(str(n) for n in numbers if n)
        small = f"строки {where}" if len(numbers) > 1 else ""
        text = _placed(numbers[0], message) if len(numbers) == 1 else message
        ask = f"{text} ({small})" if small else text
        rows = tuple(filter(None, numbers))
        yield Line(level, text, small, ask=ask, rows=rows)  # type: ignore[arg-type] # out of LEVELS


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
        ask = "Нет скана подписанной заявки в её нынешней версии. Пришлите его, пожалуйста."
        yield Line("warn", "Скана этой версии нет", "запросите его у организации", ask=ask)
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
