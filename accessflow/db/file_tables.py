"""Files: stored by their content, and what they are to a request."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accessflow.db.base import Base

if TYPE_CHECKING:
    from accessflow.db.directory_tables import User


class StoredFile(Base):
    """A file by the SHA-256 of its content; its bytes lie in the data folder, not here."""

    __tablename__ = "stored_files"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(100))  # by content, not by name
    created_at: Mapped[datetime]


class RequestFile(Base):
    """A file of a request. `kind`: scan (made into one PDF), original (as it came), attachment,
    screenshot, sent_file, answer_file, certificate_status (X31), director_scan (X14),
    committee_scan (R37), parcel (what was sent).

    Of a scan: the version of the content that it shows, what was found in it (`checks`), who
    confirmed what the program cannot judge. A voided one stays, and says why.
    """

    __tablename__ = "request_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"), index=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_files.sha256"))
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(255))
    content_version: Mapped[int] = mapped_column(default=0)
    pages: Mapped[int] = mapped_column(default=0)
    checks: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    confirmed: Mapped[bool] = mapped_column(default=False)  # signature and seal were looked at
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("request_messages.id"))
    at: Mapped[datetime]
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str] = mapped_column(String(255), default="")

    stored: Mapped[StoredFile] = relationship()
    user: Mapped[User | None] = relationship()


class ScanBatch(Base):
    """One scan of many applications on its way in: pages laid by QR, the rest waits for a person.

    `pages`: list of {page, request_id or null, found, turned}.
    """

    __tablename__ = "scan_batches"

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_files.sha256"))
    name: Mapped[str] = mapped_column(String(255))
    pages: Mapped[list[Any]] = mapped_column(JSON, default=list)
    at: Mapped[datetime]
    done_at: Mapped[datetime | None]
