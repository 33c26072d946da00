"""The HTTP side: one asyncio thread, kept-alive connections, every request answered under a lock.

HTTP is parsed by httptools. Faults are played here, around the call, so that the functions know
nothing of them.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httptools

from leads.vicidial.simulator.add_lead import Server, add_lead
from leads.vicidial.simulator.damage import ScriptDied, digits
from leads.vicidial.simulator.faults import AFTER, BEFORE, Fault, FaultPlan
from leads.vicidial.simulator.login import refusal
from leads.vicidial.simulator.lookups import FUNCTIONS, version
from leads.vicidial.simulator.releases import has
from leads.vicidial.simulator.store import Store

HOST = "127.0.0.1"
PATH = "/vicidial/non_agent_api.php"
HTML = "<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"
REASONS = {200: "OK", 404: "Not Found", 500: "Internal Server Error", 502: "Bad Gateway"}


class Simulator:
    """A VICIdial server on loopback, in a thread of its own: use it in a `with` block.

    `port` 0 is any free one; `store` is None for memory only, or an SQLite file that survives a
    kill; `release` is one of `releases.ORDER` or the fork; `accents` = "use non latin" is on;
    `strict` = the database is; `latency` is seconds that each call takes; `published_order` gives
    success lines the order of the published text. `store` then holds the Store to read and set up.
    """

    def __init__(
        self,
        port: int = 0,
        user: str = "6666",
        password: str = "",
        store: Path | str | None = None,
        release: str = "2.14-202",
        *,
        accents: bool = False,
        strict: bool = False,
        faults: FaultPlan | None = None,
        latency: float = 0.0,
        published_order: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.port = port
        self.release = release
        self.accents = accents
        self.strict = strict
        self.faults = faults
        self.latency = latency
        self.published_order = published_order
        self.store = Store(store, clock)
        self.store.set_user(user, password=password)
        self._loop: asyncio.AbstractEventLoop
        self._over: asyncio.Event
        self._serving = threading.Event()
        self._thread: threading.Thread | None = None
        self.connections: set[asyncio.Transport] = set()

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}{PATH}"

    def __enter__(self) -> Simulator:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Listen, and return when calls are answered. Raises OSError if the port is in use."""
        # Bound here and served there: the caller's thread may have an event loop of its own.
        listening = socket.create_server((HOST, self.port))
        self.port = int(listening.getsockname()[1])
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(listening)), name="vicidial-simulator"
        )
        self._thread.daemon = True
        self._thread.start()
        self._serving.wait()

    async def _serve(self, listening: socket.socket) -> None:
        self._loop = asyncio.get_running_loop()
        self._over = asyncio.Event()
        server = await self._loop.create_server(lambda: Connection(self), sock=listening)
        self._serving.set()
        await self._over.wait()
        server.close()
        for transport in self.connections.copy():
            transport.abort()

    def stop(self) -> None:
        """Close every connection and the port; the store can still be read."""
        if self._thread is None or not self._thread.is_alive():
            return
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()
        self.store.close()

    def fault_of(self, function: str) -> Fault | None:
        return self.faults.next(function) if self.faults else None

    def answer(self, params: Mapping[str, str], ip: str = HOST) -> tuple[int, str]:
        """HTTP status and body for one call; an SQL error ends in an empty 500."""
        with self.store.lock:
            try:
                return 200, self._body(params, ip)
            except ScriptDied:
                return 500, ""

    def _body(self, params: Mapping[str, str], ip: str) -> str:
        function = params.get("function", "")
        self.store.calls[function] += 1
        how = Server(self.release, self.accents, self.strict, self.published_order)
        if function == "version":
            return version(self.store, how, params)
        source = "".join(c for c in params.get("source", "") if c.isascii() and c.isalnum())
        user, password = params.get("user", ""), params.get("pass", "")
        if refused := refusal(self.store, function, user, password, ip):
            return refused
        if len(source) < 2:
            return f"ERROR: Invalid Source - {source}\nERROR: Invalid Source: |{source}|\n"
        if not has(self.release, function):
            return "ERROR: NO FUNCTION SPECIFIED\n"
        if function == "add_lead":
            return add_lead(self.store, how, params)
        return FUNCTIONS[function](self.store, how, params)

    def disturb(self, fault: Fault, params: Mapping[str, str]) -> None:
        """Faults that change what the server holds rather than how one call goes."""
        user = params.get("user", "")
        with self.store.lock:
            if fault.kind == "login_fails":
                self.store.set_user(user, password="changed meanwhile")  # noqa: S106
            elif fault.kind == "locked":
                self.store.set_user(user, locked_at=self.store.clock())
            elif fault.kind == "list_vanishes":
                self.store.lists.pop(int(digits(params.get("list_id", "")) or 0), None)


