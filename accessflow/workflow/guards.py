"""What must hold before an action: a predicate and the Russian sentence that says what to do.

A guard sees the snapshot and the moment, nothing else; what only the database knows comes in
`Snapshot.facts` and `Snapshot.missing`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from accessflow.workflow.snapshot import Snapshot

Predicate = Callable[[Snapshot, datetime], bool]


@dataclass(frozen=True, slots=True)
class Guard:
    """`reason` is shown where the predicate does not hold."""

    holds: Predicate
    reason: str


def _fact(name: str) -> Predicate:
    return lambda request, now: name in request.facts


def _nothing_executed(request: Snapshot, _: datetime) -> bool:
    return not any(row.executed for row in request.rows)


def _in_window(request: Snapshot, now: datetime) -> bool:
    return request.state_at is None or now - request.state_at <= request.reopen_within


_ALL: Mapping[str, Guard] = {
    "checked": Guard(
        lambda request, now: not request.errors,
        "В заявке есть ошибки: исправьте их, список — в редакторе.",
    ),
    "nothing_missing": Guard(
        lambda request, now: not request.missing,
        "Отправить пока нельзя: не хватает того, что перечислено на странице заявки.",
    ),
    "registered": Guard(
        _fact("registered"),
        "Заявка не была зарегистрирована: сделайте копию и отправьте её.",
    ),
    "none_executed": Guard(
        _nothing_executed,
        "По заявке уже есть исполненные строки: решите остальные строки по одной.",
    ),
    "some_executed": Guard(
        lambda request, now: not _nothing_executed(request, now), "Нет исполненных строк."
    ),
    "some_decided": Guard(
        lambda request, now: any(row.outcome for row in request.rows),
        "Решений по строкам ещё нет: отменять нечего.",
    ),
    "all_decided": Guard(
        lambda request, now: bool(request.rows) and all(row.outcome for row in request.rows),
        "Решены не все строки.",
    ),
    "reopen_window": Guard(
        _in_window, "Срок, когда заявку можно вернуть в работу, прошёл: подайте новую."
    ),
    "committee_stage": Guard(
        _fact("committee_stage"),
        "Этой заявке не нужна подпись КЗ ЛО: передайте её владельцу системы (Бюл. №5).",
    ),
    "no_committee_stage": Guard(
        lambda request, now: "committee_stage" not in request.facts,
        "Роли этой заявки подаёт орган управления здравоохранением:"
        " нажмите «Передать в КЗ ЛО» (Бюл. №5).",
    ),
    "committee_signed": Guard(
        _fact("committee_signed"),
        "Сначала загрузите подписанные КЗ ЛО документы: они уйдут вместе с заявкой.",
    ),
    "director_signed": Guard(
        _fact("director_signed"),
        "Приложение 5 уходит из МИАЦ за подписью директора: напечатайте его,"
        " подпишите и загрузите скан.",
    ),
    "signed": Guard(
        _fact("signed"),
        "Данные изменились после подписи: напечатайте заявку, подпишите, загрузите новый скан"
        " и подтвердите его.",
    ),
    "settled": Guard(
        _fact("settled"),
        "В заявке есть то, что МИАЦ должен сначала пропустить или отказать: см. проверки.",
    ),
    "own_support": Guard(_fact("own_support"), "У этого обращения нет своей службы поддержки."),
    "stands_alone": Guard(
        lambda request, now: "stage_document" not in request.facts,
        "Документ уйдёт вместе с заявкой МО, к которой он относится: откройте её.",
    ),
    "stage_sent": Guard(_fact("stage_sent"), "Заявка МО ещё не отправлена."),
    "stage_deleted": Guard(_fact("stage_deleted"), "Удаление ЭМД ещё не подтверждено."),
}
GUARDS: Mapping[str, Guard] = MappingProxyType(_ALL)
