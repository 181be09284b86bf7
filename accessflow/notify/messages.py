"""The messages that leave, one function each. Days come as people read them: «25.12.2026».

Whose letter it is and where it goes is for `services/letters.py` to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accessflow.notify.building import LINK
from accessflow.notify.rendering import About, House, Message, render

Decided = tuple[str, str, str]
"""A person of the application, the outcome, and why: «Петрова А. И.», «отказ», «нет в ФРМР»."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An application in a letter about several: `note` is what there is to know of it."""

    label: str
    what: str
    note: str
    path: str

    @property
    def link(self) -> str:
        return f"{LINK}{self.path}"


def registered(house: House, about: About, *, registration_no: str, due: str) -> Message:
    """The number, returned to the mailbox that the application came from (R16)."""
    return render(
        "registered",
        house,
        {"about": about, "registration_no": registration_no, "due": due},
    )


def info_requested(
    house: House, about: About, *, text: str, rows: Sequence[str] = (), answer_by: str = ""
) -> Message:
    """`rows`: whom it is about, nobody where it is about the whole; `answer_by`: a day or ""."""
    values = {"about": about, "text": text, "rows": list(rows), "answer_by": answer_by}
    return render("info_requested", house, values)


def answered(house: House, about: About, *, text: str) -> Message:
    """To МИАЦ."""
    values = {"about": about, "organization": about.organization, "text": text}
    return render("answered", house, values)


def third_asked(house: House, about: About, *, third_party: str, text: str) -> Message:
    return render("third_asked", house, {"about": about, "third_party": third_party, "text": text})


def resumed(house: House, about: About, *, why: str, due: str, note: str) -> Message:
    """It is under review again: what was waited for is there, or nobody waits any more (R21)."""
    return render("resumed", house, {"about": about, "why": why, "due": due, "note": note})


def extended(
    house: House,
    about: About,
    *,
    cause: str,
    until: str,
    author_facts: str,
    outside_need: str,
    actions_taken: str,
) -> Message:
    """With the cause and the three statements that Рег. 3.5 demands (R24, R25)."""
    values = {
        "about": about,
        "cause": cause,
        "until": until,
        "author_facts": author_facts,
        "outside_need": outside_need,
        "actions_taken": actions_taken,
    }
    return render("extended", house, values)


def forwarded(
    house: House, about: About, *, forwarded_to: str, external_no: str, note: str
) -> Message:
    values = {"forwarded_to": forwarded_to, "external_no": external_no, "note": note}
    return render("forwarded", house, {"about": about, **values})


def package(house: House, about: About, *, matter: str, external_no: str, note: str) -> Message:
    """To СТП ЕГИСЗ or the owner of a system, with the documents."""
    values = {"about": about, "matter": matter, "external_no": external_no, "note": note}
    return render("package", house, values)


def committee_package(
    house: House,
    about: About,
    *,
    sender: str,
    matter: str,
    external_no: str,
    note: str,
    copy: bool = False,
) -> Message:
    """The health authority's own stage (R37, R41). `copy`: nothing is asked of its reader."""
    values = {"matter": matter, "external_no": external_no, "note": note, "copy": copy}
    return render("committee_package", house, {"about": about, "sender": sender, **values})


def to_committee(house: House, about: About, *, note: str) -> Message:
    return render("to_committee", house, {"about": about, "note": note})


def executed(house: House, about: About, *, rows: Sequence[Decided], text: str = "") -> Message:
    return render("executed", house, {"about": about, "rows": rows, "text": text})


def refused(
    house: House, about: About, *, cause: str, text: str, rows: Sequence[Decided]
) -> Message:
    values = {"about": about, "cause": cause, "text": text, "rows": rows}
    return render("refused", house, values)


def annulled(house: House, about: About, *, cause: str, text: str) -> Message:
    return render("annulled", house, {"about": about, "cause": cause, "text": text})


def duplicate(house: House, about: About, *, original: str, note: str) -> Message:
    """`original`: the number of the application that goes on."""
    return render("duplicate", house, {"about": about, "original": original, "note": note})


