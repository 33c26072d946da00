"""Leads of known truth into the portal's tables, and what its matching makes of them."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from benchmarks.dedup_data import Lead

COLUMNS = ("first_name", "last_name", "date_of_birth", "address1", "city", "state", "postal_code",
           "phone_e164", "alt_phone", "email", "vendor_lead_code")  # fmt: skip
# All stand for themselves, whatever their phones: what has the same one is found by its key.
INSERT = """
INSERT INTO leads_lead (
    lead_source_id, import_run_id, line, raw, created_at, status, reasons, warnings,
    vendor_lead_code, source_id, phone_code, phone_number, title, first_name, middle_initial,
    last_name, address1, address2, address3, city, state, province, postal_code, country_code,
    gender, date_of_birth, alt_phone, email, security_phrase, comments, rank, owner,
    multi_alt_phones, entry_list_id, gmt_offset_now, phone_e164, duplicate_why,
    decision_reason, decision_comment, settle_note, vicidial_status, refusal_reason
)
SELECT %(source)s, %(import)s, n, '[]', now(), 'staged', '{}', '{}',
    coalesce(vendor_lead_code, ''), '', '1', '5550000000', '', first_name, '', last_name, address1,
    '', '', city, coalesce(state, ''), '', postal_code, '', '', date_of_birth,
    coalesce(alt_phone, ''), email, '', '', '', '', '', '', '', phone_e164, '', '', '', '', '', ''
FROM ROWS FROM (jsonb_to_recordset(%(leads)s) AS (
    first_name text, last_name text, date_of_birth date, address1 text, city text, state text,
    postal_code text, phone_e164 text, alt_phone text, email text, vendor_lead_code text
)) WITH ORDINALITY AS given (
    first_name, last_name, date_of_birth, address1, city, state, postal_code, phone_e164,
    alt_phone, email, vendor_lead_code, n)
ORDER BY n RETURNING id
"""


def without_birth_date(leads: Iterable[Lead]) -> list[Lead]:
    return [{**lead, "date_of_birth": ""} for lead in leads]


def load(leads: Sequence[Lead]) -> Any:
    """The leads as an import that is done, in a source of its own; returns the import.

    Its ids are in the order of the leads. Dates that are none are left out.
    """
    from django.db import connection

    from leads.models import Import, Source

    number = Source.objects.count()
    source = Source.objects.create(name=f"Known {number}")
    run = Import.objects.create(
        lead_source=source, filename="known.csv", sha256="0" * 64, status="done"
    )
    rows = [{name: lead.get(name, "") for name in COLUMNS} for lead in leads]
    for row in rows:
        row["date_of_birth"] = _date(row["date_of_birth"])  # type: ignore[assignment]
    with connection.cursor() as cursor:
        values = {"source": source.pk, "import": run.pk, "leads": json.dumps(rows)}
        cursor.execute(INSERT, values)
    return run


def clear() -> None:
    """Take out all leads, pairs and keys."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table in ("leads_pair", "leads_lead", "leads_matchkeys", "leads_matchagain"):
            cursor.execute(f"DELETE FROM {table}")
        cursor.execute("SET session_replication_role = DEFAULT")


def _date(text: str) -> str | None:
    from datetime import date

    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def candidate_pairs(run: Any, leads: Sequence[Lead]) -> tuple[Any, Any]:
    """Pairs that share a key, and the parts of the keys, by places in `leads`.

    The leads are taken out of the table again.
    """
    from django.db import transaction

    from leads.dedup import read
    from leads.dedup.candidates import candidates
    from leads.dedup.write_pairs import Writer
    from leads.models import Lead as Row

    ids = np.array(Row.objects.filter(import_run=run).order_by("id").values_list("id", flat=True))
    assert len(ids) == len(leads)
    with transaction.atomic(), Writer() as writer:
        batch = read.of_import(run.pk, int(ids[0]), int(ids[-1]))
        found = candidates(batch, run.pk, writer, Counter())
    clear()
    order = np.argsort(batch.ids)
    atoms = {name: part[order] for name, part in batch.atoms.items()}
    return np.searchsorted(ids, np.column_stack([found.newer, found.older])), atoms


def true_pairs(leads: Sequence[Lead]) -> set[tuple[int, int]]:
    """Places of two leads of one person, the lower first."""
    people = defaultdict(list)
    for place, lead in enumerate(leads):
        people[lead["person_id"]].append(place)
    return {pair for places in people.values() for pair in combinations(places, 2)}


def matched(leads: Sequence[Lead]) -> dict[tuple[int, int], tuple[str, float]]:
    """What the portal says of these leads: pairs of places -> kind and score."""
    from leads.dedup.likely import match_import
    from leads.models import Lead as Row
    from leads.models import Pair

    run = load(leads)
    match_import(run.pk)
    ids = list(Row.objects.filter(import_run=run).order_by("id").values_list("id", flat=True))
    place = {lead: number for number, lead in enumerate(ids)}
    found = {
        (place[older], place[newer]): (kind, score)
        for newer, older, kind, score in Pair.objects.values_list(
            "lead_id", "other_id", "kind", "score"
        )
    }
    clear()
    return found
