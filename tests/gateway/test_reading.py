"""What the gateway reads from a message before the engine does."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from bot.desk.community import Community
from bot.gateway import reading
from bot.gateway.incoming import Incoming
from bot.language.address import AddressBook
from bot.language.address_datum import Datum, to_gcj02
from bot.services.conversations import Speaker
from bot.services.inbox import Letter
from bot.services.places import Register

AT = datetime(2026, 11, 23, 7, 30, tzinfo=timezone.utc)  # half past three in the afternoon
GATE = (39.98993, 116.45728)  # of 幸福里小区1号楼


@pytest.fixture(scope="module")
def register(demo: Community) -> Register:
    return Register(demo, AddressBook(demo))


def read(register: Register, text: str = "", **more: Any) -> dict[str, Any]:
    body = Incoming(channel="test", peer="wang", update_id="1", text=text, **more).body()
    letter = Letter(id=1, conversation_id=1, key="k", body=body, received_at=AT, faults=0)
    speaker = Speaker(
        conversation_id=1, channel="test", peer="wang", resident_id=1, staff=None, home=None
    )
    return reading.metadata(letter, speaker, text, register)


def test_a_time_is_reckoned_from_when_the_message_came(register: Register) -> None:
    found = read(register, "昨晚十点多楼上漏水")["happened"]
    assert (found["text"], found["start"]) == ("昨晚十点多", "2026-11-22T22:00:00+08:00")


def test_a_telephone_is_found_and_a_text_without_times_has_none(register: Register) -> None:
    found = read(register, "电梯坏了，打我13800138000")
    assert (found["phone"], found["happened"]) == ("13800138000", None)


def test_a_location_of_a_map_application_is_the_same_place(register: Register) -> None:
    there = read(register, location=GATE)["places"]
    shifted = read(register, location=to_gcj02(*GATE), datum=Datum.GCJ02)["places"]
    assert there[0]["building"] == shifted[0]["building"] == "xfl-b01"


def test_taken_for_what_it_is_not_it_is_another_place(register: Register) -> None:
    wrong = read(register, location=to_gcj02(*GATE))["places"]
    assert not wrong or wrong[0]["building"] != "xfl-b01"
