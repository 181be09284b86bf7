"""Where an application goes, and by which channel (Рег. 3.4, IV; R4, R15, R17, R29, R39, R41)."""

from __future__ import annotations

from accessflow.catalogue.spec import Catalogue, Recipients
from accessflow.db.tables import Request
from accessflow.domain.errors import Invalid

CHANNELS = {
    "accessflow": "в accessflow",
    "mail": "по электронной почте",
    "vipnet": "«Деловой почтой» ViPNet",
    "paper": "на бумаге",
}
"""How an application came to МИАЦ; `paper` only by hand (`services/intake.py`)."""


def route_of(catalogue: Catalogue, request: Request) -> Recipients:
    """Whom the parcel is addressed to: the system's own, the kind's own, else МИАЦ."""
    region = catalogue.region
    support = region.contacts["vimis_support"]
    if request.kind == "network":
        return region.routes["vipnet_access"]
    if request.kind == "emd_deletion":
        return region.routes["emd_delete"]
    if request.kind == "authority":  # the act in copy, the letter to СТП ЕГИСЗ alone (R41)
        copy = region.routes["emd_act_copy"].to if request.form == "emd-act" else ()
        return Recipients(to=(region.contacts["support_email"],), cc=copy)
    if request.kind == "technical" and request.subject == "screening":
        return Recipients(to=(support,), cc=region.default_recipients.to)
    if request.system:
        return catalogue.system(request.system).recipients
    return region.default_recipients


def is_default(catalogue: Catalogue, request: Request) -> bool:
    """Whether it goes to МИАЦ alone."""
    return route_of(catalogue, request).to == catalogue.region.default_recipients.to


def channels_of(catalogue: Catalogue, request: Request) -> tuple[str, ...]:
    """What there is to choose from, the usual one first.

    Where МИАЦ works in accessflow what goes to МИАЦ alone needs no letter. «Деловая почта» is open
    to those who have a node, and only towards МИАЦ (Рег. 3.4).
    """
    to_miac = is_default(catalogue, request)
    vipnet = request.organization.vipnet_ready and to_miac
    if to_miac and not request.organization.miac_outside:
        return ("accessflow",)
    return ("mail", "vipnet") if vipnet else ("mail",)


def channel_of(catalogue: Catalogue, request: Request, wanted: str) -> str:
    """The chosen channel, or the usual one. Raises Invalid for one that is not open."""
    found = channels_of(catalogue, request)
    if wanted and wanted not in found:
        message = "Этим способом заявку отправить нельзя. Выберите: " + ", ".join(
            CHANNELS[channel] for channel in found
        )
        raise Invalid(message + ".", {"channel": message + "."}, request=request.id)
    return wanted or found[0]
