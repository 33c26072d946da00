"""A source's and a DNC list's leads are found status by status, and the overridden ones at once.

The new index is there before the old one goes; neither locks the table.
"""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("leads", "0035_tallies")]

    operations = [
        AddIndexConcurrently(
            model_name="lead",
            index=models.Index(fields=["lead_source", "status", "-id"], name="lead_source_status"),
        ),
        RemoveIndexConcurrently(model_name="lead", name="lead_source"),
        AddIndexConcurrently(
            model_name="lead",
            index=models.Index(
                fields=["dnc_list", "status", "-id"],
                name="lead_dnc_status",
                condition=models.Q(("dnc_list__isnull", False)),
            ),
        ),
        RemoveIndexConcurrently(model_name="lead", name="lead_dnc"),
        AddIndexConcurrently(
            model_name="lead",
            index=models.Index(
                fields=["-id"],
                name="lead_overridden",
                condition=models.Q(("decision_reason", "DNC_OVERRIDE")),
            ),
        ),
    ]
