"""The parts of the keys of leads that were compared; of those compared before there are none."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("leads", "0031_attempt_batch_key")]

    operations = [
        migrations.CreateModel(
            name="MatchAtoms",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "import_run_id",
                    models.BigIntegerField(
                        null=True,
                        help_text="Of the import whose leads these are;"
                        " null of leads corrected since.",
                    ),
                ),
                ("chunk", models.BigIntegerField(help_text="The first bits of the leads' ids.")),
                ("leads", models.BinaryField(help_text="The ids, rising, 64 bits each.")),
                (
                    "atoms",
                    models.BinaryField(help_text="For each lead a row of leads.dedup.keys.ATOMS."),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["chunk"], name="match_atoms_chunk"),
                    models.Index(fields=["import_run_id"], name="match_atoms_import"),
                ],
            },
        ),
        # Packed numbers do not get smaller, and trying to costs time.
        migrations.RunSQL(
            "ALTER TABLE leads_matchatoms ALTER leads SET STORAGE EXTERNAL,"
            " ALTER atoms SET STORAGE EXTERNAL",
            "ALTER TABLE leads_matchatoms ALTER leads SET STORAGE EXTENDED,"
            " ALTER atoms SET STORAGE EXTENDED",
        ),
    ]
