"""When which service is called: the outbox, reminders, digests, notices (APScheduler).

It runs inside `accessflow serve` on one machine and in `accessflow worker` apart from it; any
number of both may run at once, for every due row is claimed in the database.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from apscheduler.schedulers.background import BackgroundScheduler

from accessflow.catalogue.load import load
from accessflow.catalogue.spec import Catalogue
from accessflow.config import Settings
from accessflow.db.session import Database
from accessflow.notify.transports import transport_of
from accessflow.services import (
    campaign_reminders,
    deliver,
    digests,
    dismissal_letters,
    notices,
    remind,
    remind_lists,
    renewal_reminders,
)
from accessflow.services.clock import MOSCOW, Clock, moscow_date, system_clock
from accessflow.services.files import FileStore
from accessflow.services.live_catalogue import LiveCatalogue

OUTBOX_SECONDS = 5
REMINDERS_SECONDS = 60
NOTICES_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Jobs:
    """What is done again and again. `stopping`: set when the process is to end."""

    settings: Settings
    db: Database
    live: LiveCatalogue
    clock: Clock = system_clock
    stopping: threading.Event = field(default_factory=threading.Event)
    worker: str = field(default_factory=deliver.worker_name)

    def outbox(self) -> None:
        """What is due leaves; a stop is heard between two letters."""
        post = deliver.Post(
            db=self.db,
            files=FileStore(self.settings.data_dir / "files"),
            transport=transport_of(self.settings),
            base_url=self.settings.base_url,
            clock=self.clock,
            worker=self.worker,
        )
        deliver.deliver_due(post, stopping=self.stopping.is_set)

    def reminders(self) -> None:
        catalogue, now = self._present()
        remind.fire_due(self.db, catalogue=catalogue, now=now)
        remind_lists.fire_lists(self.db, catalogue=catalogue, now=now)
        dismissal_letters.fire_due(self.db, catalogue=catalogue, now=now)
        campaign_reminders.fire_due(self.db, catalogue=catalogue, now=now)
        renewal_reminders.fire_due(self.db, catalogue=catalogue, now=now)
        digests.gather(self.db, catalogue=catalogue, now=now)

    def notices(self) -> None:
        catalogue, now = self._present()
        notices.announce(self.db, catalogue=catalogue, now=now)

    def _present(self) -> tuple[Catalogue, datetime]:
        now = self.clock()
        with self.db.read() as session:
            return self.live.on(session, moscow_date(now)), now


def jobs_of(settings: Settings, db: Database) -> Jobs:
    """With a catalogue of their own. Raises CatalogueError."""
    return Jobs(settings, db, LiveCatalogue(load(settings.catalogue_dir)))


class Running:
    """The scheduler's threads."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._scheduler = BackgroundScheduler(
            timezone=MOSCOW,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._add(jobs.outbox, OUTBOX_SECONDS)
        self._add(jobs.reminders, REMINDERS_SECONDS)
        self._add(jobs.notices, NOTICES_SECONDS)

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        """Returns when what is being done is done: the letter in hand, a reminder."""
        self._jobs.stopping.set()
        self._scheduler.shutdown(wait=True)

    def _add(self, job: Callable[[], None], seconds: int) -> None:
        now = datetime.now(MOSCOW)
        self._scheduler.add_job(job, "interval", seconds=seconds, next_run_time=now)
