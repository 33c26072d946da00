"""The functions that write the history of a whole UPDATE may not join row by row.

PostgreSQL plans their one statement at its first run in a database session and keeps that plan: after
an update of one lead, one of 10,000 leads would be joined as one of a few, which takes a minute.
A migration that replaces such a trigger must do this again; a test holds it.
"""

from django.db import migrations

EACH = """
DO $$
DECLARE name regproc;
BEGIN
    FOR name IN SELECT oid::regproc FROM pg_proc WHERE proname ~ '^pgtrigger_(standing|corrected)_update_'
    LOOP
        EXECUTE format('ALTER FUNCTION %s() {}', name);
    END LOOP;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("leads", "0027_dnc_roles")]
    operations = [
        migrations.RunSQL(
            EACH.format("SET enable_nestloop = off"), EACH.format("RESET enable_nestloop")
        )
    ]
