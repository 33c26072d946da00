"""With nothing to do the portal leaves the database alone: at most one query a second."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.celery import app
from portal.schedule import beat_schedule
from tests.factories import make_dialer, make_dialer_list


@pytest.mark.django_db
def test_the_sweeps_of_an_idle_portal_ask_less_than_one_query_a_second() -> None:
    app.loader.import_default_modules()
    for _ in range(20):
        make_dialer_list(make_dialer())
    a_second = 0.0
    for entry in beat_schedule(5).values():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            app.tasks[entry["task"]].apply()
        a_second += len(captured) / entry["schedule"]
    assert a_second <= 1.0
