"""What a glance at a pair sees of a lead that was compared, kept as numpy has it: of a known lead
its row need not be read for that.

Of the known leads that share a key with new ones most are not worth a comparison, and to read their
rows for that was the largest part of the time of a match.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from psycopg import sql

from leads.dedup import binary
from leads.dedup.binary import Connection
from leads.dedup.glance import Seen, as_lumps, nothing_seen
from leads.dedup.levels import Mask
from leads.dedup.read import Ids
from leads.models import MatchAtoms

# Ids of one row of the table are alike but for their last bits.
_CHUNK_BITS = 12
# Ids of which what is kept is read at a time: bounds the memory.
_SPAN_BITS = 18
# So many leads of a chunk must be asked for before reading all of it is quicker than their rows.
_WORTH = 40
_TABLE = MatchAtoms._meta.db_table
_COLUMNS = ("import_run_id", "chunk", "leads", "atoms")
_TYPES = ("int8", "int8", "bytea", "bytea")
# The newest last: what it says of a lead holds.
READ = f"SELECT leads, atoms FROM {_TABLE} WHERE chunk = ANY(%s) ORDER BY id"  # noqa: S608


class Span(NamedTuple):
    """Ids near each other, from `first` on, and the chunks of them that are asked for."""

    first: int
    chunks: list[int]


class Kept(NamedTuple):
    """What is seen of the leads of one span, a row for each id from `first` on, and which of these
    rows are of a lead that was kept."""

    first: int
    seen: Seen
    there: Mask


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


def spans(ids: Ids) -> list[Span]:
    """Where these leads are, but those that are so few in their span that their rows are read
    faster; an id may come several times."""
    chunks, asked = np.unique(ids >> _CHUNK_BITS, return_counts=True)
    of_each, first = np.unique(chunks >> (_SPAN_BITS - _CHUNK_BITS), return_index=True)
    bounds = pairwise([*first.tolist(), len(chunks)])
    return [
        Span(span << _SPAN_BITS, chunks[start:end].tolist())
        for span, (start, end) in zip(of_each.tolist(), bounds, strict=True)
        if asked[start:end].sum() >= _WORTH * (end - start)
    ]


def known(on: Connection, span: Span) -> Kept:
    """What is kept of the leads of a span's chunks; not of those matched when less was kept."""
    first = span.first
    seen, there = nothing_seen(1 << _SPAN_BITS), np.zeros(1 << _SPAN_BITS, dtype=np.bool_)
    lumps = as_lumps(seen)
    for leads, packed in binary.copied(on, READ, [span.chunks], ("bytea", "bytea")):
        if len(packed) * 8 != len(leads) * seen.itemsize:
            # Kept by an earlier version, which saw something else.
            continue
        places = np.frombuffer(leads, "<i8") - first
        rows = np.frombuffer(packed, lumps.dtype)
        low, high = int(places[0]), int(places[-1]) + 1
        # Ids without a gap, as most are, are one piece.
        where = slice(low, high) if high - low == len(places) else places
        lumps[where], there[where] = rows, True
    return Kept(first, seen, there)


def forget(import_id: int) -> None:
    """Drop those of an import's leads. Of leads corrected since they stay: nobody asks for them."""
    MatchAtoms.objects.filter(import_run_id=import_id).delete()
