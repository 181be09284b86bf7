"""The tables. One class a table, no behaviour beyond what a row says of itself.

Personal data stands in `persons`, `employments`, `request_rows`, `request_undos`, `email_claims`,
and names also in `request_words` and `requests.search_text` only.
Times are UTC with zone; dates are plain dates of Moscow.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    types,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(types.TypeDecorator[datetime]):
    """A moment with its zone on both databases; SQLite alone would drop the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime(), dict[str, Any]: JSON, list[Any]: JSON}


class Organization(Base):
    """An organisation that files applications: an МО, or КЗ itself (Рег. 2.2, 3.2)."""

    __tablename__ = "organizations"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), default="mo")  # mo, committee, miac
    full_name: Mapped[str] = mapped_column(String(500))
    short_name: Mapped[str] = mapped_column(String(255))
    oid: Mapped[str | None] = mapped_column(String(64), unique=True)
    inn: Mapped[str] = mapped_column(String(12), default="")
    legal_address: Mapped[str] = mapped_column(String(500), default="")
    actual_address: Mapped[str] = mapped_column(String(500), default="")
    subject_rf: Mapped[str] = mapped_column(String(100), default="")
    phone: Mapped[str] = mapped_column(String(64), default="")
    mailbox: Mapped[str] = mapped_column(String(254), default="")
    vipnet_ready: Mapped[bool] = mapped_column(default=False)  # Рег. 3.4, R17
    search_text: Mapped[str] = mapped_column(Text, default="")  # casefolded names, ё as е, OID, ИНН
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]

    units: Mapped[list[Unit]] = relationship(back_populates="organization", order_by="Unit.name")
    signatories: Mapped[list[Signatory]] = relationship(
        back_populates="organization", order_by="Signatory.id"
    )

    __table_args__ = (
        CheckConstraint("kind in ('mo', 'committee', 'miac')", name="kind"),
        Index(None, "short_name"),
    )


class Unit(Base):
    __tablename__ = "units"

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    name: Mapped[str] = mapped_column(String(255))
    oid: Mapped[str] = mapped_column(String(128), default="")
    archived_at: Mapped[datetime | None]

    organization: Mapped[Organization] = relationship(back_populates="units")

    __table_args__ = (UniqueConstraint("organization_id", "name"),)


class Signatory(Base):
    """The head, or a deputy entitled to sign by `basis` within the term (Рег. 3.4.1, R35, X12)."""

    __tablename__ = "signatories"

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    position: Mapped[str] = mapped_column(String(255))
    last_name: Mapped[str] = mapped_column(String(100))
    first_name: Mapped[str] = mapped_column(String(100))
    middle_name: Mapped[str] = mapped_column(String(100), default="")
    is_head: Mapped[bool] = mapped_column(default=False)
    basis: Mapped[str] = mapped_column(String(255), default="")  # order or power of attorney
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    archived_at: Mapped[datetime | None]

    organization: Mapped[Organization] = relationship(back_populates="signatories")


class Person(Base):
    """A person is a СНИЛС: 11 digits, unique."""

    __tablename__ = "persons"

    id: Mapped[int] = mapped_column(primary_key=True)
    snils: Mapped[str] = mapped_column(String(11), unique=True)
    last_name: Mapped[str] = mapped_column(String(100))
    first_name: Mapped[str] = mapped_column(String(100))
    middle_name: Mapped[str] = mapped_column(String(100), default="")
    no_middle_name: Mapped[bool] = mapped_column(default=False)
    search_name: Mapped[str] = mapped_column(String(310))  # casefolded «last first middle», ё as е
    created_at: Mapped[datetime]

    employments: Mapped[list[Employment]] = relationship(back_populates="person")
    attestations: Mapped[list[Attestation]] = relationship(back_populates="person")

    __table_args__ = (Index(None, "search_name"),)


