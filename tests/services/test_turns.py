"""Who may read what was said."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.desk.community import Community, Post, Role
from bot.desk.people import SYSTEM, Person
from bot.services import inbox, turns
from bot.store.database import Database, Session
from tests.conftest import MONDAY_TEN, Clock, staff
from tests.services.conftest import meet


def say(database: Database, clock: Clock, conversation: int, text: str, **more: Any) -> None:
    def work(session: Session) -> None:
        letter = inbox.put(
            session,
            channel="web",
            update_id=text,
            conversation_id=conversation,
            body={"text": text},
            now=clock(),
        )
        assert letter
        values = {"reading": {}, "actions": [], "replies": [], "at": clock(), **more}
        turns.record(session, inbox_id=letter.id, conversation_id=conversation, text=text, **values)

    database.run(work)


@pytest.fixture
def talk(sqlite: Database, clock: Clock) -> tuple[Person, Person]:
    """王阿姨 speaks of a leak and of a bribe, 杨先生 of noise."""
    wang, wangayi = meet(sqlite, "wang", known_as="wangayi", clock=clock)
    yang, yangxiansheng = meet(sqlite, "yang", known_as="yangxiansheng", clock=clock)
    say(sqlite, clock, wang, "漏水")
    say(sqlite, clock, wang, "红包", confidential=True)
    say(sqlite, clock, yang, "噪音")
    return (
        Person(resident_id=wangayi.resident_id),
        Person(resident_id=yangxiansheng.resident_id),
    )


def read(database: Database, person: Person, **more: Any) -> list[str]:
    more = {"since": MONDAY_TEN, **more}
    rows = database.read(lambda session: turns.visible(session, person, **more))
    return [row.text for row in rows]


def test_residents_read_their_own_words_the_newest_first(
    sqlite: Database, talk: tuple[Person, Person]
) -> None:
    wangayi, yangxiansheng = talk
    assert read(sqlite, wangayi) == ["红包", "漏水"]
    assert read(sqlite, yangxiansheng) == ["噪音"]


def test_only_desk_and_administrators_read_what_residents_say(
    sqlite: Database, demo: Community, talk: tuple[Person, Person]
) -> None:
    readers = {code for code in demo.staff if "漏水" in read(sqlite, staff(demo, code))}
    assert readers == {"xiaomeng", "xiaojiang", "zhuren"}
    assert read(sqlite, SYSTEM) == ["噪音", "漏水"]


def test_only_the_discipline_contact_reads_what_is_confidential(
    sqlite: Database, demo: Community, talk: tuple[Person, Person]
) -> None:
    readers = {code for code in demo.staff if "红包" in read(sqlite, staff(demo, code))}
    assert readers == {"yanjie"}
    assert read(sqlite, staff(demo, "yanjie")) == ["红包"]


def test_who_holds_both_posts_reads_both(
    sqlite: Database, demo: Community, talk: tuple[Person, Person]
) -> None:
    posts = tuple(Post(role=role, scope="hean") for role in (Role.DISCIPLINE, Role.ADMIN))
    both = Person(staff=replace(demo.person("zhuren"), posts=posts))
    assert read(sqlite, both) == ["噪音", "红包", "漏水"]


def test_reading_can_begin_at_a_moment_and_end_after_a_number(
    sqlite: Database, demo: Community, clock: Clock, talk: tuple[Person, Person]
) -> None:
    zhuren = staff(demo, "zhuren")
    assert read(sqlite, zhuren, since=MONDAY_TEN + timedelta(seconds=1)) == []
    assert read(sqlite, zhuren, limit=1) == ["噪音"]


def test_a_turn_is_found_by_the_update_it_answers(
    sqlite: Database, talk: tuple[Person, Person]
) -> None:
    def texts(session: Session) -> list[str | None]:
        found = (turns.of_update(session, "web", update) for update in ("漏水", "?"))
        return [turn.text if turn else None for turn in found]

    assert sqlite.read(texts) == ["漏水", None]
