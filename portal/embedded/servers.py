"""Both embedded servers of one data folder, for as long as a `with` block lasts."""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .account import Say, let_through, server_account
from .children import Children
from .environment import embedded_values, new_keys
from .folder import DataFolder, EmbeddedError
from .postgres import start_postgres
from .valkey import start_valkey


def say_on_stderr(text: str) -> None:
    sys.stderr.write(f"{text}\n")


@contextmanager
def embedded_servers(
    folder: DataFolder, *, durable: bool = True, say: Say = say_on_stderr
) -> Iterator[Children]:
    """PostgreSQL and Valkey run in `folder` until the block ends, however the last run ended.

    Yields the Children: what else is started with it is stopped before the servers are. Raises
    EmbeddedError if another process holds the folder or a server does not come up.
    """
    folder.path.mkdir(mode=0o711, parents=True, exist_ok=True)
    with _held(folder.path / "lock"), Children(folder.path / "children.json") as children:
        for name in children.end_leftovers():
            say(f"Ended {name}, which an earlier run had left behind.")
        account = server_account(folder.postgres)
        let_through(account, folder.postgres, say)
        folder.make_socket_dir(account.uid if account.uid >= 0 else os.getuid())
        folder.logs.mkdir(mode=0o700, exist_ok=True)
        start_postgres(folder, children, account, durable=durable, say=say)
        start_valkey(folder, children, account, durable=durable, say=say)
        yield children


@contextmanager
def throwaway_folder(prefix: str = "lead-portal-") -> Iterator[DataFolder]:
    """A fresh data folder that is gone, with its sockets, after the block."""
    folder = DataFolder.at(tempfile.mkdtemp(prefix=prefix))
    folder.path.chmod(0o711)  # the servers' user must be able to pass
    try:
        yield folder
    finally:
        shutil.rmtree(folder.path, ignore_errors=True)
        shutil.rmtree(folder.socket_dir, ignore_errors=True)


def throwaway_values(folder: DataFolder) -> dict[str, str]:
    """The environment of tests and checks: fresh keys, no .env file, the folder's servers."""
    values = embedded_values(folder, new_keys())
    values["ALLOWED_HOSTS"] += ",testserver"
    return values | {"PORTAL_ENV_FILE": os.devnull}


@contextmanager
def _held(lock: Path) -> Iterator[None]:
    """The folder is this process's; the kernel gives it back even after a kill -9."""
    with lock.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise EmbeddedError(
                f"Process {file.read().strip() or '?'} already runs the servers in "
                f"{lock.parent}; stop it first, or use another folder."
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
