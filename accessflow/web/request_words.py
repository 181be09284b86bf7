"""Applications in words: states, actions, tabs, the next step."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from markupsafe import Markup, escape

from accessflow.db.tables import Request
from accessflow.services import attestations, whereabouts
from accessflow.services.request_list import TABS as TAB_STATES
from accessflow.services.subjects import subject as subject
from accessflow.workflow import states as workflow
from accessflow.workflow.asks import ANNULMENT_CAUSES, REFUSAL_CAUSES


@dataclass(frozen=True, slots=True)
class State:
    """`c` colours the label, `icon` of bootstrap-icons."""

    label: str
    c: str
    icon: str


_LOOKS = {
    "draft": ("mute", "pencil"),
    "ready": ("warn", "pen"),
    "sent": ("info", "send"),
    "registered": ("info", "journal-check"),
    "in_review": ("info", "eye"),
    "needs_info": ("warn", "question-circle"),
    "third_party": ("ext", "hourglass-split"),
    "at_committee": ("ext", "building"),
    "forwarded": ("ext", "box-arrow-up-right"),
    "awaiting_call": ("ext", "telephone"),
    "executed": ("ok", "check-circle"),
    "deleted": ("ext", "file-earmark-x"),
    "reuploaded": ("ok", "file-earmark-check"),
    "closed": ("mute", "archive"),
    "refused": ("danger", "x-circle"),
    "annulled": ("danger", "slash-circle"),
    "duplicate": ("mute", "files"),
    "withdrawn": ("mute", "arrow-counterclockwise"),
}
STATES = {slug: State(state.label, *_LOOKS[slug]) for slug, state in workflow.STATES.items()}


def state_of(found: Request) -> State:
    """Of an application that was passed on: where it is."""
    look = STATES[found.state]
    return replace(look, label=whereabouts.label_of(found.state, found.forwarded_to))


TABS = {
    "mine": "Ждут меня",
    "": "Все",
    "draft": "Черновики",
    "ready": "На подписи",
    "miac": "У МИАЦ",
    "needs_info": "Нужны сведения",
    "committee": "У КЗ ЛО",
    "forwarded": "Переданы дальше",
    "deleted": "ЭМД удалён",
    "done": "Завершённые",
}
if TABS.keys() ^ TAB_STATES.keys():
    raise AssertionError("a tab without words, or words of no tab")

WAITING = {
    "needs_info": "ждут ответа МИАЦ",
    "deleted": "ждут исправленного ЭМД",
    "ready": "на подписи",
    "draft": "в черновиках",
}
"""What the list says of those that wait for the organisation, by tab, the most pressing first."""

ACTIONS = {
    "grant": ("Предоставить", "plus-circle"),
    "revoke": ("Отозвать", "dash-circle"),
    "network": ("Разграничить", "hdd-network"),
    "emd_delete": ("Удалить ЭМД", "file-earmark-x"),
    "cover": ("Обратиться", "chat-left-text"),
}
TITLES = {
    "grant": "предоставить доступ",
    "revoke": "отозвать доступ",
    "network": "разграничение доступа",
    "emd_delete": "удаление ЭМД",
    "cover": "обращение",
}

OUTCOMES = {"granted": "предоставлен", "revoked": "отозван", "refused": "отказ"}
"""What became of a row."""


def cause(slug: str) -> str:
    """Why a row or a whole application came to nothing, in words; one's own words stay."""
    return REFUSAL_CAUSES.get(slug) or ANNULMENT_CAUSES.get(slug) or slug


PREREQUISITES = attestations.KINDS
"""Prerequisites in a word; what each asks for is told by region.yaml."""


def form_label(label: str) -> str:
    """«прил. 8» of «Приложение 8»."""
    return label.replace("Приложение", "прил.")


def marked(text: str, typed: str) -> Markup:
    """The name with what was looked for in bold."""
    words = [re.escape(word) for word in typed.split() if word]
    if not words:
        return escape(text)
    spelled = "|".join(re.sub("[её]", "[её]", word, flags=re.IGNORECASE) for word in words)
    parts = re.split(f"({spelled})", text, flags=re.IGNORECASE)
    return Markup("").join(
        Markup("<b>{}</b>").format(part) if n % 2 else part for n, part in enumerate(parts)
    )
