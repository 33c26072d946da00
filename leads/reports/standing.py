"""Where the leads of a selection stand: the counts that every command prints."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from leads.models import Lead, LeadStatus


def standing(leads: QuerySet[Lead]) -> dict[str, int]:
    """`rows` in all, then the number of leads in each status, by one grouped query."""
    counted = dict(leads.order_by().values_list("status").annotate(number=Count("pk")))
    counts = {status.value: counted.get(status.value, 0) for status in LeadStatus}
    return {"rows": sum(counts.values()), **counts}
