"""Several calls at once, for what only looks or may be made twice (never for add_lead)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from leads.vicidial.errors import DialerError, NoAnswer, NotSent, Stop, Unsupported

Item = TypeVar("Item")
Found = TypeVar("Found")

TRIES = 4
FIRST_PAUSE_SECONDS = 0.1


def together(
    ask: Callable[[Item], Found], items: Sequence[Item], connections: int
) -> list[Found | DialerError]:
    """Ask about each of `items` over `connections` threads; `ask` may not touch the database.

    Returns what came back in the order of `items`: the error in place of an answer that did not
    come in several tries. Raises Stop where the dialer refuses the API user: no call is begun
    after that.
    """
    stops: list[Stop] = []

    def one(item: Item) -> Found | DialerError:
        if stops:
            return stops[0]
        try:
            return patiently(lambda: ask(item))
        except Stop as stop:
            stops.append(stop)
            return stop
        except DialerError as error:
            return error

    if connections <= 1 or len(items) <= 1:
        answers = [one(item) for item in items]
    else:
        with ThreadPoolExecutor(min(connections, len(items)), "look-up") as pool:
            answers = list(pool.map(one, items))
    if stops:
        raise stops[0]
    return answers


def patiently(ask: Callable[[], Found]) -> Found:
    """Ask again, a few times, where no usable answer came. Raises the DialerError of the last."""
    for number in range(TRIES):
        try:
            return ask()
        except (Stop, Unsupported):
            raise
        except (NoAnswer, NotSent):
            if number + 1 == TRIES:
                raise
            time.sleep(FIRST_PAUSE_SECONDS * 2**number)
    raise AssertionError
