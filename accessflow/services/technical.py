"""Technical problems: what they are about decides where they go (Рег. 3.3, 3.4.2; R9, R10, R20,
R23, R39, R40)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Request
from accessflow.domain.errors import Conflict, Invalid, NotFound
from accessflow.forms.rows import field_value
from accessflow.services import making, timeline
from accessflow.services.actor import Actor
from accessflow.services.applications import application_of, form_of, locked
from accessflow.services.editable import require_editable
from accessflow.workflow.states import ENDED, UNFILED

COVER = "appendix-02"
CRITICALITIES = ("низкая", "средняя", "высокая")
PRIORITIES = ("низкий", "обычный", "высокий", "срочный")
SCREENING_HELP = (
    "Ошибка в поле направления (не в номере): создайте новое направление.",
    "Ошибка в номере: создайте новое и попросите удалить старое (с согласия НМИЦ).",
    "Неверный СЭМД о рождении удаляют письмом по приложению 16, а не этим обращением.",
)
"""R40, R41: beside the field."""
FILE_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "screenshot": "Снимок экрана",
        "sent_file": "Отправленный файл",
        "answer_file": "Файл ответа",
    }
)
"""R20."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a problem is about. `contact` names the address in `region.contacts` of those who help,
    "" where МИАЦ does; `inside`: it is filed here."""

    slug: str
    label: str
    help: tuple[str, ...] = ()
    contact: str = ""
    inside: bool = True


_SUBJECTS = (
    Subject("access", "Вход и права: не пускает, нет роли, ошибка авторизации",
            help=("Опишите по шагам: система, роль, пункт меню, что вводили, текст ошибки.",)),
    Subject("screening", "Направление на скрининг или ПЛИ (ВИМИС «АКиНЕО»)",
            help=SCREENING_HELP, contact="vimis_support"),
    Subject("other_egisz", "Другая проблема федеральной системы ЕГИСЗ",
            contact="support_email", inside=False),
    Subject("other_region", "Другая проблема региональной системы",
            contact="miac_phone", inside=False),
)  # fmt: skip
SUBJECTS: Mapping[str, Subject] = MappingProxyType({s.slug: s for s in _SUBJECTS})


def way(catalogue: Catalogue, subject: Subject) -> str:
    """A sentence: where such a problem goes (R10, R39)."""
    contact = catalogue.region.contacts.get(subject.contact, "")
    if subject.inside and contact:
        return f"Обращение со снимком экрана уйдёт в поддержку АКиНЕО: {contact} (Бюл. №5)."
    if subject.inside:
        return "Обращение рассмотрит МИАЦ (Рег. 3.3)."
    if subject.contact == "support_email":
        return f"С этим обращаются прямо в СТП ЕГИСЗ: {contact} (Рег. 3.3)."
    return f"С этим звоните в МИАЦ: {contact}; в accessflow такие обращения не регистрируют."


def create(db: Database, *, actor: Actor, now: datetime, catalogue: Catalogue, subject: str) -> int:
    """The id of a draft of App. 2. Raises Invalid for an unknown subject, Conflict with the way to
    go for what is not filed here, Forbidden."""
    found = SUBJECTS.get(subject)
    if found is None:
        message = "Выберите, о чём обращение."
        raise Invalid(message, {"subject": message})
    if not found.inside:
        raise Conflict(way(catalogue, found), subject=subject)
    with db.write() as session:
        maker = making.maker_of(session, actor, now, catalogue)
        spec = catalogue.form(COVER, on=maker.today)
        request = making.new(maker, spec, "cover", None)
        request.subject = found.slug
        return making.store(maker, request, "created", {"О чём": ["—", found.label]})


def change_subject(
    db: Database, *, actor: Actor, now: datetime, catalogue: Catalogue, request_id: int,
    subject: str,
) -> None:  # fmt: skip
    """Of a draft. Raises NotFound, Forbidden, Invalid, Conflict."""
    found = SUBJECTS.get(subject)
    if found is None or not found.inside:
        message = way(catalogue, found) if found else "Выберите, о чём обращение."
        raise Invalid(message, {"subject": message})
    with db.write() as session:
        request = locked(session, actor, request_id)
        _require_technical(request)
        require_editable(actor, request)
        if request.state != "draft":
            raise Conflict("Обращение уже отправлено: его тему меняет МИАЦ.", request=request.id)
        if request.subject != found.slug:
            before = SUBJECTS[request.subject].label if request.subject in SUBJECTS else "—"
            request.subject, request.updated_at = found.slug, now
            making.note(session, actor, now, request.id, "edited", {"О чём": [before, found.label]})


def weigh(
    db: Database, *, actor: Actor, now: datetime, request_id: int, criticality: str, priority: str
) -> None:
    """МИАЦ says how critical and how urgent an application is (R20, R23, X22).

    Raises NotFound, Forbidden, Invalid, Conflict.
    """
    actor.require("miac_specialist", "miac_lead")
    fields = {}
    if criticality not in CRITICALITIES:
        fields["criticality"] = "Выберите из списка."
    if priority not in PRIORITIES:
        fields["priority"] = "Выберите из списка."
    if fields:
        raise Invalid("Выберите критичность и приоритет из списка.", fields)
    with db.write() as session:
        request = locked(session, actor, request_id)
        if request.state in UNFILED | ENDED:
            raise Conflict("Эта заявка сейчас не в работе.", request=request.id)
        if (request.criticality, request.priority) == (criticality, priority):
            return
        request.criticality, request.priority = criticality, priority
        data = {"criticality": criticality, "priority": priority}
        timeline.append(session, request, actor=actor, now=now, action="weigh", data=data)


def take_criticality(catalogue: Catalogue, request: Request) -> None:
    """At sending: what the author wrote on App. 2 becomes the facet."""
    spec = form_of(catalogue, request)
    item = next((item for item in spec.fields if item.key == "criticality"), None)
    if item is not None:
        told = field_value(item, application_of(request)).strip().casefold()
        request.criticality = told if told in CRITICALITIES else "средняя"


def _require_technical(request: Request) -> None:
    if request.kind != "technical":
        raise NotFound("Это не обращение о проблеме.", request=request.id)
