"""`up`: everything on this machine, watched, until Ctrl-C."""

from __future__ import annotations

import time

from bot.cli import setup, supervisor
from bot.cli.setup import say
from bot.cli.supervisor import Supervisor


def up() -> None:
    began = time.monotonic()
    found = setup.read_settings()
    supervisor.check_ports(found)
    opened = setup.office(found)
    community = opened.registers.current().community
    opened.close()
    setup.model(found)
    children = [
        supervisor.actions(found),
        supervisor.engine(found),
        supervisor.worker(found),
    ]
    watched = Supervisor(found, children, say)
    try:
        watched.start()
        say(f"Linli serves {community.name} after {time.monotonic() - began:.1f} s.")
        say("  talk to it:    ./linli chat              (as a resident: --as wangayi)")
        say("  your tasks:    ./linli chat --as xiaoli  (a grid worker)")
        say("  all tickets:   ./linli tickets list")
        say(f"  logs:          {found.logs}")
        say("Ctrl-C stops everything.")
        watched.wait()
    finally:
        say("stopping …")
        watched.stop()
        say("stopped.")
