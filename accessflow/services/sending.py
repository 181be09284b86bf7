"""What keeps an application from being sent, and sending itself (Рег. 3.4, 3.4.1; R13-R18).

Each missing thing leads to the place where it is mended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accessflow.catalogue.spec import Catalogue
from accessflow.db.tables import Person, Request, RequestFile
from accessflow.domain.errors import Invalid
from accessflow.forms.check import Check
from accessflow.forms.defect import Defect
from accessflow.services import claims, pairs, parcels, repeats, scans
from accessflow.services.applications import check_of, form_of
from accessflow.services.attestations import KINDS
from accessflow.services.ledger import term_of
from accessflow.services.routes import channel_of
from accessflow.services.signatories import may_sign
from accessflow.services.technical import SUBJECTS, take_criticality
from accessflow.services.waivers import defects_of

if TYPE_CHECKING:
    from accessflow.services.acting import Applying

BIRTH = "рожд"
"""Of which kind of document App. 16 is for births (X31)."""


@dataclass(frozen=True, slots=True)
class Missing:
    """`text` says what to do; `endpoint` and `values` address the page where it is done."""

    code: str
    text: str
    endpoint: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Look:
    session: Session
    catalogue: Catalogue
    request: Request
    check: Check
    on: date

    def here(self, code: str, text: str, endpoint: str) -> Missing:
        return Missing(code, text, endpoint, {"request_id": self.request.id})


def missing(
    session: Session, catalogue: Catalogue, request: Request, on: date
) -> tuple[Missing, ...]:
    """The nine items of R14, the defects of R18, and what a system asks for besides (R29, R32,
    R33, R39); `on` is the day in Moscow. Empty: it can be sent."""
    check = check_of(session, catalogue, request)
    look = _Look(session, catalogue, request, check, on)
    return tuple(one for part in PARTS for one in part(look))


def _form(look: _Look) -> Iterator[Missing]:
    """Another version of the form is in force: МИАЦ would annul this one (R3, R19)."""
    spec = form_of(look.catalogue, look.request)
    if look.catalogue.superseded(spec, look.on):
        text = f"{spec.label}: вышла новая версия формы. Сделайте копию заявки и отправьте её."
        yield look.here("superseded", text, "requests.card")


def _author(look: _Look) -> Iterator[Missing]:
    """Items 1-5 of R14: who asks. On App. 2 they stand in the application itself."""
    organization, author = look.check.application.organization, look.check.application.author
    if not organization.full_name.strip():
        yield Missing(
            "organization",
            "Впишите полное наименование организации (Рег. 3.4.1).",
            "directory.edit",
            {"organization_id": look.request.organization_id},
        )
    if look.request.kind == "technical":
        return
    labels = {"name": "ФИО", "position": "должность", "phone": "телефон", "email": "e-mail"}
    lacking = [label for key, label in labels.items() if not str(getattr(author, key)).strip()]
    if lacking:
        text = f"Об авторе заявки не хватает: {', '.join(lacking)} (Рег. 3.4.1). Впишите в профиле."
        yield Missing("author", text, "profile.show")


def _errors(look: _Look) -> Iterator[Missing]:
    """Empty fields and typos (R18): the editor leads from one to the next."""
    found = defects_of(look.session, look.check, look.request)
    errors = [d for d in found if d.level == "error"]
    for defect in errors[:5]:
        where = f"Строка {defect.row}: " if defect.row else ""
        yield look.here(defect.code, where + defect.message, "editor.edit")
    if len(errors) > 5:
        yield look.here("errors", f"И ещё ошибок: {len(errors) - 5}.", "editor.edit")
    yield from _prerequisites(look, found)


def _prerequisites(look: _Look, found: tuple[Defect, ...]) -> Iterator[Missing]:
    """ВИМИС waits for each person's ЕСИА, App. 6-9 and 11 for ФРМР (R32, R33)."""
    if not any(d.code == "prerequisite" for d in found):
        return
    rows = {row.snils: row.position for row in look.request.rows if row.snils}
    known = dict(
        look.session.execute(select(Person.snils, Person.id).where(Person.snils.in_(rows))).all()
    )
    for kind in look.check.spec.prerequisites:
        done = look.check.facts.attested or {}
        lacking = [digits for digits in rows if kind not in done.get(digits, frozenset())]
        if not lacking:
            continue
        numbers = ", ".join(str(n) for n in sorted(rows[digits] for digits in lacking))
        text = f"Отметьте «{KINDS[kind]}» (строки: {numbers}): {_task(look, kind)}."
        ids = [known[digits] for digits in lacking if digits in known]
        yield Missing(kind, text, "people.index", {"ids": ",".join(map(str, ids)) or "0"})


def _task(look: _Look, kind: str) -> str:
    return look.catalogue.region.prerequisites.get(kind, kind).rstrip(".")


def _signature(look: _Look) -> Iterator[Missing]:
    """Signed by whoever is entitled, sealed, scanned, legible (R13, R18, R35, X12)."""
    request, signer = look.request, look.check.spec.signature.signer
    if signer == "none":
        return
    if request.signatory is None or not may_sign(request.signatory, look.on):
        text = "Подписант сейчас не вправе подписывать: выберите руководителя или заместителя."
        yield look.here("signatory", text, "editor.edit")
    scan = scans.current(look.session, request)
    if scan is None:
        text = "Нет скана с подписью и печатью для этой версии заявки: загрузите его."
        yield look.here("scan", text, "signing.upload")
    elif not scan.confirmed:
        text = "Посмотрите скан и подтвердите, что подпись и печать видны."
        yield look.here("scan_unconfirmed", text, "signing.upload")


