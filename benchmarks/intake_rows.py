"""Write a file of invented leads for `benchmarks/intake.py`, as suppliers deliver them.

25 columns. Three of ten dates are not ISO, six of ten numbers have punctuation, some states are
names, some names have accents; in a hundred rows three are duplicates and two cannot be called.
Every number is of the exchange 555, which is nobody's.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import phonenumbers

WORDS = json.loads(Path(__file__).with_name("sample_words.json").read_text(encoding="utf-8"))
HEADER = [
    "Vendor Lead Code", "Source ID", "Title", "First Name", "Middle", "Last Name", "Address",
    "Address 2", "Address 3", "City", "State", "Province", "ZIP", "Country", "Gender",
    "Date of Birth", "Phone", "Alt Phone", "E-Mail", "Security Phrase", "Comments", "Rank",
    "Owner", "Phone Code", "Campaign",
]  # fmt: skip
SPELLINGS: Sequence[Callable[[str, str, str], str]] = (
    *[lambda area, exchange, line: f"{area}{exchange}{line}"] * 4,
    *[lambda area, exchange, line: f"({area}) {exchange}-{line}"] * 3,
    lambda area, exchange, line: f"{area}-{exchange}-{line}",
    lambda area, exchange, line: f"{area}.{exchange}.{line}",
    lambda area, exchange, line: f"+1 {area} {exchange} {line}",
)
BAD_NUMBERS = ("", "n/a", "555-0142", "727555O142", "999-555-0123", "72755501", "7.27555E+09")
ODD_COMMENTS = ("said; “maybe”", "has 2 cars #1 & #2", "Line one\nline two")
PLAIN_NAMES = 0.9


def area_codes() -> list[str]:
    """Area codes whose exchange 555 is valid."""
    numbers = [phonenumbers.PhoneNumber(1, code * 10**7 + 5550123) for code in range(200, 1000)]
    return [str(n.national_number)[:3] for n in numbers if phonenumbers.is_valid_number(n)]


class Rows:
    """Makes rows from one seed; the first rows of two files with one seed need not agree."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.areas = area_codes()
        self.plain = [pair for pair in WORDS["people"] if "".join(pair).isascii()]

    def write(self, path: Path, count: int) -> None:
        """Write `count` rows below a header as CSV."""
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEADER)
            for start in range(0, count, 50_000):
                writer.writerows(self._some(start, min(50_000, count - start)))

    def _some(self, start: int, count: int) -> zip[tuple[str, ...]]:
        pick = self._pick(count)
        people = [
            self.chance.choice(
                self.plain if self.chance.random() < PLAIN_NAMES else WORDS["people"]
            )
            for _ in range(count)
        ]
        places = self.chance.choices(WORDS["places"], k=count)
        streets = pick(WORDS["streets"])
        return zip(
            [f"V{start + row:08d}" for row in range(count)],
            pick(["fair", "web-form", "partner_7"]),
            pick(["", "Mr", "Ms", "Dr."]),
            [first for first, _ in people],
            pick(["", "A", "J", "M"]),
            [last for _, last in people],
            [f"{self.chance.randrange(1, 9999)} {street}" for street in streets],
            pick(["", "", "", "Apt 4", "Suite 200"]),
            pick([""]),
            [place[1] for place in places],
            [place[3 if self.chance.random() < 0.1 else 2] for place in places],
            pick([""]),
            [place[4] for place in places],
            pick(["USA", "USA", "US", ""]),
            pick(["M", "F", "", "U", "female"]),
            [self._birth() for _ in range(count)],
            [self._phone(start + row) for row in range(count)],
            pick([""] * 9 + [f"{self.areas[7]}555{line:04d}" for line in range(100, 200)]),
            [self._email(start + row) for row in range(count)],
            pick(["", "", "blue door"]),
            pick([*[text for text in WORDS["comments"] if text.isascii()] * 8, *ODD_COMMENTS]),
            pick(["", "", "5", "10"]),
            pick(["", "team1", "team2"]),
            pick(["1", ""]),
            pick(["spring", "autumn 26"]),
            strict=True,
        )

    def _pick(self, count: int) -> Callable[[list[str]], list[str]]:
        return lambda values: self.chance.choices(values, k=count)

    def _phone(self, number: int) -> str:
        dice = self.chance.random()
        if dice < 0.02:
            return self.chance.choice(BAD_NUMBERS)
        if dice < 0.05 and number:
            number = self.chance.randrange(number)
        area = self.areas[number * 7919 % len(self.areas)]
        spelling = self.chance.choice(SPELLINGS)
        return spelling(area, "555", f"{number // len(self.areas) % 10_000:04d}")

    def _birth(self) -> str:
        year, month = self.chance.randrange(1940, 2006), self.chance.randrange(1, 13)
        day = self.chance.randrange(1, 29)
        return (
            f"{month}/{day}/{year}"
            if self.chance.random() < 0.3
            else f"{year}-{month:02d}-{day:02d}"
        )

    def _email(self, number: int) -> str:
        tag = "+fair" if self.chance.random() < 0.04 else ""
        return f"lead{number}{tag}@{self.chance.choice(WORDS['domains'])}"
