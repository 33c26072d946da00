"""How well likely duplicates are found, and how fast.

    python benchmarks/dedup.py [--quick] [--pairs FILE.csv]

Starts all it needs by itself. The last line is one JSON object:

`f1_with_dob`, `f1_without_dob`   pairs found in Febrl's data set 3 (with phones and e-mails added:
                                  benchmarks/dedup_data.py), with birth dates and without: all that
                                  is taken for one person, whether certain or for a person to decide
`auto_precision`                  how many of the certain ones, of both, are right
`housemates_wrong`                of two people of one home in pseudopeople's census, how many are
                                  taken for one person, certain or not
`of_bare_join`                    time to look up a million new numbers among five million leads, as
                                  an import does, over that of a bare SQL join
`of_splink_time`, `of_splink_rss` a million leads compared: time and peak memory of the process over
                                  those of Splink with the same kinds of keys

With `--quick` only the first four, the others are null. `--pairs`: leads of your own, a CSV file
with VICIdial's field names (or others that an import understands) and a column `person_id`, the
truth; the first three figures are then of that file.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import combinations
from operator import itemgetter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import psycopg

from benchmarks.dedup_data import Lead, febrl, households, of_file
from benchmarks.dedup_pairs import matched, true_pairs, without_birth_date
from benchmarks.rig import PROJECT, Servers, servers
from portal.embedded.folder import DATABASE_USER

ROWS, MORE_ROWS, KNOWN_ROWS = 1_000_000, (25_000, 50_000, 100_000), 5_000_000
NAMES = ("f1_with_dob", "f1_without_dob", "auto_precision", "housemates_wrong", "of_bare_join",
         "of_splink_time", "of_splink_rss")  # fmt: skip


def quality(leads: list[Lead]) -> tuple[float, Counter[str]]:
    """F1 of the pairs found, and how many of the certain ones are right and wrong."""
    from leads.dedup.score import DUPLICATE

    truth = true_pairs(leads)
    found = {pair: score for pair, (kind, score) in matched(leads).items() if kind == "person"}
    right = len(found.keys() & truth)
    certain = Counter(
        "right" if pair in truth else "wrong" for pair, score in found.items() if score >= DUPLICATE
    )
    precision, recall = right / max(len(found), 1), right / max(len(truth), 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    print(
        f"  {len(leads):,} leads, {len(truth):,} true pairs: {len(found):,} found,"
        f" precision {precision:.4f}, recall {recall:.4f}, F1 {f1:.4f};"
        f" {certain.total():,} certain, {certain['wrong']} of them wrong",
        flush=True,
    )
    return f1, certain


def housemates_wrong(leads: list[Lead]) -> float:
    """Of all pairs of two people of one home, how many are taken for one person."""
    from benchmarks.dedup_fit import people_of
    from leads.dedup.score import DUPLICATE, KINDS, PERSON, SHOW, score

    homes = defaultdict(list)
    for place, lead in enumerate(leads):
        homes[lead["household_id"]].append(place)
    pairs = [
        pair
        for places in homes.values()
        # Larger ones are institutions, where next to nobody is taken for another.
        if len(places) <= 15
        for pair in combinations(places, 2)
        if leads[pair[0]]["person_id"] != leads[pair[1]]["person_id"]
    ]
    everybody, places = people_of(leads), np.array(pairs)
    scored = score(everybody.at(places[:, 0]), everybody.at(places[:, 1]))
    person = scored.kinds == KINDS.index(PERSON)
    wrong = int((person & (scored.scores >= SHOW)).sum())
    certain = int((person & (scored.scores >= DUPLICATE)).sum())
    print(
        f"  {len(pairs):,} pairs of housemates: {wrong} taken for one person, {certain} for certain"
    )
    return wrong / len(pairs)


def how_well(pairs: Path | None) -> dict[str, float]:
    leads = of_file(pairs) if pairs else febrl(3)
    print(f"{pairs.name if pairs else 'Febrl 3'}, with birth dates and without:")
    with_dob, certain = quality(leads)
    without_dob, more = quality(without_birth_date(leads))
    certain += more
    print("Households of pseudopeople, with birth dates and without:")
    homes = households()
    wrong = housemates_wrong(homes)
    housemates_wrong(without_birth_date(homes))
    return {
        "f1_with_dob": with_dob,
        "f1_without_dob": without_dob,
        "auto_precision": certain["right"] / max(certain.total(), 1),
        "housemates_wrong": wrong,
    }


@contextmanager
def database(running: Servers, name: str) -> Iterator[dict[str, str]]:
    """A database of its own with the portal's empty tables; yields the environment to use it."""
    base, _, host = running.environment["DATABASE_URL"].partition("?")
    with psycopg.connect(
        host=str(running.folder.socket_dir), user=DATABASE_USER, dbname="postgres", autocommit=True
    ) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE portal')
        try:
            yield running.environment | {"DATABASE_URL": f"{base.rpartition('/')[0]}/{name}?{host}"}
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def run(environment: dict[str, str], module: str, *words: object) -> dict[str, Any]:
    """Run a module in a process of its own; return the JSON object that it prints last."""
    printed = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", f"benchmarks.{module}", *map(str, words)],
        cwd=PROJECT,
        env=os.environ | environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    found: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return found


