"""Fit the weights of leads/dedup/score.py on Febrl's data sets 1 and 2, and write weights.json.

    python benchmarks/dedup_fit.py

*Home* is fitted on the pairs that share a key (`leads.dedup.keys`): as they are, without birth
dates, and with cells left out at random, as lists of leads have them. Febrl's suburbs and postal
codes are drawn at random, so hardly two strangers have the same; `neighbours` makes them of its
people: moved to one town, often with one name the same. *Self* is fitted on the true pairs against
housemates, of whom Febrl has none either (`housemates`). Both are logistic regressions of
scikit-learn over levels: a weight is the log-odds that a level adds.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks.dedup_data import Contacts, Lead, febrl
from benchmarks.dedup_pairs import candidate_pairs, load, without_birth_date
from benchmarks.dedup_rows import COLUMNS, People
from benchmarks.rig import PROJECT, servers

# What a person does not share with who lives at the same address.
OF_ONESELF = ("first_name", "date_of_birth", "email", "phone_e164")
# Levels that do not occur in the data weigh as these do.
LIKE = {("date_of_birth", "swapped"): "typo", ("phone_e164", "other"): "same"}
# With the postal code the same, the city says nothing more.
SAYS_NOTHING = [("city", "same")]
# Of made housemates: how many share what.
SAME_FAMILY, SAME_PHONE, SAME_EMAIL, NAMESAKE, TWIN = 0.7, 0.4, 0.1, 0.03, 0.01
# Of made neighbours: how many for each person, and how many have a name in common.
NEIGHBOURS, SAME_FIRST, SAME_LAST = 3, 0.3, 0.15
INVENTED = 60_000
GAPS = {"date_of_birth": 0.6, "email": 0.3, "address1": 0.5, "city": 0.3, "postal_code": 0.1}


def housemates(leads: list[Lead], seed: int) -> list[Lead]:
    """Pairs, one after the other: a person, and another one who has moved in."""
    chance, contacts = random.Random(seed), Contacts(seed)
    made = []
    for lead in leads:
        mate = dict(chance.choice(leads))
        if mate["person_id"] == lead["person_id"]:
            continue
        shared = ["address1", "city", "state", "postal_code"]
        rates = {"last_name": SAME_FAMILY, "phone_e164": SAME_PHONE, "first_name": NAMESAKE,
                 "date_of_birth": TWIN}  # fmt: skip
        shared += [name for name, rate in rates.items() if chance.random() < rate]
        mate |= {name: lead[name] for name in shared}
        mate["email"] = lead["email"] if chance.random() < SAME_EMAIL else contacts.email(mate)
        made += [lead, mate]
    return made


def neighbours(leads: list[Lead], seed: int) -> list[Lead]:
    """Pairs, one after the other: a person, and strangers of the same town."""
    chance = random.Random(seed)
    made = []
    for lead in leads:
        for _ in range(NEIGHBOURS):
            other = dict(chance.choice(leads))
            if other["person_id"] == lead["person_id"]:
                continue
            shared = ["city", "state", "postal_code"]
            rates = {"first_name": SAME_FIRST, "last_name": SAME_LAST}
            shared += [name for name, rate in rates.items() if chance.random() < rate]
            made += [lead, other | {name: lead[name] for name in shared}]
    return made


def with_gaps(leads: list[Lead], seed: int) -> list[Lead]:
    """The leads with cells left out at random."""
    chance = random.Random(seed)
    return [
        {name: "" if chance.random() < GAPS.get(name, 0) else cell for name, cell in lead.items()}
        for lead in leads
    ]


def people_of(leads: list[Lead]) -> Any:
    from leads.dedup.people import FOLDS, people

    columns = {name: [lead.get(name, "") for lead in leads] for name in FOLDS}
    return people([fold("\n".join(columns[name])).split("\n") for name, fold in FOLDS.items()])


def levels_of(leads: list[Lead], pairs: Any) -> Any:
    from leads.dedup.levels import levels

    everybody = people_of(leads)
    return levels(everybody.at(pairs[:, 0]), everybody.at(pairs[:, 1]))


def same_person(leads: list[Lead], pairs: Any) -> Any:
    ids = np.array([lead["person_id"] for lead in leads], dtype=object)
    return ids[pairs[:, 0]] == ids[pairs[:, 1]]


def fit(rows: Any, same: Any, fields: tuple[str, ...]) -> dict[str, Any]:
    """Weights by field and level of a logistic regression over the levels that occur."""
    from leads.dedup.levels import FIELDS, LEVELS

    names = [
        (field, level)
        for field in fields
        for level in LEVELS[field][1:]
        if (field, level) not in (*LIKE, *SAYS_NOTHING)
    ]
    columns = []
    for field, level in names:
        alike = [
            level,
            *(one for (where, one), like in LIKE.items() if (where, like) == (field, level)),
        ]
        numbers = [LEVELS[field].index(one) for one in alike]
        columns.append(np.isin(rows[:, FIELDS.index(field)], numbers))
    model = LogisticRegression(C=10.0, max_iter=3000)
    model.fit(np.column_stack(columns).astype(float), same)
    weights: dict[str, dict[str, float]] = {field: {} for field in fields}
    for (field, level), weight in zip(names, model.coef_[0], strict=True):
        weights[field][level] = round(float(weight), 2)
    for (field, level), like in LIKE.items():
        if field in weights:
            weights[field][level] = weights[field][like]
    return {"bias": round(float(model.intercept_[0]), 2), "weights": weights}


def glance_loses(sets: list[list[Lead]]) -> None:
    """Print what `leads.dedup.glance` leaves out of what would be shown to a person, of Febrl's
    sets and of invented leads; of the former also how many of those are true."""
    from leads.dedup.glance import seen_of, strangers

    made = [dict(zip(COLUMNS, row, strict=True)) for row in People(seed=3).rows(INVENTED)]
    for name, leads in (
        *((f"Febrl, {len(leads):,} leads", leads) for leads in sets),
        ("invented", made),
    ):
        pairs, atoms = candidate_pairs(load(leads), leads)
        seen = seen_of(atoms)
        left_out = strangers(seen[pairs[:, 0]], seen[pairs[:, 1]])
        lost = left_out & shown(leads, pairs)
        print(
            f"{name}: of {len(pairs):,} pairs {int(left_out.sum()):,} are left out, among them"
            f" {int(lost.sum())} of {int(shown(leads, pairs).sum()):,} that would be shown"
            + (
                f", {int((lost & same_person(leads, pairs)).sum())} of them true"
                if leads is not made
                else ""
            )
        )


def shown(leads: list[Lead], pairs: Any) -> Any:
    """Which of the pairs a full comparison takes for the same person."""
    from leads.dedup.score import KINDS, PERSON, SHOW, score

    everybody = people_of(leads)
    scored = score(everybody.at(pairs[:, 0]), everybody.at(pairs[:, 1]))
    return (scored.scores >= SHOW) & (scored.kinds == KINDS.index(PERSON))


def fit_both(sets: list[tuple[list[Lead], Any]]) -> dict[str, Any]:
    """Weights of both questions; `sets` are leads and pairs of them that share a key."""
    from leads.dedup.levels import FIELDS

    rows, same, mates = [], [], []
    for seed, (leads, pairs) in enumerate(sets):
        rows.append(levels_of(leads, pairs))
        same.append(same_person(leads, pairs))
        made = neighbours(leads, seed)
        rows.append(levels_of(made, np.arange(len(made)).reshape(-1, 2)))
        same.append(np.zeros(len(made) // 2, dtype=np.bool_))
        made = housemates(leads, seed)
        mates.append(levels_of(made, np.arange(len(made)).reshape(-1, 2)))
    all_rows, all_same, all_mates = np.vstack(rows), np.concatenate(same), np.vstack(mates)
    print(f"{len(all_rows):,} pairs, {int(all_same.sum()):,} true; {len(all_mates):,} housemates")
    fields = tuple(field for field in FIELDS if field != "suffix")
    one = np.vstack([all_rows[all_same], all_mates])
    of_one = np.repeat([True, False], [int(all_same.sum()), len(all_mates)])
    return {"home": fit(all_rows, all_same, fields), "self": fit(one, of_one, OF_ONESELF)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--glance", action="store_true", help="only say what a glance loses")
    only_glance = parser.parse_args().glance
    with servers():
        sets = []
        for number in (1, 2):
            leads = febrl(number)
            pairs, _ = candidate_pairs(load(leads), leads)
            versions = (leads, without_birth_date(leads), with_gaps(leads, number))
            sets += [(version, pairs) for version in versions]
        if only_glance:
            glance_loses([leads for leads, _ in sets])
        else:
            write("weights.json", fit_both(sets))
    if not only_glance:
        # What is imported has read the old weights.
        subprocess.run([sys.executable, __file__, "--glance"], check=True)


def write(name: str, found: dict[str, Any]) -> None:
    target = PROJECT / "leads" / "dedup" / name
    target.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(f"written: {target.relative_to(PROJECT)}")


if __name__ == "__main__":
    main()
