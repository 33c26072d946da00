"""Rows into the table of leads by COPY, with their ids and their final status."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice, repeat
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Field
from django.utils import timezone
from psycopg import sql

from leads.dedup.pairs import pair_of
from leads.dedup.same_number import WHY, Judgement
from leads.dedup.suppress import ON_DNC, Match
from leads.intake.prepare import Prepared
from leads.models import Import, Lead, Pair, Treatment
from leads.vicidial.fields import FIELDS

# No cleaned value and no JSON text has a control character, so this cannot be a value.
_NULL = "\x01"
# Rows; a text of some hundred KB is made and sent faster than one of several MB.
_WRITTEN_AT_ONCE = 250
_TEXTS = [name for name in FIELDS if name not in ("list_id", "date_of_birth")]
_VARYING = [
    "id", "line", "raw", "status", "reasons", "warnings", "findings", "phone_e164", "list_id",
    "date_of_birth", "duplicate_of", "duplicate_why", *_TEXTS,
]  # fmt: skip
# Written only where there is a DNC list to look at.
_DNC = ["dnc_list", "dnc_date", "dnc_number"]


class Placed(NamedTuple):
    """Rows with the id and the status of each; by place, what was judged of a known number, and of
    those on a DNC list the match (None where no list was looked at)."""

    rows: Prepared
    ids: Sequence[int]
    statuses: Sequence[str]
    judged: dict[int, Judgement]
    dnc: dict[int, Match] | None = None


def reserve_ids(number: int) -> list[int]:
    """As many ids of leads as there are rows, in order, so that rows can refer to each other."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(nextval(sequence)::text, ' ') FROM generate_series(1, %s),"
            " (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS sequence OFFSET 0) AS ids",
            [number, Lead._meta.db_table],
        )
        return sorted(map(int, cursor.fetchone()[0].split()))


def check_with_each_copy() -> None:
    """Have the foreign keys of this transaction checked after each COPY, not all at its end.

    It is the same work, but done while the next rows are read and cleaned.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def keep_pairs(run: Import, placed: Placed) -> None:
    """Keep what was judged of rows that are not duplicates, after they are in the table."""
    Pair.objects.bulk_create(
        pair_of(placed.ids[place], run.pk, judgement)
        for place, judgement in placed.judged.items()
        if judgement.treatment is not Treatment.MARK
    )


class Copier:
    """Writes the rows of one import; with `checks_dnc` they say what was found on DNC lists."""

    def __init__(self, run: Import, *, checks_dnc: bool = False) -> None:
        self._list_id = str(run.list_id) if run.list_id is not None else _NULL
        same = {
            "lead_source": str(run.lead_source_id),
            "import_run": str(run.pk),
            "created_at": timezone.now().isoformat(),
        }
        varying = [*_VARYING, *_DNC] if checks_dnc else _VARYING
        if checks_dnc:
            same["dnc_checked_at"] = same["created_at"]
        fields = Lead._meta.concrete_fields
        for field in fields:
            if not field.null and field.name not in varying and field.name not in same:
                same[field.name] = _constant(field)
        # One text for the columns that are the same in all rows.
        self._ending = "\t" + "\t".join(same.values()) + "\n"
        columns = {field.name: sql.Identifier(str(field.column)) for field in fields}
        self._statement = sql.SQL("COPY {} ({}) FROM STDIN (NULL {})").format(
            sql.Identifier(Lead._meta.db_table),
            sql.SQL(", ").join([columns[name] for name in [*varying, *same]]),
            sql.Literal(_NULL),
        )

    def copy(self, placed: Placed) -> None:
        """Append rows to the table, in the transaction at hand."""
        # Tabs and line ends cannot be in a value: cleaning leaves none, and JSON escapes them.
        lines = map("\t".join, zip(*self._columns(placed), strict=False))
        with connection.cursor() as cursor, cursor.copy(self._statement) as copy:
            while some := list(islice(lines, _WRITTEN_AT_ONCE)):
                copy.write(self._ending.join([*some, ""]).replace("\\", "\\\\"))

    def _columns(self, placed: Placed) -> list[Sequence[str] | repeat[str]]:
        """The columns of _VARYING as texts; where all cells are the same, without an end."""
        rows = placed.rows
        values = rows.assessed.values
        number = len(placed.ids)
        reasons, warnings, twins, why = (
            ["{}"] * number,
            ["{}"] * number,
            [_NULL] * number,
            [""] * number,
        )
        findings = [_NULL] * number
        for place, found in rows.assessed.found.items():
            reasons[place] = f"{{{','.join(found.reasons)}}}"
            warnings[place] = f"{{{','.join(found.warnings)}}}"
            findings[place] = found.findings
        for place in placed.dnc or ():
            said = rows.assessed.found.get(place)
            warnings[place] = f"{{{','.join([*(said.warnings if said else ()), ON_DNC])}}}"
        for place, judgement in placed.judged.items():
            if judgement.treatment is Treatment.MARK:
                twins[place] = str(judgement.twin)
                why[place] = WHY[judgement.kind]
        return [
            list(map(str, placed.ids)),
            list(map(str, rows.lines)),
            rows.raws,
            placed.statuses,
            reasons,
            warnings,
            findings,
            rows.assessed.phone_e164,
            [value or self._list_id for value in values.get("list_id", ())]
            or repeat(self._list_id),
            [value or _NULL for value in values.get("date_of_birth", ())] or repeat(_NULL),
            twins,
            why,
            *[values.get(name) or repeat("") for name in _TEXTS],
            *([] if placed.dnc is None else _matches(placed.dnc, number)),
        ]


def _matches(dnc: dict[int, Match], number: int) -> list[Sequence[str] | repeat[str]]:
    """The columns of _DNC."""
    if not dnc:
        return [repeat(_NULL)] * len(_DNC)
    lists, dates, phones = ([_NULL] * number for _ in _DNC)
    for place, match in dnc.items():
        lists[place] = str(match.list_id)
        dates[place] = match.of.isoformat()
        phones[place] = str(match.phone)
    return [lists, dates, phones]


def _constant(field: Field[Any, Any]) -> str:
    default = field.get_default()
    if default not in ("", None):
        raise TypeError(f"Lead.{field.name} has a default that COPY does not know: {default!r}")
    return ""
