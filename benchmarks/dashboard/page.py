"""An advisor's page without its browser: Bokeh's websocket, and the page's bridge.

What is measured is what the server does until the last part of the page has its
answer; drawing is the browser's own.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import httpx
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from benchmarks.errors import BenchmarkError
from bokeh_app.page.bridge import PageBridge

REGIONS = frozenset({"client", "decision", "history", "density", "comparison"})
LONGEST_WAIT = 60.0
_LARGEST_MESSAGE = 64 * 1024 * 1024
_XSRF = re.compile(r'name="_xsrf" value="([^"]+)"')
_TOKEN = re.compile(r'"token":"([^"]+)"')
_BRIDGE = re.compile(
    rf'"name":"{re.escape(PageBridge.__qualified_model__)}","id":"(p\d+)"'
)


@dataclass(frozen=True)
class Entrance:
    """A dashboard's address, and the cookies of somebody who has signed in."""

    address: str
    cookies: dict[str, str]


def sign_in(address: str, login: str, password: str) -> Entrance:
    """Sign in as the form does."""
    with httpx.Client(timeout=LONGEST_WAIT, follow_redirects=True) as http:
        form = http.get(address)
        token = _XSRF.search(form.text)
        answer = http.post(
            form.url.copy_with(query=None),
            data={
                "login": login,
                "password": password,
                "next": "/bokeh_app",
                "_xsrf": token[1] if token else "",
            },
        )
        if answer.is_error or not _TOKEN.search(answer.text):
            raise BenchmarkError(f"nobody can sign in at {address}")
        return Entrance(address, dict(http.cookies))


class Page:
    """One session of the dashboard, as its page drives it.

    Parameters
    ----------
    entrance : Entrance
    """

    def __init__(self, entrance: Entrance) -> None:
        self._entrance = entrance
        self._bridge = ""
        self._socket: WebSocketClientConnection | None = None
        self._busy: set[str] = set()
        self._client: int | None = None
        self._sent = 0

    async def open(self, client_id: int) -> float:
        """Open the page of a client; return the seconds until it is complete."""
        started = time.perf_counter()
        address, cookies = self._entrance.address, self._entrance.cookies
        async with httpx.AsyncClient(timeout=LONGEST_WAIT, cookies=cookies) as http:
            answer = await http.get(address, params={"client": client_id})
            answer.raise_for_status()
        token = _TOKEN.search(answer.text)
        if token is None:
            raise BenchmarkError(f"no session at {address}")
        sent = "; ".join(f"{name}={value}" for name, value in cookies.items())
        origin = address.rsplit("/", 1)[0]
        self._socket = await websocket_connect(
            HTTPRequest(
                address.replace("http", "ws", 1) + "/ws",
                headers={"Cookie": sent, "Origin": origin},
            ),
            subprotocols=["bokeh", token[1]],
            max_message_size=_LARGEST_MESSAGE,
        )
        await self._receive()  # the server's acknowledgement
        bridge = _BRIDGE.search(await self._pull())
        if bridge is None:
            raise BenchmarkError("the page has no bridge to its session")
        self._bridge = bridge[1]
        ready = {"type": "event", "name": "document_ready", "values": {"type": "map"}}
        await self._change(
            {"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": ready}
        )
        await self._until_shown(client_id)
        return time.perf_counter() - started

    async def switch(self, client_id: int) -> float:
        """Show another client; return the seconds until all of the page is theirs."""
        started = time.perf_counter()
        self._sent += 1
        request = {"action": "open", "client": str(client_id), "number": self._sent}
        await self._change(
            {
                "kind": "ModelChanged",
                "model": {"id": self._bridge},
                "attr": "request",
                "new": {"type": "map", "entries": [list(i) for i in request.items()]},
            }
        )
        await self._until_shown(client_id)
        return time.perf_counter() - started

    def close(self) -> None:
        """Leave the page."""
        if self._socket is not None:
            self._socket.close()

    async def _until_shown(self, client_id: int) -> None:
        async with asyncio.timeout(LONGEST_WAIT):
            while self._client != client_id or self._busy:
                for view in _views(await self._receive()):
                    self._take(view)

    def _take(self, view: dict[str, Any]) -> None:
        if "client" in view:
            self._client = view["client"]
        self._busy |= REGIONS.intersection(view.get("busy", ()))
        self._busy -= set(view.get("idle", ()))

    async def _pull(self) -> str:
        await self._send("PULL-DOC-REQ", {})
        content: dict[str, Any] = {}
        while "doc" not in content:  # changes may come before the reply
            content = await self._receive()
        return json.dumps(content, separators=(",", ":"))

    async def _change(self, event: dict[str, Any]) -> None:
        await self._send("PATCH-DOC", {"events": [event]})

    async def _send(self, kind: str, content: dict[str, Any]) -> None:
        socket = self._connected()
        self._sent += 1
        for part in ({"msgid": str(self._sent), "msgtype": kind}, {}, content):
            await socket.write_message(json.dumps(part))

    async def _receive(self) -> dict[str, Any]:
        """Return the content of the next message: its third part of three or more."""
        header, _metadata, content = [await self._part() for _ in range(3)]
        for _ in range(2 * header.get("num_buffers", 0)):
            await self._connected().read_message()
        if header["msgtype"] == "ERROR":
            raise BenchmarkError(f"the dashboard refused a message: {content['text']}")
        return content

    async def _part(self) -> dict[str, Any]:
        text = await self._connected().read_message()
        if text is None:
            raise BenchmarkError("the dashboard closed the connection")
        part: dict[str, Any] = json.loads(text)
        return part

    def _connected(self) -> WebSocketClientConnection:
        if self._socket is None:
            raise BenchmarkError("the page is not open")
        return self._socket


def _views(content: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """Return what the session's changes of its bridge put on the page."""
    for event in content.get("events", ()):
        if event.get("kind") == "ModelChanged" and event.get("attr") == "view":
            yield {
                name: value
                for name, value in event["new"].get("entries", ())
                if name in ("client", "busy", "idle")
            }
