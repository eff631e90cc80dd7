"""A real Chromium, pages that tell on themselves, and web applications to look at.

The synchronous playwright leaves its event loop marked as running in the main thread, where no
asyncio test could start afterwards. So its loop is shown only while a browser test runs.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
    "device_scale_factor": 2,
}
_DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}

NewPage = Callable[..., Page]


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """Runs an ASGI application on a free port, in a thread; gives its address."""
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        ws="none",  # the websockets that Rasa wants is too old for uvicorn
        log_level="warning",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the application did not start"
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


def look(page: Page, name: str) -> None:
    """Keep a picture of the page as NAME.png where LINLI_SCREENSHOTS says, if it says so."""
    folder = os.environ.get("LINLI_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


@contextmanager
def _shown(loop: asyncio.AbstractEventLoop | None) -> Iterator[None]:
    asyncio._set_running_loop(loop)
    try:
        yield
    finally:
        asyncio._set_running_loop(None)


@pytest.fixture(scope="session")
def _playing() -> Iterator[tuple[Browser, asyncio.AbstractEventLoop]]:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no chromium on the PATH (Debian: apt install chromium)")
    manager = sync_playwright()
    playwright: Playwright = manager.start()
    loop = asyncio.get_running_loop()
    with _shown(loop):
        browser = playwright.chromium.launch(executable_path=path, args=list(_FLAGS))
    yield browser, loop
    with _shown(loop):
        browser.close()
        playwright.stop()


@pytest.fixture
def chromium(_playing: tuple[Browser, asyncio.AbstractEventLoop]) -> Iterator[Browser]:
    """The browser of this run, usable while the test lasts; skipped where there is none."""
    browser, loop = _playing
    with _shown(loop):
        yield browser


@contextmanager
def _pages(browser: Browser, defaults: dict[str, Any]) -> Iterator[NewPage]:
    contexts, wrong = [], []

    def new(*, tolerate: str | None = None, **options: Any) -> Page:
        context = browser.new_context(**{"locale": "zh-CN", **defaults, **options})
        context.set_default_timeout(10_000)
        contexts.append(context)

        def note(line: str) -> None:
            if not (tolerate and re.search(tolerate, line)):
                wrong.append(line)

        def watch(page: Page) -> None:
            page.on("pageerror", lambda error: note(f"page error: {error}"))
            page.on(
                "console",
                lambda said: note(f"console: {said.text}") if said.type == "error" else None,
            )

        context.on("page", watch)
        return context.new_page()

    yield new
    for context in contexts:
        context.close()
    assert not wrong, "the browser complained: " + "; ".join(wrong)


@pytest.fixture
def phone(chromium: Browser) -> Iterator[NewPage]:
    """`phone()` is a page of a fresh phone, 390×844. The test fails on whatever the browser
    calls an error, but for lines that match the expression `tolerate`; other options are those
    of playwright's new_context."""
    with _pages(chromium, _PHONE) as new:
        yield new


@pytest.fixture
def desktop(chromium: Browser) -> Iterator[NewPage]:
    """The same as `phone` on a desk, 1280×800."""
    with _pages(chromium, _DESKTOP) as new:
        yield new
