"""Applications that are passed on together leave in one letter, as far as it can carry them.

Each letter is written with its application's step and held back for a while; the job's end puts
them together. Should the job never end, they leave one by one: nothing is lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import BulkJob, Letter, Request, StoredFile
from accessflow.domain.text import counted
from accessflow.notify import messages
from accessflow.services.letter_words import about, house_of

HELD = timedelta(minutes=30)
LARGEST = 18 * 1024 * 1024
"""Bytes of attachments in one letter: encoded they are a third more, and 25 MB is usual."""


def hold(session: Session, request: Request, now: datetime) -> None:
    """The package that has just been written for the request waits for the others."""
    for letter in session.scalars(
        select(Letter).where(
            Letter.request_id == request.id,
            Letter.kind == "package",
            Letter.state == "queued",
            Letter.created_at == now,
        )
    ):
        letter.due_at = now + HELD


def gather(session: Session, catalogue: Catalogue, job: BulkJob, now: datetime) -> None:
    """In the transaction of the job's last step: one letter to each address for those that wait."""
    ids = [result["id"] for result in job.results if result["ok"]]
    waiting = session.scalars(
        select(Letter)
        .where(
            Letter.request_id.in_(ids),
            Letter.kind == "package",
            Letter.state == "queued",
            Letter.attempts == 0,
            Letter.created_at >= job.created_at,
        )
        .order_by(Letter.id)
        .with_for_update()
    ).all()
    for letters in _together(session, waiting):
        _merge(session, catalogue, job, letters, now)


def _together(session: Session, waiting: Sequence[Letter]) -> Iterator[list[Letter]]:
    """Those to the same addresses, in parts that one letter can carry."""
    by_address: dict[tuple[str, ...], list[Letter]] = {}
    for letter in waiting:
        by_address.setdefault((*letter.to, "", *letter.cc), []).append(letter)
    for letters in by_address.values():
        part: list[Letter] = []
        size = 0
        for letter in letters:
            more = _size(session, letter)
            if part and size + more > LARGEST:
                yield part
                part, size = [], 0
            part.append(letter)
            size += more
        yield part


def _size(session: Session, letter: Letter) -> int:
    shas = {file["sha256"] for file in letter.attachments}
    return sum(session.scalars(select(StoredFile.size).where(StoredFile.sha256.in_(shas))))


def _merge(
    session: Session, catalogue: Catalogue, job: BulkJob, letters: list[Letter], now: datetime
) -> None:
    """The first one carries them all; the others say where they went."""
    first, *rest = letters
    first.due_at = now
    if not rest:
        return
    requests = [session.get_one(Request, letter.request_id or 0) for letter in letters]
    number = counted(len(letters), "заявка", "заявки", "заявок")
    listed = ", ".join(request.registration_no or request.number for request in requests)
    message = messages.package(
        house_of(catalogue),
        about(catalogue, requests[0], path=""),
        matter=f"пакет, {number}: {listed}",
        external_no=str(job.given.get("external_no", "")),
        note=str(job.given.get("note", "")),
    )
    message = replace(message, subject=f"Пакет, {number}: документы на исполнение")
    first.subject, first.text, first.html = message.subject, message.text, message.html
    first.attachments = [file for letter in letters for file in letter.attachments]
    for letter in rest:
        letter.state = "gathered"
        letter.error = f"Ушло общим письмом, см. заявку {requests[0].number}"
