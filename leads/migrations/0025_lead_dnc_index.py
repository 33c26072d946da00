"""The index of the leads on a DNC list, made while they are used."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [('leads', '0024_lead_dnc')]

    operations = [
        migrations.RunSQL(
            'ALTER TABLE leads_lead VALIDATE CONSTRAINT lead_dnc_list', migrations.RunSQL.noop
        ),
        AddIndexConcurrently(
            model_name='lead',
            index=models.Index(condition=models.Q(('dnc_list__isnull', False)), fields=['dnc_list', 'status'], name='lead_dnc'),
        ),
    ]
