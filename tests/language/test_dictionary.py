"""The dictionary in a file answers as jieba's own, and so cuts as jieba cuts."""

from __future__ import annotations

import io
from pathlib import Path

import jieba
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language import dictionary
from bot.language.dictionary import Frequencies
from bot.language.tokens import Cutter

OURS = ["幸福里小区", "翠湖苑", "3号楼"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("words")


@pytest.fixture(scope="module")
def original(folder: Path) -> jieba.Tokenizer:
    tokenizer = jieba.Tokenizer()
    tokenizer.tmp_dir = str(folder)
    for word in OURS:
        tokenizer.add_word(word, freq=1_000_000)
    return tokenizer


@pytest.fixture(scope="module")
def cutter(folder: Path) -> Cutter:
    return Cutter(folder, OURS)


def test_every_word_and_every_beginning_has_jiebas_count(
    cutter: Cutter, original: jieba.Tokenizer
) -> None:
    ours = cutter._jieba.FREQ
    wrong = [word for word, count in original.FREQ.items() if ours.get(word) != count]
    assert not wrong
    assert cutter._jieba.total == original.total


def test_a_dictionary_in_memory_cuts_alike_and_stays_in_our_folder(
    folder: Path, cutter: Cutter, capfd: pytest.CaptureFixture[str]
) -> None:
    whole = Cutter(folder / "whole", OURS, in_memory=True)
    text = "幸福里小区3号楼的电梯又坏了，翠湖苑的路灯也不亮"
    assert whole.cut(text) == cutter.cut(text)
    for word in ("电梯", "幸福里小区", "电", "不是一个词"):
        assert whole.knows(word) == cutter.knows(word)
    assert list((folder / "whole").iterdir())
    assert capfd.readouterr().err == ""


# Han, Latin letters, digits and punctuation: whole words from the dictionary, and anything at all.
chinese = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FD5), max_size=12)
anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.one_of(chinese, anything, st.sampled_from(OURS)), max_size=6), st.data())
def test_texts_are_cut_as_jieba_cuts_them(
    cutter: Cutter, original: jieba.Tokenizer, pieces: list[str], data: st.DataObject
) -> None:
    known = data.draw(st.lists(st.sampled_from(["电梯", "漏水", "邻居", "半夜", "唱歌", "了"])))
    text = "".join([*pieces, *known])
    expected = [(w, start) for w, start, _ in original.tokenize(text) if not w.isspace()]
    assert cutter.cut(text) == expected


def test_a_word_a_beginning_of_one_and_neither(tmp_path: Path) -> None:
    path = tmp_path / "small.npy"
    dictionary.build(io.BytesIO("电梯间 3 n\n漏 0 v\n电 9 n\n电 5 n\n".encode()), path)
    found = Frequencies(path)
    asked = ["电", "电梯", "电梯间", "漏", "漏水", ""]
    assert [found.get(word) for word in asked] == [5, 0, 3, 0, None, 17]
    assert "漏水" not in found
    with pytest.raises(KeyError):
        found["漏水"]
    found["漏水"] = 7
    assert found["漏水"] == 7
