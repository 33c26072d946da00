"""A glance tells strangers apart by numbers, and lets pass whom a slip of the pen makes another."""

from __future__ import annotations

import random
import string
from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from leads.dedup.glance import Seen, seen_of, strangers
from leads.dedup.keys import atoms_of
from leads.dedup.names import NICKNAMES
from leads.dedup.people import FIELDS, FOLDS
from leads.dedup.texts import texts

ANN = {
    "first_name": "Ann",
    "last_name": "Garcia",
    "address1": "12 Main Street",
    "city": "Tampa",
    "postal_code": "33602",
    "phone_e164": "+18135550100",
}
# Another home and number in the same town: whether that is the same person, the names must tell.
ELSEWHERE = {"address1": "7 Oak Court", "phone_e164": "+12125550177"}
FAR_AWAY = {"city": "Miami", "postal_code": "33101", "phone_e164": "+13055550177"}


def seen(rows: Sequence[dict[str, str]]) -> Seen:
    """What a glance sees of these leads."""
    columns = {}
    for name in (*FIELDS, "vendor_lead_code"):
        joined = "\n".join(row.get(name, "") for row in rows)
        columns[name] = texts(FOLDS.get(name, str)(joined), len(rows))
    return seen_of(atoms_of({name: made for name, made in columns.items() if made}))


def are_strangers(pairs: Sequence[tuple[dict[str, str], dict[str, str]]]) -> list[bool]:
    """Which of these pairs of leads a glance takes for strangers."""
    return strangers(*(seen(rows) for rows in zip(*pairs, strict=True))).tolist()


def slips(name: str) -> Iterator[str]:
    """The name with each letter left out, doubled, changed, or in its neighbour's place."""
    letter = random.Random(name).choice
    for place in range(len(name)):
        before, after = name[:place], name[place + 1 :]
        yield before + after
        yield before + name[place] + name[place:]
        yield before + letter(string.ascii_lowercase) + after
        if after:
            yield before + after[0] + name[place] + after[1:]


@pytest.mark.parametrize("field", ["first_name", "last_name"])
def test_no_slip_of_the_pen_in_a_name_makes_strangers(field: str) -> None:
    names = sorted({name for pair in NICKNAMES for name in pair if len(name) > 3})
    pairs = [
        (ANN | {field: name}, ANN | ELSEWHERE | {field: slip})
        for name in random.Random(3).sample(names, 200)
        for slip in slips(name)
    ]
    told = are_strangers(pairs)
    assert [pair for pair, other in zip(pairs, told, strict=True) if other] == []


@pytest.mark.parametrize("field", ["first_name", "last_name"])
@pytest.mark.parametrize(
    ("one", "other"),
    [("marina", "mairan"), ("nguyen", "ngyune"), ("hansen", "hnasne"), ("robertson", "robetsan")],
)
def test_two_slips_in_a_longer_name_make_no_strangers(field: str, one: str, other: str) -> None:
    pair = (ANN | {field: one}, ANN | ELSEWHERE | {field: other})
    assert are_strangers([pair]) == [False]


@pytest.mark.parametrize(
    "change",
    [
        {"last_name": "Garcia Lopez"},
        {"last_name": "Garcai"},
        {"last_name": ""},
        {"first_name": "Nancy"},
        {"first_name": "Garcia", "last_name": "Ann"},
        {"first_name": "Garcia", "last_name": "Lopez"},
        {"first_name": "Garcia Lopez", "last_name": "Ann"},
        {"first_name": "A"},
        {"last_name": "G"},
        {"first_name": "Graciela", "last_name": "Anna"},
        {"first_name": ""},
    ],
)
def test_who_may_be_the_same_is_no_stranger(change: dict[str, str]) -> None:
    assert are_strangers([(ANN, ANN | ELSEWHERE | change)]) == [False]


@pytest.mark.parametrize(
    ("one", "other"),
    [("norma", "roan"), ("marina", "armand")],
)
@pytest.mark.parametrize("field", ["first_name", "last_name"])
def test_nearly_the_same_letters_in_another_order_are_another_name(
    field: str, one: str, other: str
) -> None:
    pair = (ANN | {field: one}, ANN | ELSEWHERE | {field: other})
    assert are_strangers([pair]) == [True]


def test_what_is_a_persons_own_is_looked_at() -> None:
    wendy = ANN | ELSEWHERE | {"first_name": "Wendy", "last_name": "Okafor"}
    shared = [{}, {"email": "ann@example.com"}, {"date_of_birth": "19700304"}]
    assert are_strangers([(ANN | one, wendy | one) for one in shared]) == [True, False, False]
    # Many were born on one day: in another town, with another name, that says nothing.
    wendy |= FAR_AWAY
    assert are_strangers([(ANN | one, wendy | one) for one in shared]) == [True, False, True]


def test_what_a_glance_sees_of_a_lead_is_its_own() -> None:
    """Of many leads at once the same as of each alone."""
    people = [ANN, ANN | ELSEWHERE, {}, {"first_name": "A"}, {"last_name": "Li"}, ANN]
    alone = np.concatenate([seen([one]) for one in people])
    assert seen(people).tolist() == alone.tolist()
