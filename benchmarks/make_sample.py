"""Write the sample of the demo, `leads/intake/sample/leads.csv`, and what must become of it.

Invented people at places that exist; every number is of a range that nobody has (555-0100 to
555-0199 of any area code, and Ofcom's for drama). The expected counts come from what is planted
here, not from running the importer. Run: python -m benchmarks.make_sample
"""

from __future__ import annotations

import csv
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "leads" / "intake" / "sample"
WORDS = json.loads(Path(__file__).with_name("sample_words.json").read_text(encoding="utf-8"))
HEADER = [
    "Vendor Lead Code", "Title", "First Name", "Middle", "Last Name", "Gender", "Date of Birth",
    "Phone", "Alt Phone", "E-Mail", "Address", "Address 2", "City", "State", "ZIP", "Country",
    "Comments", "Favourite colour",
]  # fmt: skip
GOOD, DUPLICATES, BRITISH = 855, 92, 40
ON_DNC_LIST = ("727", "7275550199")

Row = dict[str, str]


def grouped(phone: str) -> tuple[str, str, str]:
    return phone[:3], phone[3:6], phone[6:]


SPELLINGS: list[Callable[[str], str]] = [
    lambda phone: phone,
    lambda phone: "({}) {}-{}".format(*grouped(phone)),
    lambda phone: "{}-{}-{}".format(*grouped(phone)),
    lambda phone: "{}.{}.{}".format(*grouped(phone)),
    lambda phone: f"1{phone}",
    lambda phone: "+1 {} {} {}".format(*grouped(phone)),
    lambda phone: "1 ({}) {}-{}".format(*grouped(phone)),
]
OTHER_SPELLINGS: list[Callable[[str], str]] = [
    *SPELLINGS[1:],
    lambda phone: f"{phone} ext. 12",
    lambda phone: "tel: {}-{}-{}".format(*grouped(phone)),
]


class Maker:
    """Makes rows from one seed, never the same number twice."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self._numbers = self._american()
        self._british = iter(self.chance.sample(range(1000), 200))
        self.count = 0

    def _american(self) -> Iterator[tuple[list[str], str]]:
        free = [(place, line) for place in WORDS["places"] for line in range(100, 200)]
        self.chance.shuffle(free)
        for place, line in free:
            phone = f"{place[0]}555{line:04d}"
            if phone != ON_DNC_LIST[1]:
                yield place, phone

    def american(self) -> tuple[Row, str]:
        """A lead with a number of its own, and that number's ten digits."""
        place, phone = next(self._numbers)
        row = self.person()
        row |= {"Phone": self.chance.choice(SPELLINGS)(phone), "City": place[1], "ZIP": place[4]}
        row["State"] = place[3] if self.chance.random() < 0.15 else place[2]
        row["Country"] = self.chance.choice(["USA", "USA", "US", "", "United States"])
        if self.chance.random() < 0.2:
            row["Alt Phone"] = self.chance.choice(SPELLINGS)(next(self._numbers)[1])
        return row, phone

    def british(self) -> Row:
        line = next(self._british)
        row = self.person()
        row["Phone"] = self.chance.choice([f"+44 20 7946 0{line:03d}", f"+44207946{line:04d}"])
        return row | {"City": "London", "State": "", "ZIP": "SW1A 1AA", "Country": "UK"}

    def person(self) -> Row:
        self.count += 1
        first, last = self.chance.choice(WORDS["people"])
        street = f"{self.chance.randrange(1, 9999)} {self.chance.choice(WORDS['streets'])}"
        row = dict.fromkeys(HEADER, "")
        row |= {"First Name": first, "Last Name": last, "Address": street}
        if self.chance.random() < 0.3:
            row["Vendor Lead Code"] = f"FAIR-{self.count:05d}"
        if self.chance.random() < 0.3:
            row["Middle"] = self.chance.choice(["A", "J.", "Lee", "M"])
        row["Title"] = self.chance.choice(["", "", "Mr", "Ms", "Dr."])
        row["Gender"] = self.chance.choice(["M", "F", "", "male", "female", "U"])
        row["Date of Birth"] = self.birth()
        row["E-Mail"] = self.email()
        row["Comments"] = self.chance.choice(WORDS["comments"])
        row["Favourite colour"] = self.chance.choice(WORDS["colours"])
        return row

    def birth(self) -> str:
        year, month = self.chance.randrange(1940, 2006), self.chance.randrange(1, 13)
        day = self.chance.randrange(1, 29)
        return self.chance.choice(
            [
                "",
                f"{year}-{month:02d}-{day:02d}",
                f"{month}/{day}/{year}",
                f"{month:02d}/{day:02d}/{year}",
            ]
        )

    def email(self) -> str:
        tag = "+fair" if self.chance.random() < 0.06 else ""
        name = f"lead{self.count}{tag}"
        return (
            f"{name}@{self.chance.choice(WORDS['domains'])}" if self.chance.random() < 0.8 else ""
        )


