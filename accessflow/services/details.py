"""What stands beside a draft's table: the form's own fields, the signatory, the МО's исх."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from accessflow.db.tables import Request, Signatory
from accessflow.domain.dates import read_date
from accessflow.forms.application import Application, Row
from accessflow.forms.check import Check
from accessflow.forms.rows import field_value, source_value
from accessflow.forms.waivable import JUSTIFICATION, asks_for_grace
from accessflow.services import signatories

FIELD = "f-"
LABELS = {"signatory": "Подписант", "our_ref": "Исх. №", "our_date": "Дата исх."}
LONGEST_REF = 64
LONGEST_JUSTIFICATION = 2000


def asks_justification(check: Check) -> bool:
    """Whether something may be asked for that needs МИАЦ's consent (X9, X27)."""
    if asks_for_grace(check):
        return True
    kind = check.application.organization.kind
    roles = check.target.roles if check.target else ()
    return check.application.action == "grant" and any(
        r.justified and kind not in r.kinds for r in roles
    )


def needs_justification(check: Check) -> bool:
    """Whether such a role stands in some row, or something else needs it."""
    if asks_for_grace(check):
        return True
    kind = check.application.organization.kind
    named = {str(row.get("role", "")).strip() for row in check.application.rows}
    roles = check.target.roles if check.target else ()
    return asks_justification(check) and any(
        r.justified and kind not in r.kinds and named & {r.name, *r.aliases} for r in roles
    )


def shown(request: Request, check: Check) -> dict[str, str]:
    """What the page shows, by the names of its fields."""
    values = {
        "signatory": str(request.signatory_id or ""),
        "our_ref": request.our_ref,
        "our_date": request.our_date.isoformat() if request.our_date else "",
    }
    values |= shown_fields(check, check.application)
    if asks_justification(check):
        values[FIELD + JUSTIFICATION] = _unbroken(str(request.fields.get(JUSTIFICATION, "")))
    return values


def shown_fields(check: Check, application: Application) -> dict[str, str]:
    """The form's own fields: as typed, else as the organisation, the author or the form answers."""
    return {
        FIELD + item.key: _unbroken(field_value(item, application)) for item in check.spec.fields
    }


def clean(typed: Row) -> dict[str, str]:
    return {key: _unbroken(str(value)) for key, value in typed.items()}


def _unbroken(text: str) -> str:
    """Line breaks as one sign, whatever a browser sends."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


@dataclass
class Taking:
    """What was typed beside the table goes into the request; `refused`: field -> why not."""

    session: Session
    request: Request
    check: Check
    today: date
    refused: dict[str, str] = field(default_factory=dict)

    def take(self, typed: Row) -> None:
        values = clean(typed)
        if "signatory" in values:
            self._signatory(values["signatory"])
        if "our_ref" in values:
            self._our_ref(values["our_ref"])
        if "our_date" in values:
            self._our_date(values["our_date"])
        self._fields(values)

    def _signatory(self, value: str) -> None:
        if value == str(self.request.signatory_id or ""):
            return
        found = self.session.get(Signatory, int(value)) if value.isdecimal() else None
        if value and not (found and self._may(found)):
            self.refused["signatory"] = (
                "Этот человек сейчас не вправе подписывать. Выберите другого."
            )
            return
        self.request.signatory_id = found.id if found else None
        self.request.signatory = found

    def _may(self, found: Signatory) -> bool:
        own = found.organization_id == self.request.organization_id
        return own and signatories.may_sign(found, self.today)

    def _our_ref(self, value: str) -> None:
        if len(value) > LONGEST_REF:
            self.refused["our_ref"] = (
                f"Исх. №: {len(value)} знаков, а помещается {LONGEST_REF}. Сократите."
            )
        else:
            self.request.our_ref = value

    def _our_date(self, value: str) -> None:
        day = read_date(value)
        if value and day is None:
            self.refused["our_date"] = f"«{value}» — не дата. Пример: 23.11.2026."
        else:
            self.request.our_date = day

    def _fields(self, values: dict[str, str]) -> None:
        fields = dict(self.request.fields)
        for item in self.check.spec.fields:
            if FIELD + item.key in values:
                text = values[FIELD + item.key]
                own = source_value(item, self.check.application) or item.default or ""
                _put(fields, item.key, "" if text == own.strip() else text)
        if asks_justification(self.check) and FIELD + JUSTIFICATION in values:
            self._justification(fields, values[FIELD + JUSTIFICATION])
        if fields != self.request.fields:
            self.request.fields = fields

    def _justification(self, fields: dict[str, str], text: str) -> None:
        if len(text) > LONGEST_JUSTIFICATION:
            self.refused[FIELD + JUSTIFICATION] = (
                f"Обоснование: {len(text)} знаков, а помещается {LONGEST_JUSTIFICATION}. Сократите."
            )
        else:
            _put(fields, JUSTIFICATION, text)


def _put(fields: dict[str, str], key: str, text: str) -> None:
    fields.pop(key, None)
    if text:
        fields[key] = text


def label(check: Check, key: str) -> str:
    """What a field beside the table is called in the history."""
    name = key.removeprefix(FIELD)
    if name == JUSTIFICATION:
        return "Обоснование"
    item = next((item for item in check.spec.fields if item.key == name), None)
    if item is None:
        return LABELS[key]
    return check.spec.label_of(item)
