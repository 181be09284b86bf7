"""The messages of a recertification: it begins, its last day comes, it is over, who is late."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from accessflow.notify.building import LINK
from accessflow.notify.messages import Listed
from accessflow.notify.rendering import House, Message, render


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A recertification as one organisation's letters speak of it: `rights` are left to decide on,
    of `people`; in words with their nouns. `path` is its page, without the leading slash."""

    title: str
    organization: str
    due: str
    rights: str
    people: str
    path: str

    @property
    def link(self) -> str:
        return f"{LINK}{self.path}"


def campaign_started(house: House, review: Reviewed, *, by: str) -> Message:
    return render("campaign_started", house, {"review": review, "by": by})


def campaign_reminder(house: House, review: Reviewed, *, left: str) -> Message:
    """`left`: «осталось 3 раб. дня»."""
    return render("campaign_reminder", house, {"review": review, "left": left})


def campaign_moved(house: House, review: Reviewed, *, before: str, why: str) -> Message:
    return render("campaign_moved", house, {"review": review, "before": before, "why": why})


def campaign_late(house: House, review: Reviewed) -> Message:
    """To the head, too: the last day has passed."""
    return render("campaign_late", house, {"review": review})


def campaign_unfinished(
    house: House, *, title: str, due: str, path: str, items: Sequence[Listed]
) -> Message:
    """To МИАЦ: who has not finished."""
    values = {"title": title, "due": due, "link": f"{LINK}{path}", "count": len(items)}
    return render("campaign_unfinished", house, {**values, "items": items})


_REVIEW = Reviewed(
    title="Пересмотр прав, IV квартал 2026",
    organization="ГБУЗ ЛО «Приозёрская РБ-учебная»",
    due="21.12.2026",
    rights="42 права",
    people="у 17 сотрудников",
    path="campaigns/4/organizations/2",
)
_LATE = Listed(
    "ГБУЗ ЛО «Приозёрская РБ-учебная»", "", "не решено 12 прав из 42", "campaigns/4/organizations/2"
)
SAMPLES: Mapping[str, Callable[[House], Message]] = MappingProxyType(
    {
        "campaign_started": lambda h: campaign_started(h, _REVIEW, by=h.name),
        "campaign_reminder": lambda h: campaign_reminder(h, _REVIEW, left="до срока 5 раб. дней"),
        "campaign_moved": lambda h: campaign_moved(
            h, _REVIEW, before="14.12.2026", why="списки из двух систем ещё не пришли"
        ),
        "campaign_late": lambda h: campaign_late(h, _REVIEW),
        "campaign_unfinished": lambda h: campaign_unfinished(
            h, title=_REVIEW.title, due=_REVIEW.due, path="campaigns/4", items=(_LATE,)
        ),
    }
)
