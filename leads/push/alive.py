"""Which worker is still there: each run of the engine has a name and holds a lock by it.

The lock goes with the run's database session, so a killed worker is known to be dead at once, and
not only when the lease of its leads is over. The lease stays for what the database cannot see: a
machine that lost its power, or its network, without a word.
"""

from __future__ import annotations

import os
import secrets
import socket
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from leads.dialers.locks import Kind, only_one, try_lock, unlock


def new_name() -> str:
    """A name for one run: the host, the process, and a mark that no other run has."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"


@contextmanager
def working(name: str) -> Iterator[None]:
    """Inside, `dead` does not name this worker. Must run on one database session throughout."""
    with only_one(Kind.WORKER, _key(name)):
        yield


def dead(names: Iterable[str]) -> set[str]:
    """Those of the workers that no session stands for any more."""
    gone = set()
    for name in names:
        if try_lock(Kind.WORKER, _key(name)):
            unlock(Kind.WORKER, [_key(name)])
            gone.add(name)
    return gone


def _key(name: str) -> int:
    """A lock's second key is a signed number of 32 bits."""
    return zlib.crc32(name.encode()) - 2**31
