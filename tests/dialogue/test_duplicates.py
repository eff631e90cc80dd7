"""A neighbour reports what has been reported already: shown, joined, or reported anew.

Each conversation has a building of its own, so that what others report is no duplicate of it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from bot.store.tables import FollowerRow, OutboxRow, TicketRow, TimelineRow
from tests.dialogue.conftest import Heard, Someone, Stage
from tests.dialogue.test_unheard import half_an_hour_passes

ME_TOO, ANOTHER = "我也遇到", "不是一回事，另开一件"


# Units in which nobody else of these tests has trouble with the light.
_UNITS = iter(
    f"{house}{unit}单元"
    for house in ("铁路宿舍1号楼", "铁路宿舍2号楼", "槐树街小区2号楼", "槐树街小区4号楼")
    for unit in (1, 2, 3)
)


@pytest.fixture
def place() -> str:
    return next(_UNITS)


def reported(stage: Stage, place: str, what: str = "楼道灯坏了，黑漆漆的") -> str:
    """Somebody reports it; the number of their ticket."""
    return str(stage.someone().says(f"{place}{what}").ticket["number"])


def asked(stage: Stage, place: str, what: str = "楼道的灯不亮了") -> tuple[Someone, Heard]:
    neighbour = stage.someone()
    return neighbour, neighbour.says(f"{place}{what}")


def followers(stage: Stage, number: str) -> list[str]:
    query = select(FollowerRow.text).join(TicketRow).where(TicketRow.number == number)
    return stage.office.database.read(lambda s: list(s.scalars(query)))


def moves(stage: Stage, number: str) -> list[str]:
    lines = select(TimelineRow.move).join(TicketRow).where(TicketRow.number == number)
    ordered = lines.order_by(TimelineRow.id)
    return stage.office.database.read(lambda s: list(s.scalars(ordered)))


def opened(stage: Stage, person: Someone) -> list[TicketRow]:
    mine = select(TicketRow).where(TicketRow.conversation_id == person.talk._conversation)
    return stage.office.database.read(lambda s: list(s.scalars(mine)))


def test_it_is_shown_and_joined_with_a_tap(stage: Stage, place: str) -> None:
    number = reported(stage, place)
    neighbour, question = asked(stage, place)
    assert number in question.text and "黑漆漆" in question.text
    assert question.buttons == [ME_TOO, ANOTHER] and question.answer["ticket"] is None
    joined = neighbour.taps(ME_TOO)
    assert joined.ticket["number"] == number and "2位居民" in joined.text
    assert followers(stage, number) == [f"{place}楼道的灯不亮了"]
    assert opened(stage, neighbour) == []


def test_another_matter_is_opened_as_usual(stage: Stage, place: str) -> None:
    number = reported(stage, place)
    neighbour, _ = asked(stage, place)
    new = neighbour.taps(ANOTHER)
    assert new.ticket["number"] != number and new.ticket["status"] == "assigned"
    assert followers(stage, number) == []
    _, question = asked(stage, place)
    assert number in question.text and new.ticket["number"] in question.text


@pytest.mark.parametrize("words", ["对，我也是这个事", "是的"])
def test_it_is_joined_in_words(stage: Stage, place: str, words: str) -> None:
    number = reported(stage, place)
    neighbour, _ = asked(stage, place)
    assert neighbour.says(words).ticket["number"] == number
    assert len(followers(stage, number)) == 1


def test_a_question_in_between_is_answered_and_it_is_asked_again(stage: Stage, place: str) -> None:
    number = reported(stage, place)
    neighbour, _ = asked(stage, place)
    answered = neighbour.says("低保怎么申请")
    assert answered.answer["citations"] and ME_TOO in answered.buttons
    assert neighbour.taps(ME_TOO).ticket["number"] == number


def test_it_can_be_called_off(stage: Stage, place: str) -> None:
    reported(stage, place)
    neighbour, _ = asked(stage, place)
    neighbour.says("算了不报了")
    assert opened(stage, neighbour) == []


def test_who_says_no_more_has_been_heard(stage: Stage, place: str) -> None:
    number = reported(stage, place)
    neighbour, _ = asked(stage, place)
    half_an_hour_passes(stage, neighbour)
    (ticket,) = opened(stage, neighbour)
    assert ticket.number != number and ticket.status == "assigned" and ticket.building
    assert ticket.number in neighbour.says("在吗").text
    late = neighbour.taps(ME_TOO)  # after all: the desk may merge them
    assert late.ticket["number"] == ticket.number and number in late.text
    cards = stage.office.database.read(
        lambda s: [row.body["buttons"] for row in s.scalars(select(OutboxRow))]
    )
    taps = [button["tap"] for buttons in cards for button in buttons]
    assert f"merge:{ticket.number}:{number}" in taps


def test_more_words_and_a_photo_are_kept_while_it_is_asked(
    stage: Stage, place: str, tmp_path: Path
) -> None:
    number = reported(stage, place)
    neighbour, _ = asked(stage, place)
    photo = tmp_path / "lamp.jpg"
    photo.write_bytes(b"\xff\xd8 not looked at by the terminal")
    assert ME_TOO in neighbour.sends_photo(photo).buttons
    neighbour.taps(ME_TOO)
    handler = stage.office.database.read(
        lambda s: s.scalars(select(TicketRow).where(TicketRow.number == number)).one().assignee
    )
    cards = stage.office.database.read(
        lambda s: [r.body["text"] for r in s.scalars(select(OutboxRow).filter_by(staff=handler))]
    )
    assert any("楼道的灯不亮了" in card and number in card for card in cards)


def test_a_follower_asks_adds_and_leaves(stage: Stage, place: str, tmp_path: Path) -> None:
    number = reported(stage, place)
    neighbour, _ = asked(stage, place)
    neighbour.taps(ME_TOO)
    assert number in neighbour.says("我报的事怎么样了").text
    photo = tmp_path / "dark.jpg"
    photo.write_bytes(b"\xff\xd8 not looked at by the terminal")
    assert number in neighbour.sends_photo(photo).text
    assert number in neighbour.says("催一下").text
    lines = moves(stage, number)
    assert lines[-3:] == ["follow", "add", "urge"]
    assert "不再发给您" in neighbour.says("我不报了，撤回吧").text
    assert followers(stage, number) == []


def test_their_own_report_is_said_to_be_theirs(stage: Stage, place: str) -> None:
    resident = stage.someone()
    number = resident.says(f"{place}楼道灯坏了，黑漆漆的").ticket["number"]
    question = resident.says(f"{place}楼道灯又不亮了，快来修")
    if question.buttons == ["补充到这件", "另外一件，新报"]:
        question = resident.taps("补充到这件")
    assert question.ticket["number"] == number
    assert len(opened(stage, resident)) == 1


def test_quoting_a_number_writes_into_nothing(stage: Stage, place: str) -> None:
    number = reported(stage, place)
    stage.someone().says(f"编号{number}，补充一下，不用修了")
    assert moves(stage, number) == ["open", "assign"]
