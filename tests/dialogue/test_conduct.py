"""A report about an official's conduct is for the discipline contact alone."""

from __future__ import annotations

from datetime import timedelta

from bot.bootstrap import utc_now
from bot.desk.people import SYSTEM, Person
from bot.services import ticket_views, turns
from bot.store.tables import OutboxRow
from tests.dialogue.conftest import Stage


def test_only_the_discipline_contact_ever_sees_it(stage: Stage) -> None:
    resident = stage.someone()
    opened = resident.says("我要举报，居委会的人办低保收了我五百块钱")
    assert "纪检联络员" in opened.text
    assert opened.ticket["assignee"] == "yanjie"
    resident.says("就是上个月的事，有录音")

    community = stage.office.registers.current().community
    people = [SYSTEM, *(Person(staff=person) for person in community.staff.values())]
    database, since = stage.office.database, utc_now() - timedelta(hours=1)
    for person in people:
        numbers = {t.number for t in database.read(lambda s, p=person: ticket_views.visible(s, p))}
        texts = "".join(
            turn.text
            for turn in database.read(lambda s, p=person: turns.visible(s, p, since=since))
        )
        may = person.staff is not None and person.staff.code == "yanjie"
        assert (opened.ticket["number"] in numbers) is may, person.name
        assert ("五百块" in texts) is may, person.name
        assert ("录音" in texts) is may, person.name

    told = database.read(
        lambda s: s.query(OutboxRow.staff).filter(OutboxRow.ticket_id.is_not(None)).all()
    )
    assert ("yanjie",) in told
