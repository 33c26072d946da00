"""Make things in a thread of their own while earlier ones are worked on."""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from typing import TypeVar

T = TypeVar("T")
_NICE = 10
_SWITCH_SECONDS = 0.0005
_COLLECT_AFTER = 200_000  # objects


@contextmanager
def ahead(items: Iterable[T], most: int = 2) -> Iterator[Iterator[T]]:
    """The items in their order, of which up to `most` are made before they are asked for.

    They are made in another thread, which must not use the database: connections are a thread's
    own. It has ended when the block ends, however it ends. What making an item raises is raised
    where the item is asked for.
    """
    made: SimpleQueue[tuple[T] | BaseException | None] = SimpleQueue()
    room = threading.Semaphore(most)
    unwanted = threading.Event()

    def make() -> None:
        _give_way()
        try:
            for item in items:
                made.put((item,))
                room.acquire()
                if unwanted.is_set():
                    return
            made.put(None)
        except BaseException as error:  # handed on, not hidden
            made.put(error)

    def taken() -> Iterator[T]:
        while (one := made.get()) is not None:
            if isinstance(one, BaseException):
                raise one
            yield one[0]
            room.release()

    thread = threading.Thread(target=make, name="ahead")
    with _tuned():
        thread.start()
        try:
            yield taken()
        finally:
            unwanted.set()
            room.release()
            thread.join()


def _give_way() -> None:
    """Let whoever waits for a page go before this thread, where the system counts by threads."""
    with suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)


@contextmanager
def _tuned() -> Iterator[None]:
    """Have Python's threads change over quickly, and its garbage collector come seldom.

    While one thread computes, the other one would wait 5 ms each time that it could send a little
    more to the database, which idles meanwhile. And millions of lists come and go here without
    ever making a circle that only the collector could find.
    """
    interval, threshold = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(min(interval, _SWITCH_SECONDS))
    gc.set_threshold(max(threshold[0], _COLLECT_AFTER), *threshold[1:])
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
        gc.set_threshold(*threshold)
