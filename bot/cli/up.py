"""`up`: everything on this machine, watched, until Ctrl-C."""

from __future__ import annotations

import time

from bot.bootstrap import Office, utc_now
from bot.cli import setup, supervisor
from bot.cli.setup import say
from bot.cli.supervisor import Supervisor
from bot.desk.community import Community, Role
from bot.services import accounts, codes


def up() -> None:
    began = time.monotonic()
    found = setup.read_settings()
    supervisor.check_ports(found)
    opened = setup.office(found)
    community = opened.registers.current().community
    doors = _doors(opened)
    opened.close()
    setup.model(found)
    children = [
        supervisor.actions(found),
        supervisor.engine(found),
        supervisor.worker(found),
        supervisor.web(found),
    ]
    if found.telegram_token:
        children.append(supervisor.telegram(found))
    watched = Supervisor(found, children, say)
    try:
        watched.start()
        say(f"Linli serves {community.name} after {time.monotonic() - began:.1f} s.")
        for line in doors:
            say(line)
        say("Ctrl-C stops everything.")
        watched.wait()
    finally:
        say("stopping …")
        watched.stop()
        say("stopped.")


def _doors(opened: Office) -> list[str]:
    """Where everybody goes in. One-time passwords and codes are shown here and nowhere else."""
    found, community = opened.settings, opened.registers.current().community
    address = f"http://{found.web_host}:{found.web_port}"
    lines = [f"  chat page:     {address}/", f"  console:       {address}/console/"]
    first = opened.database.run(
        lambda session: accounts.first_administrator(session, community, now=utc_now())
    )
    if first:
        lines.append(f"                 log in as {first[0]}, one-time password {first[1]}")
    if found.telegram_token:
        lines.append("  Telegram:      write to your bot; cadres send it /bind CODE")
    else:
        lines.append("  Telegram:      set LINLI_TELEGRAM_TOKEN to connect a bot (README)")
    if first:
        lines += _codes(opened, community)
    lines.append("  in a terminal: ./linli chat --as wangayi, ./linli tickets list")
    lines.append(f"  logs:          {found.logs}")
    return lines


def _codes(opened: Office, community: Community) -> list[str]:
    """On the first start, codes for a few of the people who get tasks."""
    wanted = (Role.GRID_WORKER, Role.PROPERTY, Role.PARTY_MEMBER)
    people = [
        next(person for person in community.staff.values() if person.holds(role))
        for role in wanted
        if any(person.holds(role) for person in community.staff.values())
    ]
    made = opened.database.run(
        lambda session: [codes.issue(session, person.code, now=utc_now()) for person in people]
    )
    return [
        f"  code of {person.name} ({person.code}): {code}"
        for person, code in zip(people, made, strict=True)
    ]
