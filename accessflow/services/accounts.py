"""Accounts and signing in. Passwords are kept as Argon2id; failures are counted per login.

An unknown login is answered like a known one: the same words, the same time, the same lock.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session, joinedload, load_only

from accessflow.db.session import Database, known
from accessflow.db.tables import LoginFailure, Organization, User
from accessflow.domain.errors import Invalid
from accessflow.domain.roles import LABELS, NEEDS_ORGANIZATION, ROLES, Role
from accessflow.services.actor import Actor
from accessflow.services.history import record
from accessflow.services.live_catalogue import KEPT_AS, NEWEST

MAX_FAILURES = 5
LOCK_MINUTES = 15
MIN_PASSWORD = 10
_FORGET_AFTER = timedelta(days=1)

# Argon2id as OWASP advises: 19 MiB and one lane, so that many sign-ins at once do no harm.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY = _hasher.hash("no account has this password: it is never compared with success")


class SignInRefused(Invalid):
    """The login or the password is wrong, or the login is locked for now."""


@dataclass(frozen=True, slots=True)
class NewAccount:
    """`organization`: the id; needed by the roles in NEEDS_ORGANIZATION."""

    login: str
    password: str
    name: str
    role: str
    organization: int | None = None
    position: str = ""
    phone: str = ""
    email: str = ""


def sign_in(db: Database, *, login: str, password: str, now: datetime, key: str) -> int:
    """The id of the account; failures count under a hash keyed by `key`. Raises SignInRefused."""
    with db.read() as session:
        user = session.scalar(select(User).where(User.login == _normal(login)))
    # The slow comparison stands outside the transaction: it would hold everybody's write lock.
    matches = _matches(user, password)
    refusal: SignInRefused | None = None
    with db.write() as session:
        failure = _failure(session, _login_key(login, key), now)
        if failure.locked_until is not None and failure.locked_until > now:
            raise _locked(failure.locked_until, now)
        if matches:
            session.delete(failure)
        else:
            refusal = _count(failure, now)
    if refusal or user is None:
        raise refusal or RuntimeError("a password matched without an account")
    return user.id


def add_account(db: Database, *, actor: Actor, now: datetime, account: NewAccount) -> int:
    """The id of the new account. Raises Invalid with a sentence per field."""
    actor.require("admin")
    with db.write() as session:
        errors = _account_errors(session, account)
        if errors:
            raise Invalid("Учётная запись не создана.", errors)
        user = User(
            login=_normal(account.login),
            password_hash=_hasher.hash(account.password),
            name=account.name.strip(),
            position=account.position.strip(),
            phone=account.phone.strip(),
            email=account.email.strip(),
            role=account.role,
            organization_id=account.organization,
            created_at=now,
        )
        session.add(user)
        session.flush()
        record(session, actor=actor, now=now, entity="user", entity_id=user.id, event="created")
        return user.id


_ACTIVE = (
    select(User, NEWEST.scalar_subquery())
    .where(User.id == bindparam("user_id"), User.active)
    .options(
        load_only(User.name, User.role, User.organization_id, User.session_epoch),
        joinedload(User.organization).load_only(Organization.short_name, Organization.kind),
        joinedload(User.preference),
    )
)


def active_user(session: Session, user_id: int) -> User | None:
    """The account with its preferences and the name of its organisation, unless it has been closed.
    What every page asks besides comes along: whether there are new settings."""
    found = session.execute(_ACTIVE, {"user_id": user_id}).one_or_none()
    if found is None:
        return None
    user: User = found[0]
    known(session, KEPT_AS, found[1])
    return user


def accounts(session: Session) -> list[User]:
    return list(
        session.scalars(select(User).options(joinedload(User.organization)).order_by(User.name))
    )


def actor_of(user: User) -> Actor:
    return Actor(user.id, role_of(user.role), user.organization_id, user.name)


def role_of(text: str) -> Role:
    return next(role for role in ROLES if role == text)


def _normal(login: str) -> str:
    return login.strip().casefold()


def _login_key(login: str, key: str) -> str:
    return hmac.new(key.encode(), _normal(login).encode(), hashlib.sha256).hexdigest()


def _failure(session: Session, login_key: str, now: datetime) -> LoginFailure:
    session.execute(delete(LoginFailure).where(LoginFailure.updated_at < now - _FORGET_AFTER))
    found = session.get(LoginFailure, login_key, with_for_update=True)
    if found is None:
        found = LoginFailure(login_key=login_key, failures=0, updated_at=now)
        session.add(found)
        session.flush()
    return found


def _matches(user: User | None, password: str) -> bool:
    try:
        _hasher.verify(user.password_hash if user else _NOBODY, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return user is not None and user.active


def _count(failure: LoginFailure, now: datetime) -> SignInRefused:
    lock_is_over = failure.locked_until is not None
    failure.failures = 1 if lock_is_over else failure.failures + 1
    failure.locked_until = None
    failure.updated_at = now
    left = MAX_FAILURES - failure.failures
    if left <= 0:
        failure.locked_until = now + timedelta(minutes=LOCK_MINUTES)
        return _locked(failure.locked_until, now)
    attempts = "Осталась 1 попытка" if left == 1 else f"Осталось {left} попытки"
    return SignInRefused(
        "Логин или пароль не подошли. Проверьте раскладку (EN) и Caps Lock. "
        f"{attempts}, потом вход закроется на {LOCK_MINUTES} минут."
    )


def _locked(until: datetime, now: datetime) -> SignInRefused:
    minutes = max(1, -int((now - until).total_seconds() // 60))
    return SignInRefused(
        f"Вход закрыт: {MAX_FAILURES} неудачных попыток подряд. "
        f"Попробуйте через {minutes} мин. или попросите администратора выдать новый пароль."
    )


def _account_errors(session: Session, account: NewAccount) -> dict[str, str]:
    errors = {}
    if not account.name.strip():
        errors["name"] = "Укажите фамилию, имя и отчество."
    if not _normal(account.login):
        errors["login"] = "Укажите логин."
    elif session.scalar(select(User.id).where(User.login == _normal(account.login))):
        errors["login"] = "Такой логин уже есть: выберите другой."
    if len(account.password) < MIN_PASSWORD:
        errors["password"] = f"Пароль короче {MIN_PASSWORD} знаков: придумайте длиннее."
    if account.role not in ROLES:
        errors["role"] = "Нет такой роли. Есть: " + ", ".join(ROLES) + "."
    elif account.organization is None and account.role in NEEDS_ORGANIZATION:
        errors["organization"] = f"Роли «{LABELS[role_of(account.role)]}» нужна организация."
    if account.organization is not None and not session.get(Organization, account.organization):
        errors["organization"] = "Нет такой организации."
    return errors
