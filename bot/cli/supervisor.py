"""Starts the processes of one machine, waits until they are well, and keeps them so."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bot import settings as settings_module
from bot.desk.errors import BadSetting, Unavailable
from bot.settings import CHECKOUT, Settings

Say = Callable[[str], None]

_GRACE = 8.0  # seconds a process has to stop before it is killed
_LONGEST_PAUSE = 30.0
_PULSE_AGE = 15.0

# glibc keeps up to eight heaps a core, one for whichever thread asks, and each stays as large as it
# ever was: a process with worker threads creeps upwards for a quarter of an hour. Under Python's
# lock a single heap is hardly ever waited for. Whoever starts us may say otherwise.
_LEAN = {"MALLOC_ARENA_MAX": "1"}


@dataclass
class Child:
    """A process to be kept alive. is_well: asked until it says yes."""

    name: str
    is_well: Callable[[], bool]
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    started: float = 0.0
    again_at: float = 0.0
    announced: bool = False


@dataclass
class Supervisor:
    """Runs `children` until `stop`. `say` is told of everything a person should know."""

    settings: Settings
    children: list[Child]
    say: Say
    _stopping: threading.Event = field(default_factory=threading.Event)
    _watcher: threading.Thread | None = None

    def start(self, *, timeout: float = 120.0) -> None:
        """Start all and wait until each is well; raises Unavailable with the log's name."""
        for child in self.children:
            self._spawn(child)
        for child in self.children:
            began = time.monotonic()
            while not child.is_well():
                code = child.process.poll() if child.process else None
                if code is not None or time.monotonic() - began > timeout:
                    self.stop()
                    raise Unavailable(
                        f"{child.name} did not start (exit {code}); see {self._log(child)}"
                    )
                time.sleep(0.1)
            child.announced = True
            self.say(f"{child.name} is well after {time.monotonic() - child.started:.1f} s")
        self._watcher = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        self._watcher.start()

    def stop(self) -> None:
        """Stop all, politely, then not; safe to call twice."""
        self._stopping.set()
        if self._watcher:
            self._watcher.join()
        running = [c.process for c in self.children if c.process and c.process.poll() is None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + _GRACE
        for process in running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def wait(self) -> None:
        """Until a signal asks to stop."""
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: self._stopping.set())
        while not self._stopping.wait(0.5):
            pass

    def _spawn(self, child: Child) -> None:
        path = self._log(child)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as log:
            child.process = subprocess.Popen(  # noqa: S603 our own command
                child.command,
                cwd=CHECKOUT,
                env={**_LEAN, **os.environ, **environment(self.settings)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches us alone; we stop the others in order
            )
        child.started, child.announced = time.monotonic(), False

    def _watch(self) -> None:
        while not self._stopping.wait(0.2):
            for child in self.children:
                self._look_after(child)

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        code = child.process.poll() if child.process else None
        if code is None:
            if not child.announced and child.is_well():
                child.announced = True
                self.say(f"{child.name} is well after {now - child.started:.1f} s")
            if now - child.started > 60:
                child.deaths = 0
            return
        if not child.again_at:
            pause = min(0.5 * 2**child.deaths, _LONGEST_PAUSE)
            child.deaths += 1
            child.again_at = now + pause
            self.say(f"{child.name} ended (exit {code}); started again in {pause:.1f} s")
        elif now >= child.again_at:
            child.again_at = 0.0
            self._spawn(child)

    def _log(self, child: Child) -> Path:
        return self.settings.logs / f"{child.name}.log"


def environment(settings: Settings) -> dict[str, str]:
    """What a child process needs to know."""
    return {
        **settings_module.to_environ(settings),
        "LINLI_ACTIONS_URL": settings.actions_url,
        "LINLI_TRACKER_URL": settings.tracker_url,
        "RASA_TELEMETRY_ENABLED": "false",
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore",  # Rasa's libraries warn about each other at every start
    }


def engine(settings: Settings) -> Child:
    return Child("engine", _answers(f"{settings.engine_url}/webhooks/linli/"), _command("engine"))


def actions(settings: Settings) -> Child:
    return Child("actions", _answers(f"{settings.actions_url}/health"), _command("actions"))


def worker(settings: Settings) -> Child:
    return Child("worker", _beats(settings, "worker"), _command("worker"))


def web(settings: Settings) -> Child:
    return Child("web", _answers(f"http://127.0.0.1:{settings.web_port}/healthz"), _command("web"))


def telegram(settings: Settings) -> Child:
    return Child("telegram", _beats(settings, "telegram"), _command("telegram"))


def check_ports(settings: Settings) -> None:
    """Raises BadSetting for a port that somebody else uses."""
    wanted = {
        "LINLI_ENGINE_PORT": settings.engine_port,
        "LINLI_ACTIONS_PORT": settings.actions_port,
        "LINLI_WEB_PORT": settings.web_port,
    }
    for variable, port in wanted.items():
        if list(wanted.values()).count(port) > 1:
            raise BadSetting(
                variable=variable, value=str(port), expected="a port of its own for each process"
            )
    for variable, port in wanted.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                raise BadSetting(
                    variable=variable, value=str(port), expected="a port nobody else uses"
                ) from None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _command(name: str) -> list[str]:
    return [sys.executable, "-m", "bot", "serve", name, "--parent", str(os.getpid())]


def _beats(settings: Settings, name: str) -> Callable[[], bool]:
    """A process without a port touches a file at every look around."""
    pulse = settings.data_dir / "run" / name
    born = time.time()

    def is_well() -> bool:
        if not pulse.exists():
            return False
        beat = pulse.stat().st_mtime
        return beat >= born and time.time() - beat < _PULSE_AGE

    return is_well


def _answers(url: str) -> Callable[[], bool]:
    def is_well() -> bool:
        try:
            return httpx.get(url, timeout=2, trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    return is_well
