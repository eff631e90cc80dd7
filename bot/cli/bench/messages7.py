"""`bench messages7`: seven first-level classes of letters to a city, as in published experiments.

The training rows are cut into words and stripped of stop words, the test rows are raw: raw text is
cut with jieba, which learns the training words first, and loses every word training does not know.
Words and character n-grams over the joined words then look alike on both sides. A letter begins
with its title, which says best whose it is, in training too, where nothing marks its end: the first
characters are counted once more for themselves.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import jieba

from bot.cli import setup
from bot.cli.lines import read_lines
from bot.desk.errors import BadInput, BadRow
from bot.settings import CHECKOUT

_DATA = CHECKOUT.parent / "shared" / "data"
VISIBLE = [_DATA / "messages7_train_tokenised.tsv", _DATA / "messages7_raw_visible.jsonl"]
_HELD_OUT = 5  # without a test file every fifth raw row is one
_TITLE, _OPENING, _LETTER = 15, 40, 400  # characters, stop words left out
_LONGEST_GRAM = 4
_ROOM = 10**7  # a cell of the table holds a whole letter

Row = tuple[str, list[str] | str]  # label; words, or raw text


def messages7(train: list[Path], test: Path | None, as_json: bool) -> None:
    """Train on `train`; test on `test`, or on every fifth raw row, which is then not trained on."""
    csv.field_size_limit(_ROOM)
    rows = [row for path in train for row in _read(path)]
    held = list(_read(test)) if test else _every_fifth_raw(rows)
    if not test:
        apart = {id(row) for row in held}
        rows = [row for row in rows if id(row) not in apart]
    if not rows or not held:
        raise BadRow(file=str(test or train[0]), line=1, reason="no rows to train on or to test")
    figures = _measure(rows, held)
    if as_json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:>12}  {value}")


def _read(path: Path) -> Iterator[Row]:
    """A `.tsv` of label and words, or JSON lines with title, text and label."""
    if not path.is_file():
        raise BadInput(f"{path}: no such file; expected rows of labelled letters")
    if path.suffix == ".tsv":
        yield from _cut_rows(path)
        return
    for number, found in read_lines(path):
        try:
            yield found["label"], f"{found.get('title') or ''}\n{found['text']}"
        except KeyError as error:
            raise BadRow(file=path.name, line=number, reason=f"{error} is missing") from None


def _cut_rows(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        try:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                yield row["label"], row["tok"].split()
        except UnicodeDecodeError:
            raise BadInput(f"{path}: expected text in UTF-8") from None
        except (KeyError, AttributeError):  # no such column; a row that ends before it
            raise BadInput(f"{path}: expected the columns label and tok in each row") from None


def _every_fifth_raw(rows: list[Row]) -> list[Row]:
    return [row for row in rows if isinstance(row[1], str)][::_HELD_OUT]


def _measure(rows: list[Row], held: list[Row]) -> dict[str, Any]:
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.metrics import accuracy_score, f1_score
    from sklearn.svm import LinearSVC

    words = _reader([body for _, body in rows if isinstance(body, list)])
    seen, asked = [words(body) for _, body in rows], [words(body) for _, body in held]
    tables = [TfidfVectorizer(analyzer=list, min_df=2, sublinear_tf=True)] + [
        TfidfVectorizer(analyzer=partial(_grams, characters), min_df=least, sublinear_tf=True)
        for characters, least in ((_TITLE, 2), (_OPENING, 2), (_LETTER, 3))
    ]
    known = hstack([table.fit_transform(seen) for table in tables]).tocsr()
    unknown = hstack([table.transform(asked) for table in tables]).tocsr()
    machine = LinearSVC(C=0.3, class_weight="balanced", random_state=7)
    machine.fit(known, [label for label, _ in rows])
    guessed, right = machine.predict(unknown), [label for label, _ in held]
    return {
        "accuracy": round(float(accuracy_score(right, guessed)), 4),
        "macro_f1": round(float(f1_score(right, guessed, average="macro")), 4),
        "train": len(rows),
        "test": len(held),
    }


def _reader(cut: list[list[str]]) -> Callable[[list[str] | str], list[str]]:
    """From words, or raw text, to the words that training knows."""
    known = {word for words in cut for word in words}
    cutter = jieba.Tokenizer()
    folder = setup.read_settings().data_dir / "jieba"
    folder.mkdir(parents=True, exist_ok=True)
    cutter.tmp_dir = str(folder)  # not the shared temporary folder; see bot/language/tokens.py
    for word in known:
        if len(word) > 1:
            cutter.add_word(word)

    def words(body: list[str] | str) -> list[str]:
        if isinstance(body, list):
            return body
        found = cutter.cut("".join(body.split()))
        return [word for word in found if not known or word in known]

    return words


def _grams(characters: int, words: list[str]) -> list[str]:
    text = "".join(words)[:characters]
    lengths = range(1, _LONGEST_GRAM + 1)
    return [text[i : i + n] for n in lengths for i in range(len(text) - n + 1)]
