"""Installs a lock into a folder of its own, and says how much disk that takes."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from bot.cli.setup import say
from bot.desk.errors import Unavailable
from bot.settings import CHECKOUT

LOCK = CHECKOUT / "requirements.lock"
_TOOLS = CHECKOUT / ".venv-tools"
_NOTE = "linli-environment.json"
_MB = 2**20


def size_mb(lock: Path, scratch: Path) -> float:
    """Disk use of what `lock` names, nothing else, as it is just after the installation.

    The folder `scratch` is made for it and removed; the answer is kept beside it for next time.
    """
    note = scratch.with_suffix(".json")
    known = _read(note)
    if known.get("lock") != checksum(lock):
        ensure(lock, scratch)
        shutil.move(scratch / _NOTE, note)
        shutil.rmtree(scratch)
    return float(_read(note)["mb"])


def ensure(lock: Path, folder: Path) -> tuple[Path, float]:
    """A virtual environment in `folder` that holds what `lock` says.

    Returns its Python and its size in MB before anything was compiled.
    """
    python, note = folder / "bin" / "python", folder / _NOTE
    if _read(note).get("lock") != checksum(lock):
        say(f"installing {lock.relative_to(CHECKOUT)} for the benchmark …")
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        uv = _uv()
        _run(uv, "venv", "--quiet", "--python", sys.executable, str(folder))
        _run(uv, "pip", "sync", "--quiet", "--require-hashes", "--python", str(python), str(lock))
        note.write_text(json.dumps({"lock": checksum(lock), "mb": round(_disk_mb(folder), 1)}))
    return python, float(_read(note)["mb"])


def checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def _disk_mb(folder: Path) -> float:
    """As `du` counts: blocks, and a file with several names once."""
    seen: dict[int, int] = {}
    for path in folder.rglob("*"):
        about = path.lstat()
        seen[about.st_ino] = about.st_blocks * 512
    return sum(seen.values()) / _MB


def _read(note: Path) -> dict[str, str | float]:
    try:
        found: dict[str, str | float] = json.loads(note.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def _uv() -> str:
    """The uv that ./linli uses, installed as ./linli does where it is not there yet."""
    uv = _TOOLS / "bin" / "uv"
    if not uv.exists():
        version = re.search(r"^UV_VERSION=(\S+)", (CHECKOUT / "linli").read_text("utf-8"), re.M)
        assert version is not None
        _run(sys.executable, "-m", "venv", str(_TOOLS))
        _run(str(_TOOLS / "bin" / "pip"), "install", "--quiet", f"uv=={version[1]}")
    return str(uv)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise Unavailable(f"{Path(command[0]).name} {command[1]} failed: {done.stderr.strip()}")