def beside_splink(running: Servers) -> dict[str, float]:
    print(f"{ROWS:,} leads compared with each other:")
    file = running.folder.path / "leads.csv"
    with database(running, "million") as environment:
        first = run(environment, "dedup_ways", "fill", ROWS, 1)["import"]
        run(environment, "dedup_ways", "dump", first, file)
        # Whatever else the machine does meets all three, and the better of two runs the least.
        rounds = []
        for _ in range(2):
            run(environment, "dedup_ways", "unmatched", first)
            rounds.append(
                (
                    run(environment, "dedup_splink", file, "few"),
                    run(environment, "dedup_splink", file),
                    run(environment, "dedup_ways", "portal", first),
                )
            )
        few, theirs, ours = (
            min(one, key=itemgetter("seconds")) for one in zip(*rounds, strict=True)
        )
        more = []
        for seed, number in enumerate(MORE_ROWS, 2):
            later = run(environment, "dedup_ways", "fill", number, seed)["import"]
            twice = [
                run(environment, "dedup_ways", way, later) for way in ("portal", "compared_again")
            ]
            more.append(min(twice, key=itemgetter("seconds")))
    for name, one in (("Splink, five rules", few), ("Splink, the same keys", theirs)):
        seconds, memory = one["seconds"], one["rss_mb"]
        print(f"  {name:22} {seconds:6.2f} s {memory:7.0f} MB  {one['pairs']:,} pairs from 0.5 on")
    after = [(f"{number:,} more", one) for number, one in zip(MORE_ROWS, more, strict=True)]
    for name, one in (("portal", ours), *after):
        print(
            f"  {name:22} {one['seconds']:6.2f} s {one['rss_mb']:7.0f} MB"
            f"  {one['duplicates']:,} certain, {one['to_decide']:,} to decide,"
            f" {one['compared']:,} compared; {one['backend_mb']:.0f} MB of the database's process"
        )
    for number, one in zip(MORE_ROWS, more, strict=True):
        of_ours, of_theirs = (one["seconds"] / each["seconds"] for each in (ours, theirs))
        print(
            f"  {number:,} more beside {ROWS:,}: {of_ours:.3f} of their time,"
            f" {of_theirs:.3f} of Splink's"
        )
    print(
        f"  kept: {ours['keys_mb']:.0f} MB of keys, {ours['atoms_mb']:.0f} MB of their parts,"
        f" {ours['pairs_mb']:.0f} MB of pairs"
    )
    print(f"  keys that too many leads share: {ours['too_common']}")
    print(f"  of Splink with five rules: {ours['seconds'] / few['seconds']:.2f} of its time")
    return {
        "of_splink_time": ours["seconds"] / theirs["seconds"],
        "of_splink_rss": ours["rss_mb"] / theirs["rss_mb"],
    }


def beside_join(running: Servers) -> dict[str, float]:
    print(f"{KNOWN_ROWS // 5:,} numbers among {KNOWN_ROWS:,} leads:")
    with database(running, "exact") as environment:
        run(environment, "dedup_ways", "known", KNOWN_ROWS)
        # The first of each finds nothing in memory.
        pairs = [
            (run(environment, "dedup_ways", "join"), run(environment, "dedup_ways", "exact"))
            for _ in range(3)
        ]
    join, ours = min(pairs[1:], key=lambda pair: pair[0]["seconds"] + pair[1]["seconds"])
    assert (join["found"], join["sum"]) == (ours["found"], ours["sum"])
    print(f"  join {join['seconds']:.2f} s, as an import does it {ours['seconds']:.2f} s")
    return {"of_bare_join": ours["seconds"] / join["seconds"]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="only how well, not how fast")
    parser.add_argument("--pairs", type=Path, help="a CSV file of your own with a column person_id")
    options = parser.parse_args()
    figures: dict[str, float] = {}
    with servers() as running:
        figures |= how_well(options.pairs)
        if not options.quick:
            # A database that somebody is connected to cannot be copied.
            from django.db import connections

            connections.close_all()
            figures |= beside_splink(running)
            figures |= beside_join(running)
    print(json.dumps({name: figures.get(name) and round(figures[name], 4) for name in NAMES}))


if __name__ == "__main__":
    main()
