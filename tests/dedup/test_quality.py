"""How well duplicates are found, held on people with known truth."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection

from benchmarks.dedup import housemates_wrong, quality
from benchmarks.dedup_data import Lead, febrl, households
from benchmarks.dedup_fit import shown
from benchmarks.dedup_pairs import candidate_pairs, load, without_birth_date
from leads.dedup.glance import seen_of, strangers


@pytest.fixture(autouse=True)
def _real(own_database: None) -> None:
    """The benchmark takes out what it put in, which a test's transaction would not let it."""
    assert connection.settings_dict["NAME"].endswith("_own")


def test_pairs_of_febrl_are_found_with_birth_dates() -> None:
    f1, certain = quality(febrl(3))
    assert f1 >= 0.965
    assert certain["right"] / certain.total() >= 0.998


def test_pairs_of_febrl_are_found_without_birth_dates() -> None:
    f1, certain = quality(without_birth_date(febrl(3)))
    assert f1 >= 0.93
    assert certain["right"] / certain.total() >= 0.998


@pytest.mark.parametrize("version", [list, without_birth_date])
def test_a_glance_loses_next_to_nothing_that_would_be_shown(
    version: Callable[[list[Lead]], list[Lead]],
) -> None:
    leads = version(febrl(2))
    pairs, atoms = candidate_pairs(load(leads), leads)
    seen = seen_of(atoms)
    left_out = strangers(seen[pairs[:, 0]], seen[pairs[:, 1]])
    would_be_shown = shown(leads, pairs)
    assert left_out.sum() > 0.45 * len(pairs)
    assert (left_out & would_be_shown).sum() <= 0.005 * would_be_shown.sum()


def test_housemates_are_hardly_ever_taken_for_one_person() -> None:
    assert housemates_wrong(households()) <= 0.003
