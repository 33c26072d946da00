"""What matching reads of leads: columns of folded texts, and the parts of their keys."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from leads.dedup import binary
from leads.dedup.binary import Connection
from leads.dedup.keys import Atoms, atoms_of
from leads.dedup.people import FIELDS, FOLDS, People, people
from leads.dedup.texts import Numbers, Places, Texts, texts, together
from leads.models import LeadStatus
from leads.models.status import KNOWN, quoted

Ids = npt.NDArray[np.int64]

# Leads that are matched at a time have ids within so many: what bounds the memory.
BATCH = 1 << 20
# With so many ids to a lead a table of them is still quicker than a search.
_DENSE = 64
# Ids of leads read at a time: bounds what the database holds for it.
_AT_ONCE = 1 << 14
_CODE = "vendor_lead_code"
_COLUMNS = (*FIELDS, _CODE)
_TEXT = {
    "date_of_birth": "coalesce(date_of_birth::text, '')",
    # A code is its source's own.
    _CODE: f"CASE WHEN {_CODE} = '' THEN '' ELSE lead_source_id || ' ' || {_CODE} END",
}
_SELECT = ", ".join(f"{_TEXT.get(name, name)} AS {name}" for name in _COLUMNS)
_JOINED = ", ".join(f"string_agg({name}, E'\\n')" for name in _COLUMNS)
# A column at a time: a row each would cost more than all that is done with it.
READ = f"""
SELECT array_send(array_agg(id)), array_send(array_agg(stands_for)), bool_or(more), {_JOINED}
FROM (
    SELECT id, {_SELECT}, alt_phone || multi_alt_phones || address3 <> '' AS more, CASE
        WHEN status = '{LeadStatus.DUPLICATE.value}' THEN coalesce(duplicate_of_id, -1)
        WHEN status IN ({quoted(KNOWN)}) THEN 0
        ELSE -1 END AS stands_for
    FROM leads_lead AS lead WHERE {{}} OFFSET 0
) AS lead"""  # noqa: S608 - our own words
# The numbers of a lead beside phone_e164, as far as they are numbers.
OTHER_PHONES = r"""
SELECT lead.id, CASE WHEN given LIKE '+%%' THEN '' ELSE lead.phone_code END
    || regexp_replace(given, '[^0-9]', '', 'g')
