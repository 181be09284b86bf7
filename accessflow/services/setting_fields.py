"""What may be set in the browser: keys, Russian labels, fields, and how a field's text is a value.

What a value must be is said by the catalogue's readers (`catalogue/override.py`); here stand only
the words in which a refusal is told (`Field.must`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from accessflow.catalogue.spec import Catalogue
from accessflow.services.letter_labels import LETTERS
from accessflow.workflow.calendar import FRIDAY

Section = Literal["officials", "recipients", "office", "calendar", "limits", "printing", "letters"]
SECTIONS: Mapping[Section, str] = {
    "officials": "Должностные лица",
    "recipients": "Куда отправлять",
    "calendar": "Календарь",
    "office": "Часы работы",
    "limits": "Сроки",
    "printing": "Печать",
    "letters": "Тексты писем",
}
Kind = Literal["text", "long_text", "date", "flag", "list", "number", "numbers", "hours", "dates"]
AHEAD = 2
"""So many years after this one can be entered into the calendar."""


@dataclass(frozen=True, slots=True)
class Field:
    """`name`: the key inside the value, «days.1» for one that lies deeper."""

    name: str
    label: str
    kind: Kind = "text"
    must: str = "Исправьте это поле."
    hint: str = ""
    required: bool = False
    blank: str = "—"


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that is set as a whole. `since`: what its effective date is called; "" where it
    has none of its own and holds from today on."""

    key: str
    section: Section
    label: str
    fields: tuple[Field, ...]
    help: str = ""
    since: str = "Действует с"

    def field(self, name: str) -> Field | None:
        return next((f for f in self.fields if name in (f.name, f.name.rpartition(".")[2])), None)


def registry(catalogue: Catalogue, today: date, kinds: Iterable[str]) -> dict[str, Setting]:
    """Every setting by key, in the order of the sections. `kinds`: of letters."""
    found = (
        *_officials(catalogue),
        *_recipients(catalogue),
        *_years(catalogue, today),
        OFFICE,
        LIMITS,
        PRINTING,
        *(_letter(kind) for kind in kinds),
    )
    return {setting.key: setting for setting in found}


FILLED = "Поле не может быть пустым."
ADDRESSES = "Нужны адреса электронной почты, по одному на строке: ib_lomiac@lenreg.ru."
DAY = "Нужна дата: 23.11.2026."

_OFFICIAL = (
    Field("post", "Должность", must=FILLED, hint="как она печатается в строке подписи",
          required=True),
    Field("name", "Фамилия И.О.", must=FILLED, hint="«Курнаев Д.В.»", required=True),
    Field("addressee", "Кому, в углу письма", "long_text", hint="в дательном падеже, по строкам"),
    Field("salutation", "Обращение", hint="«Уважаемый Егор Геннадьевич!»"),
    Field("valid_from", "В должности с", "date", must=DAY),
    Field("valid_until", "В должности по", "date",
          must="Нужна дата не раньше начала: 23.11.2026.", hint="пусто — без срока"),
    Field("confirmed", "Имя и должность проверены", "flag"),
)  # fmt: skip


def _officials(catalogue: Catalogue) -> Iterator[Setting]:
    for official in catalogue.region.officials:
        yield Setting(
            f"officials.{official.slug}",
            "officials",
            official.post,
            _OFFICIAL,
            "Имя стоит в печатных формах. Уже отправленное не меняется.",
            since="Печатать с",
        )


_RECIPIENTS = (
    Field("to", "Кому", "list", must=ADDRESSES, hint="по одному адресу на строке", required=True),
    Field("cc", "Копия", "list", must=ADDRESSES),
    Field("vipnet", "Узел VipNet", hint="куда то же уходит «Деловой почтой»"),
    Field("by", "Кто отправляет", hint="если это не сама организация"),
    Field("warning", "Предупреждение перед отправкой", "long_text"),
)
ROUTES: Mapping[str, str] = {
    "emd_delete": "Удаление ЭМД (приложение 16)",
    "vipnet_access": "Разграничение доступа VipNet (приложение 15)",
    "other_technical": "Прочие технические проблемы",
    "emd_act_copy": "Копия акта об удалении СЭМД МСР",
}


def _recipients(catalogue: Catalogue) -> Iterator[Setting]:
    yield Setting(
        "recipients.default",
        "recipients",
        "По умолчанию",
        _RECIPIENTS,
        "Для всех систем, у которых нет своего адреса (Регламент, п. 3.4).",
    )
    for name in catalogue.region.routes:
        label = ROUTES.get(name, name)
        yield Setting(f"routes.{name}", "recipients", label, _RECIPIENTS)
    for system in catalogue.systems.values():
        yield Setting(f"recipients.{system.slug}", "recipients", system.label, _RECIPIENTS)
        if system.outbound:
            yield Setting(
                f"outbound.{system.slug}",
                "recipients",
                f"{system.label}: следующий этап",
                _RECIPIENTS,
                "Отправляет орган управления здравоохранением после МИАЦ.",
            )


