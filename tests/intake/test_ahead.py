"""Things made ahead: in order, with their errors, and nothing left behind."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator
from itertools import count

import pytest

from leads.intake.ahead import ahead


def test_items_come_in_their_order_from_another_thread() -> None:
    made_by = []

    def make() -> Iterator[int]:
        for number in range(100):
            made_by.append(threading.current_thread())
            yield number

    with ahead(make()) as items:
        assert list(items) == list(range(100))
    assert threading.current_thread() not in made_by


def test_an_error_comes_where_the_item_would() -> None:
    def make() -> Iterator[int]:
        yield 1
        raise ZeroDivisionError

    with ahead(make()) as items:
        assert next(items) == 1
        with pytest.raises(ZeroDivisionError):
            next(items)


def test_no_more_is_made_than_there_is_room_for() -> None:
    made: list[int] = []
    with ahead((made.append(number) or number for number in count()), most=2) as items:
        for wanted in range(5):
            assert next(items) == wanted
            assert len(made) <= wanted + 4


def test_the_thread_ends_with_the_block_and_leaves_python_as_it_was() -> None:
    before = sys.getswitchinterval(), gc.get_threshold(), threading.active_count()
    with ahead(iter(count())) as items:
        assert next(items) == 0
        assert threading.active_count() == before[2] + 1
    assert (sys.getswitchinterval(), gc.get_threshold(), threading.active_count()) == before
