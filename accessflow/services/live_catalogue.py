"""The catalogue as it stands on a day: the files', with that day's settings over it."""

from __future__ import annotations

import logging
from collections import OrderedDict
from datetime import date
from threading import Lock

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accessflow.catalogue.override import override_all
from accessflow.catalogue.spec import Catalogue
from accessflow.db.session import once
from accessflow.db.tables import Request, RequestEvent, SettingVersion
from accessflow.services.clock import moscow_date
from accessflow.services.setting_versions import values_on
from accessflow.workflow.states import UNFILED

_log = logging.getLogger(__name__)
DAYS_KEPT = 16


def effective(session: Session, catalogue: Catalogue, on: date) -> Catalogue:
    """The catalogue as it stands on that day. `catalogue` may hold another day's settings.

    A setting that this catalogue cannot use any more is left out and logged.
    """
    base = catalogue.base or catalogue
    made, broken = override_all(base, values_on(session, on))
    for key, reason in broken.items():
        _log.error("setting %s cannot be used: %s", key, reason)
    return made


NEWEST = select(func.max(SettingVersion.id))
KEPT_AS = ("newest setting",)


class LiveCatalogue:
    """The files' catalogue with the settings of a day over it, each worked out once. Thread-safe.

    As settings are only added, one after the other, the newest one's id tells whether there is
    anything new: one look at an index a page.
    """

    def __init__(self, base: Catalogue) -> None:
        self.base = base
        self._kept: OrderedDict[tuple[int, date], Catalogue] = OrderedDict()
        self._lock = Lock()

    def on(self, session: Session, day: date) -> Catalogue:
        newest = once(session, KEPT_AS, lambda: session.scalar(NEWEST))
        if newest is None:
            return self.base
        with self._lock:
            if (newest, day) in self._kept:
                return self._kept[newest, day]
        made = effective(session, self.base, day)
        with self._lock:
            self._kept[newest, day] = made
            while len(self._kept) > DAYS_KEPT:
                self._kept.popitem(last=False)
        return made


def for_paper(session: Session, catalogue: Catalogue, request: Request, today: date) -> Catalogue:
    """The catalogue of the day that the request's paper bears: whoever was in office then is
    printed, also when the paper is looked at later (X15)."""
    day = paper_day(session, request, today)
    if day == today and catalogue.base is not None:
        return catalogue
    return effective(session, catalogue, day)


def paper_day(session: Session, request: Request, today: date) -> date:
    """The date of the letter itself, else of going to signature, else of sending, else today."""
    if request.our_date is not None:
        return request.our_date
    if request.state == "draft":
        return today
    prepared = session.scalar(
        select(RequestEvent.at)
        .where(RequestEvent.request_id == request.id, RequestEvent.action == "prepare")
        .order_by(RequestEvent.seq.desc())
        .limit(1)
    )
    moment = prepared or (None if request.state in UNFILED else request.sent_at)
    return moscow_date(moment) if moment else today
