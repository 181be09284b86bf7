"""Each transition writes its letters in its own transaction, to whom it concerns."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from accessflow.db.session import Database
from accessflow.db.tables import Absence, Letter, Organization, Preference, Request, User
from accessflow.domain.errors import AccessflowError
from accessflow.services import digests, letters
from accessflow.services.clock import MOSCOW
from accessflow.services.letter_words import row_labels
from accessflow.workflow.decide import RowDecision
from accessflow.workflow.machines import MACHINES
from tests.life_examples import Life, birth, life
from tests.request_examples import another, house

STATEMENTS = {
    "extension_cause": "other",
    "until": date(2027, 1, 20),
    "author_facts": "Снимок экрана",
    "outside_need": "Специалист СТП",
    "actions_taken": "Запрос отправлен",
}


@pytest.fixture
def ours(db: Database, tmp_path: Path) -> Life:
    return life(db, tmp_path, mailbox="office@prb.example")


def written(db: Database) -> list[Letter]:
    with db.read() as session:
        return list(session.scalars(select(Letter).order_by(Letter.id)))


def last(db: Database) -> Letter:
    return written(db)[-1]


def wishes(ours: Life, **values: object) -> None:
    with ours.db.write() as session:
        session.add(Preference(user_id=ours.house.user, **values))


def test_the_number_goes_to_the_mailbox_it_came_from_and_a_copy_to_the_author(
    ours: Life,
) -> None:
    made = ours.sent()
    letter = last(ours.db)
    assert letter.kind == "registered"
    assert (letter.to, letter.cc) == (["office@prb.example"], ["sekretar@prb.example"])
    assert ours.one(made).number in letter.subject
    assert "ФРМСС" in letter.subject
    assert "МИАЦ-2026-000001" in letter.subject
    assert "до 23.12.2026" in letter.text
    assert f"accessflow://requests/{made}" in letter.text
    assert (letter.state, letter.due_at, letter.request_id) == ("queued", ours.now, made)


def test_a_refused_action_writes_no_letter(ours: Life) -> None:
    made = ours.sent()
    before = len(written(ours.db))
    with pytest.raises(AccessflowError):
        ours.act(made, "extend", "miac_specialist", **{**STATEMENTS, "actions_taken": ""})
    assert len(written(ours.db)) == before


def test_the_author_hears_when_the_term_runs_again(ours: Life) -> None:
    made = ours.sent()
    ours.act(made, "ask_third", "miac_specialist", third_party="Минздрав", text="Ждём Минздрав")
    ours.later(days=4)
    ours.act(made, "third_answered", "miac_specialist", note="Ответили письмом")
    assert last(ours.db).kind == "resumed"
    assert "Третья сторона ответила" in last(ours.db).text
    assert "до 28.12.2026" in last(ours.db).text  # 23.12 and four days: a Sunday, so Monday
    ours.act(made, "request_info", "miac_specialist", text="Уточните")
    ours.act(made, "proceed", "miac_specialist")
    assert "продолжает без ответа" in last(ours.db).text


def test_letters_of_one_application_are_one_thread(ours: Life) -> None:
    made, other = ours.sent(), ours.sent("rmo")
    ours.act(made, "take", "miac_specialist")
    ours.act(made, "request_info", "miac_specialist", text="Уточните должность")
    of_made = [one for one in written(ours.db) if one.request_id == made]
    of_other = [one for one in written(ours.db) if one.request_id == other]
    assert [one.in_reply_to for one in of_made] == ["", of_made[0].message_id]
    assert [one.in_reply_to for one in of_other] == [""]


def test_the_whole_way_is_told_to_both_sides(ours: Life) -> None:
    made = ours.sent(people=2)
    ours.act(made, "take", "miac_specialist")
    ours.act(made, "request_info", "miac_specialist", text="Уточните СНИЛС 112-233-445 95")
    ours.act(made, "answer", answer="Должность исправлена")
    ours.act(made, "ask_third", "miac_specialist", third_party="СТП ЕГИСЗ", text="Есть ли он?")
    ours.act(made, "third_answered", "miac_specialist")
    ours.act(made, "extend", "miac_specialist", **STATEMENTS)
    ours.act(made, "forward", "miac_specialist", forwarded_to="СТП ЕГИСЗ", external_no="SD-1")
    ours.act(made, "decide", "miac_specialist", rows=ours.decisions(made, "granted", "refused"))
    ours.act(made, "close", "miac_lead")
    found = {one.kind: one for one in written(ours.db)}
    assert list(found) == [
        "registered", "info_requested", "answered", "third_asked", "resumed", "extended",
        "forwarded", "package", "executed", "closed",
    ]  # fmt: skip
    to_author = found.keys() - {"answered", "package"}
    assert {tuple(found[kind].to) for kind in to_author} == {("office@prb.example",)}
    assert "112-233" not in "".join(one.text + one.html for one in found.values())
    assert "***-***-445 95" in found["info_requested"].text
    assert "Должность исправлена" in found["answered"].text
    assert f"accessflow://queue/{made}" in found["answered"].text
    for stated in ("иное", "20.01.2027", "Снимок экрана", "Специалист СТП", "Запрос отправлен"):
        assert stated in found["extended"].text
    assert "SD-1" in found["forwarded"].text
    assert "доступ предоставлен" in found["executed"].text
    assert "отказ (сотрудника нет в ФРМР)" in found["executed"].text


def test_each_set_of_decisions_is_told_once_and_the_last_one_by_the_end(ours: Life) -> None:
    made = ours.sent(people=3)
    names = list(row_labels(ours.one(made)).values())
    ours.act(made, "take", "miac_specialist")
    before = len(written(ours.db))
    ours.act(made, "decide", "miac_specialist", rows=ours.decisions(made, "granted", "refused", ""))
    first = last(ours.db)
    assert (len(written(ours.db)), first.kind) == (before + 1, "decided")
    assert (first.to, first.cc) == (["office@prb.example"], ["sekretar@prb.example"])
    assert first.in_reply_to == written(ours.db)[0].message_id
    assert "решено 2 из 3" in first.subject
    for said in (
        f"{names[0]}: доступ предоставлен",
        f"{names[1]}: отказ (сотрудника нет в ФРМР)",
        f"Ещё рассматривается: {names[2]}.",
    ):
        assert said in first.text
    assert not any(row.snils in first.text + first.html for row in ours.one(made).rows)
    ours.act(made, "decide", "miac_specialist", rows=ours.decisions(made, "", "", "granted"))
    assert (len(written(ours.db)), last(ours.db).kind) == (before + 2, "executed")


def test_what_was_decided_before_stands_apart_and_what_is_taken_back_is_told(ours: Life) -> None:
    made = ours.sent(people=3)
    names = list(row_labels(ours.one(made)).values())
    ours.act(made, "decide", "miac_specialist", rows=ours.decisions(made, "granted", "", ""))
    ours.act(made, "decide", "miac_specialist", rows=ours.decisions(made, "", "refused", ""))
    now, earlier = last(ours.db).text.split("Решено раньше:")
    assert (names[0] in now, names[1] in now, names[0] in earlier) == (False, True, True)
    [_, row, _] = ours.row_ids(made)
    taken = RowDecision(row, "")
    ours.act(made, "undecide", "miac_specialist", rows=[taken], text="В ФРМР запись нашлась")
    told = last(ours.db)
    assert (told.kind, names[1] in told.text, names[0] in told.text) == ("undecided", True, False)
    assert "запись нашлась" in told.text


def test_a_row_among_namesakes_is_told_by_its_number_and_role(ours: Life) -> None:
    made = ours.sent(people=2)
    with ours.db.write() as session:
        first, second = session.get_one(Request, made).rows
        second.answers = {**first.answers, "role": "Администратор"}
    ours.act(made, "decide", "miac_specialist", rows=ours.decisions(made, "granted", ""))
    assert "(строка 1, Медицинский работник): доступ предоставлен" in last(ours.db).text
    assert "(строка 2, Администратор)." in last(ours.db).text


def test_decisions_wait_for_the_authors_digest_and_quiet_hours(ours: Life) -> None:
    made = ours.sent(people=2)
    wishes(ours, digest=True)
    ours.act(made, "decide", "miac_specialist", rows=ours.decisions(made, "granted", ""))
    mailbox, copy = written(ours.db)[-2:]
    assert (mailbox.kind, mailbox.to, mailbox.digest) == ("decided", ["office@prb.example"], False)
    assert (copy.kind, copy.to, copy.digest) == ("decided", ["sekretar@prb.example"], True)


def test_decisions_that_cannot_be_recorded_are_not_told(ours: Life) -> None:
    made = ours.sent(people=2)
    before = len(written(ours.db))
    [row, _] = ours.row_ids(made)
    with pytest.raises(AccessflowError):
        ours.act(made, "decide", "miac_specialist", rows=[RowDecision(row, "refused", "")])
    assert len(written(ours.db)) == before


def test_a_package_goes_with_its_documents_to_whom_it_is_passed(ours: Life) -> None:
    made = ours.sent()
    ours.act(made, "forward", "miac_specialist", forwarded_to="ГКУ, help@owner.example")
    package = last(ours.db)
    assert package.to == ["help@owner.example"]
    assert {Path(file["name"]).suffix for file in package.attachments} == {".xlsx", ".docx", ".pdf"}
    assert all(ours.store.read(file["sha256"]) for file in package.attachments)
    assert "accessflow://" not in package.text
    unknown = ours.sent("rmo")
    ours.act(unknown, "forward", "miac_specialist", forwarded_to="Владельцу системы")
    assert (last(ours.db).state, last(ours.db).to) == ("failed", [])
    assert "Впишите адрес" in last(ours.db).error


def test_miac_hears_at_its_own_mailbox_until_somebody_has_taken_it(ours: Life) -> None:
    with ours.db.write() as session:
        session.get_one(User, ours.actor("miac_specialist").user_id).email = "spec@miac.example"
    made = ours.sent()
    ours.act(made, "withdraw", note="Ошиблись")
    assert last(ours.db).to == ["ib_lomiac@lenreg.ru"]
    made = ours.sent("rmo")
    ours.act(made, "take", "miac_specialist")
    ours.act(made, "withdraw")
    assert last(ours.db).to == ["spec@miac.example"]


def test_while_the_specialist_is_away_the_substitute_hears(ours: Life) -> None:
    lead = ours.actor("miac_lead")
    specialist = ours.actor("miac_specialist")
    with ours.db.write() as session:
        session.get_one(User, specialist.user_id).email = "spec@miac.example"
        session.get_one(User, lead.user_id).email = "lead@miac.example"
        session.add(
            Absence(user_id=specialist.user_id, substitute_id=lead.user_id,
                    since=date(2026, 11, 20), until=date(2026, 11, 23))
        )  # fmt: skip
    made = ours.sent()
    ours.act(made, "take", "miac_specialist")
    ours.act(made, "withdraw")
    assert last(ours.db).to == ["lead@miac.example"]


def test_where_miac_is_outside_the_parcel_and_the_answers_go_by_mail(
    db: Database, tmp_path: Path
) -> None:
    outside = life(db, tmp_path, miac_outside=True, mailbox="office@prb.example")
    made = outside.sent(people=2)
    parcel = last(db)
    assert (parcel.kind, parcel.to) == ("parcel", ["ib_lomiac@lenreg.ru"])
    assert {Path(file["name"]).suffix for file in parcel.attachments} == {".xlsx", ".docx", ".pdf"}
    assert outside.one(made).number in parcel.subject
    for item in ("office@prb.example", "8 (81379) 5-00-21", "sekretar@prb.example"):
        assert item in parcel.text
    assert "ГКУЗ" not in parcel.text  # the organisation writes, not МИАЦ
    outside.act(made, "register", registration_no="118")
    outside.act(made, "request_info", text="Уточните")
    assert last(db).kind == "parcel"  # МИАЦ's own letter has come already
    outside.lay(made, "attachment")
    outside.act(made, "answer", answer="Уточнили")
    answer = last(db)
    assert (answer.kind, answer.to) == ("answered", ["ib_lomiac@lenreg.ru"])
    assert [file["name"] for file in answer.attachments] == ["attachment.pdf"]
    assert "accessflow://" not in answer.text
    assert "ГКУЗ" not in answer.text
    outside.act(made, "decide", rows=outside.decisions(made, "granted", ""))
    assert last(db).kind == "answered"
    outside.act(made, "decide", rows=outside.decisions(made, "", "refused"))
    assert outside.one(made).state == "executed"
    assert last(db).kind == "answered"  # nobody but МИАЦ itself writes of its decisions


def test_what_has_no_address_is_kept_and_told(db: Database, tmp_path: Path) -> None:
    ours = life(db, tmp_path)
    made = ours.sent()
    with db.write() as session:
        request = session.get_one(Request, made)
        request.author.email = ""
        request.reply_mailbox = ""
        session.get_one(Organization, request.organization_id).mailbox = ""
    ours.act(made, "annul", "miac_specialist", cause="not_template", text="Нет")
    assert (last(db).state, last(db).to) == ("failed", [])
    assert "Адреса нет" in last(db).error


def test_a_digest_gathers_the_copies_and_the_mailbox_hears_at_once(ours: Life) -> None:
    wishes(ours, digest=True)
    made = ours.sent()
    ours.act(made, "request_info", "miac_specialist", text="Уточните")
    mailbox, copy = written(ours.db)[:2]
    assert (mailbox.to, mailbox.digest) == (["office@prb.example"], False)
    assert (copy.to, copy.digest) == (["sekretar@prb.example"], True)
    assert copy.due_at == datetime(2026, 11, 24, 9, tzinfo=MOSCOW)
    assert digests.gather(ours.db, catalogue=ours.catalogue, now=ours.now) == 0
    assert digests.gather(ours.db, catalogue=ours.catalogue, now=copy.due_at) == 1
    assert digests.gather(ours.db, catalogue=ours.catalogue, now=copy.due_at) == 0
    digest = last(ours.db)
    assert (digest.kind, digest.to, digest.state) == ("digest", ["sekretar@prb.example"], "queued")
    assert "зарегистрирована" in digest.text
    assert "нужны сведения" in digest.text
    assert [one.state for one in written(ours.db) if one.digest] == ["gathered", "gathered"]


def test_quiet_hours_hold_the_copy_back_and_not_the_mailbox(ours: Life) -> None:
    wishes(ours, quiet_from="12:00", quiet_until="14:30")  # it is noon
    ours.sent()
    mailbox, copy = written(ours.db)
    assert (mailbox.to, mailbox.due_at) == (["office@prb.example"], ours.now)
    assert copy.due_at == datetime(2026, 11, 23, 14, 30, tzinfo=MOSCOW)


def test_a_message_from_the_card_goes_to_the_other_side(ours: Life) -> None:
    made = ours.sent()
    secretary = ours.actor("secretary")
    for actor, text in ((secretary, "Когда?"), (ours.actor("miac_specialist"), "Завтра")):
        with ours.db.write() as session:
            request = session.get_one(Request, made)
            letters.message(session, ours.catalogue, request, actor=actor, now=ours.now, text=text)
    question, answer = written(ours.db)[-2:]
    assert (question.kind, question.to) == ("message", ["ib_lomiac@lenreg.ru"])
    assert (answer.to, "Завтра" in answer.text) == (["office@prb.example"], True)


# The way to КЗ (R29, R37, R41) -------------------------------------------------------------------

AUTHORITY_ROLE = "Сотрудник МО забор крови"


def committee(ours: Life, mailbox: str = "") -> None:
    """КЗ with one person, Сергеева."""
    theirs = house(ours.db, "committee", mailbox=mailbox)
    ours.cast["committee"] = theirs.actor
    with ours.db.write() as session:
        session.get_one(User, theirs.user).email = "serg@kz.example"


def told(db: Database, request_id: int) -> list[tuple[str, list[str], list[str]]]:
    """Kind, addresses and copies of each letter after the registration."""
    found = [one for one in written(db) if one.request_id == request_id]
    return [(one.kind, one.to, one.cc) for one in found if one.kind not in ("registered", "parcel")]


Whom = tuple[list[str], list[str]]
"""To whom a letter goes, and its copy."""
AUTHOR: Whom = (["office@prb.example"], ["sekretar@prb.example"])
MIAC: Whom = (["ib_lomiac@lenreg.ru"], [])


def test_on_the_way_to_the_committee_and_back_all_three_sides_are_told(ours: Life) -> None:
    committee(ours, mailbox="kz@kz.example")
    made = ours.sent("vimis-akineo", role=AUTHORITY_ROLE)
    ours.act(made, "to_committee", "miac_specialist", note="До пятницы")
    ours.act(made, "hand_back", "committee", text="Роль указана неверно")
    ours.act(made, "to_committee", "miac_specialist")
    ours.act(made, "take_back", "miac_specialist")
    authority = (["kz@kz.example"], ["serg@kz.example"])
    handed = [("at_committee", *AUTHOR), ("to_committee", *authority)]
    assert told(ours.db, made) == [
        *handed, ("resumed", *AUTHOR), ("handed_back", *MIAC),
        *handed, ("resumed", *AUTHOR), ("off_committee", *authority),
    ]  # fmt: skip
    found = [one for one in written(ours.db) if one.request_id == made]
    assert {one.in_reply_to for one in found[1:]} == {found[0].message_id}
    back = {one.kind: one.text for one in found[3:5]}
    assert "КЗ вернул заявку в МИАЦ." in back["resumed"]
    assert all("Роль указана неверно" in text for text in back.values())
    assert not any("ГКУЗ" in text for text in back.values())  # КЗ writes, not МИАЦ


def test_what_the_committee_sends_on_is_told_in_its_own_name(ours: Life) -> None:
    committee(ours)
    made = ours.sent("vimis-akineo", role=AUTHORITY_ROLE)
    ours.act(made, "to_committee", "miac_specialist")
    assert told(ours.db, made)[-1] == ("to_committee", ["serg@kz.example"], [])
    ours.lay(made, "committee_scan")
    ours.act(made, "committee_send", "committee")
    forwarded = next(one for one in written(ours.db) if one.kind == "forwarded")
    assert (forwarded.to, forwarded.cc) == AUTHOR
    assert "АКиНЕО" in forwarded.text
    assert "ГКУЗ" not in forwarded.text


def test_an_application_withdrawn_from_the_committee_needs_no_signature(ours: Life) -> None:
    committee(ours)
    made = ours.sent("vimis-akineo", role=AUTHORITY_ROLE)
    ours.act(made, "to_committee", "miac_specialist")
    ours.act(made, "withdraw", note="Сотрудник уволился")
    assert told(ours.db, made)[-2:] == [
        ("withdrawn", *MIAC), ("off_committee", ["serg@kz.example"], []),
    ]  # fmt: skip
    assert "Сотрудник уволился" in last(ours.db).text


def test_a_letter_on_an_emd_waits_for_the_committee_at_once(ours: Life) -> None:
    committee(ours, mailbox="kz@kz.example")
    made = birth(ours)
    # Its mailbox has the parcel itself (R29).
    assert told(ours.db, made) == [("emd_arrived", ["serg@kz.example"], [])]
    assert f"accessflow://requests/{made}" in last(ours.db).text
    ours.act(made, "to_committee", "committee")
    assert told(ours.db, made)[1:] == [("at_committee", *AUTHOR)]
    assert "КЗ принял заявку в работу" in last(ours.db).text
    assert "ГКУЗ" not in last(ours.db).text
    ours.act(made, "refuse", "committee", cause="incomplete", text="Нет причины")
    assert told(ours.db, made)[2:] == [("refused", *AUTHOR)]
    assert "решения нет" not in last(ours.db).text


def test_the_committees_people_are_told_as_they_wish(ours: Life) -> None:
    committee(ours, mailbox="kz@kz.example")
    with ours.db.write() as session:
        session.add(Preference(user_id=ours.actor("committee").user_id, digest=True))
    made = ours.sent("vimis-akineo", role=AUTHORITY_ROLE)
    ours.act(made, "to_committee", "miac_specialist")
    mailbox, copy = written(ours.db)[-2:]
    assert (mailbox.to, mailbox.cc, mailbox.digest) == (["kz@kz.example"], [], False)
    assert (copy.to, copy.digest) == (["serg@kz.example"], True)


def test_what_the_organisation_writes_meanwhile_reaches_the_committee_too(ours: Life) -> None:
    committee(ours)
    made = ours.sent("vimis-akineo", role=AUTHORITY_ROLE)
    ours.act(made, "to_committee", "miac_specialist")
    for who, text in (("committee", "Верна ли роль?"), ("secretary", "Да, верна")):
        with ours.db.write() as session:
            request = session.get_one(Request, made)
            actor = ours.actor(who)
            letters.message(session, ours.catalogue, request, actor=actor, now=ours.now, text=text)
    assert told(ours.db, made)[-3:] == [
        ("message", *AUTHOR), ("message", *MIAC), ("message", ["serg@kz.example"], []),
    ]  # fmt: skip
    assert f"accessflow://requests/{made}" in last(ours.db).text


def test_where_nobody_is_in_the_committee_only_what_stands_still_is_shown(ours: Life) -> None:
    made = birth(ours)
    assert told(ours.db, made) == []
    ours.act(made, "to_committee", "miac_specialist")
    assert (last(ours.db).kind, last(ours.db).state) == ("to_committee", "failed")


def test_the_committee_hears_also_where_miac_is_outside(db: Database, tmp_path: Path) -> None:
    outside = life(db, tmp_path, miac_outside=True)
    another(db, "committee")
    with db.write() as session:
        session.scalars(select(User).where(User.role == "committee")).one().email = "kz@kz.example"
    made = outside.sent("vimis-akineo", role="Сотрудник МО забор крови")
    outside.act(made, "register", registration_no="118")
    outside.act(made, "to_committee")
    assert (last(db).kind, last(db).to) == ("to_committee", ["kz@kz.example"])
    assert "ГКУЗ" not in last(db).text


def test_every_letter_of_the_machines_can_be_written() -> None:
    from accessflow.services.parcel_letters import WRITERS as WITH_FILES
    from accessflow.services.step_words import WRITERS

    named = {kind for m in MACHINES.values() for t in m.transitions for kind in t.letters}
    assert named <= WRITERS.keys() | WITH_FILES.keys()
