"""`topics`: what many people report, in a file of messages or on this desk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.bootstrap import utc_now
from bot.cli import setup
from bot.cli.lines import emit, read_lines
from bot.cli.times import moment
from bot.desk.errors import BadInput, BadRow
from bot.language import topics
from bot.language.masking import mask
from bot.language.tokens import Cutter
from bot.language.topics import Report, Topic
from bot.language.topics_heat import Window
from bot.services import topics as desk_topics

_FILES = ZoneInfo("Asia/Shanghai")  # of times in a file that say no zone


def of_file(
    path: Path, as_of: str | None, weeks: int | None, top: int | None, as_json: bool
) -> None:
    """Topics of JSON lines with id, text (or message), time, user, and perhaps title, matter."""
    found = setup.read_settings()
    rows = list(_reports(path))
    if not rows:
        raise BadInput(f"{path}: no messages")
    last = max(report.at for report in rows)
    end = moment(as_of, _FILES) if as_of else last + timedelta(seconds=1)
    start = end - timedelta(weeks=weeks) if weeks else min(report.at for report in rows)
    chosen = [report for report in rows if start <= report.at < end]
    setup.say(f"{len(chosen)} messages from {start:%Y-%m-%d} to {end:%Y-%m-%d %H:%M}")
    cutter = Cutter(found.data_dir / "jieba", in_memory=True)
    _tell(
        topics.find(chosen, cutter=cutter, window=Window(start, end)) if chosen else [],
        {report.id: f"{report.title}：{report.text}".strip("：") for report in chosen},
        top,
        as_json,
    )


def of_desk(
    as_of: str | None, weeks: int | None, top: int | None, as_json: bool, save: bool
) -> None:
    """Topics of the desk's own tickets, open and recent; never of confidential ones."""
    found = setup.read_settings()
    office = setup.office(found)
    community = office.registers.current().community
    end = moment(as_of, community.zone) if as_of else utc_now()
    window = desk_topics.last_weeks(end, weeks or desk_topics.WEEKS)
    rows = office.database.read(lambda session: desk_topics.reports(session, window, community))
    setup.say(f"{len(rows)} tickets from {window.start:%Y-%m-%d} to {window.end:%Y-%m-%d %H:%M}")
    hot = topics.find(rows, cutter=Cutter(found.data_dir / "jieba", in_memory=True), window=window)
    if save:
        office.database.run(lambda session: desk_topics.keep(session, hot, community, now=end))
    _tell(hot, {report.id: report.text for report in rows}, top, as_json)


def _reports(path: Path) -> Iterator[Report]:
    for number, row in read_lines(path):
        try:
            yield Report(
                id=str(row.get("id", number)),
                text=_text(row),
                title=str(row.get("title") or ""),
                at=moment(str(row.get("time") or row.get("at") or ""), _FILES),
                reporter=str(row.get("user") or row.get("reporter") or f"line {number}"),
                matter=row.get("matter"),
            )
        except BadInput as error:
            raise BadRow(file=path.name, line=number, reason=str(error)) from None


def _text(row: Mapping[str, Any]) -> str:
    text = row.get("text", row.get("message"))
    if not isinstance(text, str):
        raise BadInput("no text: expected text or message")
    return text.strip()


def _tell(found: list[Topic], texts: Mapping[str, str], top: int | None, as_json: bool) -> None:
    shown = found[:top]
    if as_json:
        for rank, topic in enumerate(shown, start=1):
            emit(_as_json(rank, topic, texts))
        return
    table = Table()
    for heading in ("", "heat", "people", "reports", "from – to"):
        table.add_column(heading, no_wrap=True)
    for heading in ("topic", "an example"):
        table.add_column(heading, overflow="fold")
    for rank, topic in enumerate(shown, start=1):
        table.add_row(
            str(rank), f"{topic.heat.total:.1f}", str(topic.reporters), str(len(topic.members)),
            f"{topic.first_at:%y-%m-%d} – {topic.last_at:%m-%d}",
            Text(topic.title), Text(mask(texts[topic.examples[0]])[:60]),
        )  # fmt: skip
    Console().print(table)


def _as_json(rank: int, topic: Topic, texts: Mapping[str, str]) -> dict[str, Any]:
    return {
        "rank": rank,
        "title": topic.title,
        "place": list(topic.places),
        "matter": topic.matter,
        "words": list(topic.words),
        "heat": {
            "total": round(topic.heat.total, 2),
            "voices": round(topic.heat.voices, 2),
            "growth": round(topic.heat.growth, 2),
            "breadth": round(topic.heat.breadth, 2),
        },
        "size": len(topic.members),
        "reporters": topic.reporters,
        "first_at": topic.first_at.isoformat(),
        "last_at": topic.last_at.isoformat(),
        "examples": [{"id": id, "text": mask(texts[id])} for id in topic.examples],
        "members": list(topic.members),
    }