def withdrawn(house: House, about: About, *, note: str) -> Message:
    """To МИАЦ."""
    values = {"about": about, "organization": about.organization, "note": note}
    return render("withdrawn", house, values)


def reopened(house: House, about: About, *, who: str, text: str) -> Message:
    return render("reopened", house, {"about": about, "who": who, "text": text})


def closed(house: House, about: About, *, rows: Sequence[Decided], reopen_days: int) -> Message:
    """The closing notice (R27)."""
    return render("closed", house, {"about": about, "rows": rows, "reopen_days": reopen_days})


def resolved(house: House, about: About, *, text: str) -> Message:
    return render("resolved", house, {"about": about, "text": text})


def deleted(house: House, about: About, *, note: str) -> Message:
    """R29: after it the corrected ЭМД is loaded again."""
    return render("deleted", house, {"about": about, "note": note})


def reuploaded(house: House, about: About, *, note: str) -> Message:
    """To МИАЦ."""
    values = {"about": about, "organization": about.organization, "note": note}
    return render("reuploaded", house, values)


def connected(house: House, about: About, *, note: str) -> Message:
    return render("connected", house, {"about": about, "note": note})


def parcel(
    house: House,
    about: About,
    *,
    subject: str,
    matter: str,
    files: Sequence[str],
    author: str,
    position: str,
    phone: str,
    email: str,
    reply_to: str,
) -> Message:
    """What an organisation sends (Рег. 3.4.1, R14): the letter about the files attached to it."""
    values = {
        "about": about,
        "organization": about.organization,
        "subject": subject,
        "matter": matter,
        "files": files,
        "author": author,
        "position": position,
        "phone": phone,
        "email": email,
        "reply_to": reply_to,
    }
    return render("parcel", house, values)


def message(house: House, about: About, *, who: str, text: str) -> Message:
    """A message between МО and МИАЦ from the card."""
    return render("message", house, {"about": about, "who": who, "text": text})


def needs_info(
    house: House,
    about: About,
    *,
    since: str,
    text: str,
    rows: Sequence[str] = (),
    answer_by: str = "",
) -> Message:
    """A reminder of `info_requested`, with the same values."""
    values = {"since": since, "text": text, "rows": list(rows), "answer_by": answer_by}
    return render("needs_info", house, {"about": about, **values})


def silence(house: House, about: About, *, since: str, text: str) -> Message:
    """To МИАЦ: nobody has answered."""
    values = {"organization": about.organization, "since": since, "text": text}
    return render("silence", house, {"about": about, **values})


def unsigned(house: House, *, items: Sequence[Listed]) -> Message:
    return render("unsigned", house, {"items": items, "count": len(items)})


def stale_draft(house: House, *, items: Sequence[Listed]) -> Message:
    return render("stale_draft", house, {"items": items, "count": len(items)})


def overdue_digest(
    house: House, *, day: str, late: Sequence[Listed], soon: Sequence[Listed]
) -> Message:
    """To the lead at the opening of a working day."""
    return render("overdue_digest", house, {"day": day, "late": late, "soon": soon})


@dataclass(frozen=True, slots=True)
class Single:
    """A letter that waits for its reader's digest."""

    subject: str
    text: str


def digest(house: House, *, day: str, letters: Sequence[Single]) -> Message:
    values = {"day": day, "letters": letters, "count": len(letters)}
    return render("digest", house, values)


def memo(
    house: House,
    *,
    name: str,
    system: str,
    full_system: str,
    addresses: Sequence[str],
    role: str,
    organization: str,
    steps: Sequence[str],
    author: str,
    phone: str,
) -> Message:
    """To the employee whose access was granted."""
    values = {
        "name": name,
        "system": system,
        "full_system": full_system,
        "addresses": addresses,
        "role": role,
        "organization": organization,
        "steps": steps,
        "author": author,
        "phone": phone,
    }
    return render("memo", house, values)


def form_notice(house: House, *, title: str, number: str, since: str) -> Message:
    """A new version of a form, in writing and ahead of its day (Рег. 2.3, R3)."""
    return render("form_notice", house, {"title": title, "number": number, "since": since})
