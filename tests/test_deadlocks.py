"""A transaction that the database breaks off to end a deadlock is done again."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from leads import lifecycle
from leads.models import Lead
from tests.factories import make_lead


@pytest.mark.usefixtures("own_database")
def test_work_that_a_deadlock_breaks_off_is_done_again() -> None:
    first, second = make_lead(), make_lead()
    both_hold_one = threading.Barrier(2)
    tries: list[int] = []

    @lifecycle.without_deadlocks
    def lock(*ids: int) -> None:
        with transaction.atomic():
            tries.append(ids[0])
            for place, lead_id in enumerate(ids):
                Lead.objects.select_for_update().get(pk=lead_id)
                if place == 0 and tries.count(ids[0]) == 1:
                    both_hold_one.wait()

    def work(*ids: int) -> None:
        try:
            lock(*ids)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(work, first.pk, second.pk), pool.submit(work, second.pk, first.pk)]
        for one in done:
            one.result(timeout=30)
    assert len(tries) == 3, "one of the two was broken off, and done again"
