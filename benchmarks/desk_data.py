"""A desk of МИАЦ that has worked for years, of any number of applications, for the bench.

Of the newest a fifth is open, of the old ones few are; everything that a filter could look at is
mixed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from accessflow.db.session import Database
from accessflow.db.tables import (
    Employment,
    Organization,
    Person,
    Request,
    RequestEvent,
    RequestRow,
    RequestWord,
    Signatory,
    User,
)
from accessflow.domain.snils import Snils, check_digits
from benchmarks.bulk import load, settle, spread
from benchmarks.helpdesk import Ticket

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ORGANIZATIONS = 20
SECRETARY, SPECIALIST = 1, 99
SPECIALISTS = (SPECIALIST, 100, 101, 102)
COMMON, RARE = "Смирнова", "Рудометкина"
FEW = 1_000
"""As many rare words there are among so many applications as among any more."""
SURNAMES = ["Иванова", COMMON, "Кузнецова", "Попова", "Лебедева", "Новикова", "Морозова"]
SYSTEMS = {
    "frmss": "08", "rmo": "07", "smp": "09", "vimis-akineo": "05", "frmr": "10", "rs-tmk": "03",
    "frllo": "04", "covid19": "06",
}  # fmt: skip
PEOPLE = 60_000
NEWEST, OLD_AND_OPEN = 5_000, 100
STATES = ["registered", "in_review", "forwarded", "needs_info", *["executed"] * 2, *["closed"] * 14]
HELPDESK_STATUS = {"closed": 4, "executed": 3}
EVENTS = ("send", "register", "take")


def fill(database: Database, count: int) -> None:
    with database.write() as session:
        _staff(session)
    numbers = range(1, count + 1)
    load(database, Request, map(request, numbers))
    load(database, RequestRow, (row(n, p) for n in numbers for p in (1, 2, 3)))
    load(database, RequestWord, (word for n in numbers for word in words(n)))
    load(database, RequestEvent, (e for n in numbers for e in events(n)))
    settle(database)


def _staff(session: Any) -> None:
    for number in range(1, ORGANIZATIONS + 1):
        session.add(
            Organization(
                id=number, full_name=f"Больница {number}", short_name=f"Больница {number}",
                oid=f"1.2.643.5.1.13.13.12.2.47.{number}", inn="7707083893",
                subject_rf="Ленинградская область", mailbox=f"b{number}@mo.example",
                created_at=NOW,
            )
        )  # fmt: skip
    session.flush()
    for number in range(1, ORGANIZATIONS + 1):
        session.add(
            User(id=number, login=f"s{number}", password_hash="", name="Малахова Екатерина",
                 role="secretary", organization_id=number, created_at=NOW)
        )  # fmt: skip
    for number in SPECIALISTS:
        session.add(
            User(id=number, login=f"miac{number}", password_hash="", name="Воронцов Дмитрий",
                 role="miac_specialist", created_at=NOW)
        )  # fmt: skip
    session.add(
        Signatory(organization_id=1, position="Главный врач", last_name="Ястребов",
                  first_name="Николай", is_head=True)
    )  # fmt: skip
    nine = "112233445"
    person = Person(
        snils=nine + check_digits(nine), last_name="Петрова", first_name="Анна",
        middle_name="Ивановна", search_name="петрова анна ивановна", created_at=NOW,
    )  # fmt: skip
    session.add(
        Employment(
            id=1, person=person, organization_id=1, position="Медицинская сестра",
            email="petrova@prb.example", work_phone="8 (81379) 5-00-21",
            contact_phone="8 (921) 000-01-02",
        )
    )  # fmt: skip
    session.flush()


def state_of(n: int) -> str:
    """`n` counts backwards in time."""
    if n <= NEWEST:
        return str(spread(n, 1, STATES))
    return "forwarded" if n % OLD_AND_OPEN == 0 else "closed"


def system_of(n: int) -> tuple[str, str]:
    slug = spread(n, 2, list(SYSTEMS))
    return slug, SYSTEMS[slug]


def request(n: int) -> dict[str, Any]:
    system, form = system_of(n)
    at, open_ = NOW - timedelta(minutes=5 * n), state_of(n) not in HELPDESK_STATUS
    organization = spread(n, 3, range(1, ORGANIZATIONS + 1))
    return {
        "id": n, "number": f"2025-{n:06d}", "kind": "access", "state": state_of(n),
        "action": "grant", "organization_id": organization, "author_id": organization,
        "form": f"appendix-{form}", "form_version": "1.5", "system": system, "row_count": 3,
        "priority": spread(n, 4, [*["обычный"] * 30, "срочный"]),
        "search_text": " ".join(sorted(word["word"] for word in words(n))),
        "registration_no": f"МИАЦ-2025-{n:06d}", "channel": "accessflow", "sent_at": at,
        "registered_at": at, "state_at": at,
        "due_on": (NOW + timedelta(days=spread(n, 5, range(-5, 35)))).date() if open_ else None,
        "assignee_id": spread(n, 6, [None, *SPECIALISTS]), "created_at": at, "updated_at": at,
    }  # fmt: skip


def names(n: int) -> list[str]:
    rare = n % 100 == 0 and n <= FEW
    return [SURNAMES[n % 7], RARE if rare else SURNAMES[n % 5], "Анна", "Ивановна"]


def row(n: int, position: int) -> dict[str, Any]:
    last = names(n)[min(position, 2) - 1]
    nine = f"{100_000_000 + (3 * n + position) % PEOPLE}"
    snils = nine + check_digits(nine)
    answers = {
        "last_name": last, "first_name": "Анна", "middle_name": "Ивановна",
        "snils": Snils(snils).formatted, "position": "Медицинская сестра",
        "role": "Медицинский работник", "email": f"n{n}p{position}@mo.example.org",
        "work_phone": "8 (81379) 5-00-21", "contact_phone": "8 (921) 000-01-02",
    }  # fmt: skip
    return {"request_id": n, "position": position, "snils": snils, "answers": answers}


def words(n: int) -> list[dict[str, Any]]:
    found = {f"2025-{n:06d}", f"{n:06d}", *(w.casefold() for w in names(n)), system_of(n)[0]}
    return [{"request_id": n, "word": word} for word in sorted(found)]


def events(n: int) -> Iterator[dict[str, Any]]:
    for seq, action in enumerate(EVENTS, 1):
        yield {
            "request_id": n, "seq": seq, "at": NOW - timedelta(minutes=5 * n - seq),
            "user_id": SPECIALIST, "role": "miac_specialist", "action": action, "source": "sent",
            "target": "registered", "previous": "", "hash": f"{n:032x}{seq:032x}",
        }  # fmt: skip


def ticket(n: int) -> Ticket:
    """The same application as a ticket."""
    whole, at = request(n), NOW - timedelta(minutes=5 * n)
    assignee = whole["assignee_id"]
    return Ticket(
        title=f"{whole['number']} {whole['system']}",
        description="\n".join(
            ", ".join(row(n, position)["answers"].values()) for position in (1, 2, 3)
        ),
        queue=list(SYSTEMS).index(whole["system"]),
        status=HELPDESK_STATUS.get(whole["state"], 1),
        created=at,
        due=NOW + timedelta(days=spread(n, 5, range(-5, 35))),
        events=EVENTS,
        submitter=email_of(whole["author_id"]),
        assignee=None if assignee is None else SPECIALISTS.index(assignee),
        priority=3 if whole["priority"] == "обычный" else 2,
    )


def email_of(organization: int) -> str:
    """Of the secretary of an organisation."""
    return f"s{organization}@mo.example"
