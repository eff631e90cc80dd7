"""The letters' benchmark: rows of both kinds are read, learnt from and measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli.bench.messages7 import messages7
from bot.desk.errors import BadInput, BadRow

LETTERS = {"交通运输": ("公交", "绕行", "乘客"), "教育文体": ("小学", "补课", "老师")}


def _cut(path: Path) -> Path:
    rows = [f"{label}\t{' '.join(words)}" for label, words in LETTERS.items()] * 3
    path.write_text("\n".join(["label\ttok", *rows]), encoding="utf-8")
    return path


def _raw(path: Path) -> Path:
    rows = [
        {"title": f"反映{words[0]}的问题", "text": f"我们的{words[1]}太多了", "label": label}
        for label, words in LETTERS.items()
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def test_raw_letters_are_told_by_the_words_of_cut_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    messages7([_cut(tmp_path / "train.tsv")], _raw(tmp_path / "test.jsonl"), as_json=True)
    assert json.loads(capsys.readouterr().out) == {
        "accuracy": 1.0,
        "macro_f1": 1.0,
        "train": 6,
        "test": 2,
    }


def test_without_a_test_file_every_fifth_raw_letter_is_held_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    messages7([_cut(tmp_path / "train.tsv"), _raw(tmp_path / "raw.jsonl")], None, as_json=True)
    found = json.loads(capsys.readouterr().out)
    assert (found["train"], found["test"]) == (7, 1)


def test_a_bad_row_is_named_and_a_missing_file_too(tmp_path: Path) -> None:
    broken = tmp_path / "broken.jsonl"
    for row in ('{"title": "x", "label": "y"}', "[1]", "{"):
        broken.write_text(row, encoding="utf-8")
        with pytest.raises(BadRow):
            messages7([_cut(tmp_path / "train.tsv")], broken, as_json=True)
    with pytest.raises(BadInput):
        messages7([tmp_path / "absent.tsv"], broken, as_json=True)


@pytest.mark.parametrize("content", [b"a\tb\n1\t2\n", b"label\ttok\n\xff\t2\n", b"label\ttok\nx\n"])
def test_a_table_of_another_kind_is_refused(tmp_path: Path, content: bytes) -> None:
    table = tmp_path / "table.tsv"
    table.write_bytes(content)
    with pytest.raises(BadInput, match="expected"):
        messages7([table], None, as_json=True)
