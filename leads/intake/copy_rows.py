"""Rows into the table of leads by COPY, with their ids and their final status."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Field
from django.utils import timezone
from psycopg import sql

from leads.dedup.exact import SAME_PHONE
from leads.intake.prepare import Prepared
from leads.models import Import, Lead, LeadStatus
from leads.vicidial.fields import FIELDS

# No cleaned value and no JSON text has a control character, so this cannot be a value.
_NULL = "\x01"
_TEXTS = [name for name in FIELDS if name not in ("list_id", "date_of_birth")]
_VARYING = [
    "id", "line", "raw", "status", "reasons", "warnings", "findings", "phone_e164", "list_id",
    "date_of_birth", "duplicate_of", "duplicate_why", *_TEXTS,
]  # fmt: skip


class Placed(NamedTuple):
    """A row with its id, and the older lead that it is a duplicate of."""

    id: int
    row: Prepared
    duplicate_of: int | None

    @property
    def status(self) -> LeadStatus:
        if self.row.assessment.stops:
            return LeadStatus.INVALID
        return LeadStatus.STAGED if self.duplicate_of is None else LeadStatus.DUPLICATE


def reserve_ids(number: int) -> list[int]:
    """As many ids of leads as there are rows, in order, so that rows can refer to each other."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [Lead._meta.db_table, number],
        )
        return sorted(row[0] for row in cursor.fetchall())


class Copier:
    """Writes the rows of one import."""

    def __init__(self, run: Import) -> None:
        self._list_id = str(run.list_id) if run.list_id is not None else _NULL
        same = {
            "lead_source": str(run.lead_source_id),
            "import_run": str(run.pk),
            "created_at": timezone.now().isoformat(),
        }
        fields = Lead._meta.concrete_fields
        for field in fields:
            if not field.null and field.name not in _VARYING and field.name not in same:
                same[field.name] = _constant(field)
        # One text for the columns that are the same in all rows.
        self._ending = "\t" + "\t".join(same.values()) + "\n"
        columns = {field.name: sql.Identifier(str(field.column)) for field in fields}
        self._statement = sql.SQL("COPY {} ({}) FROM STDIN (NULL {})").format(
            sql.Identifier(Lead._meta.db_table),
            sql.SQL(", ").join([columns[name] for name in [*_VARYING, *same]]),
            sql.Literal(_NULL),
        )

    def copy(self, rows: Iterable[Placed]) -> None:
        """Append rows to the table, in the transaction at hand."""
        # Tabs and line ends cannot be in a value: cleaning leaves none, and JSON escapes them.
        block = "".join(self._line(placed) for placed in rows)
        with connection.cursor() as cursor, cursor.copy(self._statement) as copy:
            copy.write(block)

    def _line(self, placed: Placed) -> str:
        row, status = placed.row, placed.status
        found = row.assessment
        values = found.values
        twin = placed.duplicate_of if status == LeadStatus.DUPLICATE else None
        findings = json.dumps(found.findings, ensure_ascii=False) if found.findings else _NULL
        cells = [
            str(placed.id),
            str(row.line),
            row.raw,
            status.value,
            f"{{{','.join(found.reasons)}}}",
            f"{{{','.join(found.warnings)}}}",
            findings,
            found.phone_e164,
            values.get("list_id") or self._list_id,
            values.get("date_of_birth") or _NULL,
            _NULL if twin is None else str(twin),
            SAME_PHONE if twin else "",
        ]
        cells += [values.get(name, "") for name in _TEXTS]
        return "\t".join(cells).replace("\\", "\\\\") + self._ending


def _constant(field: Field[Any, Any]) -> str:
    default = field.get_default()
    if default not in ("", None):
        raise TypeError(f"Lead.{field.name} has a default that COPY does not know: {default!r}")
    return ""
