"""Every state there is, in the order of an application's life (interfaces.md)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from accessflow.workflow.spec import State

_ALL = (
    State("draft", "Черновик"),
    State("ready", "На подписи"),
    State("sent", "Отправлена"),
    State("registered", "Зарегистрирована"),
    State("in_review", "На рассмотрении"),
    State("needs_info", "Нужны сведения", pauses=True),
    State("third_party", "Ждёт третью сторону", pauses=True),
    State("at_committee", "У КЗ ЛО"),
    State("forwarded", "Передана дальше"),
    State("awaiting_call", "Ждёт звонка"),
    State("executed", "Исполнена"),
    State("deleted", "ЭМД удалён"),
    State("reuploaded", "ЭМД загружен заново"),
    State("closed", "Закрыта", terminal=True),
    State("refused", "Отказ", terminal=True),
    State("annulled", "Аннулирована", terminal=True),
    State("duplicate", "Повтор", terminal=True),
    State("withdrawn", "Отозвана автором", terminal=True),
)
STATES: Mapping[str, State] = MappingProxyType({state.slug: state for state in _ALL})

UNFILED = frozenset({"draft", "ready"})
"""Before sending: the organisation's own business."""
ENDED = frozenset(slug for slug, state in STATES.items() if state.terminal)
ANSWERED = ENDED | {"executed", "deleted", "reuploaded"}
"""The reaction term has been met: nothing is due any more (Рег. 3.5)."""
OPEN = tuple(slug for slug in STATES if slug not in UNFILED | ANSWERED)
"""Filed and not answered yet."""
