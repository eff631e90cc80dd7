"""Trains and asks one stock DIET. Runs in the environment with TensorFlow, not in ours.

    python diet_worker.py CONFIG FOLDER NAME

Learns FOLDER/NAME.jsonl ({"text", "label"} lines) into FOLDER/NAME.tar.gz unless that exists, says
{"train_seconds"}, then answers each {"text"} line with {"ranking": [[label, confidence] …]}.
Imports nothing of this project.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

_DIET = "DIETClassifier"


def main(config: Path, folder: Path, name: str) -> None:
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    answers = sys.stdout
    with contextlib.redirect_stdout(sys.stderr):  # Rasa prints; the pipe is for answers
        seconds = _train(config, folder, name)
        _write(answers, {"train_seconds": seconds})
        asyncio.run(_answer(folder / f"{name}.tar.gz", answers))


def _train(config: Path, folder: Path, name: str) -> float:
    """Seconds the training took, also when it was in an earlier run."""
    record = folder / f"{name}.seconds"
    if (folder / f"{name}.tar.gz").exists() and record.exists():
        return float(record.read_text("utf-8"))
    from rasa.model_training import train_nlu

    began = time.perf_counter()
    train_nlu(
        config=str(_pipeline(config, folder / f"{name}.config.yml")),
        nlu_data=str(_training_data(folder / f"{name}.jsonl", folder / f"{name}.nlu.yml")),
        output=str(folder),
        fixed_model_name=name,
    )
    seconds = round(time.perf_counter() - began, 1)
    record.write_text(str(seconds), encoding="utf-8")
    return seconds


def _pipeline(config: Path, target: Path) -> Path:
    """The stock pipeline up to DIET: what follows it does not classify, or asks again."""
    import rasa.shared.utils.io as files

    stock = files.read_config_file(config)
    steps = stock["pipeline"]
    last = next(number for number, step in enumerate(steps) if step["name"] == _DIET)
    kept = {"recipe": stock["recipe"], "assistant_id": "diet", "language": stock["language"]}
    files.write_yaml({**kept, "pipeline": steps[: last + 1]}, target)
    return target


def _training_data(source: Path, target: Path) -> Path:
    from rasa.shared.nlu.training_data.message import Message
    from rasa.shared.nlu.training_data.training_data import TrainingData

    rows = _lines(source)
    messages = [Message.build(text=row["text"], intent=row["label"]) for row in rows]
    target.write_text(TrainingData(messages).nlu_as_yaml(), encoding="utf-8")
    return target


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as stream:
        yield from map(json.loads, stream)


async def _answer(model: Path, answers: TextIO) -> None:
    from rasa.core.agent import Agent

    agent = Agent.load(model)
    for line in sys.stdin:
        parsed = await agent.parse_message(json.loads(line)["text"])
        ranking = [(one["name"], one["confidence"]) for one in parsed["intent_ranking"]]
        _write(answers, {"ranking": ranking})


def _write(answers: TextIO, value: dict[str, Any]) -> None:
    answers.write(json.dumps(value) + "\n")
    answers.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
