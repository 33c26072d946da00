"""Who changed leads and why: what the database writes beside each change it records."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pghistory
from celery import current_task


@contextmanager
def because(why: str, *, user_id: int | None = None, **more: Any) -> Iterator[None]:
    """Name the reason for every change of a lead made inside.

    `why` is a few words for a person ("approved in bulk", "import 12"); `user_id` the person who
    asked for it, also where a worker carries it out; `more` are further facts (batch, task, …),
    all JSON. Inside a request the middleware's user and URL are kept; inside a Celery task its name
    is added.
    """
    facts = {"why": why, **more}
    if current_task:
        facts["task"] = current_task.name
    if user_id is not None:
        facts["user"] = user_id
    with pghistory.context(**facts):
        yield
