"""What a glance sees of a lead has two numbers more: rows that were kept without them say nothing
any more. Their leads are read themselves where they share a key."""

from django.db import migrations, models

EMPTY = "DELETE FROM leads_matchatoms"


class Migration(migrations.Migration):
    dependencies = [("leads", "0039_match_keys_in_fewer_rows")]

    operations = [
        migrations.RunSQL(EMPTY, EMPTY),
        migrations.AlterField(
            model_name="matchatoms",
            name="atoms",
            field=models.BinaryField(help_text="For each lead a row of what leads.dedup.glance sees."),
        ),
    ]
