"""Names a model after everything it is made of, so that a change asks for a new training."""

from __future__ import annotations

import hashlib
from pathlib import Path

from bot.settings import CHECKOUT

SOURCES = (
    "domain.yml",
    "config.yml",
    "nlu_data",
    "bot/dialogue/components",
    "bot/language/dictionary.py",
    "bot/language/houses.py",
    "bot/language/linear.py",
    "bot/language/normal.py",
    "bot/language/tokens.py",
    "bot/language/word_vectors.npz",
    "bot/language/word_vectors.py",
)
_ENDINGS = (".yml", ".py", ".npz")


def fingerprint() -> str:
    digest = hashlib.sha256()
    for source in SOURCES:
        root = CHECKOUT / source
        for path in sorted(root.rglob("*")) if root.is_dir() else [root]:
            if path.is_file() and path.suffix in _ENDINGS:
                digest.update(path.relative_to(CHECKOUT).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def model_name() -> str:
    return f"linli-{fingerprint()}.tar.gz"


def current_model(models: Path) -> Path | None:
    """The model trained from the files as they are now, if there is one."""
    path = models / model_name()
    return path if path.exists() else None
