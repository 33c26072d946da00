"""What matching reads of leads: the parts of their keys as numbers, and their data as persons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from django.db import connection
from psycopg import sql

from leads.dedup.key_store import Ids
from leads.dedup.keys import ATOMS, OTHER_PHONES, PARTS, Atoms, Keys
from leads.dedup.people import FIELDS, People, people
from leads.models import LeadStatus
from leads.models.status import KNOWN

_HEADER, _TRAILER = 19, 2  # bytes of COPY BINARY around the rows
_ROW = np.dtype(
    [("fields", ">i2"), ("id_length", ">i4"), ("id", ">i8")]
    + [part for name in ATOMS for part in ((f"{name}_length", ">i4"), (name, ">i4"))]
)
_NUMBERS = ", ".join(ATOMS.values())
_DUPLICATE = LeadStatus.DUPLICATE.value


class Which(NamedTuple):
    """Leads to be compared, as a condition on `lead` with its values."""

    condition: str
    values: Sequence[object]


def of_import(import_id: int, first: int, last: int) -> Which:
    """The leads of an import with ids from `first` to `last`, but invalid ones."""
    return Which(
        "lead.import_run_id = %s AND lead.id BETWEEN %s AND %s AND lead.status <> 'invalid'",
        [import_id, first, last],
    )


def of_ids(ids: Sequence[int]) -> Which:
    return Which("lead.id = ANY(%s) AND lead.status <> 'invalid'", [list(ids)])


def atoms(which: Which) -> Atoms:
    """The numbers of `leads.dedup.keys.ATOMS` and the id of each of these leads."""
    query = (
        f"COPY (SELECT lead.id, {_NUMBERS} FROM leads_lead AS lead {PARTS}"  # noqa: S608
        f" WHERE {which.condition}) TO STDOUT (FORMAT BINARY)"
    )
    with connection.cursor() as cursor, cursor.copy(query, which.values) as copy:
        data = bytearray().join(copy)
    rows = (len(data) - _HEADER - _TRAILER) // _ROW.itemsize
    found: Atoms = np.frombuffer(data, _ROW, rows, _HEADER)
    return found


def other_phones(which: Which) -> tuple[Keys, Ids]:
    """The alternative numbers of these leads as atoms, and whose each is."""
    with connection.cursor() as cursor:
        cursor.execute(OTHER_PHONES + which.condition, which.values)
        found = np.array(cursor.fetchall(), dtype=np.int64).reshape(-1, 2)
    return found[:, 1].astype(np.uint32).astype(np.uint64), found[:, 0]


class Leads(NamedTuple):
    """Leads as they are compared: ids (rising), folded values, and the values as they are.

    `stands_for` is the lead that it is a duplicate of, -1 for a duplicate of nothing known and 0
    for a lead that stands for itself.
    """

    ids: Ids
    stands_for: Ids
    people: People
    given: list[tuple[str, ...]]

    def places(self, ids: Ids) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        """Where these ids stand, and which of them are there at all."""
        places = np.minimum(np.searchsorted(self.ids, ids), max(len(self.ids) - 1, 0))
        there = self.ids[places] == ids if len(self.ids) else np.zeros(len(ids), dtype=np.bool_)
        return places, there


def leads(ids: Ids) -> Leads:
    """Those of these leads that can be one of a pair: neither gone nor invalid."""
    rows = sorted(_rows(ids))
    stands_for = [
        0 if status in KNOWN else int(twin or -1) if status == _DUPLICATE else -1
        for _, status, twin, *_ in rows
    ]
    columns = list(zip(*(row[3:] for row in rows), strict=True)) or [()] * len(FIELDS)
    return Leads(
        np.array([row[0] for row in rows], dtype=np.int64),
        np.array(stands_for, dtype=np.int64),
        people(columns),
        [row[3:] for row in rows],
    )


def _rows(ids: Ids) -> Iterator[tuple[int, str, str, *tuple[str, ...]]]:
    query = sql.SQL(
        "COPY (SELECT id, status, coalesce(duplicate_of_id::text, ''), {} FROM leads_lead"
        " WHERE id = ANY(%s)) TO STDOUT (NULL '')"
    ).format(sql.SQL(", ").join(map(sql.Identifier, FIELDS)))
    with connection.cursor() as cursor, cursor.copy(query, [ids.tolist()]) as copy:
        text = bytearray().join(copy).decode()
    for line in text.split("\n")[:-1]:
        cells = line.split("\t")
        if "\\" in line:
            cells = [_plain(cell) for cell in cells]
        yield int(cells[0]), *cells[1:]  # type: ignore[misc]


def _plain(cell: str) -> str:
    """A cell of COPY's text format; signs that no cleaned value has become spaces."""
    for escaped in ("\\t", "\\n", "\\r", "\\b", "\\f", "\\v"):
        cell = cell.replace("\\\\", "\x01").replace(escaped, " ").replace("\x01", "\\\\")
    return cell.replace("\\\\", "\\")
