"""An index for each filter of the push history, in the order of its list."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("leads", "0029_lead_list_indexes")]

    operations = [
        AddIndexConcurrently(
            model_name="pushattempt",
            index=models.Index(fields=["batch", "-id"], name="attempt_batch"),
        ),
        AddIndexConcurrently(
            model_name="pushattempt",
            index=models.Index(fields=["user", "-id"], name="attempt_user"),
        ),
        AddIndexConcurrently(
            model_name="pushattempt",
            index=models.Index(fields=["asked_list_id", "-id"], name="attempt_list"),
        ),
        AddIndexConcurrently(
            model_name="pushattempt",
            index=models.Index(
                fields=["reason", "-id"],
                name="attempt_reason",
                condition=models.Q(("reason", ""), _negated=True),
            ),
        ),
        AddIndexConcurrently(
            model_name="pushattempt",
            index=models.Index(
                fields=["kind", "-id"],
                name="attempt_kind",
                condition=models.Q(("kind", "add"), _negated=True),
            ),
        ),
    ]