FROM leads_lead AS lead CROSS JOIN LATERAL (
    SELECT lead.alt_phone AS given
    UNION ALL SELECT split_part(part, '_', 1)
    FROM regexp_split_to_table(lead.multi_alt_phones, '!') AS part
    UNION ALL SELECT lead.address3 WHERE lead.address3 ~ '^[0-9+(][0-9 ().-]{6,}$'
) AS more
WHERE given ~ '[0-9]{2}.*[0-9]{2}' AND """


class Batch(NamedTuple):
    """Leads as they are matched, in whatever order: their ids, columns of folded texts, and the
    parts of their keys.

    `stands_for` is the lead that it is a duplicate of, -1 for one that takes no part, and 0 for a
    lead that stands for itself. `phones` are its other numbers, as parts of keys, and whose.
    """

    ids: Ids
    stands_for: Ids
    columns: Mapping[str, Texts]
    atoms: Atoms
    phones: tuple[Numbers, Ids]

    def places(self, ids: Ids) -> Places:
        """Where these leads stand, -1 for those that do not."""
        low, high = (int(self.ids.min()), int(self.ids.max())) if len(self.ids) else (0, 0)
        if high - low <= _DENSE * len(self.ids):
            # A table is a tenth of the cost of a search.
            table = np.full(high - low + 2, -1)
            table[self.ids - low] = np.arange(len(self.ids))
            return table[np.where((ids < low) | (ids > high), high - low + 1, ids - low)]
        order = np.argsort(self.ids)
        found = order[np.minimum(np.searchsorted(self.ids[order], ids), len(order) - 1)]
        return np.where(self.ids[found] == ids, found, -1)

    def people(self, places: Places) -> People:
        """The persons at these places."""
        return people([self.columns[name].strings(places) for name in FIELDS])


def of_import(import_id: int, first: int, last: int) -> Batch:
    """The leads of an import with ids from `first` to `last`, but invalid ones."""
    condition = "lead.import_run_id = %s AND lead.id BETWEEN %s AND %s AND lead.status <> 'invalid'"
    starts = range(first, last + 1, _AT_ONCE)
    values = [[import_id, low, min(low + _AT_ONCE - 1, last)] for low in starts]
    return joined(list(_read_all(condition, values)))


def of_ids(ids: Sequence[int]) -> Batch:
    """These leads, as far as they are there, but invalid ones."""
    starts = range(0, max(len(ids), 1), _AT_ONCE)
    return joined(list(of_each([ids[low : low + _AT_ONCE] for low in starts])))


def of_each(several: Iterable[Sequence[int]]) -> Generator[Batch, None, None]:
    """As `of_ids`, of each of several; the next ones are read meanwhile. Close it if not all are
    taken: until then the connection is used."""
    condition = "lead.id = ANY(%s::bigint[]) AND lead.status <> 'invalid'"
    return _read_all(condition, ([binary.array(ids)] for ids in several))


def joined(batches: Sequence[Batch]) -> Batch:
    """All leads of the batches in one."""
    if len(batches) == 1:
        return batches[0]
    return Batch(
        np.concatenate([batch.ids for batch in batches]),
        np.concatenate([batch.stands_for for batch in batches]),
        {name: together([batch.columns[name] for batch in batches]) for name in _COLUMNS},
        {
            name: np.concatenate([batch.atoms[name] for batch in batches])
            for name in batches[0].atoms
        },
        (
            np.concatenate([batch.phones[0] for batch in batches]),
            np.concatenate([batch.phones[1] for batch in batches]),
        ),
    )


def _read_all(condition: str, values: Iterable[Sequence[object]]) -> Generator[Batch, None, None]:
    """The leads of each of these; the next are read while those before are folded."""
    # Another thread would get a connection of its own.
    query, on = READ.format(condition), binary.raw()

    def read(some: Sequence[object]) -> tuple[Sequence[object], tuple[Any, ...]]:
        return some, binary.rows(on, query, some)[0]

    with binary.ahead(read, values) as coming:
        for some, row in coming:
            yield _folded(on, condition, some, row)


def _folded(
    on: Connection, condition: str, values: Sequence[object], row: tuple[Any, ...]
) -> Batch:
    sent, stands_for, more, *given = row
    ids = binary.numbers(sent, 8)
    columns = {}
    for name, text in zip(_COLUMNS, given, strict=True):
        fold = FOLDS.get(name, _as_ascii)
        folded = texts(fold(text or ""), len(ids))
        if folded is None:
            # No cleaned value has an end of line; what came in by another way may.
            folded = _one_by_one(on, name, condition, values, ids)
        columns[name] = folded
    phones = _other_phones(on, condition, values) if more else (np.empty(0, np.uint32), ids[:0])
    return Batch(ids, binary.numbers(stands_for, 8), columns, atoms_of(columns), phones)


def _as_ascii(joined_: str) -> str:
    return joined_ if joined_.isascii() else joined_.encode("ascii", "replace").decode()


def _one_by_one(
    on: Connection, name: str, condition: str, values: Sequence[object], ids: Ids
) -> Texts:
    query = f"SELECT id, {_TEXT.get(name, name)} FROM leads_lead AS lead WHERE {condition}"  # noqa: S608
    cells: dict[int, str] = dict(binary.rows(on, query, values))
    fold = FOLDS.get(name, _as_ascii)
    lines = (fold(" ".join(cells[lead].splitlines())) for lead in ids.tolist())
    found = texts("\n".join(lines), len(ids))
    if found is None:
        raise ValueError(f"Folding {name} made an end of line.")
    return found


def _other_phones(on: Connection, condition: str, values: Sequence[object]) -> tuple[Numbers, Ids]:
    found = binary.rows(on, OTHER_PHONES + condition, values)
    numbers = texts("\n".join(digits for _, digits in found), len(found))
    if numbers is None:
        raise ValueError("A number has an end of line.")
    owners = np.array([lead for lead, _ in found], dtype=np.int64)
    return numbers.hashes(numbers.ends)[0], owners
