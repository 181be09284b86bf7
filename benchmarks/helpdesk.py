"""django-helpdesk as a peer: the same tickets in the same PostgreSQL, asked through its own views.

Set up as its own `standalone` sets it up: the middleware of a Django project, a connection for each
request, letters handed to an SMTP server; the templates are kept compiled. Its list is a page and
the table's data that the page fetches at once; both are timed together.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sites",
    "django.contrib.humanize",
    "django.contrib.admin",
    "bootstrap5form",
    "rest_framework",
    "helpdesk",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
PROCESSORS = [
    "django.contrib.auth.context_processors.auth",
    "django.template.context_processors.request",
    "django.contrib.messages.context_processors.messages",
]
CHUNK = 2_000
TABLE = re.compile("/datatables_ticket_list/[^\"']+")
OPEN, REOPENED, RESOLVED, CLOSED = 1, 2, 3, 4


class Ticket(NamedTuple):
    """`events`: what happened to it, as texts. `status` and `priority` are helpdesk's own numbers,
    `assignee` is one of the staff by its place, None: nobody's."""

    title: str
    description: str
    queue: int
    status: int
    created: datetime
    due: datetime
    events: Sequence[str]
    submitter: str
    assignee: int | None
    priority: int


class Helpdesk:
    """A desk in the PostgreSQL database at `host`/`name`; one in a process.

    `mail_port`: of an SMTP server on this machine; `staff`: logins, the first one asks;
    `submitters`: e-mails.
    """

    def __init__(
        self, *, host: str, name: str, user: str, mail_port: int,
        staff: Sequence[str], submitters: Sequence[str],
    ) -> None:  # fmt: skip
        _configure(host, name, user, mail_port)
        from django.contrib.auth.models import User
        from django.core.management import call_command
        from django.test import Client
        from helpdesk.models import UserSettings

        call_command("migrate", verbosity=0)
        call_command("loaddata", "emailtemplate.json", verbosity=0)  # its own install says so
        self.staff = [
            User.objects.create_superuser(login, f"{login}@miac.example") for login in staff
        ]
        for email in submitters:
            User.objects.create_user(email.partition("@")[0], email)
        for user in User.objects.all():
            UserSettings.objects.get_or_create(user=user)
        self.client = Client()
        self.client.force_login(self.staff[0])

    def fill(self, tickets: Sequence[Ticket], queues: Sequence[str]) -> None:
        """The tickets, numbered from 1 on, each with its follow-ups."""
        from django.db import connection
        from helpdesk.models import FollowUp, Queue
        from helpdesk.models import Ticket as Row

        made = Queue.objects.bulk_create(
            Queue(title=title, slug=f"q{n}", allow_public_submission=True)
            for n, title in enumerate(queues)
        )
        for start in range(0, len(tickets), CHUNK):
            part = tickets[start : start + CHUNK]
            rows = Row.objects.bulk_create(_row(Row, made, self.staff, ticket) for ticket in part)
            FollowUp.objects.bulk_create(
                FollowUp(
                    ticket=row, title=text, comment=text, public=True,
                    user=self.staff[ticket.assignee or 0],
                    date=ticket.created + timedelta(hours=n),
                )
                for row, ticket in zip(rows, part, strict=True)
                for n, text in enumerate(ticket.events)
            )  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def queue(self) -> None:
        """The first page of the open tickets, as the link in its bar opens it."""
        self._table("/tickets/?sortx=created&status=1&status=2")

    def everything(self) -> None:
        self._table("/tickets/?sortx=created&status=1&status=2&status=3&status=4")

    def search(self, word: str) -> None:
        self._table(f"/tickets/?q={word}&sort=created&status=1&status=2&status=3&status=4")

    def card(self, number: int) -> None:
        self._read(f"/tickets/{number}/")

    def create(self, ticket: Ticket, queue: int) -> None:
        """Through its own form, as a specialist enters one."""
        answer = self.client.post(
            "/tickets/submit/",
            {
                "queue": queue, "title": ticket.title, "body": ticket.description,
                "submitter_email": ticket.submitter, "priority": ticket.priority, "due_date": "",
                "assigned_to": "",
            },
        )  # fmt: skip
        _end_of_request()
        if answer.status_code != 302:
            raise RuntimeError(f"create: {answer.status_code} {answer.content[:2000]!r}")

    def _table(self, path: str) -> None:
        page = self._read(path)
        found = TABLE.search(page.content.decode())
        if found is None:
            raise RuntimeError(f"{path}: no table")
        data = self._read(f"{found[0]}?draw=1&start=0&length=25")
        if not data.json()["data"]:
            raise RuntimeError(f"{path}: nothing found")

    def _read(self, path: str) -> Any:
        answer = self.client.get(path)
        _end_of_request()
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code}")
        return answer


def _end_of_request() -> None:
    """What its server does then, and Django's client for tests does not."""
    from django.db import close_old_connections

    close_old_connections()


def _configure(host: str, name: str, user: str, mail_port: int) -> None:
    # Its libraries' own warnings are not the bench's matter.
    warnings.simplefilter("ignore")
    import django
    from django.conf import settings
    from django.urls import include, path

    settings.configure(
        SECRET_KEY="a key for benches, of 32 characters or more",
        ALLOWED_HOSTS=["*"],
        INSTALLED_APPS=APPS,
        MIDDLEWARE=MIDDLEWARE,
        ROOT_URLCONF=__name__,
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "HOST": host, "NAME": name, "USER": user,
            }
        },
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {"context_processors": PROCESSORS},
            }
        ],
        SITE_ID=1,
        STATIC_URL="/static/",
        LOGIN_URL="/login/",
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        EMAIL_HOST="localhost",
        EMAIL_PORT=mail_port,
        HELPDESK_TEAMS_MODE_ENABLED=False,
        HELPDESK_ACTIVATE_API_ENDPOINT=False,
    )  # fmt: skip
    django.setup()
    from django.contrib import admin

    global urlpatterns
    urlpatterns = [path("admin/", admin.site.urls), path("", include("helpdesk.urls"))]


urlpatterns: list[Any] = []


def _row(row: Any, queues: Sequence[Any], staff: Sequence[Any], ticket: Ticket) -> Any:
    return row(
        title=ticket.title, description=ticket.description, queue=queues[ticket.queue],
        status=ticket.status, created=ticket.created, modified=ticket.created, due_date=ticket.due,
        submitter_email=ticket.submitter, priority=ticket.priority,
        assigned_to=None if ticket.assignee is None else staff[ticket.assignee],
    )  # fmt: skip
