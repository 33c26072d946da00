"""The table of valid prefixes says what `phonenumbers` says, of a million numbers."""

from __future__ import annotations

import os
import random
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import phonenumbers
import pytest

from leads.cleaning import nanp
from leads.cleaning.nanp_table import (
    FILE,
    INVALID,
    PREFIXES,
    UNKNOWN,
    VALID,
    is_assigned,
    read,
    verdict,
    written,
)

LINES = [f"{digit}123" for digit in range(10)]


def table() -> bytearray:
    return read(FILE.read_text(encoding="ascii"), phonenumbers.__version__)


def asked(numbers: list[str]) -> list[bool]:
    return list(map(is_assigned, numbers))


def asked_at_once(numbers: list[str]) -> Iterable[bool]:
    """Every number by `phonenumbers` itself, in as many processes as there are cores."""
    some = [numbers[start : start + 20_000] for start in range(0, len(numbers), 20_000)]
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as pool:
        for answers in pool.map(asked, some):
            yield from answers


@pytest.mark.skipif(not any(table()), reason="nanp.txt is of another release of phonenumbers")
def test_a_number_of_every_six_digits_gets_the_verdict_of_phonenumbers() -> None:
    chance = random.Random(15)
    numbers = [f"{prefix:06d}{chance.randrange(10_000):04d}" for prefix in range(PREFIXES)]
    usual = [number for number in numbers if number[0] > "1" and number[3] > "1"]
    expected = dict(zip(usual, asked_at_once(usual), strict=True))
    rebuilt = bytearray(table())
    for number, valid in expected.items():
        prefix = int(number[:6])
        if rebuilt[prefix] != UNKNOWN:
            rebuilt[prefix] = VALID if valid else INVALID
    assert written(rebuilt, phonenumbers.__version__) == FILE.read_text(encoding="ascii")
    for number, quick in zip(numbers, nanp.read_assigned(numbers), strict=True):
        found = nanp.read_nanp(number)
        assert quick == (number if expected.get(number) else "")
        # What the plan does not have at all wants a closer look.
        assert (found and found.assigned) == expected.get(number), number


def test_where_the_table_does_not_say_the_seventh_digit_decides() -> None:
    verdicts = table()
    asks = [p for p in range(200_000, PREFIXES) if p % 1000 >= 200 and verdicts[p] == UNKNOWN]
    assert asks
    for prefix in asks:
        assert verdict(prefix, LINES) == UNKNOWN
        numbers = [f"{prefix}{line}" for line in LINES]
        assert nanp.read_assigned(numbers) == [n if is_assigned(n) else "" for n in numbers]


@pytest.mark.parametrize("prefix", [201555, 246521, 999555, 876606, 264292, 800555])
def test_a_prefix_is_made_as_it_stands_in_the_table(prefix: int) -> None:
    assert verdict(prefix, LINES) == table()[prefix]


def test_a_table_of_another_release_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    empty = read(FILE.read_text(encoding="ascii"), "0.0.0")
    assert not any(empty)
    monkeypatch.setattr(nanp, "_verdicts", empty)
    assert nanp.read_assigned(["2015550123", "(999) 555-0123"]) == ["2015550123", ""]
    found = nanp.read_nanp("999-555-0123")
    assert found
    assert not found.assigned


@pytest.mark.parametrize(
    "text",
    ["2015550123", "(201) 555-0123", "201.555.0123", "+1 201 555 0123", "1-201-555-0123"],
)
def test_usual_spellings_are_read(text: str) -> None:
    assert nanp.read_assigned([text]) == ["2015550123"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "201555012",
        "20155501234",
        "201-555-0123 x1",
        "٢٠١٥٥٥٠١٢٣",
        "2015550123\n",
        " 2015550123",
    ],
)
def test_anything_else_is_left_to_the_parser(text: str) -> None:
    assert nanp.read_assigned([text]) == [""]
    assert nanp.read_nanp(text) is None
