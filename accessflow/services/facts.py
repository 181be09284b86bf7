"""What only the database knows of an application, by the names that guards ask for."""

from __future__ import annotations

from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Request
from accessflow.services import scans, stages, waivers
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


def _director_signed(session: Session, catalogue: Catalogue, request: Request) -> bool:
    """App. 5 leaves МИАЦ under its director's signature (X14); where МИАЦ is outside it sees to
    that itself."""
    asked = form_of(catalogue, request).signature.signer == "miac" and not request.outside
    return not asked or scans.is_signed(session, request, "director_scan")


def _signed(session: Session, catalogue: Catalogue, request: Request) -> bool:
    """A scan of the present version is there and somebody has looked at it."""
    asked = form_of(catalogue, request).signature.signer != "none"
    return not asked or scans.is_signed(session, request)


def _settled(session: Session, catalogue: Catalogue, request: Request) -> bool:
    """Nothing waits for МИАЦ to let it through."""
    if request.state in UNFILED or request.outside or request.kind != "access":
        return True
    if not (request.error_count or request.warning_count):
        return True  # nothing of any kind was found: no need for the whole check
    return not waivers.pending(session, catalogue, request)
