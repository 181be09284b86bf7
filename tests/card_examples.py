"""Applications in every state, for the card: each made by the services, by those who may."""

from __future__ import annotations

from accessflow.db.tables import Organization, Request
from accessflow.services import stages
from accessflow.services.actor import Actor
from tests.life_examples import Life
from tests.request_examples import house

MIAC = "miac_specialist"
BLOOD = "Сотрудник МО забор крови"
NETWORK = {
    "user_position": "Системный администратор", "user_name": "Сетевой Пётр Ильич",
    "user_phone": "8 (81379) 5-00-21", "user_email": "net@prb.example", "system_name": "РЕГИЗ",
    "basis": "Приказ № 5", "term": "бессрочно", "placement_address": "г. Приозёрск",
    "legal_address": "г. Приозёрск", "node_name": "PRB-1", "tunnel_ip": "10.0.0.1",
}  # fmt: skip
RESOURCE = {"resource_name": "РЕГИЗ", "domain_name": "regiz.local", "zspd_ip": "10.1.1.1",
            "port": "443"}  # fmt: skip
Card = tuple[int, str]
"""An application and the role that looks at it."""


def with_committee(ours: Life) -> Life:
    authority = house(ours.db, "committee", mailbox="kz@kz.example", short_name="КЗ ЛО")
    ours.cast["committee"] = Actor(authority.user, "committee", authority.organization)
    return ours


def outside(ours: Life, value: bool = True) -> None:
    """Whether МИАЦ works with the organisation from outside."""
    with ours.db.write() as session:
        session.get_one(Organization, ours.house.organization).miac_outside = value


def asked(ours: Life) -> int:
    made = ours.sent(people=2)
    ours.act(made, "request_info", MIAC, text="Уточните должность Петровой: её нет в ФРМР.",
             about_rows="2", answer_by="27.11.2026")  # fmt: skip
    return made


def executed(ours: Life) -> int:
    made = ours.sent(people=2)
    ours.act(made, "decide", MIAC, rows=ours.decisions(made, "granted", "refused"))
    return made


def birth(ours: Life, *, sent: bool = True) -> int:
    made = ours.single(
        "appendix-16", {"error_description": "Неверная дата рождения ребёнка"},
        ({"emdr_id": "224.16.25.09.000241002"},),
    )  # fmt: skip
    ours.ready(made)
    ours.lay(made, "certificate_status")
    if sent:
        ours.act(made, "send")
    return made


def documents(ours: Life, request_id: int) -> tuple[int, ...]:
    return stages.prepare(
        ours.db, actor=ours.actor("committee"), now=ours.now, catalogue=ours.catalogue,
        request_id=request_id,
    )  # fmt: skip


def signed_documents(ours: Life, request_id: int) -> tuple[int, ...]:
    letter, act = documents(ours, request_id)
    ours.fill(letter, {}, ({"linked_kind": "Направление", "linked_number": "1-2",
                            "msr_number": "41000123"},))  # fmt: skip
    ours.fill(act, {}, ({"document_number": "41000123",
                         "local_id": f"6f1f2c1e-5f0f-4a52-8f2e-{act:012}"},))  # fmt: skip
    for made in (letter, act):
        ours.as_(ours.actor("committee"), made, "prepare")
        ours.lay(made)
    return letter, act


def network(ours: Life) -> int:
    made = ours.ready(ours.single("appendix-15", NETWORK, (RESOURCE,)))
    ours.act(made, "send")
    return made


def cards(ours: Life) -> dict[str, Card]:
    """By what they show. `ours` needs a committee."""
    wrong = ours.draft(people=2)
    ours.fill(wrong, {}, ({"email": ""},))
    unsigned, scanned, signed = (ours.draft(people=2) for _ in range(3))
    ours.act(unsigned, "prepare")
    ours.act(scanned, "prepare")
    ours.lay(scanned, confirmed=False)
    ours.ready(signed)
    corrected = asked(ours)
    found: dict[str, Card] = {
        "draft-wrong": (wrong, "secretary"),
        "draft": (ours.draft(), "secretary"),
        "ready-unsigned": (unsigned, "secretary"),
        "ready-signatory": (unsigned, "signatory"),
        "ready-scanned": (scanned, "secretary"),
        "ready-signed": (signed, "secretary"),
        "registered": (ours.sent(), "secretary"),
        "needs-info": (corrected, "secretary"),
        "executed": (executed(ours), "secretary"),
    }
    found |= {
        name: (_ended(ours, name), "secretary")
        for name in ("refused", "annulled", "withdrawn", "duplicate")
    }
    found |= _problems(ours) | _of_committee(ours) | _outside(ours)
    found["network"] = (network(ours), "secretary")
    return found


def _ended(ours: Life, state: str) -> int:
    made = ours.sent()
    if state == "refused":
        ours.act(made, "refuse", MIAC, cause="not_in_frmr", text="Занесите сотрудника в ФРМР.")
    elif state == "annulled":
        ours.act(made, "annul", MIAC, cause="not_template", text="Форма не та.")
    elif state == "withdrawn":
        ours.act(made, "withdraw")
    else:
        _duplicate(ours, made, ours.sent())
    return made


def _duplicate(ours: Life, made: int, of: int) -> None:
    """As МИАЦ marks it: two applications for one person cannot both be sent."""
    with ours.db.write() as session:
        row = session.get_one(Request, made)
        row.state, row.duplicate_of_id = "duplicate", of


def _problems(ours: Life) -> dict[str, Card]:
    sent = ours.problem("screening")
    ours.lay(sent, "screenshot")
    ours.act(sent, "send")
    return {
        "problem": (ours.problem("screening"), "secretary"),
        "problem-sent": (sent, "secretary"),
    }


def _of_committee(ours: Life) -> dict[str, Card]:
    arrived, begun, ready, gone, deleted = (birth(ours) for _ in range(5))
    for made in (begun, ready, gone, deleted):
        ours.act(made, "to_committee", "committee")
    letter, _ = documents(ours, begun)
    for made in (ready, gone, deleted):
        signed_documents(ours, made)
    for made in (gone, deleted):
        ours.act(made, "committee_send", "committee")
    ours.act(deleted, "confirm_deleted", "committee")
    roles = ours.sent("vimis-akineo", role=BLOOD)
    ours.act(roles, "to_committee", MIAC)
    return {
        "emd-draft": (birth(ours, sent=False), "secretary"),
        "emd-arrived": (arrived, "committee"),
        "emd-at-committee": (begun, "committee"),
        "emd-letter": (letter, "committee"),
        "emd-ready": (ready, "committee"),
        "emd-forwarded": (gone, "committee"),
        "emd-forwarded-mo": (gone, "secretary"),
        "emd-deleted": (deleted, "secretary"),
        "roles-at-committee": (roles, "committee"),
    }


def _outside(ours: Life) -> dict[str, Card]:
    outside(ours)
    sent, registered, asks = ours.sent(), ours.sent(people=2), ours.sent()
    ours.act(registered, "register", registration_no="ЛО-101")
    ours.act(asks, "register", registration_no="ЛО-102")
    ours.act(asks, "request_info", text="Пришлите приказ о назначении.")
    outside(ours, value=False)
    return {
        "outside-sent": (sent, "secretary"),
        "outside-registered": (registered, "secretary"),
        "outside-needs-info": (asks, "secretary"),
    }
