"""The action server's process: the actions of this package, on loopback."""

from __future__ import annotations

import logging

from rasa_sdk.endpoint import create_app

from bot.settings import Settings


def serve(settings: Settings) -> None:
    """Answer the engine until the process is told to stop."""
    logging.getLogger("rasa_sdk").setLevel(logging.WARNING)
    logging.getLogger("sanic.access").setLevel(logging.WARNING)
    app = create_app("actions")
    # Longer than the engine keeps an idle line (15 s): a call must not meet a server hanging up.
    app.config.KEEP_ALIVE_TIMEOUT = 60
    app.run(host="127.0.0.1", port=settings.actions_port, access_log=False)