class Employment(Base):
    """A job of a person in an organisation. `until` is the day of dismissal."""

    __tablename__ = "employments"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    position: Mapped[str] = mapped_column(String(255), default="")
    personnel_no: Mapped[str] = mapped_column(String(32), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    work_phone: Mapped[str] = mapped_column(String(40), default="")  # as printed
    contact_phone: Mapped[str] = mapped_column(String(40), default="")
    since: Mapped[date | None]
    until: Mapped[date | None]
    search_text: Mapped[str] = mapped_column(Text, default="")  # casefolded position, ё as е

    person: Mapped[Person] = relationship(back_populates="employments")
    organization: Mapped[Organization] = relationship()
    unit: Mapped[Unit | None] = relationship()

    __table_args__ = (Index(None, "organization_id", "person_id"),)


class Attestation(Base):
    """A prerequisite of a person, who attested it and when (R32, R33): esia, frmr, gosuslugi."""

    __tablename__ = "attestations"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    kind: Mapped[str] = mapped_column(String(20))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]

    person: Mapped[Person] = relationship(back_populates="attestations")
    user: Mapped[User] = relationship()

    __table_args__ = (
        UniqueConstraint("person_id", "kind"),
        CheckConstraint("kind in ('esia', 'frmr', 'gosuslugi')", name="kind"),
    )


class EmailClaim(Base):
    """An address belongs to one СНИЛС for good, from the first sending on (R34).

    The primary key is what lets only one of two browsers win.
    """

    __tablename__ = "email_claims"

    email: Mapped[str] = mapped_column(String(254), primary_key=True)  # normalised
    snils: Mapped[str] = mapped_column(String(11), index=True)
    request_id: Mapped[int | None] = mapped_column(ForeignKey("requests.id"))
    claimed_at: Mapped[datetime]


class User(Base):
    """An account. `role`: see `domain/roles.py`; МИАЦ and admin may have no organisation."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(255))  # «Малахова Екатерина Юрьевна»
    position: Mapped[str] = mapped_column(String(255), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    role: Mapped[str] = mapped_column(String(20))
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"))
    active: Mapped[bool] = mapped_column(default=True)
    session_epoch: Mapped[int] = mapped_column(default=0)  # raised to end every open session
    created_at: Mapped[datetime]

    organization: Mapped[Organization | None] = relationship()


class LoginFailure(Base):
    """Failed sign-ins in a row under one login, whether there is such an account or not.

    `login_key` is a keyed hash: what people type into the field may be a password.
    """

    __tablename__ = "login_failures"

    login_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(index=True)


class Request(Base):
    """An application (заявка): one form, one system, many rows (Рег. 3.4, R12).

    `number` is our own, from creation on. `content_version` counts changes of what is printed
    (QR); `lock_version` refuses a save over somebody else's. `form_version` keeps the form that it
    was made with.
    """

    __tablename__ = "requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[str] = mapped_column(String(20))  # access, revocation, technical, …
    state: Mapped[str] = mapped_column(String(20), default="draft")
    action: Mapped[str] = mapped_column(String(20))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    signatory_id: Mapped[int | None] = mapped_column(ForeignKey("signatories.id"))
    form: Mapped[str] = mapped_column(String(40))
    form_version: Mapped[str] = mapped_column(String(20))
    system: Mapped[str | None] = mapped_column(String(40))
    batch: Mapped[str] = mapped_column(String(32), default="")  # those made in one go share it
    our_ref: Mapped[str] = mapped_column(String(64), default="")
    our_date: Mapped[date | None]
    fields: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    row_count: Mapped[int] = mapped_column(default=0)
    error_count: Mapped[int] = mapped_column(default=0)  # of the last check, for the list
    warning_count: Mapped[int] = mapped_column(default=0)
    search_text: Mapped[str] = mapped_column(Text, default="")  # its words, see RequestWord
    content_version: Mapped[int] = mapped_column(default=1)
    lock_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]

    organization: Mapped[Organization] = relationship()
    author: Mapped[User] = relationship()
    signatory: Mapped[Signatory | None] = relationship()
    rows: Mapped[list[RequestRow]] = relationship(
        back_populates="request", order_by="RequestRow.position", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": lock_version}
    __table_args__ = (
        # A page of the list is read off an index in its order, however many there are.
        Index(None, "organization_id", "id"),
        Index(None, "organization_id", "updated_at", "id"),
        # The last columns are those that counting looks at besides.
        Index(
            "ix_requests_organization_id_state",
            *("organization_id", "state", "updated_at", "id", "deleted_at"),
        ),
        Index(
            "ix_requests_organization_id_system",
            *("organization_id", "system", "updated_at", "id", "state", "deleted_at"),
        ),
        Index(None, "updated_at", "id"),
        Index(None, "state", "updated_at", "id"),
        Index("ix_requests_system", "system", "updated_at", "id", "state", "deleted_at"),
        Index(None, "batch"),
    )


class RequestRow(Base):
    """One person of an application. `answers` holds the row's keys as typed (interfaces.md)."""

    __tablename__ = "request_rows"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"))
    position: Mapped[int]
    employment_id: Mapped[int | None] = mapped_column(ForeignKey("employments.id"))
    snils: Mapped[str] = mapped_column(String(11), default="", index=True)  # digits, if valid
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    request: Mapped[Request] = relationship(back_populates="rows")

    __table_args__ = (Index(None, "request_id", "position"),)


