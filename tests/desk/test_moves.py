"""The loop of a ticket, and who may turn it."""

from __future__ import annotations

import pytest

from bot.desk import moves
from bot.desk.errors import IllegalMove
from bot.desk.moves import Actor, Move, Status

RESIDENT = frozenset({Actor.RESIDENT})
HANDLER = frozenset({Actor.HANDLER})
DESK = frozenset({Actor.DESK})
STRANGER: frozenset[Actor] = frozenset()
EVERYBODY = frozenset(Actor)


def possible(status: Status, who: frozenset[Actor]) -> set[Move]:
    """Every move that `who` can make from here."""
    found = set()
    for move in moves.MOVES:
        try:
            moves.after(move, status, who)
        except IllegalMove:
            continue
        found.add(move)
    return found


def reachable(status: Status) -> set[Status]:
    found, todo = set(), [status]
    while todo:
        here = todo.pop()
        found.add(here)
        ahead = {moves.after(move, here, EVERYBODY) for move in possible(here, EVERYBODY)}
        todo += ahead - found
    return found


def test_a_ticket_goes_round_the_whole_loop_and_once_more() -> None:
    status = Status.TRIAGE
    for move, who in (
        (Move.ASSIGN, DESK),
        (Move.ACCEPT, HANDLER),
        (Move.CONTACT, HANDLER),
        (Move.RESOLVE, HANDLER),
        (Move.VERIFY, DESK),
        (Move.SOLVED, RESIDENT),
        (Move.RATE, RESIDENT),
        (Move.REOPEN, RESIDENT),
        (Move.ACCEPT, HANDLER),
        (Move.RESOLVE, HANDLER),
        (Move.RATE, RESIDENT),
    ):
        status = moves.after(move, status, who)
    assert status is Status.CLOSED


@pytest.mark.parametrize("status", Status)
def test_a_stranger_can_do_nothing(status: Status) -> None:
    assert possible(status, STRANGER) == set()


@pytest.mark.parametrize("status", Status)
def test_only_the_resident_says_how_it_was(status: Status) -> None:
    opinion = {Move.RATE, Move.SOLVED}
    assert not opinion & possible(status, frozenset(Actor) - RESIDENT)


@pytest.mark.parametrize("status", Status)
def test_the_resident_never_does_the_work_of_the_desk(status: Status) -> None:
    work = {Move.ASSIGN, Move.ACCEPT, Move.CONTACT, Move.RESOLVE, Move.RETURN, Move.DECLINE}
    assert not work & possible(status, RESIDENT)


def test_nothing_is_resolved_before_somebody_took_it() -> None:
    for status in (Status.TRIAGE, Status.ASSIGNED, Status.WAITING, Status.HELD):
        assert Move.RESOLVE not in possible(status, EVERYBODY)


def test_what_the_handler_calls_done_is_no_longer_theirs() -> None:
    assert possible(Status.RESOLVED, HANDLER) == {Move.ADD}


@pytest.mark.parametrize("status", [Status.DECLINED, Status.WITHDRAWN])
def test_what_has_ended_without_work_stays_ended(status: Status) -> None:
    assert possible(status, EVERYBODY) == set()


def test_what_was_merged_can_be_split_again_by_the_desk_alone() -> None:
    assert possible(Status.MERGED, EVERYBODY) == {Move.SPLIT} == possible(Status.MERGED, DESK)


def test_a_closed_ticket_can_be_reopened_or_visited_again_and_not_by_its_handler() -> None:
    assert possible(Status.CLOSED, frozenset(Actor) - {Actor.SYSTEM}) == {
        Move.REOPEN,
        Move.REVISIT,
        Move.PART,
        Move.EXPLAIN,
    }
    assert possible(Status.CLOSED, HANDLER) == set()


@pytest.mark.parametrize("status", [status for status in Status if status.is_open])
def test_no_open_ticket_is_stuck(status: Status) -> None:
    assert Status.CLOSED in reachable(status)


def test_the_resident_may_withdraw_until_it_is_done() -> None:
    assert Move.WITHDRAW in possible(Status.ACCEPTED, RESIDENT)
    assert Move.WITHDRAW not in possible(Status.RESOLVED, RESIDENT)


def test_the_refusal_says_which_state_or_which_person_stands_in_the_way() -> None:
    with pytest.raises(IllegalMove, match="accept is not possible while the ticket is closed"):
        moves.after(Move.ACCEPT, Status.CLOSED, HANDLER)
    with pytest.raises(IllegalMove, match="accept is not for desk"):
        moves.after(Move.ACCEPT, Status.ASSIGNED, DESK)
    with pytest.raises(IllegalMove, match="a stranger"):
        moves.after(Move.ACCEPT, Status.ASSIGNED, STRANGER)


@pytest.mark.parametrize("move", [Move.VERIFY, Move.REJECT, Move.EXTEND, Move.HOLD])
def test_nobody_checks_or_approves_their_own_work_whatever_else_they_are(move: Move) -> None:
    status = min(moves.MOVES[move].sources)
    assert move in possible(status, EVERYBODY - HANDLER)
    assert move not in possible(status, EVERYBODY)


def test_only_the_clock_closes_without_a_word_of_the_resident() -> None:
    assert moves.MOVES[Move.CLOSE].by == {Actor.SYSTEM}


@pytest.mark.parametrize(
    ("accepted", "contacted", "status"),
    [
        (False, False, Status.ASSIGNED),
        (True, False, Status.ACCEPTED),
        (True, True, Status.CONTACTED),
    ],
)
def test_what_was_parked_goes_on_where_it_was(
    accepted: bool, contacted: bool, status: Status
) -> None:
    assert moves.where_it_was(accepted=accepted, contacted=contacted) is status


def test_every_move_has_a_name_for_people() -> None:
    assert all(move.chinese for move in Move)


def test_nobody_waits_for_more_on_a_ticket_that_nobody_has() -> None:
    # The database refuses it too: a ticket that waits has somebody responsible.
    assert Move.ASK_MORE not in possible(Status.TRIAGE, EVERYBODY)
    assert Move.ASK_MORE in possible(Status.ASSIGNED, HANDLER)
