"""The queue as a sheet to take away: every row, however many there are, in the page's order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flask import Response

from accessflow.db.tables import Request
from accessflow.domain.person_name import PersonName
from accessflow.services import queue, terms
from accessflow.services.queue_facets import Looker
from accessflow.web import context, request_words
from accessflow.web.exports import long_sheet
from accessflow.web.queue_asked import LABELS, Asked
from accessflow.web.request_blueprint import short_name
from accessflow.web.request_words import state_of
from accessflow.web.words import day, moment

HEADERS = ("Номер", "Номер МИАЦ", "Внешний номер", "Организация", "Система", "Действие", "Вид",
           "Сотрудники", "Строк", "Состояние", "Срок", "Последний день", "Кто ведёт", "Получена",
           "Зарегистрирована", "Приоритет", "Критичность", "Кому передана",
           "Их статус")  # fmt: skip
WIDTHS = (12, 20, 16, 32, 26, 14, 14, 36, 7, 18, 34, 14, 30, 16, 16, 11, 12, 24, 24)


def queue_sheet(found: Asked, looker: Looker) -> Response:
    return long_sheet("Очередь", HEADERS, WIDTHS, _rows(found, looker))


def _rows(found: Asked, looker: Looker) -> Iterator[Sequence[str | int]]:
    session, actor = context.session(), context.actor()
    chunks = queue.everything(session, actor, found.wanted, looker, sort=found.sort)
    for items, names in chunks:
        yield from _told(items, names, looker)


def _told(
    items: Sequence[Request], names: Mapping[int, tuple[PersonName, ...]], looker: Looker
) -> Iterator[Sequence[str | int]]:
    catalogue = context.catalogue()
    words = terms.shown_of(context.session(), catalogue, items, looker.today)
    for item in items:
        yield (
            item.number, item.registration_no or "—", item.external_no or "—",
            item.organization.short_name, request_words.subject(catalogue, item),
            request_words.ACTIONS[item.action][0], LABELS["kind"].get(item.kind, item.kind),
            _people(names.get(item.id, ()), item.row_count), item.row_count,
            state_of(item).label, words[item.id].words, day(item.due_on),
            item.assignee.name if item.assignee else "—", moment(item.sent_at),
            moment(item.registered_at), item.priority, item.criticality,
            item.forwarded_to or "—", item.external_status or "—",
        )  # fmt: skip


def _people(names: tuple[PersonName, ...], total: int) -> str:
    more = f" и др., всего {total}" if total > len(names) else ""
    return ", ".join(map(short_name, names)) + more if names else "—"
