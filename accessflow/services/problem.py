"""What R20 asks of a technical problem, and how it fills the printed lines of App. 2 (Рег. 3.4.2).

The parts are kept beside the form's own fields; the form holds them put together, one a line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import Database
from accessflow.db.tables import Request
from accessflow.domain.errors import Conflict, Invalid
from accessflow.services import details, draft, draft_closing
from accessflow.services.actor import Actor

KEPT = "problem."
"""Before the keys under which a request's `fields` keep the parts."""
LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Part:
    """A line of the description or of the expected result."""

    key: str
    label: str
    into: str
    required: bool = True
    hint: str = ""


PARTS = (
    Part("system", "Система", "description"),
    Part("role", "Роль пользователя", "description", required=False),
    Part("menu", "Пункт меню", "description", required=False),
    Part("steps", "Что делали, по шагам", "description",
         hint="В том порядке, в каком вводили: так ошибку смогут повторить"),
    Part("error", "Текст ошибки", "description", required=False,
         hint="Дословно, как на экране; лучше приложите снимок"),
    Part("expected", "Чего ожидали", "expected_result"),
    Part("done", "Что сделали, чтобы исправить", "expected_result", required=False),
    Part("got", "Что получили", "expected_result"),
)  # fmt: skip
OWN = ("periodicity", "criticality")
"""Lines of App. 2 that are typed as they stand there."""
LABELS: Mapping[str, str] = MappingProxyType({part.key: part.label for part in PARTS})


def told(request: Request) -> dict[str, str]:
    """The parts as typed. What was written into App. 2 itself stands whole in its main part."""
    fields = {key: str(value) for key, value in request.fields.items()}
    parts = {part.key: fields.get(KEPT + part.key, "") for part in PARTS}
    for into, main in (("description", "steps"), ("expected_result", "expected")):
        if fields.get(into, "") != composed(parts, into):
            parts |= {part.key: "" for part in PARTS if part.into == into}
            parts[main] = fields.get(into, "")
    return parts | {key: fields.get(key, "") for key in OWN}


def composed(parts: Mapping[str, str], into: str) -> str:
    """«Система: …», a line for each part that was told."""
    lines = [
        f"{part.label}: {text}"
        for part in PARTS
        if part.into == into and (text := parts.get(part.key, "").strip())
    ]
    return "\n".join(lines)


def describe(
    db: Database,
    *,
    actor: Actor,
    now: datetime,
    catalogue: Catalogue,
    request_id: int,
    typed: Mapping[str, str],
) -> None:
    """Raises NotFound, Forbidden, Invalid with a sentence by field, Conflict once it is sent or for
    what is no technical problem."""
    parts = {part.key: _unbroken(typed.get(part.key, "")) for part in PARTS}
    _require_told(parts)
    with draft.opened(
        db, actor=actor, now=now, catalogue=catalogue, request_id=request_id
    ) as opened:
        request = opened.request
        if request.kind != "technical":
            raise Conflict("Это не обращение о проблеме.", request=request.id)
        lines = {into: composed(parts, into) for into in ("description", "expected_result")}
        lines |= {key: typed[key] for key in OWN if key in typed}
        draft.take_details(opened, {details.FIELD + key: text for key, text in lines.items()})
        kept = {KEPT + key: text for key, text in parts.items() if text}
        others = {k: v for k, v in request.fields.items() if not k.startswith(KEPT)}
        request.fields = others | kept
        draft_closing.close(opened)


def _require_told(parts: Mapping[str, str]) -> None:
    flaws = {
        part.key: f"Заполните: {part.label.lower()}."
        for part in PARTS
        if part.required and not parts[part.key]
    }
    flaws |= {
        key: f"{len(text)} знаков, а помещается {LONGEST}. Сократите."
        for key, text in parts.items()
        if len(text) > LONGEST
    }
    if flaws:
        raise Invalid("Заполните то, что отмечено (Рег. 3.4.2).", flaws)


def _unbroken(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
