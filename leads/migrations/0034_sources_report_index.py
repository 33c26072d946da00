"""The index by which the sources report counts DNC matches, made while the leads are used."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("leads", "0033_source_price")]

    operations = [
        AddIndexConcurrently(
            model_name="lead",
            index=models.Index(
                condition=models.Q(("dnc_list__isnull", False)),
                fields=["import_run"],
                name="lead_dnc_import",
            ),
        ),
    ]
