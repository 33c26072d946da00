from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    # Without locking a table of millions for as long as it takes.
    atomic = False

    dependencies = [
        ('leads', '0015_rejections_taken_back'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='lead',
            index=models.Index(condition=models.Q(('status', 'staged'), ('warnings', [])), fields=['import_run', 'id'], name='lead_desk_clean'),
        ),
        AddIndexConcurrently(
            model_name='lead',
            index=models.Index(condition=models.Q(('status', 'staged'), models.Q(('warnings', []), _negated=True)), fields=['import_run', 'id'], name='lead_desk_warned'),
        ),
        AddIndexConcurrently(
            model_name='lead',
            index=models.Index(condition=models.Q(('status', 'invalid')), fields=['import_run', 'id'], name='lead_desk_invalid'),
        ),
    ]
