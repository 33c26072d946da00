"""What a glance at a pair sees of a lead that was compared, kept as numpy has it: of a known lead
its row need not be read for that.

Of the known leads that share a key with new ones most are not worth a comparison, and to read their
rows for that was the largest part of the time of a match.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from psycopg import sql

from leads.dedup import binary
from leads.dedup.binary import Connection
from leads.dedup.glance import Seen, nothing_seen
from leads.dedup.read import Ids
from leads.models import MatchAtoms

# Ids of one row of the table are alike but for their last bits.
_CHUNK_BITS = 12
# So many leads of a chunk must be asked for before reading all of it is quicker than their rows.
_WORTH = 100
_TABLE = MatchAtoms._meta.db_table
_COLUMNS = ("import_run_id", "chunk", "leads", "atoms")
_TYPES = ("int8", "int8", "bytea", "bytea")
# The newest last: what it says of a lead holds.
READ = f"SELECT leads, atoms FROM {_TABLE} WHERE chunk = ANY(%s) ORDER BY id"  # noqa: S608


class Kept(NamedTuple):
    """Leads, their ids rising, and what is seen of them."""

    ids: Ids
    seen: Seen


def add(on: Connection, ids: Ids, seen: Seen, import_id: int | None) -> None:
    """Keep what is seen of these leads, those of an import or some that were corrected since."""
    if not len(ids):
        return
    order = np.argsort(ids)
    ids, seen = ids[order], seen[order]
    chunks = ids >> _CHUNK_BITS
    starts = np.flatnonzero(np.diff(chunks, prepend=-1)).tolist()
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
        sql.Identifier(_TABLE), sql.SQL(", ").join(map(sql.Identifier, _COLUMNS))
    )
    with binary.cursor(on) as cursor, cursor.copy(statement) as copy:
        copy.set_types(_TYPES)
        for start, end in zip(starts, [*starts[1:], len(ids)], strict=True):
            leads = ids[start:end].astype("<i8").tobytes()
            copy.write_row((import_id, int(chunks[start]), leads, seen[start:end].tobytes()))


def known(on: Connection, ids: Ids) -> Kept | None:
    """What is kept of these leads (ids rising, each once); None if they are so few that their rows
    are read faster. Leads matched when less was kept are not in it."""
    chunks = np.unique(ids >> _CHUNK_BITS)
    if len(ids) < _WORTH * len(chunks):
        return None
    leads, seen = [np.empty(0, np.int64)], [nothing_seen()]
    for some, packed in binary.rows(on, READ, [chunks.tolist()]):
        read = np.frombuffer(some, "<i8")
        if len(packed) != len(read) * nothing_seen().itemsize:
            # Kept by an earlier version, which saw something else.
            continue
        first, last = np.searchsorted(ids, [read[0], read[-1] + 1])
        asked = ids[first:last]
        places = np.searchsorted(read, asked)
        there = read[places] == asked
        leads.append(asked[there])
        seen.append(np.frombuffer(packed, nothing_seen().dtype)[places[there]])
    found, of_them = np.concatenate(leads), np.concatenate(seen)
    # Of several of one lead the last, which is the first from behind.
    each, places = np.unique(found[::-1], return_index=True)
    return Kept(each, of_them[::-1][places])


def forget(import_id: int) -> None:
    """Drop those of an import's leads. Of leads corrected since they stay: nobody asks for them."""
    MatchAtoms.objects.filter(import_run_id=import_id).delete()
