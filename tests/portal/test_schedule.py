"""What the beat starts exists, and does not pile up."""

from __future__ import annotations

import pytest

from portal.celery import app
from portal.schedule import beat_schedule

BEAT_SCHEDULE = beat_schedule(5)


@pytest.mark.parametrize("name", BEAT_SCHEDULE)
def test_an_entry_expires_before_its_next_tick(name: str) -> None:
    entry = BEAT_SCHEDULE[name]
    assert 0 < entry["options"]["expires"] < entry["schedule"]


@pytest.mark.parametrize("name", BEAT_SCHEDULE)
def test_an_entry_names_a_task(name: str) -> None:
    app.loader.import_default_modules()
    assert BEAT_SCHEDULE[name]["task"] in app.tasks


def test_a_task_survives_the_death_of_its_worker() -> None:
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.task_time_limit is None
