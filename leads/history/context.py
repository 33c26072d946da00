"""Who changed leads and why: what the database writes beside each change it records."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pghistory
from django.db import connection


@contextmanager
def because(why: str, *, user_id: int | None = None, **more: Any) -> Iterator[None]:
    """Name the reason for every change of a lead made inside.

    `why` is a few words for a person ("approved in bulk", "import 12"); `user_id` the person who
    asked for it, also where a worker carries it out; `more` are further facts (batch, task, …),
    all JSON. Inside a request the middleware's user and URL are kept.
    """
    facts = {"why": why, **more}
    if user_id is not None:
        facts["user"] = user_id
    with pghistory.context(**facts):
        yield


def attach_for_copy(why: str, *, user_id: int | None = None, **more: Any) -> None:
    """Name the reason for rows that are about to be written by COPY in this transaction.

    pghistory sets its variables in front of ORM statements only; COPY has none, so they are set
    here for the rest of the transaction.
    """
    facts = json.dumps({"why": why, "user": user_id, **more})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pghistory.context_id', %s, true),"
            " set_config('pghistory.context_metadata', %s, true)",
            [str(uuid.uuid4()), facts],
        )
