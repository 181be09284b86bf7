"""What only the database knows of an application, by the names that guards ask for."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Request, RequestFile
from accessflow.services import sending, stages, waivers
from accessflow.services.applications import form_of
from accessflow.workflow.states import UNFILED


def facts_of(session: Session, catalogue: Catalogue, request: Request) -> frozenset[str]:
    """See `workflow/guards.py` for what each of them means."""
    found = {
        "registered": request.registration_no is not None,
        "own_support": request.kind == "technical" and request.subject == "screening",
        "director_signed": _director_signed(session, catalogue, request),
        "signed": _signed(session, catalogue, request),
        "settled": _settled(session, catalogue, request),
        **stages.facts_of(session, catalogue, request),
    }
    return frozenset(name for name, holds in found.items() if holds)


def has_file(session: Session, request: Request, kind: str) -> bool:
    """Whether it has a file of that kind that shows its present content."""
    query = select(RequestFile.id).where(
        RequestFile.request_id == request.id,
        RequestFile.kind == kind,
        RequestFile.content_version == request.content_version,
        RequestFile.voided_at.is_(None),
    )
    return session.scalar(query.limit(1)) is not None


def _director_signed(session: Session, catalogue: Catalogue, request: Request) -> bool:
    """App. 5 leaves МИАЦ under its director's signature (X14); where МИАЦ is outside it sees to
    that itself."""
    asked = form_of(catalogue, request).signature.signer == "miac" and not request.outside
    return not asked or has_file(session, request, "director_scan")


def _signed(session: Session, catalogue: Catalogue, request: Request) -> bool:
    """A scan of the present version is there and somebody has looked at it."""
    if form_of(catalogue, request).signature.signer == "none":
        return True
    scan = sending.signed_scan(session, request)
    return scan is not None and scan.confirmed


def _settled(session: Session, catalogue: Catalogue, request: Request) -> bool:
    """Nothing waits for МИАЦ to let it through."""
    if request.state in UNFILED or request.outside or request.kind != "access":
        return True
    return not waivers.pending(session, catalogue, request)
