"""What lists of leads are found by: an import's, a batch's, and the few with one finding."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Without locking a table of millions for as long as it takes.
    atomic = False

    dependencies = [("leads", "0028_history_plans")]

    operations = [
        AddIndexConcurrently(
            model_name="lead",
            index=models.Index(fields=["import_run", "-id"], name="lead_import_newest"),
        ),
        AddIndexConcurrently(
            model_name="lead",
            index=models.Index(
                fields=["batch", "-id"],
                name="lead_batch_newest",
                condition=models.Q(("batch__isnull", False)),
            ),
        ),
        AddIndexConcurrently(
            model_name="lead",
            index=GinIndex(
                fields=["warnings"],
                name="lead_warning_codes",
                condition=models.Q(("warnings", []), _negated=True),
            ),
        ),
        AddIndexConcurrently(
            model_name="lead",
            index=GinIndex(
                fields=["reasons"],
                name="lead_reason_codes",
                condition=models.Q(("reasons", []), _negated=True),
            ),
        ),
    ]
