"""The report: one Markdown page with its pictures beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bot.evaluate import metrics, pictures
from bot.evaluate.addresses import AddressScore
from bot.evaluate.answers import TASKS
from bot.evaluate.dangers import PARTS, DangerScore, LetterScore
from bot.evaluate.metrics import LabelScore, Verdict
from bot.evaluate.results import Results, asked_again, understanding
from bot.evaluate.tables import each_share, percent, table

PAGE = "report.md"
OURS = "linli"

_WORST = 15  # labels shown at once; the others fold away
_QUOTED = 80  # characters of an alarming letter
_SHARES = {
    "building": "building right, without a needless question",
    "unit": "unit right as well",
    "room": "room right as well",
    "exact": "building, unit and room exactly as labelled",
    "spot": "the words of the spot are kept",
    "nothing": "no building in the text, none invented",
    "ambiguous": "several buildings possible: asked, each on offer",
}


def write(results: Results, folder: Path, names: Mapping[str, str]) -> Path:
    """Write page and pictures into `folder`; `names`: label → what people call it."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):  # of an earlier run, perhaps with other sets
        old.unlink()
    page = folder / PAGE
    with page.open("w", encoding="utf-8") as stream:
        for line in _page(results, folder, names):
            stream.write(line + "\n")
    return page


def _page(results: Results, folder: Path, names: Mapping[str, str]) -> Iterator[str]:
    yield "# How well Linli understands"
    yield f"\nMeasured {results.date} with the model `{results.model}`. What each figure means is"
    yield "said in `docs/evaluation.md`. Worst labels come first: there is the work.\n"
    yield from _overview(results)
    for task in TASKS:
        yield from _task(task, results, folder, names)
    yield from _dangers(results.dangers, names)
    for name, score in results.letters.items():
        yield from _letters(name, score)
    yield from _addresses(results.addresses)
    yield from _speed(results)
    yield from _missing(results.not_measured)


def _overview(results: Results) -> Iterator[str]:
    yield "## At a glance\n"
    rows = []
    for task, sets in results.judged.items():
        for name, verdicts in sets.items():
            for who, judged in _everybody(task, name, verdicts, results).items():
                found = understanding(judged)
                shares = (percent(found[key]) for key in ("accuracy", "macro_f1", "top3"))
                first = who == OURS
                rows.append(
                    (task if first else "", f"{name} ({len(judged)})" if first else "",
                     f"**{who}**" if first else who, *shares, f"{found['ece']:.3f}")
                )  # fmt: skip
    yield from table(("task", "set (texts)", "", "accuracy", "macro-F1", "top-3", "ECE"), rows)
    for name, rival in results.rivals.items():
        yield f"\n`{name}` learnt the same examples in {rival.train_seconds:.0f} s."


def _everybody(
    task: str, name: str, verdicts: list[Verdict], results: Results
) -> dict[str, list[Verdict]]:
    rivals = {who: r.judged[task][name] for who, r in results.rivals.items()}
    return {OURS: verdicts, **rivals}


def _task(task: str, results: Results, folder: Path, names: Mapping[str, str]) -> Iterator[str]:
    sets = results.judged.get(task, {})
    if not sets:
        return
    yield f"\n## {task.capitalize()}\n"
    accuracies = {
        name: {
            who: metrics.accuracy(judged)
            for who, judged in _everybody(task, name, verdicts, results).items()
        }
        for name, verdicts in sets.items()
    }
    pictures.comparison(accuracies, f"{task}: accuracy", folder / f"{task}-comparison.png")
    yield f"![accuracy]({task}-comparison.png)"
    for name, verdicts in sets.items():
        yield from _set(task, name, verdicts, folder, names)


def _set(
    task: str, name: str, verdicts: Sequence[Verdict], folder: Path, names: Mapping[str, str]
) -> Iterator[str]:
    found, stem = understanding(verdicts), f"{task}-{name}"
    yield f"\n### {task}, {name}: {len(verdicts)} texts\n"
    line = (
        f"accuracy **{percent(found['accuracy'])}**, macro-F1 {percent(found['macro_f1'])}, "
        f"among the first three {percent(found['top3'])}, calibration error {found['ece']:.3f}"
    )
    again = asked_again(verdicts)
    yield line + (f"; asks to say it again: {percent(again)}" if again else "") + "\n"
    title = f"{task}, {name}"
    bins = metrics.calibration(verdicts)
    pictures.calibration(bins, f"{title}: calibration", folder / f"{stem}-calibration.png")
    pictures.confusions(verdicts, f"{title}: confusions", folder / f"{stem}-confusions.png")
    if (folder / f"{stem}-confusions.png").exists():
        yield f"![confusions]({stem}-confusions.png)"
    yield f"![calibration]({stem}-calibration.png)\n"
    yield from _labels(metrics.label_scores(verdicts), names)


