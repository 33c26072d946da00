"""A million invented leads for speed: names as common as in the United States, homes, duplicates.

Of each hundred leads five are another lead again, with another phone and one or two slips; a third
live with somebody else of the list. Seeded; phones are of the exchange 555.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from importlib.util import find_spec
from itertools import accumulate
from pathlib import Path

COLUMNS = ("first_name", "last_name", "date_of_birth", "address1", "city", "postal_code",
           "phone_e164", "email")  # fmt: skip
Row = tuple[str, ...]
STREETS, POSTAL_CODES, CITIES = 4_000, 20_000, 6_000
AGAIN, MORE_AT_HOME, NO_BIRTH_DATE, NO_EMAIL = 0.05, 0.25, 0.3, 0.3
ENDINGS = ["St", "Ave", "Rd", "Dr", "Ln", "Ct"]
DOMAINS = ["gmail.com", "yahoo.com", "hotmail.com", "example.com", "example.org"]


def _names() -> tuple[list[str], list[str]]:
    """Given and family names of pseudopeople's sample, each as often as it is there."""
    import pandas

    spec = find_spec("pseudopeople")
    assert spec is not None
    assert spec.submodule_search_locations
    folder = Path(spec.submodule_search_locations[0]) / "data" / "sample_datasets"
    people = pandas.read_parquet(
        folder / "social_security" / "social_security.parquet", columns=["first_name", "last_name"]
    ).dropna()
    return people["first_name"].astype(str).tolist(), people["last_name"].astype(str).tolist()


class People:
    """Rows without an end."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._first, self._last = _names()
        pick = self._random.choice
        self._streets = [f"{pick(self._last)} {pick(ENDINGS)}" for _ in range(STREETS)]
        cities = [f"{pick(self._last)}ville{place % 7}" for place in range(CITIES)]
        self._towns = [(pick(cities), f"{10_000 + 4 * place:05}") for place in range(POSTAL_CODES)]
        # Some postal codes have many times as many leads as others.
        self._weights = list(accumulate(1 / (1 + n) ** 0.5 for n in range(POSTAL_CODES)))
        self._phone = self._random.randrange(8_000_000)

    def rows(self, number: int) -> Iterator[Row]:
        """`number` rows; a copy comes somewhere after its original."""
        chance, kept = self._random.random, []
        home: Row | None = None
        for _ in range(number):
            if kept and chance() < AGAIN:
                yield self._again(kept[self._random.randrange(len(kept))])
                continue
            row = self._person(home if home and chance() < MORE_AT_HOME else None)
            home = row
            if len(kept) < 200_000:
                kept.append(row)
            else:
                kept[self._random.randrange(len(kept))] = row
            yield row

    def _person(self, home: Row | None) -> Row:
        pick, chance = self._random.choice, self._random.random
        first = pick(self._first)
        last = home[1] if home and chance() < 0.8 else pick(self._last)
        born = ""
        if chance() > NO_BIRTH_DATE:
            born = (date(1935, 1, 1) + timedelta(days=self._random.randrange(26_000))).isoformat()
        if home:
            street, city, postal = home[3:6]
        else:
            city, postal = self._random.choices(self._towns, cum_weights=self._weights)[0]
            street = f"{self._random.randrange(1, 9_999)} {pick(self._streets)}"
        email = ""
        if chance() > NO_EMAIL:
            email = f"{first}.{last}{self._random.randrange(1000)}@{pick(DOMAINS)}".lower()
        return first, last, born, street, city, postal, self._next_phone(), email.replace(" ", "")

    def _next_phone(self) -> str:
        """Each number once, in no order: a walk through all the 8 million with a bent step."""
        while True:
            self._phone = (self._phone * 1_103_515_245 + 12_345) % (1 << 23)
            if self._phone < 8_000_000:
                return f"+1{200 + self._phone // 10_000}555{self._phone % 10_000:04}"

    def _again(self, row: Row) -> Row:
        cells = list(row)
        cells[6] = self._next_phone()
        for _ in range(self._random.randrange(1, 3)):
            place = self._random.choice([0, 1, 2, 3, 7])
            if place in (2, 7):
                cells[place] = ""
            elif len(cells[place]) > 3:
                where = self._random.randrange(1, len(cells[place]) - 1)
                letter = self._random.choice("aeinorst")
                cells[place] = cells[place][:where] + letter + cells[place][where + 1 :]
        return tuple(cells)
