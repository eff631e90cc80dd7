"""Rasa as it comes: installed from its own lock, trained once on our data, started by its command.

The training is kept under a fingerprint of all that goes into it, with its cost beside it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import resource
import subprocess
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path

from bot.cli.bench import environment
from bot.cli.setup import say
from bot.desk.errors import Unavailable
from bot.settings import CHECKOUT

STOCK = CHECKOUT / "bench" / "stock"
LOCK = STOCK / "requirements.lock"
FULL_EPOCHS = 100  # what config.yml says, which is what `rasa init` gives
_EPOCHS = re.compile(r"epochs: \d+")
_STEP = re.compile(
    r"^(\S+ \S+) .*(Starting to train|Finished training) component '(\w+)'", re.MULTILINE
)
_NEURAL = ("DIETClassifier", "ResponseSelector", "UnexpecTEDIntentPolicy", "TEDPolicy")


@dataclass(frozen=True, kw_only=True)
class Training:
    """seconds, cpu_seconds: measured with `epochs`. full_seconds: what FULL_EPOCHS would take, if
    each epoch takes as long as those measured; the same figure when they were FULL_EPOCHS."""

    epochs: int
    seconds: float
    cpu_seconds: float
    full_seconds: float
    peak_rss_mb: float


def is_installed(home: Path) -> bool:
    return (home / "venv" / "bin" / "python").exists()


def ensure_environment(home: Path) -> tuple[Path, float]:
    """Its Python and the size of its environment in MB; minutes the first time."""
    return environment.ensure(LOCK, home / "venv")


def ensure_model(home: Path, python: Path, epochs: int) -> tuple[Path, Training]:
    """The trained model and what the training cost; long the first time."""
    name = f"stock-{_fingerprint(epochs)}"
    model, note = home / f"{name}.tar.gz", home / f"{name}.json"
    if not (model.exists() and note.exists()):
        say(f"training stock Rasa for {epochs} epochs; this takes long, but only once …")
        training = _train(home, python, name, epochs)
        note.write_text(json.dumps(asdict(training)))
    return model, Training(**json.loads(note.read_text("utf-8")))


def command(python: Path, model: Path, port: int) -> list[str]:
    """`rasa run` in a single process with the REST channel and Rasa's default stores."""
    return [
        str(python), "-m", "rasa", "run", "--quiet",
        "--model", str(model),
        "--endpoints", str(STOCK / "endpoints.yml"),
        "--credentials", str(STOCK / "credentials.yml"),
        "--interface", "127.0.0.1",
        "--port", str(port),
    ]  # fmt: skip


def quiet_environ() -> dict[str, str]:
    """Without telemetry, and without TensorFlow looking for a graphics card."""
    return {
        **os.environ,
        "RASA_TELEMETRY_ENABLED": "false",
        "PYTHONWARNINGS": "ignore",
        "TF_CPP_MIN_LOG_LEVEL": "2",
    }


def _train(home: Path, python: Path, name: str, epochs: int) -> Training:
    config = write_config(home, epochs)
    log = home / f"{name}.log"
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    with log.open("wb") as stream:
        run = subprocess.run(  # noqa: S603 our own command
            [
                str(python), "-m", "rasa", "train", "--force",
                "--config", str(config),
                "--domain", str(CHECKOUT / "domain.yml"),
                "--data", str(CHECKOUT / "nlu_data"),
                "--out", str(home),
                "--fixed-model-name", name,
            ],
            cwd=home,
            env=quiet_environ(),
            stdout=stream,
            stderr=subprocess.STDOUT,
            check=False,
        )  # fmt: skip
    seconds, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if run.returncode:
        raise Unavailable(f"training stock Rasa failed; {log} says why")
    return Training(
        epochs=epochs,
        seconds=round(seconds, 1),
        cpu_seconds=round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1),
        full_seconds=round(scaled(seconds, log.read_text("utf-8", "replace"), epochs), 1),
        peak_rss_mb=round(after.ru_maxrss / 1024, 1),
    )


def write_config(folder: Path, epochs: int) -> Path:
    """Stock Rasa's configuration, with every neural part trained for `epochs`."""
    text = (STOCK / "config.yml").read_text("utf-8")
    config = folder / "config.yml"
    config.write_text(_EPOCHS.sub(f"epochs: {epochs}", text), "utf-8")
    return config


def scaled(seconds: float, log: str, epochs: int) -> float:
    """`seconds` with the neural components trained for FULL_EPOCHS, by the log's own times."""
    return seconds + sum(_neural_seconds(log)) * (FULL_EPOCHS / epochs - 1)


def _neural_seconds(log: str) -> Iterator[float]:
    began: dict[str, datetime] = {}
    for moment, word, component in _STEP.findall(log):
        at = datetime.strptime(moment, "%Y-%m-%d %H:%M:%S").replace(tzinfo=timezone.utc)
        if word.startswith("Starting"):
            began[component] = at
        elif component in _NEURAL and component in began:
            yield (at - began[component]).total_seconds()


def _fingerprint(epochs: int) -> str:
    digest = hashlib.sha256(str(epochs).encode())
    data = sorted((CHECKOUT / "nlu_data").rglob("*.yml"))
    for path in [STOCK / "config.yml", LOCK, CHECKOUT / "domain.yml", *data]:
        digest.update(path.relative_to(CHECKOUT).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
