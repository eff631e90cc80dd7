"""Who gets in, how long, and who does not."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from bot.desk.community import Community
from bot.desk.errors import BadInput, UnknownThing
from bot.services import accounts, community, community_files
from bot.services.accounts import FAILURES, LOCKED
from bot.store.database import Database
from bot.store.tables import AccountRow, SessionRow
from tests.conftest import DEMO, MONDAY_TEN, Clock


def issue(database: Database, code: str, clock: Clock) -> str:
    return database.run(lambda session: accounts.issue(session, code, now=clock()))


def log_in(database: Database, code: str, password: str, clock: Clock) -> str | None:
    attempt = database.read(lambda session: accounts.check(session, code, password))
    return database.run(lambda session: accounts.log_in(session, attempt, now=clock()))


def is_in(database: Database, token: str, clock: Clock) -> bool:
    return database.read(lambda session: accounts.read(session, token, now=clock())) is not None


def test_a_one_time_password_opens_the_door_and_has_to_be_changed(
    sqlite: Database, clock: Clock
) -> None:
    token = log_in(sqlite, "xiaoli", issue(sqlite, "xiaoli", clock), clock)
    assert token
    login = sqlite.read(lambda session: accounts.read(session, token, now=clock()))
    assert login and login.staff == "xiaoli" and login.must_change


def test_the_database_has_neither_password_nor_token(sqlite: Database, clock: Clock) -> None:
    password = issue(sqlite, "xiaoli", clock)
    token = log_in(sqlite, "xiaoli", password, clock)
    assert token
    account = sqlite.read(lambda session: session.get(AccountRow, "xiaoli"))
    assert account and account.password_hash.startswith("$argon2id$")
    hashed = hashlib.sha256(token.encode()).hexdigest()
    assert sqlite.read(lambda session: session.get(SessionRow, hashed))
    assert not sqlite.read(lambda session: session.get(SessionRow, token))


def test_five_wrong_passwords_lock_for_a_quarter_of_an_hour(sqlite: Database, clock: Clock) -> None:
    password = issue(sqlite, "xiaoli", clock)
    for _ in range(FAILURES):
        assert log_in(sqlite, "xiaoli", "wrong", clock) is None
    assert log_in(sqlite, "xiaoli", password, clock) is None
    clock.pass_(seconds=LOCKED.total_seconds() + 1)
    assert log_in(sqlite, "xiaoli", password, clock)


def test_a_good_login_forgives_earlier_slips(sqlite: Database, clock: Clock) -> None:
    password = issue(sqlite, "xiaoli", clock)
    for _ in range(2):
        for _ in range(FAILURES - 1):
            log_in(sqlite, "xiaoli", "wrong", clock)
        assert log_in(sqlite, "xiaoli", password, clock)


def test_a_comparison_that_is_too_late_does_not_count(sqlite: Database, clock: Clock) -> None:
    """Guesses made side by side: the lock holds for those that were already being compared."""
    password = issue(sqlite, "xiaoli", clock)
    right = sqlite.read(lambda session: accounts.check(session, "xiaoli", password))
    for _ in range(FAILURES):
        log_in(sqlite, "xiaoli", "wrong", clock)
    assert sqlite.run(lambda session: accounts.log_in(session, right, now=clock())) is None


def test_who_has_no_account_is_compared_all_the_same(sqlite: Database, clock: Clock) -> None:
    attempt = sqlite.read(lambda session: accounts.check(session, "nobody", "secret"))
    assert attempt.hash.startswith("$argon2id$") and not attempt.matched
    assert sqlite.run(lambda session: accounts.log_in(session, attempt, now=clock())) is None


def test_an_old_one_time_password_is_void(sqlite: Database, clock: Clock) -> None:
    old = issue(sqlite, "xiaoli", clock)
    token = log_in(sqlite, "xiaoli", old, clock)
    new = issue(sqlite, "xiaoli", clock)
    assert token and not is_in(sqlite, token, clock)
    assert log_in(sqlite, "xiaoli", old, clock) is None
    assert log_in(sqlite, "xiaoli", new, clock)


def test_a_locked_account_stays_locked_until_there_is_a_new_password(
    sqlite: Database, clock: Clock
) -> None:
    password = issue(sqlite, "xiaoli", clock)
    token = log_in(sqlite, "xiaoli", password, clock)
    sqlite.run(lambda session: accounts.lock(session, "xiaoli"))
    clock.pass_(minutes=16)
    assert token and not is_in(sqlite, token, clock)
    assert log_in(sqlite, "xiaoli", password, clock) is None
    assert log_in(sqlite, "xiaoli", issue(sqlite, "xiaoli", clock), clock)


def test_a_new_password_ends_every_other_login(sqlite: Database, clock: Clock) -> None:
    old = issue(sqlite, "xiaoli", clock)
    elsewhere = log_in(sqlite, "xiaoli", old, clock)
    attempt = sqlite.read(lambda session: accounts.check(session, "xiaoli", old))
    new = "春天来了，花都开了呀"
    here = sqlite.run(lambda s: accounts.change_password(s, attempt, new, now=clock()))
    assert elsewhere and here
    assert is_in(sqlite, here, clock) and not is_in(sqlite, elsewhere, clock)
    assert log_in(sqlite, "xiaoli", new, clock)


@pytest.mark.parametrize("new", ["short", "x" * 201, "the old one"])
def test_short_endless_and_old_passwords_are_refused(
    sqlite: Database, clock: Clock, new: str
) -> None:
    old = issue(sqlite, "xiaoli", clock)
    attempt = sqlite.read(lambda session: accounts.check(session, "xiaoli", old))
    wanted = old if new == "the old one" else new
    with pytest.raises(BadInput):
        sqlite.run(lambda s: accounts.change_password(s, attempt, wanted, now=clock()))


def test_a_login_ends_after_an_hour_of_silence_and_after_twelve_in_any_case(
    sqlite: Database, clock: Clock
) -> None:
    token = log_in(sqlite, "xiaoli", issue(sqlite, "xiaoli", clock), clock)
    assert token
    for _ in range(12):
        clock.pass_(minutes=59)
        assert is_in(sqlite, token, clock)
        sqlite.run(lambda session: accounts.touch(session, token, now=clock()))
    clock.pass_(minutes=13)
    assert not is_in(sqlite, token, clock)
    again = log_in(sqlite, "xiaoli", issue(sqlite, "xiaoli", clock), clock)
    clock.pass_(minutes=61)
    assert again and not is_in(sqlite, again, clock)


def test_who_leaves_loses_access_at_once(sqlite: Database, clock: Clock) -> None:
    password = issue(sqlite, "xiaoli", clock)
    token = log_in(sqlite, "xiaoli", password, clock)
    imported = community_files.read(DEMO)
    people = {c: p for c, p in imported.community.staff.items() if c != "xiaoli"}
    without = replace(imported, community=replace(imported.community, staff=people, version="2"))
    sqlite.run(lambda session: community.save(session, without, now=MONDAY_TEN))
    assert token and not is_in(sqlite, token, clock)
    assert log_in(sqlite, "xiaoli", password, clock) is None
    with pytest.raises(UnknownThing):
        issue(sqlite, "xiaoli", clock)


def test_the_first_administrator_is_made_once(
    sqlite: Database, demo: Community, clock: Clock
) -> None:
    def first() -> tuple[str, str] | None:
        return sqlite.run(lambda session: accounts.first_administrator(session, demo, now=clock()))

    made = first()
    assert made and made[0] == "zhuren"
    assert log_in(sqlite, *made, clock)
    assert first() is None
