"""The processes of the demo beside the database and the broker: dialer, worker, web server."""

from __future__ import annotations

import os
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path

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
    dialer_port = free_port(0)
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
    portal_port = free_port(port)
    web = children.start(
        "web server",
        [
            *[sys.executable, "-m", "gunicorn", "portal.wsgi", "--no-control-socket"],
            *["--bind", f"{HOST}:{portal_port}", "--workers", "2", "--threads", "4"],
        ],
        folder.logs / "web.log",
        cwd=PROJECT_ROOT,
    )
    await_port(children, simulator, dialer_port, folder.logs / "simulator.log")
    await_port(children, web, portal_port, folder.logs / "web.log")
    return Services(
        f"http://{HOST}:{dialer_port}/vicidial/non_agent_api.php", f"http://{HOST}:{portal_port}/"
    )


def free_port(wanted: int) -> int:
    """`wanted` if nobody listens there, else one of the next hundred; 0 is any free one."""
    for port in [wanted, *range(wanted + 1, wanted + 100)] if wanted else [0]:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise EmbeddedError(f"The ports {wanted} to {wanted + 99} are all in use; give another --port.")


def await_port(children: Children, child: Child, port: int, log: Path) -> None:
    """Return when `child` accepts connections on `port`. Raises EmbeddedError if it never does."""
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        if children.exit_status(child) is not None:
            break
        with socket.socket() as probe:
            probe.settimeout(1.0)
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.05)
    tail = log.read_text(errors="replace")[-2000:] if log.exists() else ""
    raise EmbeddedError(f"The {child.name} did not start. The end of {log}:{os.linesep}{tail}")