def _subject(look: _Look) -> Iterator[Missing]:
    """What a problem is about decides where it goes (R10, R39)."""
    if look.request.kind == "technical" and look.request.subject not in SUBJECTS:
        yield look.here("subject", "Выберите, о чём обращение.", "requests.card")


def _files(look: _Look) -> Iterator[Missing]:
    """«Статус свидетельств» of App. 16 (X31), the screenshot of a screening problem (R39)."""
    request = look.request
    if request.kind == "emd_deletion" and is_birth(look.check):
        if not has_file(look.session, request, "certificate_status"):
            text = "Приложите «Статус свидетельств о рождении»: он уходит с письмом, зашифрованный."
            yield look.here("certificate_status", text, "signing.upload")
    elif request.subject == "screening" and not has_file(look.session, request, "screenshot"):
        text = "Приложите снимок экрана: без него поддержка АКиНЕО не поможет (Бюл. №5)."
        yield look.here("screenshot", text, "signing.upload")


def _repeated(look: _Look) -> Iterator[Missing]:
    """The very same row waits for its answer already (R7)."""
    own = repeats.of_request(look.session, look.catalogue, look.request, everywhere=False)
    for repeat in repeats.identical_open(own):
        yield look.here("repeat", repeat.text + " Уберите строку.", "editor.edit")


def _terms(look: _Look) -> Iterator[Missing]:
    """A right whose own term is over before it begins."""
    if look.request.action != "grant":
        return
    for row in look.request.rows:
        until = term_of(row)
        if until is not None and until < look.on:
            text = (
                f"Строка {row.position}: срок действия доступа уже прошёл ({until:%d.%m.%Y})."
                " Впишите будущий день или уберите срок."
            )
            yield look.here("expires_on", text, "editor.edit")


def _pair(look: _Look) -> Iterator[Missing]:
    """The other half goes with it: what that one lacks is missing here, too."""
    for text in pairs.obstacles(look.session, look.request):
        yield _there(look, "pair", text)
    partner = pairs.partner_of(look.session, look.request)
    if partner is None or partner.state != "ready":
        return
    own = check_of(look.session, look.catalogue, partner)
    theirs = _Look(look.session, look.catalogue, partner, own, look.on)
    for part in PARTS:
        for one in part(theirs) if part is not _pair else ():
            yield _there(look, one.code, f"Пара {partner.number}: {one.text}", partner)


def _there(look: _Look, code: str, text: str, partner: Request | None = None) -> Missing:
    found = partner or pairs.partner_of(look.session, look.request) or look.request
    return Missing(code, text, "requests.card", {"request_id": found.id})


PARTS: tuple[Callable[[_Look], Iterator[Missing]], ...] = (
    _form, _author, _subject, _errors, _terms, _signature, _files, _repeated,
    _pair,
)  # fmt: skip


def is_birth(check: Check) -> bool:
    """Whether an application on an ЭМД is about births (X31)."""
    spec, fields = check.spec, check.application.fields
    kind = next((item for item in spec.fields if item.key == "document_kind"), None)
    told = str(fields.get("document_kind", "")).strip() or (kind.default if kind else "") or ""
    return BIRTH in told.casefold()


def has_file(session: Session, request: Request, kind: str) -> bool:
    found = select(RequestFile.id).where(
        RequestFile.request_id == request.id,
        RequestFile.kind == kind,
        RequestFile.voided_at.is_(None),
    )
    return session.scalar(found.limit(1)) is not None


def send(moment: Applying) -> dict[str, Any]:
    """The effect: what is remembered of the sending, and what the event keeps of it.

    Raises Conflict where somebody's address is taken, Invalid for a channel that is not open or
    repeats that nobody has acknowledged.
    """
    session, catalogue, request = moment.session, moment.catalogue, moment.request
    _require_acknowledged(moment)
    claims.claim_emails(session, request, spec=form_of(catalogue, request), now=moment.now)
    request.outside = request.organization.miac_outside
    request.channel = channel_of(catalogue, request, str(moment.step.given.get("channel", "")))
    request.sent_at = moment.now
    if request.kind == "technical":
        take_criticality(catalogue, request)
    request.reply_mailbox = request.organization.mailbox or request.author.email
    if request.channel != "accessflow":
        _keep_parcel(moment)
    scan = scans.current(session, request)
    data: dict[str, Any] = {"version": request.content_version, "channel": request.channel}
    return data | ({"scan": scan.sha256} if scan else {})


def _keep_parcel(moment: Applying) -> None:
    """What leaves accessflow is kept as it left: the letter and the archive are made of it."""
    session, request, now = moment.session, moment.request, moment.now
    parcel = parcels.build(
        session, moment.catalogue, moment.files, request, now, channel=request.channel
    )
    parcels.keep(session, moment.files, request, parcel, actor=moment.actor, now=now)


def _require_acknowledged(moment: Applying) -> None:
    own = repeats.of_request(moment.session, moment.catalogue, moment.request, everywhere=False)
    if own and not moment.step.given.get("acknowledged"):
        message = "Такое уже подавали. " + " ".join(r.text for r in own[:3])
        raise Invalid(message, {"acknowledged": "Отметьте, что заявку нужно отправить всё равно."})