class RequestWord(Base):
    """A word that a request is found by: of its number, names, system; no СНИЛС.

    Casefolded, ё as е, compared byte by byte, so that a prefix is a range of the index on both
    databases. Kept by `services/totals.py`.
    """

    __tablename__ = "request_words"

    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"), primary_key=True)
    word: Mapped[str] = mapped_column(
        String(64).with_variant(String(64, collation="C"), "postgresql"), primary_key=True
    )

    __table_args__ = (Index(None, "word", "request_id"),)


class RequestUndo(Base):
    """What takes back an operation on a draft's rows: `delta` as `services/undo.py` writes it.

    The newest few of each draft are kept; they hold what the rows held.
    """

    __tablename__ = "request_undos"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
    label: Mapped[str] = mapped_column(String(100))
    delta: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    __table_args__ = (Index(None, "request_id", "user_id", "id"),)


class Counter(Base):
    """The last number given of a series, raised by one atomic UPDATE."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[int]


class Change(Base):
    """History of anything: who changed what when. СНИЛС in `what` is masked."""

    __tablename__ = "changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    entity: Mapped[str] = mapped_column(
        String(40)
    )  # organization, unit, signatory, person, request …
    entity_id: Mapped[int]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
    event: Mapped[str] = mapped_column(
        String(40)
    )  # created, changed, attested, deleted, restored …
    what: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # label -> [before, after]

    user: Mapped[User | None] = relationship()

    __table_args__ = (Index(None, "entity", "entity_id", "id"),)


class ImportJob(Base):
    """A sheet of staff on its way in: previewed, then taken in steps."""

    __tablename__ = "import_jobs"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))  # staff, frmr
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    filename: Mapped[str] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(20), default="preview")  # preview, running, done
    summary: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]


class ImportRow(Base):
    """One row of the sheet: its number in the file, what was understood, planned and done.

    `values`: what may be taken; `cells`: the texts that stood there; `flawed`: it has defects.
    """

    __tablename__ = "import_rows"

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("import_jobs.id"))
    number: Mapped[int]
    values: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    cells: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    defects: Mapped[list[Any]] = mapped_column(JSON, default=list)
    flawed: Mapped[bool] = mapped_column(default=False)
    plan: Mapped[str] = mapped_column(
        String(20), default=""
    )  # new, change, same, question, refused
    chosen: Mapped[bool] = mapped_column(default=True)
    outcome: Mapped[str] = mapped_column(String(20), default="")  # created, changed, same, refused
    reason: Mapped[str] = mapped_column(Text, default="")  # why it was refused while being taken

    __table_args__ = (Index(None, "job_id", "number"),)


class Selection(Base):
    """What somebody has picked on «Новая заявка» so far; gone when the drafts are made."""

    __tablename__ = "selections"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    updated_at: Mapped[datetime]
