"""The one-machine server: migrates, fills the demonstration data where asked, serves."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from types import FrameType

from waitress.server import create_server

from accessflow.app import create_app
from accessflow.config import Settings
from accessflow.db.migrate import upgrade
from accessflow.scheduler import Jobs, Running
from accessflow.services import demo
from accessflow.services.clock import system_clock

THREADS = 8


def serve(*, host: str, port: int, with_demo: bool) -> int:
    """Serves until Ctrl+C or SIGTERM. Prints the address once connections are taken."""
    settings = Settings.from_env()
    upgrade(settings.database_url)
    app = create_app(settings)
    core = app.extensions["accessflow"]
    accounts: list[demo.Account] = []
    if with_demo:
        accounts = demo.prepare(
            core.database, now=system_clock(), catalogue=core.catalogue, files=core.files
        )
    try:
        server = create_server(app, host=host, port=port, threads=THREADS, ident="")
    except OSError as error:
        print(f"{host}:{port} cannot be taken: {error.strerror}", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, _stop)
    own = f"http://{host}:{server.effective_port}"
    if not os.environ.get("ACCESSFLOW_BASE_URL"):
        settings = replace(settings, base_url=own)  # the links of letters lead to this server
    running = Running(Jobs(settings, core.database, core.live))
    running.start()
    _announce(own, accounts)
    server.run()  # returns on KeyboardInterrupt and SystemExit, its threads done
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # a second one must not tear what is being closed
    running.stop()
    core.database.dispose()
    print("accessflow has stopped")
    return 0


def _announce(address: str, accounts: list[demo.Account]) -> None:
    lines = [f"accessflow: {address}"]
    if accounts:
        width = max(len(account.login) for account in accounts)
        lines.append(f"Демонстрационные учётные записи, пароль у всех: {demo.PASSWORD}")
        lines += [f"  {account.login:{width}}  {account.what}" for account in accounts]
    lines.append("Остановить: Ctrl+C")
    print("\n".join(lines), flush=True)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
