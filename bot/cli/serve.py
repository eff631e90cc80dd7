"""`serve`: one process of the desk, as the supervisor or a service manager starts it."""

from __future__ import annotations

import faulthandler
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from bot import bootstrap
from bot.cli import setup
from bot.desk.errors import BadInput, Unavailable
from bot.dialogue.fingerprint import current_model

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from bot.bootstrap import Office


def serve(name: str, parent: int | None) -> None:
    """engine | actions | worker | web | telegram; returns when the process is told to stop.

    parent: the supervisor's process id. When it is killed, nobody would stop us: we end as well.
    """
    faulthandler.enable()
    if parent:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    run = _PROCESSES.get(name)
    if run is None:
        raise BadInput(f"{name!r}: expected one of {', '.join(_PROCESSES)}")
    run()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(5)
    os._exit(1)


def train() -> None:
    from bot.dialogue import tensorflow_stub

    tensorflow_stub.install()
    from bot.dialogue import engine

    found = setup.read_settings()
    path = engine.train(found.models, patches_off=found.patches_off)
    setup.say(f"trained {path.name}")


def _engine() -> None:
    found = setup.read_settings()
    model = current_model(found.models)
    if model is None:
        raise Unavailable("no model is current: run `linli train` first")

    from bot.dialogue import unneeded

    unneeded.install()
    from bot.dialogue import engine

    engine.serve(found, model)


def _actions() -> None:
    from actions import server

    server.serve(setup.read_settings())


def _worker() -> None:
    from bot.worker import main

    main.serve(bootstrap.open_office(setup.read_settings(), migrated=True))


def web_app(office: Office) -> Starlette:
    """The chat page and the console, side by side."""
    from starlette.applications import Starlette
    from starlette.routing import Mount

    from bot.console import app as console
    from bot.web import app as chat

    page = chat.build(office, office.gateway())
    routes = [Mount("/console", console.build(office)), Mount("/", page)]
    return Starlette(routes=routes, lifespan=page.router.lifespan_context)


def _web() -> None:
    import uvicorn

    found = setup.read_settings()
    uvicorn.run(
        web_app(bootstrap.open_office(found, migrated=True)),
        host=found.web_host,
        port=found.web_port,
        ws="none",
        log_level="warning",
        timeout_graceful_shutdown=3,  # a page that waits for news would hold the stop for long
    )


def _telegram() -> None:
    from bot.telegram import app

    app.serve(bootstrap.open_office(setup.read_settings(), migrated=True))


_PROCESSES: dict[str, Callable[[], None]] = {
    "engine": _engine,
    "actions": _actions,
    "worker": _worker,
    "web": _web,
    "telegram": _telegram,
}
