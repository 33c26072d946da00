"""Splink on DuckDB over the leads of a CSV file: `python -m benchmarks.dedup_splink FILE [few]`.

It is given the portal's own kinds of keys, but for the two that are bounded the closest (a full
join over them makes tens of millions of pairs); `few` are five rules as one would write them by
hand, which find fewer.


The table is loaded beforehand and weights are not trained, neither of which is counted: only
blocking, comparing and the table of pairs, which is what `match_import` does.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import warnings
from typing import Any

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from benchmarks.rig import peak_mb

COMPARISONS = [
    cl.JaroWinklerAtThresholds("first_name", [0.92, 0.8]),
    cl.JaroWinklerAtThresholds("last_name", [0.92, 0.8]),
    cl.LevenshteinAtThresholds("date_of_birth", [1]),
    cl.LevenshteinAtThresholds("address1", [3]),
    cl.ExactMatch("postal_code"),
    cl.LevenshteinAtThresholds("phone_e164", [1]),
    cl.LevenshteinAtThresholds("email", [2]),
]
SAME_KEYS = [
    block_on("email"),
    block_on("date_of_birth", "postal_code"),
    block_on("substr(first_name, 1, 1)", "substr(last_name, 1, 1)", "date_of_birth"),
    block_on("substr(first_name, 1, 3)", "postal_code"),
    block_on("substr(last_name, 1, 3)", "postal_code"),
    block_on("split_part(address1, ' ', 1)", "postal_code"),
    block_on("substr(street, 1, 4)", "substr(city, 1, 4)"),
    block_on("split_part(email, '@', 1)"),
    block_on("substr(phone_e164, 1, 11)"),
]
FEW_KEYS = [
    block_on("substr(phone_e164, 1, 11)"),
    block_on("first_name", "last_name", "date_of_birth"),
    block_on("last_name", "postal_code"),
    block_on("split_part(email, '@', 1)"),
    block_on("address1", "postal_code"),
]


def settings(keys: list[Any]) -> SettingsCreator:
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=COMPARISONS,
        blocking_rules_to_generate_predictions=keys,
        retain_matching_columns=False,
    )


def main(file: str, keys: str = "same") -> None:
    warnings.simplefilter("ignore")
    logging.getLogger("splink").setLevel(logging.ERROR)
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE leads AS SELECT * REPLACE (nullif(email, '') AS email),"
        " substr(address1, strpos(address1, ' ') + 1) AS street"
        f" FROM read_csv('{file}', all_varchar = true)"
    )
    started = time.monotonic()
    api = DuckDBAPI(connection)
    linker = Linker(api.register("leads"), settings(FEW_KEYS if keys == "few" else SAME_KEYS))
    pairs = linker.inference.predict(threshold_match_probability=0.5)
    name = pairs.physical_name
    number = connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()
    assert number
    print(
        json.dumps({"seconds": time.monotonic() - started, "rss_mb": peak_mb(), "pairs": number[0]})
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
