"""Files by their content: bytes in the data folder, what they are in the database.

A name that a person gave is shown and never becomes a path.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path, PurePosixPath

from sqlalchemy.orm import Session

from accessflow.db.insert import insert
from accessflow.db.tables import Request, RequestFile, StoredFile
from accessflow.documents import media
from accessflow.documents.names import file_stem
from accessflow.domain.errors import Invalid, NotFound
from accessflow.services.actor import Actor

MAX_SIZE = 25 * 1024 * 1024
SCANS = (media.PDF, media.PNG, media.JPEG)
ATTACHMENTS = (*SCANS, media.DOCX, media.XLSX)
EXCHANGED = (*ATTACHMENTS, media.ZIP, media.TEXT)
"""A file that was sent to a system, and the answer: whatever such systems take (R20)."""
ACCEPTED = {
    "scan": SCANS,
    "original": SCANS,
    "director_scan": SCANS,
    "committee_scan": SCANS,
    "certificate_status": SCANS,
    "screenshot": SCANS,
    "attachment": ATTACHMENTS,
    "sent_file": EXCHANGED,
    "answer_file": EXCHANGED,
    "parcel": EXCHANGED,
}
"""What each kind of file of a request may be."""
ENCRYPTED = frozenset({"certificate_status"})
_ADDRESS = re.compile(r"[0-9a-f]{64}")


class FileStore:
    """A folder of files named by the SHA-256 of their content: `ab/ab…`. Thread-safe."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, content: bytes) -> str:
        """Keeps the content, once; its address. On the disk before this returns."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self._path(sha256)
        if path.exists():
            return sha256
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _sync(path.parent)
        return sha256

    def read(self, sha256: str) -> bytes:
        """Raises NotFound for anything but the address of a file that is here and whole."""
        path = self._path(sha256)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            raise NotFound("Файла нет в хранилище: сообщите администратору.", file=sha256) from None
        if hashlib.sha256(content).hexdigest() != sha256:
            raise NotFound("Файл в хранилище повреждён: сообщите администратору.", file=sha256)
        return content

    def _path(self, sha256: str) -> Path:
        if not _ADDRESS.fullmatch(sha256):
            raise NotFound("Такого файла нет.")
        return self.folder / sha256[:2] / sha256


def _sync(folder: Path) -> None:
    """The name itself is on the disk, too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def checked(content: bytes, *, name: str, accepted: Iterable[str] = EXCHANGED) -> str:
    """The media type. Raises Invalid with what is wrong with the file and what would do."""
    told = f"«{name}»" if name else "Файл"
    if not content:
        raise Invalid(f"{told}: файл пустой. Выберите другой.")
    if len(content) > MAX_SIZE:
        size = f"{len(content) / 1024 / 1024:.1f}".replace(".", ",")
        raise Invalid(
            f"{told}: {size} МБ, а принимается до 25 МБ. Отсканируйте с меньшим разрешением"
            " (200–300 dpi, оттенки серого) или разделите файл."
        )
    kind = media.media_type(content)
    if kind not in accepted:
        fitting = ", ".join(media.LABELS[one] for one in accepted)
        found = f"внутри {media.LABELS[kind]}" if kind else "такой файл не распознан"
        raise Invalid(f"{told}: {found}, а принимаются {fitting}. Тип смотрится по содержимому.")
    return kind


def put(
    session: Session,
    store: FileStore,
    content: bytes,
    *,
    name: str,
    now: datetime,
    accepted: Iterable[str] = EXCHANGED,
) -> StoredFile:
    """Keeps the content and its row; the same content has one. Raises Invalid."""
    kind = checked(content, name=name, accepted=accepted)
    sha256 = store.put(content)
    row = insert(session, StoredFile).values(
        sha256=sha256, size=len(content), media_type=kind, created_at=now
    )
    session.execute(row.on_conflict_do_nothing(index_elements=[StoredFile.sha256]))
    return session.get_one(StoredFile, sha256)


def read(store: FileStore, sha256: str) -> bytes:
    """Raises NotFound."""
    return store.read(sha256)


def attach(
    session: Session,
    store: FileStore,
    request: Request,
    content: bytes,
    *,
    name: str,
    kind: str,
    actor: Actor,
    now: datetime,
    message_id: int | None = None,
) -> RequestFile:
    """A file of a request; `kind` as in RequestFile. Whether the actor may is the caller's matter.

    What leaves only encrypted (X31) gets its password here, so that preview and letter agree on it.
    Raises Invalid where such a file does not fit the kind.
    """
    stored = put(session, store, content, name=name, now=now, accepted=ACCEPTED[kind])
    row = RequestFile(
        request_id=request.id,
        stored=stored,
        kind=kind,
        name=clean_name(name, stored.media_type),
        content_version=request.content_version,
        user_id=actor.user_id,
        message_id=message_id,
        at=now,
    )
    if kind in ENCRYPTED:
        row.checks = {"password": _password()}
    session.add(row)
    session.flush()
    return row


def _password() -> str:
    """Sixteen digits in fours: to be told by telephone."""
    return " ".join(f"{secrets.randbelow(10_000):04}" for _ in range(4))


def clean_name(name: str, media_type: str) -> str:
    """The last part of what the person called it, safe anywhere, its suffix by the content."""
    last = PurePosixPath(name.replace("\\", "/")).name
    stem, dot, own = last.rpartition(".")
    suffix = media.SUFFIXES.get(media_type, ".txt")
    if media_type == media.TEXT and f".{own.lower()}" in media.TEXT_SUFFIXES:
        suffix = f".{own.lower()}"
    return file_stem(stem if dot else last) + suffix
