"""The health authority's own stage: screening roles (R37), deletion of births (R41, X29, X30)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Request
from accessflow.domain.errors import Conflict
from accessflow.services import making, scans, timeline
from accessflow.services.actor import Actor
from accessflow.services.applications import form_of, locked
from accessflow.workflow.states import ANSWERED

LETTER, ACT = "emd-letter", "emd-act"
DOCUMENTS = (LETTER, ACT)
"""What КЗ writes on an application for the deletion of an ЭМД (Бюл. №5)."""
SENT_ON = frozenset({"forwarded"}) | ANSWERED


def facts_of(session: Session, catalogue: Catalogue, request: Request) -> Mapping[str, bool]:
    if request.kind == "authority":
        parent = session.get(Request, request.stage_of_id) if request.stage_of_id else None
        return {
            "stage_document": parent is not None,
            "stage_sent": parent is not None and parent.state in SENT_ON,
            "stage_deleted": parent is not None and parent.state in ("deleted", "reuploaded"),
        }
    if request.kind == "emd_deletion":
        return {"committee_stage": True, "committee_signed": _documents_ready(session, request)}
    if request.kind == "access":
        return {
            "committee_stage": needs_committee(catalogue, request),
            "committee_signed": scans.is_signed(session, request, "committee_scan"),
        }
    return {}


def needs_committee(catalogue: Catalogue, request: Request) -> bool:
    """Whether some row asks for a role that the authority itself has to apply for (R37)."""
    system = catalogue.systems.get(request.system or "")
    if system is None or system.outbound is None or system.outbound.by != "committee":
        return False
    spec, concerned = form_of(catalogue, request), own_roles(catalogue, system.slug)
    named = (spec.role(str(row.answers.get("role", "")).strip()) for row in request.rows)
    return any(role is not None and role.name in concerned for role in named)


def own_roles(catalogue: Catalogue, slug: str) -> frozenset[str]:
    """The roles that no other system of the same form has: забор крови, МГЦ, АДКЦ of АКиНЕО.

    «Куратор» is a role of every component, and needs no authority (Бюл. №5).
    """
    system = catalogue.system(slug)
    others = {
        role
        for other in catalogue.systems.values()
        if other.grant_form == system.grant_form and other.slug != slug
        for role in other.roles
    }
    return frozenset(system.roles) - others


def documents_of(session: Session, request: Request) -> Sequence[Request]:
    """КЗ's letter and act on an application, the letter first."""
    found = session.scalars(
        select(Request).where(Request.stage_of_id == request.id, Request.deleted_at.is_(None))
    ).all()
    return sorted(found, key=lambda r: DOCUMENTS.index(r.form) if r.form in DOCUMENTS else 9)


def prepare(
    db: Database, *, actor: Actor, now: datetime, catalogue: Catalogue, request_id: int
) -> tuple[int, ...]:
    """КЗ's letter and act as drafts of its own, filled from the МО's letter; those that are there
    already are left as they are. Their ids, the letter's first.

    Raises NotFound, Forbidden, Conflict unless the application is with КЗ.
    """
    actor.require("committee")
    with db.write() as session:
        request = locked(session, actor, request_id)
        if request.kind != "emd_deletion" or request.state != "at_committee":
            raise Conflict("Эта заявка сейчас не в КЗ ЛО.", request=request.id)
        there = {document.form: document.id for document in documents_of(session, request)}
        maker = making.maker_of(session, actor, now, catalogue)
        made = {form: _document(maker, form, request) for form in DOCUMENTS if form not in there}
        if made:
            timeline.append(
                session, request, actor=actor, now=now, action="stage_documents",
                data={"forms": list(made)},
            )  # fmt: skip
        return tuple({**there, **made}[form] for form in DOCUMENTS)


def _document(maker: making.Maker, form: str, request: Request) -> int:
    """The reason goes into the letter; into the act a row for each document, under the МО's OID."""
    document = making.new(maker, maker.catalogue.form(form, on=maker.today), "emd_delete", None)
    document.stage_of_id = request.id
    if form == LETTER:
        document.fields = _reason(request)
        document.rows = making.rows_of([({}, None)])
    else:
        oid = request.organization.oid or ""
        named = (str(row.answers.get("org_oid", "")).strip() or oid for row in request.rows)
        document.rows = making.rows_of(({"org_oid": own}, None) for own in named)
    return making.store(maker, document, "created", {"К заявке": ["—", request.number]})


def _reason(request: Request) -> dict[str, str]:
    told = {
        "reason": str(request.fields.get("error_description", "")),
        "document_kind": str(request.fields.get("document_kind", "")),
    }
    return {key: text for key, text in told.items() if text.strip()}


def _documents_ready(session: Session, request: Request) -> bool:
    """The letter and the act are signed and scanned in their present version."""
    found = {d.form: d for d in documents_of(session, request)}
    return all(
        form in found and found[form].state == "ready" and scans.is_signed(session, found[form])
        for form in DOCUMENTS
    )
