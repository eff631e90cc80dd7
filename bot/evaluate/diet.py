"""The stock rival: DIET, the classifier that comes with Rasa, taught the same examples.

It needs TensorFlow, which this environment lacks on purpose: it lives in one of its own, and this
module only talks to it, a line for a line (`diet_worker.py` is the other end).
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.desk.errors import Unavailable
from bot.evaluate import diet_worker
from bot.evaluate.answers import INTENT, KIND, MATTER, Answers, from_ranking, kind_of

if TYPE_CHECKING:
    from bot.dialogue.examples import Example

Ranking = list[tuple[str, float]]


class DietRival:
    """One DIET for intents and one for matters; trained at first use (minutes), then cached.

    python: of an environment with Rasa and TensorFlow. config: of stock Rasa, whose pipeline up to
    DIET is used. cache: a folder for models and logs. Close it to end its processes.
    """

    name = "diet"

    def __init__(
        self,
        examples: Sequence[Example],
        *,
        python: Path,
        config: Path,
        cache: Path,
        tell: Callable[[str], None],
    ) -> None:
        cache.mkdir(parents=True, exist_ok=True)
        start = _Starter(python, config, cache, tell)
        self._intents = start([(one.text, one.intent) for one in examples], INTENT)
        self._matters = start([(one.text, one.matter) for one in examples if one.matter], MATTER)
        self.train_seconds = self._intents.train_seconds + self._matters.train_seconds

    def answers(self, texts: list[str]) -> Iterator[Answers]:
        for text in texts:
            intents = self._intents.rank(text)
            yield {
                INTENT: from_ranking(intents),
                KIND: kind_of(intents),
                MATTER: from_ranking(self._matters.rank(text)),
            }

    def close(self) -> None:
        self._intents.close()
        self._matters.close()


class _Worker:
    """A process that trained, or loaded, one model and reads texts with it."""

    def __init__(self, command: list[str], log: Path) -> None:
        self._log = log
        with log.open("ab") as stream:
            self._process = subprocess.Popen(  # noqa: S603 our own command
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stream,
                text=True,
                encoding="utf-8",
            )
        self.train_seconds = float(self._hear()["train_seconds"])

    def rank(self, text: str) -> Ranking:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"text": text}) + "\n")
        self._process.stdin.flush()
        return [(str(name), float(chance)) for name, chance in self._hear()["ranking"]]

    def close(self) -> None:
        """The process ends when nobody writes to it any more."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait(timeout=60)

    def _hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise Unavailable(f"stock DIET ended; {self._log} says why")
        heard: dict[str, Any] = json.loads(line)
        return heard


class _Starter:
    """Starts the worker of a task on its examples."""

    def __init__(
        self, python: Path, config: Path, cache: Path, tell: Callable[[str], None]
    ) -> None:
        self._python, self._config, self._cache, self._tell = python, config, cache, tell

    def __call__(self, examples: Sequence[tuple[str, str]], task: str) -> _Worker:
        lines = [json.dumps({"text": t, "label": label}) + "\n" for t, label in examples]
        taught = "".join(lines).encode() + self._config.read_bytes()
        name = f"{task}-{hashlib.sha256(taught).hexdigest()[:16]}"
        file = self._cache / f"{name}.jsonl"
        file.write_text("".join(lines), encoding="utf-8")
        if not (self._cache / f"{name}.tar.gz").exists():
            self._tell(f"training stock DIET for {task}: some minutes …")
        return _Worker(self._command(name), self._cache / "diet.log")

    def _command(self, name: str) -> list[str]:
        words = [self._python, diet_worker.__file__, self._config, self._cache, name]
        return [str(word) for word in words]