def _years(catalogue: Catalogue, today: date) -> Iterator[Setting]:
    known = catalogue.base.calendar if catalogue.base else catalogue.calendar
    for year in sorted({*known, *catalogue.calendar, *range(today.year, today.year + AHEAD + 1)}):
        yield _year(year)


def _year(year: int) -> Setting:
    must = f"Нужны даты {year} года: 01.05.{year}."
    many = "через запятую или по строкам, можно без года: 01.05"
    return Setting(
        f"calendar.{year}",
        "calendar",
        f"{year} год",
        (
            Field("nonworking", "Нерабочие будни", "dates", must=must, hint=many),
            Field("working", "Рабочие выходные", "dates", hint=many,
                  must=f"{must} День не может быть и рабочим, и выходным."),
            Field("short", "Сокращённые на час", "dates", hint=many,
                  must=f"{must} Сократить можно только рабочий день."),
        ),
        "Сверх обычных выходных. Сроки открытых заявок пересчитываются сразу.",
        since="",
    )  # fmt: skip


_HOURS = "Нужны два времени, раньше — первым: 09:00–17:00."
WEEKDAYS = ("Понедельник", "Вторник", "Среда", "Четверг", "Пятница")
OFFICE = Setting(
    "office",
    "office",
    "Часы работы МИАЦ",
    (
        *(
            Field(f"days.{number}", WEEKDAYS[number - 1], "hours", must=_HOURS,
                  hint="пусто — закрыто")
            for number in range(1, FRIDAY + 1)
        ),
        Field("lunch", "Обед", "hours", must=_HOURS, required=True),
    ),
    "Регистрация идёт круглосуточно, здесь — часы рассмотрения (Регламент, п. 3.1).",
)  # fmt: skip

_DAYS = "Нужно целое число от 1 до 365."
LIMITS = Setting(
    "limits",
    "limits",
    "Сроки порядка МИАЦ",
    (
        Field("reopen_days", "Вернуть закрытую заявку", "number", _DAYS,
              "столько календарных дней после закрытия", required=True),
        Field("info_reminder_days", "Напоминать о запросе данных", "numbers",
              "Нужны целые числа по возрастанию: 2, 4, 7.",
              "рабочие дни после запроса, через запятую", required=True),
        Field("silence_days", "Решать без ответа", "number", _DAYS,
              "МИАЦ спросят после стольких рабочих дней молчания", required=True),
        Field("stale_draft_days", "Заброшенный черновик", "number", _DAYS,
              "напомнить после стольких календарных дней без правок", required=True),
        Field("unsigned_days", "Неподписанный комплект", "number", _DAYS,
              "напомнить после стольких календарных дней", required=True),
        Field("form_notice_days", "Новая версия формы", "number",
              "Нужно целое число от 30 до 365: так велит Регламент, п. 2.3.",
              "объявлять за столько календарных дней", required=True),
    ),
    "Срок реакции и срок отзыва при увольнении заданы регламентом и здесь не меняются.",
)  # fmt: skip

PRINTING = Setting(
    "printing",
    "printing",
    "Печатные формы",
    (
        Field("seal_everywhere", "Печатать «М.П.» на всех формах организации", "flag",
              hint="в источнике — только в приложениях 12–14, но печать нужна всегда"),
        Field("typos_verbatim", "Оставлять опечатки источника", "flag",
              hint="не по шаблону — аннулируется (Регламент, п. 3.4.1)"),
        Field("left_margin_mm", "Левое поле, мм", "number", "Нужно число от 20 до 40.",
              "30 — где бумаги хранят дольше 10 лет", required=True),
        Field("our_ref_on_applications", "Исх. № и дата над заявкой", "flag",
              hint="в письмах они стоят всегда"),
    ),
)  # fmt: skip


OWN_WORDS = "пусто — как в программе; в фигурных скобках — то, что подставится"


def _letter(kind: str) -> Setting:
    label, when = LETTERS.get(kind, (kind, ""))
    return Setting(
        f"letters.{kind}",
        "letters",
        label,
        (
            Field("subject", "Тема", hint=OWN_WORDS, blank="как в программе"),
            Field("text", "Текст", "long_text", hint=OWN_WORDS, blank="как в программе"),
        ),
        when,
    )
