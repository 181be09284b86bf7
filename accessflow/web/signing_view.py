"""What the panel of a scan shows: its pages, what was checked, what may be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from accessflow.db.tables import Request, RequestFile
from accessflow.services import scan_rights, scans
from accessflow.services.actor import Actor
from accessflow.services.applications import form_of, signatory_of
from accessflow.services.scan_checks import Line, lines
from accessflow.web import context

ICONS = {
    "ok": "check-circle-fill",
    "warn": "exclamation-triangle-fill",
    "danger": "x-circle-fill",
    "info": "info-circle-fill",
    "mute": "eye",
}
CONFIRMS = {
    "scan": "Подпись{signer} и печать на скане есть и читаются",
    "director_scan": "Подпись директора МИАЦ и печать на скане есть и читаются",
    "committee_scan": "Подпись и печать КЗ на скане есть и читаются",
}


A4_RATIO = 297 / 210


@dataclass(frozen=True, slots=True)
class ScanView:
    """`may`: the reader may lay, turn and confirm. `void`: why an earlier scan does not count."""

    request: Request
    kind: str
    label: str
    file: RequestFile | None
    lines: Sequence[Line]
    may: bool
    confirms: str
    void: str = ""

    @property
    def pages(self) -> range:
        return range(1, (self.file.pages if self.file else 0) + 1)


def sheet_height(found: Request, width: int) -> int:
    """Pixels: of a sheet of its form as wide as that, the place that a picture of it will take."""
    upright = form_of(context.catalogue(), found).orientation == "portrait"
    return round(width * (A4_RATIO if upright else 1 / A4_RATIO))


def scan_view(session: Session, actor: Actor, request: Request, kind: str = "scan") -> ScanView:
    """For `{{ scan.panel(view) }}` of `signing/_scan.html`."""
    file = scans.current(session, request, kind)
    earlier = None if file else scans.voided(session, request, kind)
    signer = signatory_of(request.signatory).name
    words = CONFIRMS[kind].format(signer=f" ({signer})" if signer else "")
    if file is not None and file.checks.get("code") == "unreadable":
        words += f", и это заявка {request.number} версии {request.content_version}"
    return ScanView(
        request=request,
        kind=kind,
        label=scans.LABELS[kind],
        file=file,
        lines=tuple(lines(file.checks)) if file else (),
        may=scan_rights.may(actor, request, kind),
        confirms=words,
        void=earlier.void_reason if earlier else "",
    )
