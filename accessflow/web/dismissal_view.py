"""A dismissal as its pages tell it: the term in words and bars, what is sent, what to press."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for

from accessflow.db.tables import Dismissal, Request
from accessflow.domain.text import counted, noun
from accessflow.services import dismissal_making, people, scope
from accessflow.services.clock import moscow_date
from accessflow.services.dismissal_cover import Cover, covers_of
from accessflow.services.dismissal_making import Choice
from accessflow.services.dismissal_picture import Possible, UnderWay, possible, under_way
from accessflow.services.dismissal_rights import Right, Tally, rights, tally
from accessflow.services.offers import system_label
from accessflow.services.plan import Planned
from accessflow.web import context, request_words
from accessflow.web.access import ACCESS, allows
from accessflow.web.words import SHORT_WEEKDAYS, day
from accessflow.workflow.calendar import WorkingCalendar
from accessflow.workflow.dismissal import standing, target
from accessflow.workflow.states import UNFILED
from accessflow.workflow.term_words import InWords, filing_left_in_words
from accessflow.workflow.terms import FILING_DAYS, Due, dismissal_due

PRESSING = ("late", "today")
STATES = {
    "none": ("не начат", "danger", ""),
    "draft": ("черновик", "warn", "pencil"),
    "ready": ("на подписи", "warn", "pen"),
    "sent": ("отправлен", "info", "send"),
    "done": ("отозван", "ok", "check-circle"),
}
WAYS = {
    "drop": "черновик: строка уберётся",
    "withdraw": "подана: будет отозвана",
    "turn": "подана вместе с другими: останется, выданное придётся отозвать",
}


@dataclass(frozen=True, slots=True)
class Tag:
    words: str
    c: str


@dataclass(frozen=True, slots=True)
class Press:
    """The next step of a row. `kind`: make, sign (post), print (a link)."""

    kind: str
    words: str
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the list. `gone`: working days of the term that are over, of three."""

    dismissal: Dismissal
    name: str
    term: InWords
    gone: int
    tally: Tally
    tag: Tag
    press: Press | None
    mine: bool


@dataclass(frozen=True, slots=True)
class Detail:
    """One of them unfolded. `plan`: what «Сформировать» would make."""

    line: Line
    rights: tuple[Right, ...]
    under_way: tuple[UnderWay, ...]
    possible: tuple[Possible, ...]
    plan: tuple[Planned, ...]
    may_change: bool

    @property
    def notices(self) -> list[str]:
        """What is to be known of these forms (X4, X7)."""
        return list(dict.fromkeys(n for planned in self.plan for n in planned.offer.notices))


def lines(dismissals: Sequence[Dismissal]) -> list[Line]:
    covers = covers_of(context.session(), context.catalogue(), dismissals)
    return [line(d, covers[d.id]) for d in dismissals]


def line(dismissal: Dismissal, cover: Cover) -> Line:
    today, catalogue = context.today(), context.catalogue()
    calendar = catalogue.working_calendar
    found = tally(catalogue, dismissal, cover)
    term = term_of(dismissal, today, calendar)
    own = scope.may_file(context.actor(), dismissal.organization_id)
    standing_now = dismissal.cancelled_at is None
    return Line(
        dismissal=dismissal,
        name=people.name_of(dismissal.person).full,
        term=term,
        gone=min(FILING_DAYS, calendar.working_days(dismissal.dismissed_on, today)),
        tally=found,
        tag=tag_of(dismissal, found, term, today),
        press=_press(dismissal, found, today) if own and standing_now else None,
        mine=own and standing_now and term.tone in PRESSING,
    )


def detail(dismissal: Dismissal) -> Detail:
    session, actor, catalogue = context.session(), context.actor(), context.catalogue()
    cover = covers_of(session, catalogue, [dismissal])[dismissal.id]
    may = scope.may_file(actor, dismissal.organization_id) and dismissal.cancelled_at is None
    open_now = dismissal.cancelled_at is None
    choice = Choice((dismissal.id,))
    return Detail(
        line=line(dismissal, cover),
        rights=rights(session, catalogue, dismissal, cover, context.today()),
        under_way=tuple(one for one in under_way(session, dismissal) if opens(one.request))
        if open_now
        else (),
        possible=possible(session, dismissal, cover) if open_now else (),
        plan=dismissal_making.plan(session, actor, catalogue, choice, context.today())
        if may
        else (),
        may_change=may,
    )


