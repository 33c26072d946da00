"""The processes of the demo beside the database and the broker: dialer, worker, web server."""

from __future__ import annotations

import os
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import requests

from portal.embedded.children import Child, Children
from portal.embedded.folder import PROJECT_ROOT, DataFolder, EmbeddedError

HOST = "127.0.0.1"
READY_SECONDS = 30.0


@dataclass(frozen=True)
class Services:
    """Where the demo's dialer and portal listen."""

    dialer_url: str
    portal_url: str


def start(
    folder: DataFolder, children: Children, *, api_user: str, api_password: str, port: int
) -> Services:
    """Start simulator, worker with beat, and web server; return when all of them answer.

    `port` is where the portal should listen; the next free one is taken if it is in use. Raises
    EmbeddedError with the end of the log of a process that does not come up.
    """
    manage = [sys.executable, PROJECT_ROOT / "manage.py"]
    with bound_socket(0) as free:
        dialer_port = int(free.getsockname()[1])
    simulator = children.start(
        "dialer simulator",
        # The demo's own password for its own simulator; a real one is never on a command line.
        [
            *[*manage, "vicidial_simulator", "--port", str(dialer_port), "--user", api_user],
            *["--password", api_password, "--store", folder.path / "simulator.sqlite"],
        ],
        folder.logs / "simulator.log",
    )
    children.start(
        "worker",
        [
            *[sys.executable, "-m", "celery", "-A", "portal", "worker", "--beat"],
            *["--concurrency", "2", "--loglevel", "INFO"],
            *["--schedule", folder.path / "celerybeat-schedule"],
        ],
        folder.logs / "worker.log",
        cwd=PROJECT_ROOT,
        stop_seconds=20.0,
    )
    with bound_socket(port) as listening:
        portal_port = int(listening.getsockname()[1])
        web = children.start(
            "web server",
            [
                *[sys.executable, "-m", "gunicorn", "portal.wsgi", "--no-control-socket"],
                *["--bind", f"fd://{listening.fileno()}", "--workers", "2", "--threads", "4"],
            ],
            folder.logs / "web.log",
            cwd=PROJECT_ROOT,
            pass_fds=[listening.fileno()],
        )
    running = Services(
        f"http://{HOST}:{dialer_port}/vicidial/non_agent_api.php", f"http://{HOST}:{portal_port}/"
    )
    await_answer(children, simulator, running.dialer_url, folder.logs / "simulator.log")
    await_answer(children, web, f"{running.portal_url}healthz", folder.logs / "web.log")
    return running


def bound_socket(wanted: int) -> socket.socket:
    """A socket of loopback bound to `wanted`, or to the first free one of the next hundred ports.

    0 is any free port. The web server inherits it: a port that was merely looked at could be
    another demo's by the time that it is used. Raises EmbeddedError if all are in use.
    """
    for port in range(wanted, wanted + 100) if wanted else [0]:
        found = socket.socket()
        # Connections of an earlier run that wait for their end do not hold the port.
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind((HOST, port))
            found.listen()
        except OSError:
            found.close()
            continue
        return found
    raise EmbeddedError(f"The ports {wanted} to {wanted + 99} are all in use; give another --port.")


def await_answer(children: Children, child: Child, url: str, log: Path) -> None:
    """Return when `child` answers at `url`. Raises EmbeddedError if it never does."""
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and children.exit_status(child) is None:
        try:
            requests.get(url, timeout=READY_SECONDS)
        except requests.RequestException:
            time.sleep(0.05)
        else:
            return
    tail = log.read_text(errors="replace")[-2000:] if log.exists() else ""
    raise EmbeddedError(f"The {child.name} did not start. The end of {log}:{os.linesep}{tail}")
