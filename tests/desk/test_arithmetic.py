"""How a deadline is explained to people."""

from __future__ import annotations

import pytest

from bot.desk import arithmetic
from bot.desk.reckoning import Clock, Extension, Pause, reckon
from bot.desk.spans import Span
from tests.desk.offices import OFFICE, at
from tests.desk.test_reckoning import MIDNIGHT, due

WHOLE = [
    (
        due("3 working days", "11-26 10:00"),
        "11月26日10:00起，3个工作日（当日不计），跳过11月28–29日周末，12月1日17:30到期",
    ),
    (
        due("4 working hours", "11-23 10:00"),
        "11月23日10:00起，4小时工作时间，只计工作时间08:30–12:00、13:30–17:30，11月23日15:30到期",
    ),
    (due("1 working hour", "11-23 10:00"), "11月23日10:00起，1小时工作时间，11月23日11:00到期"),
    (due("24h", "11-27 10:00"), "11月27日10:00起，24小时，11月28日10:00到期"),
    (
        due("5d", "11-23 10:00"),
        "11月23日10:00起，5天（当日不计），11月28日是周末，顺延到11月30日，11月30日17:30到期",
    ),
    (
        due("6 working days", "09-25 10:00"),
        "9月25日10:00起，6个工作日（当日不计），跳过9月25–27日中秋、10月1–7日国庆节，"
        "10月10日（周六）调休上班，计入，10月10日17:30到期",
    ),
    (
        due("same day", "10-31 10:00"),
        "10月31日10:00起，当天，跳过10月31日–11月1日周末，11月2日17:30到期",
    ),
    (
        due("3 working days", "12-30 10:00"),
        "12月30日10:00起，3个工作日（当日不计），跳过2027年1月2–3日周末，"
        "2027年1月4日17:30到期（暂定：2027年放假安排公布后重算）",
    ),
    (
        due("1 working day", "11-26 10:00", calendar=MIDNIGHT),
        "11月26日10:00起，1个工作日（当日不计），11月27日24:00到期",
    ),
]


@pytest.mark.parametrize(("found", "words"), WHOLE)
def test_what_was_counted_and_skipped_is_said_with_the_reason(found: object, words: str) -> None:
    assert arithmetic.sentence(found) == words  # type: ignore[arg-type]


def test_pauses_and_extensions_are_steps_of_their_own() -> None:
    pauses = (
        Pause(start=at("11-23 11:00"), end=at("11-23 14:00"), why="等居民补充"),
        Pause(start=at("11-23 18:00"), end=at("11-23 19:00"), why="等居民补充"),
        Pause(start=at("11-25 09:00"), why="挂账"),
    )
    granted = Extension(at=at("11-24 09:00"), to=at("12-01 17:30"))
    clock = Clock(start=at("11-23 10:00"), pauses=pauses, extension=granted)
    assert arithmetic.steps(reckon(Span.parse("2 working days"), clock, OFFICE))[2:] == (
        "11月23日11:00–14:00等居民补充，顺延1小时30分钟工作时间",
        "11月23日18:00–19:00等居民补充，不在工作时间，不顺延",
        "11月25日09:00起挂账，暂停计时",
        "11月24日09:00批准延期到12月1日17:30",
        "12月1日17:30到期",
    )


def test_a_pause_that_came_too_late_to_help_is_not_told() -> None:
    found = due("24h", "11-23 10:00", ("11-24 11:00", "11-24 12:00"))
    assert not any("暂停" in step or "顺延" in step for step in arithmetic.steps(found))


def test_many_weekends_are_counted_instead_of_listed() -> None:
    skipped = arithmetic.steps(due("60 working days", "03-09 10:00"))[1]
    assert skipped.count("、") == 5 and skipped.endswith("天")
