"""Parts of a ticket: their steps, who may be asked, until when."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.desk import parts
from bot.desk.community import Absence, Community, Place, Role
from bot.desk.errors import IllegalMove, NotAllowed
from bot.desk.moves import Actor
from bot.desk.parts import PartKind, PartStatus, Step
from tests.conftest import HOME, MONDAY_TEN

HOUR = timedelta(hours=1)
HELPER = frozenset({Actor.HELPER})


def away(demo: Community, *codes: str) -> Community:
    """The community with these people on leave today."""
    leave = Absence(start=MONDAY_TEN - HOUR, end=MONDAY_TEN + HOUR)
    gone = {code: replace(demo.person(code), absences=(leave,)) for code in codes}
    return replace(demo, staff={**demo.staff, **gone})


def test_only_whoever_has_the_part_says_that_they_came() -> None:
    for actor in set(Actor) - {Actor.HELPER}:
        with pytest.raises(NotAllowed):
            parts.after(Step.ARRIVE, PartKind.ASSIST, PartStatus.ASKED, frozenset({actor}))


def test_whoever_was_called_to_the_place_has_to_come_first() -> None:
    with pytest.raises(IllegalMove):
        parts.after(Step.DONE, PartKind.WHISTLE, PartStatus.ACCEPTED, HELPER)
    assert parts.after(Step.DONE, PartKind.WHISTLE, PartStatus.ARRIVED, HELPER).value == "done"
    assert parts.after(Step.DONE, PartKind.ASSIST, PartStatus.ACCEPTED, HELPER).value == "done"


@pytest.mark.parametrize("kind", PartKind)
@pytest.mark.parametrize("status", PartStatus)
def test_every_step_that_is_offered_is_possible(kind: PartKind, status: PartStatus) -> None:
    for step in parts.next_steps(kind, status):
        parts.after(step, kind, status, HELPER)
    assert bool(parts.next_steps(kind, status)) == status.is_open


def test_the_next_alarm_is_for_the_arrival_until_they_are_there() -> None:
    arrive, due = MONDAY_TEN + HOUR, MONDAY_TEN + 3 * HOUR
    assert parts.next_deadline(PartStatus.ACCEPTED, arrive, due) == arrive
    assert parts.next_deadline(PartStatus.ARRIVED, arrive, due) == due
    assert parts.next_deadline(PartStatus.ASKED, None, due) == due
    assert parts.next_deadline(PartStatus.DONE, arrive, due) is None


def test_a_part_is_due_before_the_whole(demo: Community) -> None:
    soon, late = MONDAY_TEN + HOUR, MONDAY_TEN - HOUR

    def limits(kind: PartKind, resolve_by: datetime) -> tuple[datetime | None, datetime]:
        return parts.usual_limits(kind, "order.ads", "normal", demo, MONDAY_TEN, resolve_by)

    assert limits(PartKind.WHISTLE, soon) == (soon, soon)
    arrive, due = limits(PartKind.ASSIST, late)
    assert arrive is None
    assert due > MONDAY_TEN  # the whole is late already; a part is not born late
    assert limits(PartKind.REVISIT, soon)[1] > soon  # a visit comes after the end


def test_for_somebody_on_leave_the_deputy_comes(demo: Community) -> None:
    person = demo.person("yanduizhang")
    assert parts.who_comes(person, demo, MONDAY_TEN) == person
    gone = away(demo, "yanduizhang")
    assert parts.who_comes(gone.person("yanduizhang"), gone, MONDAY_TEN) == demo.person("shigong")
    gone = away(demo, "yanduizhang", "shigong")
    assert parts.who_comes(gone.person("yanduizhang"), gone, MONDAY_TEN) is None


def test_a_deputy_without_the_role_does_not_stand_in_for_it(demo: Community) -> None:
    yanjie = replace(demo.person("yanjie"), deputy="zhuren")
    here = replace(demo, staff={**demo.staff, "yanjie": yanjie})
    gone = away(here, "yanjie")
    assert parts.who_comes(gone.person("yanjie"), gone, MONDAY_TEN, only=Role.DISCIPLINE) is None


def test_departments_in_charge_of_the_matter_come_first(demo: Community) -> None:
    found = parts.departments(HOME, "order.illegal_building", demo, MONDAY_TEN)
    assert found[0].person.code == "yanduizhang" and found[0].in_charge
    assert all(choice.person.holds(Role.LIAISON) for choice in found)
    assert [choice.in_charge for choice in found].count(True) == 1
    assert len(found) > 5


def test_helpers_are_those_who_work_at_the_place_the_nearest_first(demo: Community) -> None:
    found = [c.person.code for c in parts.helpers(HOME, "property.leak", demo, MONDAY_TEN)]
    assert found[0] == "sunayi"  # the head of this very building
    assert "daliu" not in found  # a grid of another community
    assert "yanjie" not in found
    assert found.index("xiaoli") < found.index("chenshuji")


def test_a_place_that_is_not_known_is_anywhere(demo: Community) -> None:
    assert parts.departments(Place(), "order.vendors", demo, MONDAY_TEN)


def test_who_is_there_instead_holds_the_same_role_at_the_place(demo: Community) -> None:
    gone = away(demo, "liushifu")
    found = parts.instead_of(gone.person("liushifu"), HOME, gone, MONDAY_TEN)
    assert [person.code for person in found] == ["songshifu"]
