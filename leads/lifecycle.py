"""The only writer of a lead's status after its insert.

Each move is one conditional UPDATE, for one lead and for a million alike: a lead that is no longer
in a status from which the move is legal (`leads.models.status.MOVES`) is left as it is, and the
caller is told how many moved. Whoever lost a race learns it from that number.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import OperationalError, connection
from django.db.models import QuerySet
from psycopg import errors, sql

from leads.models import Lead, LeadStatus
from leads.models.status import sources_of

Given = ParamSpec("Given")
Answer = TypeVar("Answer")
_TRIES = 6
_PAUSE_SECONDS = 0.05


class IllegalMoveError(Exception):
    """A move that MOVES does not have was asked for: a mistake in the program."""


def move(
    leads: QuerySet[Lead],
    to: LeadStatus,
    *,
    only_from: Iterable[LeadStatus] | None = None,
    **also: Any,
) -> int:
    """Move those of `leads` that may, in one UPDATE; return how many moved.

    `only_from` narrows the statuses it may start from; `also` are further columns to set (values
    or expressions). Raises IllegalMoveError if `only_from` names a status that cannot move to `to`.
    """
    sources = sources_of(to) if only_from is None else frozenset(only_from)
    if not sources or not sources <= sources_of(to):
        raise IllegalMoveError(f"{sorted(sources)} cannot move to {to}; MOVES has {sources_of(to)}")
    return leads.order_by().filter(status__in=sorted(sources)).update(status=to, **also)


def move_each(
    to: LeadStatus,
    rows: Sequence[Mapping[str, Any]],
    *,
    only_from: LeadStatus,
    where: sql.Composable | None = None,
) -> set[int]:
    """Move each lead with values of its own, all in one UPDATE; return the ids that moved.

    `rows` are mappings with the same keys, `id` and field names of Lead; values are what JSON can
    hold, and dates and times. `where` is a further condition over the aliases `lead` (the table)
    and `new` (the values).
    """
    if only_from not in sources_of(to):
        raise IllegalMoveError(f"{only_from} cannot move to {to}")
    if not rows:
        return set()
    concrete = {field.name: field for field in Lead._meta.concrete_fields}
    fields = [concrete[name] for name in rows[0]]
    columns = [sql.Identifier(str(field.column)) for field in fields]
    statement = sql.SQL(
        "UPDATE {table} AS lead SET status = %s{sets}"
        " FROM jsonb_to_recordset(%s::jsonb) AS new({columns})"
        " WHERE lead.id = new.id AND lead.status = %s AND {where} RETURNING lead.id"
    ).format(
        table=sql.Identifier(Lead._meta.db_table),
        sets=sql.SQL("").join(
            sql.SQL(", {0} = new.{0}").format(column)
            for field, column in zip(fields, columns, strict=True)
            if field.name != "id"
        ),
        columns=sql.SQL(", ").join(
            sql.SQL("{} {}").format(column, sql.SQL(str(field.cast_db_type(connection))))
            for field, column in zip(fields, columns, strict=True)
        ),
        where=where or sql.SQL("true"),
    )
    # As JSON, since psycopg writes an array of texts element by element, in Python.
    values = json.dumps([{str(f.column): row[f.name] for f in fields} for row in rows], default=str)
    with connection.cursor() as cursor:
        # One statement, not executemany: the latter cannot carry the history's context.
        cursor.execute(statement.as_string(cursor.connection), [to.value, values, only_from.value])
        return {row[0] for row in cursor.fetchall()}


def without_deadlocks(work: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Do `work`, a whole transaction, again where the database chose it to break a deadlock.

    Two updates of many leads meet them in different orders; the one that is broken off has changed
    nothing. Inside a transaction of the caller's nothing can be repeated: the error goes on.
    """

    @wraps(work)
    def again(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        for number in range(_TRIES):
            try:
                return work(*args, **kwargs)
            except OperationalError as error:
                broken_off = isinstance(error.__cause__, errors.DeadlockDetected)
                if connection.in_atomic_block or not broken_off or number + 1 == _TRIES:
                    raise
                # Not both again at the same moment.
                time.sleep(_PAUSE_SECONDS * 2**number * random.random())  # noqa: S311
        raise AssertionError

    return again
