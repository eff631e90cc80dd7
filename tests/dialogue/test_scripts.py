"""Whole conversations from `scripts/`, played as a resident would and judged by how they end.

A line is `{"id", "as"?, "turns", "expect"}`; the turns are those of `./linli chat --script`.
Keys of `expect`; only `emergency` must be there:
- `ticket`: null (no turn may touch one), or what one of the touched tickets is in the end: `matter`
  and `status` (lists of what is right), `kind`, `community`, `building`, `unit`, `room`,
  `assignee_role`
- `tickets`: how many different tickets were touched
- `opened`: all tickets that the conversation opened, in any order, each as `ticket`
- `emergency`: whether some turn was one
- `citations`: true, the last answer cites; false, none does
- `reply_contains` (any of them), `buttons_contain` (all of them): the last answer
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.desk import kinds
from bot.desk.community import Community, Role
from bot.desk.errors import LinliError
from bot.desk.moves import Status
from bot.store.tables import ConversationRow, TicketRow
from tests.dialogue.conftest import Heard, Someone, Stage, forget_reports

SCRIPTS = Path(__file__).parent / "scripts"
ENOUGH = 0.95
ADDRESS = ("community", "building", "unit", "room")
EXPECT = {
    "ticket",
    "tickets",
    "opened",
    "emergency",
    "citations",
    "reply_contains",
    "buttons_contain",
}
TICKET = {"matter", "status", "kind", "assignee_role", *ADDRESS}


@dataclass(frozen=True)
class Script:
    """One conversation and how it should end."""

    id: str
    known_as: str | None
    turns: list[dict[str, Any]]
    expect: dict[str, Any]

    @property
    def must_be_right(self) -> bool:
        """Emergencies and reports about officials: none may go wrong."""
        wanted = [self.expect.get("ticket") or {}, *self.expect.get("opened", [])]
        conduct = any("admin.conduct" in ticket.get("matter", []) for ticket in wanted)
        return bool(self.expect["emergency"]) or conduct


@dataclass(frozen=True)
class Played:
    """What was heard, turn by turn. broken: why it could not be played to its end."""

    script: Script
    heard: list[Heard]
    broken: str | None = None
    opened: tuple[TicketRow, ...] = ()

    @property
    def last(self) -> Heard:
        return self.heard[-1]

    @property
    def tickets(self) -> dict[str, Heard]:
        """The touched tickets by number, each as it was heard of last."""
        return {h.answer["ticket"]["number"]: h for h in self.heard if h.answer["ticket"]}


@dataclass(frozen=True)
class Failure:
    script: Script
    report: str


def scripts() -> list[Script]:
    return [script for path in sorted(SCRIPTS.glob("*.jsonl")) for script in read(path)]


def read(path: Path) -> Iterator[Script]:
    for line in path.read_text("utf-8").splitlines():
        raw = json.loads(line)
        yield Script(raw["id"], raw.get("as"), raw["turns"], raw["expect"])


def play(stage: Stage, script: Script) -> Played:
    forget_reports(stage)
    person = stage.someone(script.known_as)
    heard: list[Heard] = []
    for turn in script.turns:
        label = turn.get("button")
        if label and label not in offered(heard):
            return Played(script, heard, f"button {label!r} is not on offer: {offered(heard)}")
        try:
            heard.append(take(person, turn))
        except LinliError as error:
            return Played(script, heard, f"turn {turn} was refused: {error}")
    return Played(script, heard, opened=opened_in(stage, person))


def opened_in(stage: Stage, person: Someone) -> tuple[TicketRow, ...]:
    """The tickets of this conversation, as they are now."""
    mine = (
        select(TicketRow)
        .join(ConversationRow, ConversationRow.id == TicketRow.conversation_id)
        .where(ConversationRow.peer == person.talk.peer)
    )
    return stage.office.database.read(lambda session: tuple(session.scalars(mine)))


def offered(heard: list[Heard]) -> list[str]:
    """The labels of all earlier replies: an old button may still be pressed."""
    return [label for answer in heard for label in answer.buttons]


def take(person: Someone, turn: dict[str, Any]) -> Heard:
    if "button" in turn:
        return person.taps(turn["button"])
    if "location" in turn:
        return person.shares(*turn["location"])
    return person.says(turn["text"])


def complaints(played: Played, community: Community) -> list[str]:
    """What is not as expected; empty when all is."""
    if played.broken:
        return [played.broken]
    expect = played.script.expect
    return [
        *_about_ticket(played, community),
        *_about_count(expect.get("tickets"), played),
        *_about_opened(expect.get("opened"), played, community),
        *_about_emergency(expect["emergency"], played),
        *_about_citations(expect.get("citations"), played),
        *_about_reply(expect.get("reply_contains", []), played),
        *_about_buttons(expect.get("buttons_contain", []), played),
    ]


def _about_ticket(played: Played, community: Community) -> list[str]:
    expect, touched = played.script.expect, played.tickets
    if "ticket" not in expect:
        return []
    wanted = expect["ticket"]
    if wanted is None:
        return [f"no ticket expected, but {list(touched)}"] if touched else []
    if not touched:
        return ["no ticket was opened"]
    return min((differences(wanted, heard, community) for heard in touched.values()), key=len)


def differences(wanted: dict[str, Any], heard: Heard, community: Community) -> list[str]:
    """Where a ticket is not what was wanted."""
    return _differences(wanted, found_of(heard), heard.ticket["assignee"], community)


def _differences(
    wanted: dict[str, Any], found: dict[str, Any], assignee: str | None, community: Community
) -> list[str]:
    wrong = [
        f"{name} is {found[name]}, not {value}"
        for name, value in wanted.items()
        if name != "assignee_role" and not fits(found[name], value)
    ]
    role, held = wanted.get("assignee_role"), roles(assignee, community)
    if role and role not in held:
        wrong.append(f"assignee {assignee} holds {sorted(held)}, not {role}")
    return wrong


def _about_opened(
    wanted: list[dict[str, Any]] | None, played: Played, community: Community
) -> list[str]:
    if wanted is None:
        return []
    left = list(played.opened)
    if len(left) != len(wanted):
        return [f"{len(left)} tickets opened, not {len(wanted)}: {[t.matter for t in left]}"]
    wrong: list[str] = []
    for one in wanted:

        def differs(ticket: TicketRow, one: dict[str, Any] = one) -> list[str]:
            return _differences(one, _found_in(ticket), ticket.assignee, community)

        nearest = min(left, key=lambda ticket: len(differs(ticket)))
        wrong += differs(nearest)
        left.remove(nearest)
    return wrong


def _found_in(ticket: TicketRow) -> dict[str, Any]:
    own = {"matter": ticket.matter, "status": ticket.status, "kind": ticket.kind}
    return {**own, **{name: ticket.place.get(name) for name in ADDRESS}}


def found_of(heard: Heard) -> dict[str, Any]:
    """The parts of a ticket that a script can speak about, by their names in `expect`."""
    ticket, address = heard.ticket, heard.answer["address"] or {}
    return {
        "matter": ticket["matter"],
        "status": ticket["status"],
        "kind": heard.answer["kind"],
        **{name: address.get(name) for name in ADDRESS},
    }


def fits(found: Any, wanted: Any) -> bool:
    return found in wanted if isinstance(wanted, list) else bool(found == wanted)


def roles(code: str | None, community: Community) -> set[str]:
    return {post.role.value for post in community.person(code).posts} if code else set()


def _about_count(wanted: int | None, played: Played) -> list[str]:
    if wanted is None or wanted == len(played.tickets):
        return []
    return [f"{len(played.tickets)} tickets touched, not {wanted}"]


def _about_emergency(wanted: bool, played: Played) -> list[str]:
    was = any(heard.answer["emergency"] for heard in played.heard)
    return [] if was is wanted else [f"emergency is {was}, not {wanted}"]


def _about_citations(wanted: bool | None, played: Played) -> list[str]:
    if wanted is True and not played.last.answer["citations"]:
        return ["the last answer cites nothing"]
    if wanted is False and any(heard.answer["citations"] for heard in played.heard):
        return ["something is cited"]
    return []


def _about_reply(wanted: list[str], played: Played) -> list[str]:
    if not wanted or any(words in played.last.text for words in wanted):
        return []
    return [f"the last reply has none of {wanted}"]


def _about_buttons(wanted: list[str], played: Played) -> list[str]:
    missing = [label for label in wanted if label not in played.last.buttons]
    return [f"no button {missing}"] if missing else []


def report(played: Played, wrong: list[str]) -> str:
    """A failing script in a few lines: what was said, what is wrong, what came last."""
    said = " / ".join(str(value) for turn in played.script.turns for value in turn.values())
    lines = [f"✗ {played.script.id}: {said}", *(f"    {line}" for line in wrong)]
    if played.heard:
        last, matter = played.last, played.last.answer["matter"]
        lines.append(f"    last answer: {last.text!r} {last.buttons} matter {matter}")
    return "\n".join(lines)


@pytest.fixture(scope="module")
def failures(stage: Stage) -> list[Failure]:
    """All scripts are played once, each by a fresh resident or by the one it names."""
    community = stage.office.registers.current().community
    found: list[Failure] = []
    for script in scripts():
        played = play(stage, script)
        wrong = complaints(played, community)
        if wrong:
            found.append(Failure(script, report(played, wrong)))
    return found


def together(failures: Iterable[Failure]) -> str:
    return "\n".join(failure.report for failure in failures)


def test_nearly_all_conversations_end_as_they_should(failures: list[Failure]) -> None:
    total = len(scripts())
    share = 1 - len(failures) / total
    summary = f"{total - len(failures)} of {total} scripts ({share:.1%}) reach their outcome"
    outcome = f"{summary}\n{together(failures)}"
    if share < ENOUGH:
        pytest.fail(outcome, pytrace=False)
    print(outcome)


def test_no_emergency_and_no_conduct_report_goes_wrong(failures: list[Failure]) -> None:
    grave = [failure for failure in failures if failure.script.must_be_right]
    if grave:
        pytest.fail(together(grave), pytrace=False)


def test_every_script_has_a_name_of_its_own() -> None:
    assert [name for name, count in Counter(s.id for s in scripts()).items() if count > 1] == []


def test_scripts_expect_only_what_exists(demo: Community) -> None:
    for script in scripts():
        unknown = unheard_of(script, demo)
        assert not unknown, f"{script.id}: {unknown}"


def unheard_of(script: Script, community: Community) -> set[str]:
    """Words of a script's expectation that mean nothing here."""
    wanted = [script.expect.get("ticket") or {}, *script.expect.get("opened", [])]
    known: dict[str, Iterable[str]] = {
        "matter": community.categories,
        "status": [status.value for status in Status],
        "kind": kinds.OF_INTENT.values(),
        "community": community.areas,
        "building": community.buildings,
        "assignee_role": [role.value for role in Role],
    }
    values = {
        value
        for ticket in wanted
        for name in known
        for value in _listed(ticket.get(name, [])) - set(known[name])
    }
    names = {name for ticket in wanted for name in ticket}
    return (set(script.expect) - EXPECT) | (names - TICKET) | values


def _listed(value: str | list[str]) -> set[str]:
    return {value} if isinstance(value, str) else set(value)
