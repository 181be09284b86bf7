"""Letters that carry documents: the organisation's parcel, and what МИАЦ and КЗ pass on.

What leaves is kept byte for byte among the files of the request, and attached by its address.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import select

from accessflow.db.tables import Organization, RequestFile
from accessflow.notify import messages
from accessflow.notify.rendering import Message
from accessflow.services import attachments, parcels, stages, timeline
from accessflow.services.letter_words import about, house_by, house_of_organization, matter
from accessflow.services.outbox import Box, File, put
from accessflow.services.parcel_files import ATTACHED, Stage
from accessflow.services.routes import route_of
from accessflow.services.step_words import compose, given
from accessflow.services.whereabouts import is_support

if TYPE_CHECKING:
    from accessflow.services.acting import Moment

_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
NO_ADDRESSEE = (
    "Куда отправить комплект, неизвестно: в «Кому передано» нет адреса. "
    "Впишите адрес здесь и отправьте ещё раз."
)


def write(moment: Moment, box: Box, kind: str) -> None:
    """The letter `kind` of this step: parcel, package, committee_package."""
    WRITERS[kind](moment, box)


def _parcel(moment: Moment, box: Box) -> None:
    """Only what goes by mail: in accessflow МИАЦ has it already, «Деловая почта» takes a ZIP."""
    request, author = moment.request, moment.request.author
    if request.channel != "mail":
        return
    files = parcels.kept(moment.session, request)
    route = route_of(moment.catalogue, request)
    message = messages.parcel(
        house_of_organization(moment.catalogue, request.organization),
        about(moment.catalogue, request, path=""),
        subject=parcels.subject_of(moment.catalogue, request),
        matter=matter(moment.catalogue, request),
        files=[file.name for file in files],
        author=author.name,
        position=author.position,
        phone=author.phone,
        email=author.email,
        reply_to=request.reply_mailbox or request.organization.mailbox or author.email,
    )
    put(box, message, to=route.to, cc=route.cc, request=request, files=_attached(files))


def _package(moment: Moment, box: Box) -> None:
    """From МИАЦ: to the address in «Кому передано», or to СТП ЕГИСЗ where that is who it is."""
    kept, to, cc = _passed_on(moment, "forwarding")
    files = _attached(kept)
    named = given(moment, "forwarded_to")
    addresses = _ADDRESS.findall(named)
    if addresses:
        to, cc = tuple(addresses), ()
    elif not is_support(named):
        to, cc = (), ()
    whose = about(moment.catalogue, moment.request, path="")
    message = compose(moment, "package", whose)
    put(
        box, message, to=to, cc=cc, request=moment.request, files=files, nobody=NO_ADDRESSEE
    )  # fmt: skip


def _committee_package(moment: Moment, box: Box) -> None:
    """From КЗ (R37); of an ЭМД letter and act to СТП ЕГИСЗ, of the act a copy besides (R41)."""
    kept, to, cc = _passed_on(moment, "committee")
    copied = moment.request.kind == "emd_deletion"
    message = _committee_letter(moment, matter(moment.catalogue, moment.request))
    files = _attached(kept)
    put(box, message, to=to, cc=() if copied else cc, request=moment.request, files=files)
    if copied:
        acts = _attached(row for row in kept if row.checks.get("form") == stages.ACT)
        what = f"копию акта по письму {moment.request.number} об удалении ЭМД"
        message = _committee_letter(moment, what, copy=True)
        put(box, message, to=cc, request=moment.request, files=acts)


def _committee_letter(moment: Moment, what: str, *, copy: bool = False) -> Message:
    return messages.committee_package(
        house_by(moment.session, moment.catalogue, moment.actor),
        about(moment.catalogue, moment.request, path=""),
        sender=_committee_name(moment),
        matter=what,
        external_no="" if copy else given(moment, "external_no"),
        note=given(moment, "note"),
        copy=copy,
    )


def _passed_on(
    moment: Moment, stage: Stage
) -> tuple[tuple[RequestFile, ...], tuple[str, ...], tuple[str, ...]]:
    session, request = moment.session, moment.request
    parcel = parcels.build(
        session, moment.catalogue, moment.files, request, moment.now, stage=stage
    )
    kept = parcels.keep(
        session, moment.files, request, parcel, actor=moment.actor, now=moment.now, stage=stage
    )
    return kept, parcel.recipients, parcel.cc


def files_of_answer(moment: Moment) -> list[File]:
    """What was put to the application since МИАЦ asked, for a МИАЦ that works elsewhere."""
    events = timeline.events_of(moment.session, moment.request.id)
    asked = [event.at for event in events if event.target == "needs_info"]
    found = attachments.of(moment.session, moment.request, ATTACHED)
    return _attached(file for file in found if asked and file.at >= asked[-1])


def _attached(rows: Iterable[RequestFile]) -> list[File]:
    return [File(row.sha256, row.name, row.stored.media_type) for row in rows]


def _committee_name(moment: Moment) -> str:
    own = moment.session.get(Organization, moment.actor.organization_id or 0)
    query = select(Organization.full_name).where(Organization.kind == "committee")
    return own.full_name if own else moment.session.scalar(query) or "КЗ"


WRITERS = {"parcel": _parcel, "package": _package, "committee_package": _committee_package}
