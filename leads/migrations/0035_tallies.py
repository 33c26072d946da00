"""Tables of what was counted once, so that no page counts millions."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0034_sources_report_index'),
    ]

    operations = [
        migrations.CreateModel(
            name='TallyState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('calls_upto', models.BigIntegerField(default=0)),
                ('calls_at', models.DateTimeField(null=True)),
                ('still_open', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('seen_upto', models.BigIntegerField(default=0)),
                ('seen_at', models.DateTimeField(null=True)),
                ('leads_at', models.DateTimeField(help_text='When the leads were last counted.', null=True)),
                ('leads_seconds', models.FloatField(default=0, help_text='How long that took.')),
                ('leads_mark', models.CharField(default='', help_text='Another one than now: leads have changed since.', max_length=50)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='LatencyTally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hour', models.DateTimeField()),
                ('bucket', models.SmallIntegerField()),
                ('calls', models.BigIntegerField()),
                ('dialer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='leads.dialer')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('hour', 'dialer', 'bucket'), name='latency_tally_once')],
            },
        ),
        migrations.CreateModel(
            name='LeadTally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(help_text="In the portal's time zone.")),
                ('status', models.CharField(choices=[('invalid', 'Invalid'), ('duplicate', 'Duplicate'), ('staged', 'Staged'), ('rejected', 'Rejected'), ('approved', 'Approved'), ('queued', 'Queued'), ('sending', 'Sending'), ('unclear', 'Unclear'), ('pushed', 'Pushed'), ('refused', 'Refused')], max_length=9)),
                ('leads', models.BigIntegerField()),
                ('lead_source', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='leads.source')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('day', 'lead_source', 'status'), name='lead_tally_once')],
            },
        ),
        migrations.CreateModel(
            name='PushTally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hour', models.DateTimeField(help_text="Its beginning; hours of the portal's time zone.")),
                ('kind', models.CharField(choices=[('add', 'add_lead'), ('look-up', 'Look-up'), ('delete', 'Delete')], max_length=7)),
                ('outcome', models.CharField(choices=[('added', 'Added'), ('duplicate', 'Duplicate there'), ('refused', 'Refused'), ('stop', 'Dialer stopped'), ('not sent', 'Not sent'), ('unclear', 'Unclear'), ('found', 'Found there'), ('not found', 'Not there'), ('deleted', 'Deleted there'), ('kept', 'Kept there')], max_length=9)),
                ('reason', models.CharField(blank=True, default='', max_length=60)),
                ('calls', models.BigIntegerField()),
                ('batch', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='leads.pushbatch')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('hour', 'batch', 'kind', 'outcome', 'reason'), name='push_tally_once')],
            },
        ),
        migrations.RunSQL(
            "INSERT INTO leads_tallystate (calls_upto, still_open, seen_upto, leads_seconds, leads_mark)"
            " VALUES (0, '{}', 0, 0, '')",
            migrations.RunSQL.noop,
        ),
    ]
