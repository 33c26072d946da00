"""The history of an update costs the same whatever update came before it in the session."""

from __future__ import annotations

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


def test_the_functions_that_write_history_never_join_row_by_row() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, proconfig FROM pg_proc"
            " WHERE proname ~ '^pgtrigger_(standing|corrected)_update_'"
        )
        functions = dict(cursor.fetchall())
    assert len(functions) == 2
    # A migration that replaces one has to set this again: see 0028_history_plans.
    assert set(map(tuple, functions.values())) == {("enable_nestloop=off",)}
