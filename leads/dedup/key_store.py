"""Keys of leads that were compared, kept in packed rows: written, looked up, put together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from django.db import connection
from psycopg import sql

from leads.dedup import binary
from leads.dedup.binary import Connection
from leads.dedup.keys import KEY_BITS, Keys
from leads.dedup.texts import Places
from leads.models import MatchAgain, MatchKeys

Ids = npt.NDArray[np.int64]

# A key's first bits say its bucket, the other 32 are kept.
_REST = 32
BUCKETS = 1 << (KEY_BITS - _REST)
# Of these so many bits tell of most kept keys that none of the new ones is the same.
_SIEVE_BITS = 15
_NO = np.empty(0, dtype=np.bool_)
# So many rows of about the same size in one bucket are put together.
_TOO_MANY = 8
_TABLE = MatchKeys._meta.db_table
_COLUMNS = (
    "import_run_id", "kind", "bucket", "number", "first_lead", "last_lead", "keys", "leads",
)  # fmt: skip
_TYPES = ("int8", "int2", "int2", "int4", "int8", "int8", "bytea", "bytea")
_READ_TYPES = ("int2", "int8", "bytea", "bytea")

READ = f"SELECT bucket, first_lead, keys, leads FROM {_TABLE} WHERE kind = %s AND bucket = ANY(%s)"  # noqa: S608
# Rows of about the same size, in powers of four.
CROWDED = f"""
SELECT kind, array_agg(id) FROM {_TABLE}
GROUP BY kind, bucket, floor(ln(number::float8) / ln(4::float8)) HAVING count(*) >= {_TOO_MANY}
ORDER BY kind
"""  # noqa: S608
TAKE = f"DELETE FROM {_TABLE} WHERE id = ANY(%s) RETURNING bucket, first_lead, keys, leads"  # noqa: S608
# Rows put together that may hold keys of an import's leads.
SHARED = f"""
SELECT kind, array_agg(id) FROM {_TABLE},
    (SELECT min(id), max(id) FROM leads_lead WHERE import_run_id = %s) AS gone (low, high)
WHERE import_run_id IS NULL AND first_lead <= high AND last_lead >= low GROUP BY kind
"""  # noqa: S608


class Sorted(NamedTuple):
    """Keys of one kind, rising, and beside each its lead's id."""

    keys: Keys
    leads: Ids


class Row(NamedTuple):
    """Keys of one bucket as they are kept: an id that is no higher than those of their leads, the
    rests of the keys, and their leads less that."""

    bucket: int
    low: int
    keys: bytes
    leads: bytes


def buckets(keys: Keys) -> Iterator[tuple[int, slice]]:
    """Each bucket that has some of these rising keys, and where they stand."""
    edges = np.arange(BUCKETS + 1, dtype=np.uint64) << np.uint64(_REST)
    ends = np.searchsorted(keys, edges).tolist()
    for bucket, (start, end) in enumerate(pairwise(ends)):
        if end > start:
            yield bucket, slice(start, end)


def in_order(keys: Keys, leads: Ids) -> Sorted:
    """The keys that there are (0 is none), sorted; 64 million at most."""
    (places,) = np.nonzero(keys)
    # Key and place in one number: sorting these takes a tenth of the time.
    packed = (keys[places] << np.uint64(64 - KEY_BITS)) | places.astype(np.uint64)
    packed.sort()
    places = (packed & np.uint64((1 << (64 - KEY_BITS)) - 1)).astype(np.int64)
    return Sorted(packed >> np.uint64(64 - KEY_BITS), leads[places])


def once(some: Sorted) -> Sorted:
    """Keys in whatever order, sorted, each of a lead once."""
    order = np.lexsort((some.leads, some.keys))
    keys, leads = some.keys[order], some.leads[order]
    first = (np.diff(keys, prepend=np.uint64(0)) != 0) | (np.diff(leads, prepend=-1) != 0)
    return Sorted(keys[first], leads[first])


def at_most(number: int, new: Sorted) -> Sorted:
    """So many of each key and one more: of a key that is too common, no more needs to be known."""
    one_more = number + 1
    (kept,) = np.nonzero(new.keys[one_more:] != new.keys[:-one_more])
    kept = np.concatenate([np.arange(min(one_more, len(new.keys))), kept + one_more])
    return Sorted(new.keys[kept], new.leads[kept])


