"""МИАЦ registers by hand what came by mail or on paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from accessflow.db.tables import EmailClaim, RequestFile
from accessflow.documents.build import build
from accessflow.documents.writers import WRITERS
from accessflow.domain.errors import Conflict, Forbidden, Invalid
from accessflow.forms.application import Application
from accessflow.services import intake
from accessflow.services.applications import check_of
from accessflow.services.intake import Came, Registered
from tests.draft_examples import person
from tests.life_examples import Life, paper

FRIDAY = date(2026, 11, 20)
MIAC = "miac_specialist"


def application(**values: Any) -> Application:
    known = Application("appendix-08", "frmss", "grant", rows=(person(1), person(2)))
    return replace(known, **values)


def came(ours: Life, **values: Any) -> Came:
    return replace(Came(ours.house.organization, "mail", FRIDAY), **values)


def register(
    ours: Life, what: Application | None = None, how: Came | None = None, who: str = MIAC,
    scan: bool = True,
) -> Registered:  # fmt: skip
    return intake.register(
        ours.db, actor=ours.actor(who), now=ours.now, catalogue=ours.catalogue, files=ours.store,
        application=what or application(), came=how or came(ours),
        uploads=[("скан.pdf", paper())] if scan else [],
    )  # fmt: skip


def test_it_is_registered_at_once_and_its_term_counts_from_the_day_it_came(ours: Life) -> None:
    made = register(ours)
    found = ours.one(made.request_id)
    assert (made.state, made.registration_no) == ("registered", "МИАЦ-2026-000001")
    assert (found.channel, found.outside, found.row_count) == ("mail", False, 2)
    assert found.due_on == date(2026, 12, 21)  # 20.12 is a Sunday
    assert found.reply_mailbox == found.organization.mailbox
    assert [e.action for e in ours.events(made.request_id)] == ["intake", "register"]


def test_the_scan_lies_with_it_as_one_pdf_and_as_it_came(ours: Life) -> None:
    made = register(ours)
    with ours.db.read() as session:
        files = session.query(RequestFile).filter_by(request_id=made.request_id).all()
        assert sorted(f.kind for f in files) == ["original", "scan"]
        assert [f.confirmed for f in files if f.kind == "scan"] == [True]


def test_miac_goes_on_with_it_as_with_any_other(ours: Life) -> None:
    made = register(ours).request_id
    ours.act(made, "take", MIAC)
    rows = ours.decisions(made, "granted", "refused")
    assert ours.act(made, "decide", MIAC, rows=rows).state == "executed"


def test_the_organisation_sees_it_and_answers(ours: Life) -> None:
    made = register(ours).request_id
    ours.act(made, "request_info", MIAC, text="Уточните")
    assert ours.act(made, "answer", answer="Уточнили").state == "in_review"


def test_defects_are_told_and_keep_nobody_from_registering(ours: Life) -> None:
    rows = (person(1, snils="112-233-445 96"), person(2, email=""))
    found = ours.one(register(ours, application(rows=rows)).request_id)
    assert found.error_count >= 2


def test_a_taken_address_is_told_and_stays_its_holders(ours: Life) -> None:
    with ours.db.write() as session:
        session.add(EmailClaim(email="worker1@prb-lo.ru", snils="11223344595", claimed_at=ours.now))
    found = ours.one(register(ours).request_id)
    assert found.error_count == 1
    with ours.db.read() as session:
        assert session.get_one(EmailClaim, "worker1@prb-lo.ru").snils == "11223344595"
        assert session.get_one(EmailClaim, "worker2@prb-lo.ru").request_id == found.id


def test_a_system_in_development_is_let_through_in_exception(ours: Life) -> None:
    rows = (person(1),)
    what = application(form="appendix-04", system="rs-prof", rows=rows)
    made = register(ours, what).request_id
    with pytest.raises(Conflict, match="пропустить"):
        ours.act(made, "forward", MIAC, forwarded_to="Владелец")


def test_miacs_own_number_is_kept(ours: Life) -> None:
    made = register(ours, how=came(ours, registration_no="ИБ-5"))
    assert made.registration_no == "ИБ-5"
    with pytest.raises(Conflict, match="ИБ-5"):
        register(ours, how=came(ours, registration_no="ИБ-5"))


def test_our_own_xlsx_is_read(ours: Life) -> None:
    drawn = ours.draft(people=2)
    with ours.db.read() as session:
        check = check_of(session, ours.catalogue, ours.one(drawn))
    data = WRITERS[".xlsx"](build(check, ours.catalogue.region))
    what = intake.read_sheet(ours.catalogue, data, "заявка.xlsx")
    made = register(ours, what).request_id
    assert [r.snils for r in ours.one(made).rows] == [r.snils for r in ours.one(drawn).rows]
    assert ours.one(made).error_count == 0


@pytest.mark.parametrize(
    ("field", "what", "how"),
    [
        ("organization", {}, {"organization_id": 999}),
        ("channel", {}, {"channel": "accessflow"}),
        ("on", {}, {"on": date(2026, 11, 24)}),
        ("registration_no", {}, {"registration_no": "1" * 65}),
        ("system", {"system": None}, {}),
        ("form", {"action": "network"}, {}),
        ("form", {"form": "emd-act", "action": "emd_delete", "system": None}, {}),
        ("reply_to", {}, {"reply_to": "не адрес"}),
        ("subject", {"form": "appendix-02", "action": "cover", "system": None}, {}),
    ],
)
def test_what_cannot_be_registered_is_told_by_its_field(
    ours: Life, field: str, what: dict[str, Any], how: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as refused:
        register(ours, application(**what), came(ours, **how))
    assert refused.value.fields.keys() == {field}


def test_a_signed_form_needs_its_scan_and_a_cover_none(ours: Life) -> None:
    with pytest.raises(Invalid) as refused:
        register(ours, scan=False)
    assert refused.value.fields.keys() == {"scan"}
    cover = Application("appendix-02", None, "cover", fields={"description": "Не входит"})
    made = register(ours, cover, came(ours, subject="screening"), scan=False)
    assert made.state == "forwarded"


@pytest.mark.parametrize("role", ["secretary", "committee", "admin", "auditor"])
def test_nobody_but_miac_registers(ours: Life, role: str) -> None:
    with pytest.raises(Forbidden):
        register(ours, who=role)