def term_of(dismissal: Dismissal, today: date, calendar: WorkingCalendar) -> InWords:
    """The countdown, or how the term was kept; nothing where nothing was to be filed."""
    if dismissal.cancelled_at is not None:
        return InWords("отменено", "none")
    due = Due(dismissal.due_on, dismissal.due_tentative)
    if dismissal.filed_at is None:
        return filing_left_in_words(due, today, calendar, short=True)
    if not dismissal.late_days:  # filed_at before the end of the term, or nothing to file at all
        on = min(moscow_date(dismissal.filed_at), due.day)
        return standing(due, today, on, calendar)
    return standing(due, today, moscow_date(dismissal.filed_at), calendar)


def tag_of(dismissal: Dismissal, found: Tally, term: InWords, today: date) -> Tag:
    pressing = term.tone in PRESSING
    if dismissal.cancelled_at is not None:
        return Tag(dismissal.cancel_reason or "отменено", "mute")
    if not found.total:
        return Tag("доступов нет", "mute")
    if dismissal.done_at is not None:
        return Tag(f"{_word('отозван', found.done)} {found.done}", "ok")
    if dismissal.filed_at is not None:
        return Tag(f"исполнено {found.done} из {found.total}", "info")
    if found.sent:
        words = f"{_word('отправлен', found.sent)} {found.sent} из {found.total}"
        return Tag(words, "danger" if pressing else "warn")
    if found.number("draft"):
        return Tag(f"черновики {found.number('draft')}", "danger" if pressing else "warn")
    if found.number("ready"):
        return Tag(f"на подписи {found.number('ready')}", "danger" if pressing else "warn")
    if dismissal.dismissed_on > today:
        return Tag(f"уволится {dismissal.dismissed_on:%d.%m}", "mute")
    return Tag("не начаты", "danger" if pressing else "mute")


def _word(stem: str, number: int) -> str:
    return noun(number, stem, f"{stem}о", f"{stem}о")


def _press(dismissal: Dismissal, found: Tally, today: date) -> Press | None:
    if found.to_make:
        ahead = dismissal.dismissed_on > today
        return Press("make", f"{'Заранее' if ahead else 'Сформировать'} ({found.to_make})", ahead)
    if found.drafts:
        return Press("sign", f"На подпись ({len(found.drafts)})")
    if found.ready:
        return Press("print", f"На подпись ({len(found.ready)})")
    return None


@dataclass(frozen=True, slots=True)
class Deadline:
    """What is said beneath the date as it is typed."""

    words: str
    c: str = ""  # of a banner's colours, "" for plain


def deadline(on: date | None, typed: str, today: date, calendar: WorkingCalendar) -> Deadline:
    """«Уволен 23.11.2026 (пн) → отправить отзыв до 26.11.2026 (чт), 23:59»."""
    if on is None:
        if typed.strip():
            return Deadline(f"«{typed}» — не дата. Пример: 23.11.2026.", "danger")
        return Deadline("Впишите последний день работы: покажем, до какого дня отправить отзыв.")
    due = dismissal_due(on, calendar)
    closing = target(due, calendar)
    words = (
        f"Уволен {_with_weekday(on)} → отправить отзыв до {_with_weekday(due.day)}, 23:59"
        f"{' (предварительно: календаря на этот год ещё нет)' if due.tentative else ''}"
    )
    if due.day < today:
        late = filing_left_in_words(due, today, calendar).main
        return Deadline(f"{words}. Срок уже прошёл: {late}", "danger")
    return Deadline(f"{words}; лучше до {closing:%H:%M}, пока МИАЦ работает")


def _with_weekday(on: date) -> str:
    return f"{day(on)} ({SHORT_WEEKDAYS[on.weekday()]})"


def label(slug: str) -> str:
    """The system as people call it."""
    return system_label(context.catalogue(), slug)


def reaches(endpoint: str) -> bool:
    """Whether the reader may open that page."""
    return endpoint in ACCESS and allows(endpoint, context.actor().role)


def opens(found: Request) -> bool:
    """Whether the reader may open that application: drafts are the organisation's own."""
    own = context.actor().organization_id == found.organization_id
    return own or (scope.sees_all(context.actor()) and found.state not in UNFILED)


def form_words(right: Right) -> str:
    return request_words.form_label(right.form)


def subject(found: Request) -> str:
    return request_words.subject(context.catalogue(), found)


def held_words(found: Tally) -> str:
    """«держит 6 доступов»."""
    if not found.held:
        return "доступов не держит"
    return f"держит {counted(found.held, 'доступ', 'доступа', 'доступов')}"


def place(dismissal_id: int, tab: str = "") -> str:
    """The list with that one unfolded."""
    return url_for(
        "dismissals.index", tab=tab or None, open=dismissal_id, _anchor=f"d-{dismissal_id}"
    )
