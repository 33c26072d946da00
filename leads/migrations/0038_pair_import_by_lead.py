"""A pair's import is that of its newer lead, whose own key holds it: checking it a second time
costs a match a sixth of its time."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("leads", "0037_saved_filters")]

    operations = [
        migrations.AlterField(
            model_name="pair",
            name="import_run",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                help_text="That of the newer lead: queues are worked through import by import.",
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="leads.import",
            ),
        ),
    ]
