"""The МО answers a request for data: text, files, corrected data under a new signature (R8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accessflow.services import claims, scans
from accessflow.services.applications import form_of

if TYPE_CHECKING:
    from accessflow.services.acting import Applying


def answer(moment: Applying) -> dict[str, Any]:
    """The effect: corrected addresses are claimed, the version answered with is kept.

    Raises Conflict where an address is taken.
    """
    session, request = moment.session, moment.request
    claims.claim_emails(session, request, spec=form_of(moment.catalogue, request), now=moment.now)
    scan = scans.current(session, request)
    return {"version": request.content_version} | ({"scan": scan.sha256} if scan else {})
