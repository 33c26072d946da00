"""The DNC lists, their editions and numbers, and what sources demand of a check."""

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
import leads.models.dnc
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0022_match_keys'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DncEdition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('as_of', models.DateField(help_text='The day on which the list was current.', verbose_name='date')),
                ('expires_on', models.DateField(blank=True, help_text='The last day on which it counts.', null=True, verbose_name='expires')),
                ('country', models.CharField(default='US', max_length=2)),
                ('file', models.FileField(editable=False, max_length=255, upload_to=leads.models.dnc.edition_path)),
                ('filename', models.CharField(blank=True, default='', editable=False, max_length=255)),
                ('sha256', models.CharField(blank=True, default='', editable=False, max_length=64)),
                ('size', models.BigIntegerField(default=0, editable=False, help_text='In bytes.')),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Being loaded'), ('done', 'Loaded'), ('failed', 'Failed'), ('replaced', 'Replaced')], default='waiting', editable=False, max_length=8)),
                ('error', models.TextField(blank=True, default='', editable=False)),
                ('rows_read', models.BigIntegerField(default=0, editable=False)),
                ('rows_stored', models.BigIntegerField(default=0, editable=False)),
                ('rows_repeated', models.BigIntegerField(default=0, editable=False)),
                ('rows_unreadable', models.BigIntegerField(default=0, editable=False)),
                ('bytes_done', models.BigIntegerField(default=0, editable=False, help_text='Progress.')),
                ('purged_at', models.DateTimeField(editable=False, help_text='When numbers that no longer count were deleted.', null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('started_at', models.DateTimeField(editable=False, null=True)),
                ('heartbeat_at', models.DateTimeField(editable=False, null=True)),
                ('finished_at', models.DateTimeField(editable=False, null=True)),
            ],
            options={
                'verbose_name': 'edition of a DNC list',
                'verbose_name_plural': 'editions of DNC lists',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='DncEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('phone', models.BigIntegerField()),
                ('comment', models.TextField()),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('removed_at', models.DateTimeField(null=True)),
                ('removal_comment', models.TextField(blank=True, default='')),
            ],
            options={
                'verbose_name': 'entry of the internal DNC list',
                'verbose_name_plural': 'entries of the internal DNC list',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='DncList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True)),
                ('origin', models.CharField(choices=[('federal', 'Federal registry'), ('state', 'State registry'), ('vendor', 'Vendor'), ('other', 'Other'), ('internal', 'Internal')], default='federal', max_length=8)),
                ('enabled', models.BooleanField(default=True, help_text='One that is off blocks nothing.')),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('leads_checked_at', models.DateTimeField(editable=False, null=True)),
            ],
            options={
                'verbose_name': 'DNC list',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='DncNumber',
            fields=[
                ('pk', models.CompositePrimaryKey('phone', 'edition_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('phone', models.BigIntegerField()),
                ('edition', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='leads.dncedition')),
            ],
            options={
                'verbose_name': 'number of a DNC list',
                'verbose_name_plural': 'numbers of DNC lists',
            },
        ),
        migrations.CreateModel(
            name='DncUnreadable',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.BigIntegerField()),
                ('given', models.CharField(max_length=120)),
                ('code', models.CharField(max_length=40)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.AddField(
            model_name='source',
            name='dnc_max_days',
            field=models.PositiveSmallIntegerField(blank=True, help_text='Its leads are approved only after a check against DNC lists; empty: without.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(366)], verbose_name='DNC check at most so many days old'),
        ),
        migrations.AddField(
            model_name='dncedition',
            name='created_by',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='dncentry',
            name='added_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='dncentry',
            name='lead',
            field=models.ForeignKey(db_constraint=False, db_index=False, help_text='On whose page it was added; it may be gone with its import.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='leads.lead'),
        ),
        migrations.AddField(
            model_name='dncentry',
            name='removed_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='dnclist',
            name='current',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='leads.dncedition'),
        ),
        migrations.AddField(
            model_name='dncedition',
            name='dnc_list',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='editions', to='leads.dnclist'),
        ),
        migrations.AddField(
            model_name='dncunreadable',
            name='edition',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='unreadable', to='leads.dncedition'),
        ),
        migrations.AddIndex(
            model_name='dncentry',
            index=models.Index(fields=['phone'], name='dnc_entry_phone'),
        ),
        migrations.AddConstraint(
            model_name='dncentry',
            constraint=models.UniqueConstraint(condition=models.Q(('removed_at__isnull', True)), fields=('phone',), name='dnc_entry_once'),
        ),
        migrations.AddConstraint(
            model_name='dncentry',
            constraint=models.CheckConstraint(condition=models.Q(('comment', ''), _negated=True), name='dnc_entry_says_why'),
        ),
        migrations.AddConstraint(
            model_name='dncentry',
            constraint=models.CheckConstraint(condition=models.Q(('removed_at__isnull', True), models.Q(('removal_comment', ''), _negated=True), _connector='OR'), name='dnc_entry_removed_says_why'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dncentry',
            trigger=pgtrigger.compiler.Trigger(name='dnc_entry_never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'Entry % of the internal DNC list is never deleted', OLD.id;", hash='322049acdab22f0879adbf9ca61916f9ad3572c2', operation='DELETE', pgid='pgtrigger_dnc_entry_never_deleted_d483d', table='leads_dncentry', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='dnclist',
            constraint=models.UniqueConstraint(condition=models.Q(('origin', 'internal')), fields=('origin',), name='dnc_one_internal_list'),
        ),
        migrations.AddConstraint(
            model_name='dnclist',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('origin', 'internal'), _negated=True), ('enabled', True), _connector='OR'), name='dnc_internal_list_is_on'),
        ),
        migrations.AddConstraint(
            model_name='dncedition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['done', 'replaced']), _negated=True), ('rows_read', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('rows_stored'), '+', models.F('rows_repeated')), '+', models.F('rows_unreadable'))), _connector='OR'), name='dnc_edition_accounts_for_every_row'),
        ),
        migrations.AddConstraint(
            model_name='dncedition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'failed'), _negated=True), models.Q(('error', ''), _negated=True), _connector='OR'), name='dnc_edition_failed_says_why'),
        ),
        migrations.AddConstraint(
            model_name='dncedition',
            constraint=models.CheckConstraint(condition=models.Q(('expires_on__isnull', True), ('expires_on__gte', models.F('as_of')), _connector='OR'), name='dnc_edition_expires_after_its_date'),
        ),
    ]
