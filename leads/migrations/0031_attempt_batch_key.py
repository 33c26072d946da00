"""The foreign key's own index goes: attempt_batch does what it did."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("leads", "0030_attempt_list_indexes")]

    operations = [
        migrations.AlterField(
            model_name="pushattempt",
            name="batch",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attempts",
                to="leads.pushbatch",
            ),
        ),
    ]
