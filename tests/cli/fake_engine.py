"""An engine for tests of the benchmark: both channels, one answer, and a chosen slowness.

python fake_engine.py PORT MILLISECONDS
"""

from __future__ import annotations

import asyncio
import sys

from aiohttp import web

_pause = float(sys.argv[2]) / 1000


async def linli(request: web.Request) -> web.Response:
    said = await request.json()
    await asyncio.sleep(_pause)
    return web.json_response({"replies": [{"text": _reply(said["text"]), "buttons": []}]})


async def rest(request: web.Request) -> web.Response:
    said = await request.json()
    await asyncio.sleep(_pause)
    assert said["metadata"]["message_key"]
    return web.json_response([{"recipient_id": said["sender"], "text": _reply(said["message"])}])


def _reply(text: str) -> str:
    return "再见，有事随时找我。" if "再见" in text else f"听到了：{text}"


app = web.Application()
app.router.add_post("/webhooks/linli/message", linli)
app.router.add_post("/webhooks/rest/webhook", rest)
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None)
