"""A made-up letter of each kind: what МИАЦ sees while it edits the words, and tests look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from accessflow.notify import (
    campaign_messages,
    change_messages,
    committee_messages,
    decision_messages,
    desk_messages,
    dismissal_messages,
    renewal_messages,
)
from accessflow.notify import messages as m
from accessflow.notify.example import ABOUT
from accessflow.notify.rendering import House, Message, Wording

ROWS = (
    ("Петрова Анна Ивановна", "доступ предоставлен", ""),
    ("Зимина Елена Андреевна", "отказ", "сотрудника нет в ФРМР"),
)
TEXT = (
    "Уточните, пожалуйста, должность Зиминой Елены Андреевны:\n"
    "в ФРМР она записана врачом, в заявке — заведующей."
)
ASKED_OF = ["Зимина Елена Андреевна, строка 2"]
ITEMS = (
    m.Listed("Заявка 2026-00412 · ФРМСС", "3 сотрудника", "с 16.11.2026", "requests/412"),
    m.Listed("Заявка 2026-00415 · ФРЛЛО", "1 сотрудник", "с 18.11.2026", "requests/415"),
)
_MATTER = "заявку на доступ в ФРМСС"

SAMPLES: Mapping[str, Callable[[House], Message]] = MappingProxyType(
    {
        "registered": lambda h: m.registered(
            h, ABOUT, registration_no="МИАЦ-2026-000118", due="24.12.2026"
        ),
        "info_requested": lambda h: m.info_requested(
            h, ABOUT, text=TEXT, rows=ASKED_OF, answer_by="27.11.2026"
        ),
        "answered": lambda h: m.answered(h, ABOUT, text="Должность исправлена."),
        "third_asked": lambda h: m.third_asked(
            h, ABOUT, third_party="СТП ЕГИСЗ", text="Есть ли сотрудник в ФРМР?"
        ),
        "resumed": lambda h: m.resumed(
            h, ABOUT, why="Третья сторона ответила.", due="28.12.2026", note=""
        ),
        "extended": lambda h: m.extended(
            h,
            ABOUT,
            cause="проблема не воспроизводится",
            until="12.01.2027",
            author_facts="Снимок экрана с текстом ошибки.",
            outside_need="Специалист СТП ЕГИСЗ по ФРМСС.",
            actions_taken="23.11.2026 запрошен снимок экрана, 24.11.2026 отправлено обращение.",
        ),
        "forwarded": lambda h: m.forwarded(
            h, ABOUT, forwarded_to="СТП ЕГИСЗ", external_no="SD-104233", note=""
        ),
        "package": lambda h: m.package(h, ABOUT, matter=_MATTER, external_no="", note=""),
        "committee_package": lambda h: m.committee_package(
            h,
            ABOUT,
            sender="Комитет по здравоохранению Ленинградской области",
            matter=_MATTER,
            external_no="",
            note="",
        ),
        "to_committee": lambda h: m.to_committee(h, ABOUT, note="Роль подаёт КЗ (Бюл. №5)."),
        "executed": lambda h: m.executed(h, ABOUT, rows=ROWS),
        "refused": lambda h: m.refused(
            h, ABOUT, cause="скан нечитаем (Рег. 3.4.1)", text="Печать не видна.", rows=ROWS[1:]
        ),
        "annulled": lambda h: m.annulled(
            h, ABOUT, cause="не по шаблону приложения (Рег. 3.4.1)", text=TEXT
        ),
        "duplicate": lambda h: m.duplicate(h, ABOUT, original="2026-00398", note=""),
        "withdrawn": lambda h: m.withdrawn(h, ABOUT, note="Сотрудник уволился."),
        "reopened": lambda h: m.reopened(h, ABOUT, who="МИАЦ", text="Отказ был ошибкой."),
        "closed": lambda h: m.closed(h, ABOUT, rows=ROWS, reopen_days=14),
        "resolved": lambda h: m.resolved(h, ABOUT, text="Учётная запись разблокирована."),
        "deleted": lambda h: m.deleted(h, ABOUT, note=""),
        "reuploaded": lambda h: m.reuploaded(h, ABOUT, note="Загружен 24.11.2026."),
        "connected": lambda h: m.connected(h, ABOUT, note="Узел настроен."),
        "parcel": lambda h: m.parcel(
            h,
            ABOUT,
            subject="Заявка 2026-00412 · ФРМСС · ГБУЗ ЛО «Приозёрская РБ-учебная»",
            matter=_MATTER,
            files=("Заявка_2026-00412.docx", "Заявка_2026-00412.xlsx", "Скан_2026-00412.pdf"),
            author="Малахова Екатерина Юрьевна",
            position="секретарь",
            phone="8 (81379) 5-00-21",
            email="sec@prb.example",
            reply_to="office@prb.example",
        ),
        "message": lambda h: m.message(h, ABOUT, who="МИАЦ, Воронцов Д. А.", text=TEXT),
        "needs_info": lambda h: m.needs_info(
            h, ABOUT, since="23.11.2026", text=TEXT, rows=ASKED_OF, answer_by="27.11.2026"
        ),
        "silence": lambda h: m.silence(h, ABOUT, since="23.11.2026", text=TEXT),
        "unsigned": lambda h: m.unsigned(h, items=ITEMS),
        "stale_draft": lambda h: m.stale_draft(h, items=ITEMS),
        "overdue_digest": lambda h: m.overdue_digest(
            h, day="23.11.2026", late=ITEMS[:1], soon=ITEMS[1:]
        ),
        "digest": lambda h: m.digest(
            h,
            day="23.11.2026",
            letters=(
                m.Single("Заявка 2026-00412 · ФРМСС: зарегистрирована", "Номер в МИАЦ — 118."),
                m.Single("Заявка 2026-00415 · ФРЛЛО: нужны сведения", TEXT),
            ),
        ),
        "memo": lambda h: m.memo(
            h,
            name="Петрова Анна Ивановна",
            system="ФРМСС",
            full_system="Федеральный реестр медицинских свидетельств о смерти",
            addresses=("http://frmss.egisz.rosminzdrav.ru",),
            role="Медицинский работник",
            organization=ABOUT.organization,
            steps=("Войдите на Госуслуги под своей учётной записью.", "Откройте адрес системы."),
            author="Малахова Екатерина Юрьевна",
            phone="8 (81379) 5-00-21",
        ),
        "form_notice": lambda h: m.form_notice(
            h, title="Заявка на доступ к ФРМСС", number="8", since="01.02.2027"
        ),
        "assigned": lambda h: desk_messages.assigned(
            h, ABOUT, who="Орлова Н. П.", note="Организация уже звонила."
        ),
        **dismissal_messages.SAMPLES,
        **change_messages.SAMPLES,
        **committee_messages.SAMPLES,
        **decision_messages.SAMPLES,
        **renewal_messages.SAMPLES,
        **campaign_messages.SAMPLES,
    }
)
"""By kind, each given the house that writes it."""


def preview(kind: str, wording: Wording, house: House) -> Message:
    """The sample of a kind in other words, as МИАЦ sees it before saving them.

    Raises BadWording.
    """
    return SAMPLES[kind](House(house.name, house.phone, {kind: wording}, strict=True))
