"""How leads are found: each index, and what it is for."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex, GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

# The dialer's lead_ids, by the name of their index.
IDS_THERE = {"lead_vicidial_id": "vicidial_lead_id", "lead_existing_id": "existing_lead_id"}
# What waits for a reviewer, import by import, the oldest row first.
DESK = {
    "clean": Q(status="staged", warnings=[]),
    "warned": Q(status="staged") & ~Q(warnings=[]),
    "invalid": Q(status="invalid"),
}

LISTED = Q(dnc_list__isnull=False)

INDEXES: list[models.Index] = [
    models.Index(fields=["status", "-id"], name="lead_status"),
    # Leads come in by time, so a few bytes per block find a range of days.
    BrinIndex(fields=["created_at"], name="lead_created", autosummarize=True),
    models.Index(fields=["import_run", "status"], name="lead_import"),
    models.Index(fields=["import_run", "-id"], name="lead_import_newest"),
    *(
        models.Index(fields=["import_run", "id"], name=f"lead_desk_{name}", condition=waits)
        for name, waits in DESK.items()
    ),
    # Walked down once for each status: what a source has in one status may be old and few.
    models.Index(fields=["lead_source", "status", "-id"], name="lead_source_status"),
    models.Index(fields=["phone_e164"], name="lead_phone"),
    models.Index(fields=["alt_phone"], name="lead_alt_phone", condition=~Q(alt_phone="")),
    models.Index(
        OpClass(Lower("last_name"), name="text_pattern_ops"),
        name="lead_last_name",
        condition=~Q(last_name=""),
    ),
    models.Index(fields=["vendor_lead_code"], name="lead_code", condition=~Q(vendor_lead_code="")),
    models.Index(fields=["list_id", "-id"], name="lead_list", condition=Q(list_id__isnull=False)),
    models.Index(fields=["status", "-id"], name="lead_warned", condition=~Q(warnings=[])),
    models.Index(
        fields=["duplicate_of"],
        name="lead_duplicate_of",
        condition=Q(duplicate_of__isnull=False),
    ),
    models.Index(
        fields=["batch", "status", "id"],
        name="lead_batch",
        condition=Q(batch__isnull=False),
    ),
    models.Index(
        fields=["batch", "-id"],
        name="lead_batch_newest",
        condition=Q(batch__isnull=False),
    ),
    # Of the few rows that have any: what a filter by one code goes through.
    GinIndex(fields=["warnings"], name="lead_warning_codes", condition=~Q(warnings=[])),
    GinIndex(fields=["reasons"], name="lead_reason_codes", condition=~Q(reasons=[])),
    *(
        models.Index(fields=[field], name=name, condition=Q(**{f"{field}__isnull": False}))
        for name, field in IDS_THERE.items()
    ),
    models.Index(fields=["dnc_list", "status", "-id"], name="lead_dnc_status", condition=LISTED),
    # Approved in spite of a DNC list (leads.dedup.suppress_mark.OVERRIDDEN): few of many.
    models.Index(
        fields=["-id"], name="lead_overridden", condition=Q(decision_reason="DNC_OVERRIDE")
    ),
    models.Index(fields=["import_run"], name="lead_dnc_import", condition=LISTED),
    models.Index(fields=["lease_until"], name="lead_lease", condition=Q(status="sending")),
    models.Index(fields=["settle_at"], name="lead_unclear", condition=Q(status="unclear")),
    models.Index(fields=["dialer"], name="lead_dialer", condition=Q(dialer__isnull=False)),
]