def _labels(scores: list[LabelScore], names: Mapping[str, str]) -> Iterator[str]:
    head = ("label", "precision", "recall", "F1", "texts", "most often taken for")
    rows = [_label_row(score, names) for score in scores]
    yield from table(head, rows[:_WORST])
    if rows[_WORST:]:
        yield f"\n<details><summary>the other {len(rows) - _WORST}</summary>\n"
        yield from table(head, rows[_WORST:])
        yield "\n</details>"


def _label_row(score: LabelScore, names: Mapping[str, str]) -> tuple[str, ...]:
    taken = f"`{score.taken_for}` × {score.times}" if score.taken_for else ""
    shares = (percent(score.precision), percent(score.recall), percent(score.f1))
    return (_called(score.label, names), *shares, str(score.support), taken)


def _dangers(sets: Mapping[str, DangerScore], names: Mapping[str, str]) -> Iterator[str]:
    if sets:
        yield "\n## Emergencies\n\nWhat `bot/language/danger` hears, without the classifier.\n"
    for name, score in sets.items():
        yield f"### {name}: {score.dangers} dangers, {score.harmless} that only sound like it\n"
        matter = percent(metrics.ratio(score.right_matter, score.dangers))
        yield (
            f"heard **{percent(score.recall)}** ({score.heard} of {score.dangers}), false alarms "
            f"**{percent(score.false_alarms)}** ({score.alarms} of {score.harmless}), heard with "
            f"the right matter {matter}\n"
        )
        worst = sorted(score.by_matter.items(), key=lambda item: metrics.ratio(*item[1]))
        rows = [
            (_called(matter, names), percent(metrics.ratio(heard, texts)), f"{heard} of {texts}")
            for matter, (heard, texts) in worst
        ]
        yield from table(("danger", "heard", ""), rows)
        yield ""


def _letters(name: str, score: LetterScore) -> Iterator[str]:
    yield f"\n### {name}: {score.letters} real letters\n"
    yield "Nearly none is an emergency; each alarm wants a look. The words stay in this file.\n"
    for part in PARTS:
        yield f"- by the {part}: {score.count(part)} alarms ({score.rate(part):.2%})"
    rows = [(a.row, a.part, f"`{a.matter}`", _quoted(a.words)) for a in score.alarms]
    yield "\n<details><summary>the alarms</summary>\n"
    yield from table(("row", "part", "rule", "words"), rows)
    yield "\n</details>"


def _addresses(sets: Mapping[str, AddressScore]) -> Iterator[str]:
    if sets:
        yield "\n## Addresses\n\nAgainst the register of the demo community.\n"
    for name, score in sets.items():
        yield f"### {name}: {score.n} texts\n"
        rows = [
            (_SHARES[part], percent(share.value), f"{share.right} of {share.total}")
            for part, share in each_share(score)
        ]
        yield from table(("what", "share", ""), rows)
        yield ""


def _speed(results: Results) -> Iterator[str]:
    if not results.speed:
        return
    yield "\n## Speed\n\nOne core of this machine, one text after the other. Texts a second are of"
    yield "the core's own time, milliseconds of the clock on the wall.\n"
    rows = [
        (part, str(s.n), f"{s.per_second:,.0f}", f"{s.p50_ms:.2f} ms", f"{s.p95_ms:.2f} ms")
        for part, s in results.speed.items()
    ]
    yield from table(("part", "texts", "a second", "p50", "p95"), rows)


def _missing(lines: list[str]) -> Iterator[str]:
    if lines:
        yield "\n## Not measured in this run\n"
        yield from (f"- not measured: {line}" for line in lines)


def _called(label: str, names: Mapping[str, str]) -> str:
    return f"`{label}` {names[label]}" if label in names else f"`{label}`"


def _quoted(words: str) -> str:
    line = " ".join(words.split()).replace("|", "｜").replace("<", "‹")
    return line if len(line) <= _QUOTED else line[:_QUOTED] + "…"
