"""The directory and its accounts: organisations, units, signatories, people, jobs, who signs in."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accessflow.db.base import Base

_ENDED = text("until IS NOT NULL")


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
    miac_outside: Mapped[bool] = mapped_column(default=False)  # МИАЦ answers it by mail only
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

    __table_args__ = (
        Index(None, "organization_id", "person_id"),
        Index("ix_employments_ended", "until", sqlite_where=_ENDED, postgresql_where=_ENDED),
    )


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
    preference: Mapped[Preference | None] = relationship(viewonly=True)


class LoginFailure(Base):
    """Failed sign-ins in a row under one login, whether there is such an account or not.

    `login_key` is a keyed hash: what people type into the field may be a password.
    """

    __tablename__ = "login_failures"

    login_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(index=True)


class Preference(Base):
    """How a person wants letters: one by one or as a digest, and when not (Moscow, «21:00»)."""

    __tablename__ = "preferences"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    digest: Mapped[bool] = mapped_column(default=False)
    quiet_from: Mapped[str] = mapped_column(String(5), default="")
    quiet_until: Mapped[str] = mapped_column(String(5), default="")
    letters_keys: Mapped[bool] = mapped_column(default=True)  # keys of one letter (WCAG 2.1.4)
