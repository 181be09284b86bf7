"""The overview's charts; every bar opens the list that it counts."""

from __future__ import annotations

from typing import Any

from flask import url_for

from accessflow.services.overview import Overview
from accessflow.services.overview_figures import Period
from accessflow.services.overview_tables import Line
from accessflow.services.overview_times import Bucket, Stay, by_weeks
from accessflow.web import charts
from accessflow.web.overview_asked import Asked
from accessflow.web.overview_sheets import days_of

SHOWN = 6
"""So many systems and organisations until all are asked for."""


class Links:
    """Addresses of lists, under the period and narrowing of the page."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    def __call__(self, figure: str, **more: Any) -> str:
        arguments = {**self._asked.arguments, "figure": figure, **more}
        return url_for("overview.requests", **{k: v for k, v in arguments.items() if v != ""})

    def of_days(self, figure: str, period: Period) -> str:
        own = {"period": "own", "since": period.since.isoformat(),
               "until": period.until.isoformat()}  # fmt: skip
        return self(figure, **own)


def weeks(asked: Asked, found: Overview) -> charts.Columns:
    return charts.columns([_pair(asked, bucket) for bucket in found.buckets])


def _pair(asked: Asked, bucket: Bucket) -> charts.Pair:
    links, period = Links(asked), bucket.period
    return charts.Pair(
        bucket_label(asked, bucket),
        (bucket.received, bucket.answered),
        (links.of_days("received", period), links.of_days("answered", period)),
        (f"{days_of(period)}: поступило {bucket.received}",
         f"{days_of(period)}: закрыто {bucket.answered}"),
    )  # fmt: skip


def bucket_label(asked: Asked, bucket: Bucket) -> str:
    """The day that a week begins with, or the month."""
    since = bucket.period.since
    return f"{since:%d.%m}" if by_weeks(asked.view.period) else f"{since:%m.%y}"


def missed(asked: Asked, found: Overview) -> charts.Bars:
    lines = [line for line in found.systems if line.missed]
    return charts.bars([_system(asked, line) for line in lines[: SHOWN + 1]], 160)


def _system(asked: Asked, line: Line) -> charts.Item:
    links, slug = Links(asked), line.key
    late = charts.Segment("b1", line.late, links("late", system=slug),
                          f"{line.label}: закрыто поздно {line.late}")  # fmt: skip
    now = charts.Segment("bd", line.overdue, links("overdue", system=slug),
                         f"{line.label}: просрочено сейчас {line.overdue}")  # fmt: skip
    words = f"{line.label}: всего {line.missed}"
    return charts.Item(line.label, links("missed", system=slug), words, (late, now))


def refusals(asked: Asked, found: Overview) -> charts.Bars:
    links = Links(asked)
    return charts.bars(
        [
            charts.Item(
                refusal.label,
                (href := links("refused", cause=refusal.cause)),
                (words := f"{refusal.label}: {refusal.count}"),
                (charts.Segment("b1", refusal.count, href, words),),
            )
            for refusal in found.refusals[: SHOWN + 1]
        ],
        235,
    )


def steps(asked: Asked, found: Overview) -> list[tuple[Stay, str]]:
    links = Links(asked)
    return [(stay, links("step", state=stay.state)) for stay in found.steps]
