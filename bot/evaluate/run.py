"""One run over all sets: who answers what is given, what is counted is chosen here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.desk.errors import BadRow
from bot.evaluate import addresses, dangers, speed
from bot.evaluate.addresses import Resolve
from bot.evaluate.answers import Answers, Rival
from bot.evaluate.results import Judged, Results
from bot.evaluate.sets import Labelled, Sets, labelled, text_of
from bot.language import second_opinion
from bot.language.danger.find import find_emergency

Rows = Callable[[Path], Iterable[tuple[int, dict[str, Any]]]]  # (line number, object) of a file


@dataclass(frozen=True)
class Assistant:
    """The parts of the product that are measured, as the product itself calls them."""

    parse: Callable[[str], Awaitable[Any]]  # alone, for the speed
    read: Callable[[str], Awaitable[Answers]]
    resolve: Resolve


async def assistant(results: Results, sets: Sets, rows: Rows, measured: Assistant) -> None:
    """Everything about the assistant itself."""
    for path in sets.understanding:
        for one in _labelled(path, rows):
            _judge(results.judged, path.stem, one, await measured.read(one.text))
    for path in sets.emergencies:
        results.dangers[path.stem] = dangers.score(_dangers(path, rows))
    for path in sets.addresses:
        results.addresses[path.stem] = addresses.score(_rows(path, rows), measured.resolve)
    if sets.letters:
        results.letters[sets.letters.stem] = dangers.score_letters(_letters(sets.letters, rows))
    results.speed = await _speed(sets, rows, measured)


def rival(judged: Judged, sets: Sets, rows: Rows, other: Rival) -> None:
    """What another classifier makes of the understanding sets."""
    for path in sets.understanding:
        items = list(_labelled(path, rows))
        answers = other.answers([one.text for one in items])
        for one, answer in zip(items, answers, strict=True):
            _judge(judged, path.stem, one, answer)


def _judge(judged: Judged, name: str, one: Labelled, answers: Answers) -> None:
    for task, accepted in one.accepted.items():
        verdicts = judged.setdefault(task, {}).setdefault(name, [])
        verdicts.append(answers[task].judged(accepted))


async def _speed(sets: Sets, rows: Rows, measured: Assistant) -> dict[str, speed.Speed]:
    texts = [one.text for path in sets.understanding for one in _labelled(path, rows)]
    if len(texts) < 2:
        return {}

    async def emergency(text: str) -> object:
        return find_emergency(text)

    async def address(text: str) -> object:
        return measured.resolve(text, home=None)

    second_opinion.forget()  # the texts have just been read: a message is new
    found = {"classify": await speed.measure(measured.parse, texts)}
    sure = await _sure(texts, measured)
    if len(sure) > 1:
        found["classify_sure"] = await speed.measure(measured.parse, sure)
    found["emergency"] = await speed.measure(emergency, texts)
    found["address"] = await speed.measure(address, texts)
    return found


async def _sure(texts: list[str], measured: Assistant) -> list[str]:
    """Those that are read without a second opinion."""
    second_opinion.forget()
    found = []
    for text in dict.fromkeys(texts):
        before = second_opinion.asked()
        await measured.parse(text)
        if second_opinion.asked() == before:
            found.append(text)
    return found


def _rows(path: Path, rows: Rows) -> Iterator[dict[str, Any]]:
    for line, row in rows(path):
        text_of(row, file=path.name, line=line)
        yield row


def _labelled(path: Path, rows: Rows) -> Iterator[Labelled]:
    for line, row in rows(path):
        yield labelled(row, file=path.name, line=line)


def _dangers(path: Path, rows: Rows) -> Iterator[tuple[str, str | None]]:
    for line, row in rows(path):
        if "expected" not in row:
            raise BadRow(file=path.name, line=line, reason="expected: is missing")
        yield text_of(row, file=path.name, line=line), row["expected"]


def _letters(path: Path, rows: Rows) -> Iterator[tuple[str, dict[str, str]]]:
    for line, row in rows(path):
        parts = {part: str(row.get(part) or "") for part in dangers.PARTS}
        yield str(row.get("id", line)), parts
