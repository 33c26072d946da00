"""What reads from the database in other threads ends when it is no longer wanted."""

from __future__ import annotations

import threading

import pytest

from leads.dedup import binary


def test_what_is_made_ahead_comes_in_order_and_not_all_at_once() -> None:
    made: list[int] = []

    def make(number: int) -> int:
        made.append(number)
        return number * number

    with binary.ahead(make, range(50)) as coming:
        assert next(coming) == 0
        assert len(made) < 10
        assert list(coming) == [number * number for number in range(1, 50)]
    assert made == list(range(50))


def test_an_error_in_what_is_made_ahead_reaches_who_uses_it() -> None:
    def make(number: int) -> float:
        return 1 / (2 - number)

    with binary.ahead(make, range(5)) as coming:
        assert [next(coming), next(coming)] == [0.5, 1.0]
        with pytest.raises(ZeroDivisionError):
            next(coming)


def test_nothing_is_made_any_more_once_it_was_left() -> None:
    running, go_on = threading.Event(), threading.Event()
    before = set(threading.enumerate())
    ended: list[int] = []

    def make(number: int) -> int:
        if number:
            running.set()
            go_on.wait(10)
        ended.append(number)
        return number

    with binary.ahead(make, range(9)) as coming:
        assert next(coming) == 0
        assert running.wait(10)
        # It is left while one is being made and the next one waits.
        threading.Timer(0.1, go_on.set).start()
    assert ended == [0, 1]
    assert {one for one in threading.enumerate() if not isinstance(one, threading.Timer)} <= before


@pytest.mark.django_db
def test_large_values_are_copied_as_they_are() -> None:
    query = "SELECT n, decode(repeat('ab', 5000), 'hex') FROM generate_series(1, 2000) AS n"
    rows = binary.copied(binary.raw(), query, [], ("int4", "bytea"))
    assert rows == [(number, b"\xab" * 5000) for number in range(1, 2001)]


@pytest.mark.django_db
def test_an_array_of_numbers_is_one_to_the_database() -> None:
    query = "SELECT sum(each)::int8, count(*) FROM unnest(%s::bigint[]) AS each"
    assert binary.rows(binary.raw(), query, [binary.array([1, 2**40, -3])]) == [(2**40 - 2, 3)]
    assert binary.rows(binary.raw(), query, [binary.array([])]) == [(None, 0)]