def add(on: Connection, kind: int, new: Sorted, import_id: int | None) -> None:
    """Keep these keys, those of an import or of leads corrected since."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
        sql.Identifier(_TABLE), sql.SQL(", ").join(map(sql.Identifier, _COLUMNS))
    )
    low, high = (int(new.leads.min()), int(new.leads.max())) if len(new.leads) else (0, 0)
    keys, leads = new.keys.astype("<u4"), (new.leads - low).astype("<u4")
    with binary.cursor(on) as cursor, cursor.copy(statement) as copy:
        copy.set_types(_TYPES)
        for bucket, where in buckets(new.keys):
            number = where.stop - where.start
            packed = keys[where].tobytes(), leads[where].tobytes()
            copy.write_row((import_id, kind, bucket, number, low, high, *packed))


def read(on: Connection, kind: int, wanted: Keys) -> list[Row]:
    """What is kept of a kind in the buckets of these rising keys."""
    asked = [bucket for bucket, _ in buckets(wanted)]
    return [Row(*row) for row in binary.copied(on, READ, [kind, asked], _READ_TYPES)]


def known(kept: Iterable[Row], wanted: Keys) -> tuple[Places, Ids]:
    """The leads that have one of these keys, which are rising and each there once, and the place of
    that key. `kept` is what was read for them."""
    places, known_leads, same = [np.empty(0, np.int64)], [np.empty(0, np.int64)], [_NO]
    asked, rests = dict(buckets(wanted)), wanted.astype(np.uint32)
    sieve = np.zeros((BUCKETS, 1 << _SIEVE_BITS), dtype=np.bool_)
    sieve.reshape(-1)[(wanted >> np.uint64(_REST - _SIEVE_BITS)).astype(np.intp)] = True
    for bucket, low, keys, leads in kept:
        there, mine = np.frombuffer(keys, "<u4"), rests[asked[bucket]]
        (may_be,) = sieve[bucket].take(there >> np.uint32(_REST - _SIEVE_BITS)).nonzero()
        there = there.take(may_be)
        found = mine.searchsorted(there)
        same.append(mine.take(found, mode="clip") == there)
        places.append(found + asked[bucket].start)
        known_leads.append(np.frombuffer(leads, "<u4").take(may_be) + np.int64(low))
    (found,) = np.concatenate(same).nonzero()
    return np.concatenate(places)[found], np.concatenate(known_leads)[found]


def put_together() -> None:
    """Make few rows of many small ones. Call it while no other match runs."""
    with connection.cursor() as cursor:
        cursor.execute(CROWDED)
        crowded = cursor.fetchall()
    for kind, rows in crowded:
        add(binary.raw(), kind, _take(rows), None)


def forget(import_id: int) -> None:
    """Drop the keys of an import's leads, which are still there. While no other match runs."""
    MatchKeys.objects.filter(import_run_id=import_id).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {MatchAgain._meta.db_table} AS again USING leads_lead AS lead"  # noqa: S608
            " WHERE lead.id = again.lead_id AND lead.import_run_id = %s",
            [import_id],
        )
        cursor.execute(SHARED, [import_id])
        shared = cursor.fetchall()
        if not shared:
            return
        cursor.execute("SELECT id FROM leads_lead WHERE import_run_id = %s", [import_id])
        gone = np.array([row[0] for row in cursor], dtype=np.int64)
    for kind, rows in shared:
        taken = _take(rows)
        stays = ~np.isin(taken.leads, gone)
        add(binary.raw(), kind, Sorted(taken.keys[stays], taken.leads[stays]), None)


def _take(rows: list[int]) -> Sorted:
    """Take these rows out of the table; all their keys, sorted, each of a lead once."""
    keys, leads = [], []
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [rows])
        for bucket, low, some, packed in cursor:
            rest = np.frombuffer(some, "<u4").astype(np.uint64)
            keys.append(rest + (np.uint64(bucket) << np.uint64(_REST)))
            leads.append(np.frombuffer(packed, "<u4") + np.int64(low))
    return once(Sorted(np.concatenate(keys), np.concatenate(leads)))