def odd_but_good(rows: list[Row]) -> None:
    """Plant what is a nuisance, yet no reason to refuse a lead, one row each."""
    changes: list[Row] = [
        {"Address": "Building " + "7, Block C, Sector North " * 6},
        {"First Name": "Maximiliane-Alexandrina Konstantinopolitana"},
        {"Comments": "Long story: " + "called, and called again; " * 14},
        {"Comments": "Two lines:\nsecond one"},
        {"Comments": "C:\\leads\\fair\\"},
        {"Last Name": "Smith, Jr. & Sons"},
        {"Last Name": "“O’Neill”"},
        {"Date of Birth": "13/45/99"},
        {"Date of Birth": "25/12/1980"},
        {"Date of Birth": "March 4, 1980"},
        {"Date of Birth": "03/04/61"},
        {"Date of Birth": "0000-00-00"},
        {"E-Mail": "not an address"},
        {"E-Mail": "Pat Lee <pat.lee@example.com>"},
        {"State": "Fla.", "City": "St. Petersburg", "ZIP": "33701"},
        {"State": "Narnia"},
        {"ZIP": "2108", "State": "MA", "City": "Boston"},
        {"Gender": "woman"},
        {"Title": "Professor"},
        {"Last Name": "Lee 👋"},
        {"First Name": "  Mary   Ann "},
        {"Last Name": 'Robert "Bob" Ray'},
    ]
    for row, change in zip(rows, changes, strict=False):
        row |= change


def invalid(maker: Maker) -> Iterator[tuple[str, Row]]:
    """Rows that cannot go, with the reason code of each."""
    phones = {
        "PHONE_MISSING": ["", "", "", "n/a", "-", "none"],
        "PHONE_LENGTH": ["555-01", "123", "55501"],
        "PHONE_IMPOSSIBLE": ["72755501", "813-555-01", "+1 813 555 01234567"],
        "PHONE_NO_AREA_CODE": ["555-0142", "5550117", "555.0188"],
        "PHONE_LETTERS": ["727555O142", "ask at reception", "813-555-01I7"],
        "PHONE_ROUNDED": ["7.27555E+09", "8.13555E+09"],
        "PHONE_UNASSIGNED": [
            "999-555-0123", "9995550144", "(999) 555-0101", "+44 7700 900123", "+44 7700 900456",
        ],
    }  # fmt: skip
    for code, numbers in phones.items():
        for number in numbers:
            row = maker.person()
            yield code, row | {"Phone": number}
    for _ in range(3):
        row, _ = maker.american()
        # An address with a comma that nobody put quotes around.
        yield "FIELDS_TOO_MANY", row | {"Favourite colour": "Apt 4\0Floor 2"}


def main() -> None:
    """Write both files."""
    maker = Maker(2026)
    made = [maker.american() for _ in range(GOOD)]
    good = [row for row, _ in made]
    odd_but_good(good)
    dnc, _ = maker.american()
    dnc |= {"Phone": ON_DNC_LIST[1], "City": "Clearwater", "State": "FL", "ZIP": "33755"}
    again = []
    for _, phone in maker.chance.sample(made, DUPLICATES):
        row = maker.person()
        again.append(row | {"Phone": maker.chance.choice(OTHER_SPELLINGS)(phone)})
    bad = list(invalid(maker))
    rows = [*good, dnc, *(maker.british() for _ in range(BRITISH)), *again]
    rows += [row for _, row in bad]
    maker.chance.shuffle(rows)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "leads.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        # \0 marks where one cell of ours becomes two of the file.
        writer.writerows("\0".join(row.values()).split("\0") for row in rows)
    expected = {
        "unassigned_numbers": "invalid",  # the source's policy that these counts hold for
        "rows": len(rows),
        "staged": GOOD + 1 + BRITISH,
        "invalid": len(bad),
        "duplicate": DUPLICATES,
        "reasons": dict(sorted(Counter(code for code, _ in bad).items())),
        "on_dnc_list": ON_DNC_LIST[1],
    }
    text = json.dumps(expected, indent=1) + "\n"
    (FOLDER / "leads.expected.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
