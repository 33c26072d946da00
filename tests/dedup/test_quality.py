"""How well duplicates are found, held on people with known truth."""

from __future__ import annotations

import pytest
from django.db import connection

from benchmarks.dedup import housemates_wrong, quality
from benchmarks.dedup_data import febrl, households
from benchmarks.dedup_pairs import without_birth_date


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


def test_housemates_are_hardly_ever_taken_for_one_person() -> None:
    assert housemates_wrong(households()) <= 0.003
