"""A tiny HTTP server on loopback that answers as badly as it is told to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Behave = Callable[[socket.socket, bytes], bool]


@dataclass
class Wild:
    """`behave` gets the connection and each request, and returns True to go on with it."""

    behave: Behave
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    url: str = ""


def reply(body: bytes, *, status: str = "200 OK", length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {size}\r\n\r\n"
    return head.encode() + body


@contextmanager
def wild_server(behave: Behave) -> Iterator[Wild]:
    wild = Wild(behave)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        wild.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread = threading.Thread(target=_accept, args=(listener, wild), daemon=True)
        thread.start()
        yield wild
        # Wakes up accept(), which closing alone does not.
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def _accept(listener: socket.socket, wild: Wild) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        wild.connections += 1
        threading.Thread(target=_serve, args=(connection, wild), daemon=True).start()


def _serve(connection: socket.socket, wild: Wild) -> None:
    with connection:
        connection.settimeout(5)
        try:
            while request := _read(connection):
                wild.requests.append(request)
                if not wild.behave(connection, request):
                    return
        except OSError:
            return


def _read(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part:
            return b""
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next(int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length"))
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body
