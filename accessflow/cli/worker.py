"""`accessflow worker`: the outbox, reminders and scheduled jobs, apart from the web processes."""

from __future__ import annotations

import logging
import signal
import sys
import threading

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from accessflow.config import Settings
from accessflow.db.session import Database
from accessflow.db.tables import Letter, Reminder
from accessflow.scheduler import Running, jobs_of


def work() -> int:
    """Works until Ctrl+C or SIGTERM, then ends what it has in hand."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    settings = Settings.from_env()
    db = Database(settings.database_url)
    try:
        if not _is_ready(db):
            print("the database is not ready: accessflow db upgrade", file=sys.stderr)
            return 1
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        running = Running(jobs_of(settings, db))
        running.start()
        print(f"accessflow worker: letters go to {_where(settings)}", flush=True)
        stop.wait()
        running.stop()
    finally:
        db.dispose()
    print("accessflow worker has stopped")
    return 0


def _is_ready(db: Database) -> bool:
    try:
        with db.read() as session:
            session.scalar(select(Letter.id).limit(1))
            session.scalar(select(Reminder.id).limit(1))
    except SQLAlchemyError:
        return False
    return True


def _where(settings: Settings) -> str:
    mail = settings.mail
    return f"{mail.host}:{mail.port}" if mail.host else str(settings.data_dir / "mail")
