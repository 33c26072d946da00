"""The OS user that the embedded servers run as, and its way to their files.

PostgreSQL refuses to run as root. As root the servers therefore run as a user of their own,
which needs to reach the wheels' programs and the data folder; anybody else runs them himself.
"""

from __future__ import annotations

import os
import pwd
import shlex
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from .children import OURSELVES, Account
from .folder import EmbeddedError

SERVER_USER = "embedded_postgres"
ADD_USER = ("useradd", "--system", "--no-create-home", "--shell", "/bin/false", SERVER_USER)
TRIES = 10  # two clones that start at once wait for each other's lock on /etc/passwd

Say = Callable[[str], None]


def server_account(cluster: Path) -> Account:
    """The present user; for root, who already owns the data, or a user made for the servers.

    `cluster` is PostgreSQL's folder, which need not exist yet. Raises EmbeddedError if root may
    not make users here.
    """
    if os.geteuid() != 0:
        return OURSELVES
    with suppress(FileNotFoundError):
        owner = cluster.stat()
        if owner.st_uid != 0:
            return Account(owner.st_uid, owner.st_gid)
    for _ in range(TRIES):
        with suppress(KeyError):
            entry = pwd.getpwnam(SERVER_USER)
            return Account(entry.pw_uid, entry.pw_gid)
        with suppress(FileNotFoundError):
            subprocess.run(ADD_USER, check=False, capture_output=True)
        time.sleep(0.2)
    raise EmbeddedError(
        f"PostgreSQL does not run as root, and the user {SERVER_USER} for it could not be made; "
        f"run `{shlex.join(ADD_USER)}`, or start as a plain user."
    )


def give(account: Account, folder: Path) -> None:
    """Make `folder`, mode 0700, and hand it to the servers' user."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.chown(folder, account.uid, account.gid)


def let_through(account: Account, path: Path, say: Say) -> None:
    """Let the servers' user pass, and no more than pass, the folders above `path`.

    Nothing to do for anybody but root. Each folder that had to be opened is said.
    """
    if account.uid < 0:
        return
    for folder in path.parents:
        status = folder.stat()
        if status.st_uid != account.uid and not status.st_mode & stat.S_IXOTH:
            _add(folder, status.st_mode, stat.S_IXOTH)
            say(f"Let PostgreSQL's own user pass through {folder} (chmod o+x).")


def let_read(account: Account, tree: Path, say: Say) -> None:
    """Let the servers' user read and run a wheel's files, whatever umask it was installed with."""
    if account.uid < 0:
        return
    let_through(account, tree, say)
    changed = sum(_open_to_all(path) for path in _everything(tree))
    if changed:
        say(f"Let everybody read {changed} program files in {tree} (chmod o+rX).")


def _everything(tree: Path) -> Iterator[Path]:
    yield tree
    if tree.is_dir():
        yield from tree.rglob("*")


def _open_to_all(path: Path) -> bool:
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return False
    run = stat.S_IXOTH if mode & stat.S_IXUSR else 0
    wanted = stat.S_IROTH | run
    if mode & wanted == wanted:
        return False
    _add(path, mode, wanted)
    return True


def _add(path: Path, mode: int, bits: int) -> None:
    try:
        path.chmod(stat.S_IMODE(mode) | bits)
    except OSError as error:
        raise EmbeddedError(
            f"PostgreSQL does not run as root, its own user cannot reach {path}, and the mode "
            f"cannot be changed ({error.strerror}); put the project in another folder, or start "
            "as a plain user."
        ) from error