class Connection(asyncio.Protocol):
    """One connection of a client."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.transport: asyncio.Transport
        self.url = b""
        self.body = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101
        self.transport = transport
        self.simulator.connections.add(transport)
        self.parser = httptools.HttpRequestParser(self)

    def connection_lost(self, error: Exception | None) -> None:
        self.simulator.connections.discard(self.transport)

    def data_received(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            self.transport.abort()

    # What the parser calls

    def on_message_begin(self) -> None:
        self.url = self.body = b""

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        keep = self.parser.should_keep_alive()
        url = urlsplit(self.url.decode("latin-1"))
        if url.path != PATH:
            self.write(404, HTML.format("404 Not Found"), keep=keep)
            return
        params = {**parse(url.query), **parse(self.body.decode("latin-1"))}
        fault = self.simulator.fault_of(params.get("function", ""))
        if self.simulator.latency:
            later = asyncio.get_running_loop().call_later
            later(self.simulator.latency, self.play, fault, params, keep)
        else:
            self.play(fault, params, keep)

    def play(self, fault: Fault | None, params: Mapping[str, str], keep: bool) -> None:
        """Answer the call, or spoil it as planned."""
        if fault is None:
            self.reply(params, keep)
        elif fault.kind in BEFORE:
            self.before(fault)
        elif fault.kind in AFTER:
            self.after(fault, params, keep)
        else:
            self.simulator.disturb(fault, params)
            self.reply(params, keep)

    def reply(self, params: Mapping[str, str], keep: bool) -> None:
        status, body = self.simulator.answer(params)
        self.write(status, body, keep=keep)

    def before(self, fault: Fault) -> None:
        if fault.kind == "closed_before":
            self.transport.abort()
        elif fault.kind == "error_before":
            self.write(500, "", keep=True)
        else:
            self.write(503, HTML.format("503 Service Unavailable"), keep=True)

    def after(self, fault: Fault, params: Mapping[str, str], keep: bool) -> None:
        later = asyncio.get_running_loop().call_later
        if fault.kind == "late":
            # The client has gone when the lead is inserted.
            self.transport.abort()
            later(fault.seconds, self.simulator.answer, params)
            return
        status, body = self.simulator.answer(params)
        if fault.kind == "slow":
            later(fault.seconds, lambda: self.write(status, body, keep=keep))
        elif fault.kind == "closed_after":
            self.transport.abort()
        elif fault.kind == "error_after":
            self.write(500, "", keep=True)
        elif fault.kind == "gateway":
            self.write(502, HTML.format("502 Bad Gateway"), keep=True)
        elif fault.kind == "garbage":
            self.write(200, HTML.format("It works!"), keep=True)
        else:
            self.write(status, body, keep=False, cut=len(body) // 2)

    def write(self, status: int, body: str, *, keep: bool, cut: int | None = None) -> None:
        """Send an answer; `cut` sends only that many characters of the body, then closes."""
        if self.transport.is_closing():
            return
        content = body.encode("utf-8", "surrogateescape")
        head = (
            f"HTTP/1.1 {status} {REASONS.get(status, 'Service Unavailable')}\r\n"
            "Content-Type: text/html; charset=utf-8\r\n"
            f"Content-Length: {len(content)}\r\n"
            f"Connection: {'keep-alive' if keep else 'close'}\r\n\r\n"
        ).encode()
        self.transport.write(head + (content if cut is None else content[:cut]))
        if not keep:
            self.transport.close()


def parse(text: str) -> dict[str, Any]:
    """A query string or form body as PHP reads it: UTF-8, the last value of a name wins.

    Bytes that are no UTF-8 come through as surrogates, so that the damage can be done to them.
    """
    pairs = parse_qsl(text, keep_blank_values=True, errors="surrogateescape")
    return dict(pairs)
