import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import leads.models.policy
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0012_import_dialer'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DuplicatePolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('list_id', models.BigIntegerField(blank=True, help_text='Only imports for this list; empty: for any.', null=True, verbose_name='list')),
                ('scope', models.CharField(choices=[('file', 'this file alone'), ('source', 'leads of the same source'), ('list', 'leads for the same list'), ('dialer', 'leads for the same dialer'), ('everything', 'all leads')], default='everything', max_length=10, verbose_name='compared with')),
                ('window_days', models.PositiveIntegerField(blank=True, help_text='Days. A lead that was pushed longer ago does not count; empty: it does.', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='window')),
                ('never_after', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=10), blank=True, default=leads.models.policy.final_outcomes, help_text='Dialer statuses, separated by commas. A lead that ended in one counts for ever.', size=None)),
                ('same_person', models.CharField(choices=[('mark', 'mark it as a duplicate'), ('hold', 'hold it until a person has decided'), ('pass', 'let it pass')], default='mark', help_text='The same number and person, or surely the same person.', max_length=4)),
                ('same_household', models.CharField(choices=[('mark', 'mark it as a duplicate'), ('hold', 'hold it until a person has decided'), ('pass', 'let it pass')], default='mark', help_text='The same number, surely another person.', max_length=4)),
                ('same_number', models.CharField(choices=[('mark', 'mark it as a duplicate'), ('hold', 'hold it until a person has decided'), ('pass', 'let it pass')], default='mark', help_text='The same number, where one of the two has no name.', max_length=4)),
                ('likely', models.CharField(choices=[('mark', 'mark it as a duplicate'), ('hold', 'hold it until a person has decided'), ('pass', 'let it pass')], default='hold', help_text='Perhaps the same person: neither surely nor surely not.', max_length=4)),
                ('changed_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'verbose_name': 'duplicate policy',
                'verbose_name_plural': 'duplicate policies',
                'ordering': ['lead_source__name', 'list_id'],
            },
        ),
        migrations.AddField(
            model_name='source',
            name='auto_approve',
            field=models.BooleanField(default=False, help_text='Leads without a warning or a possible duplicate need no reviewer.', verbose_name='approve clean rows'),
        ),
        migrations.AddField(
            model_name='duplicatepolicy',
            name='changed_by',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='duplicatepolicy',
            name='lead_source',
            field=models.ForeignKey(blank=True, help_text='Empty: every source that has no policy of its own.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='policies', to='leads.source', verbose_name='source'),
        ),
        migrations.AddConstraint(
            model_name='duplicatepolicy',
            constraint=models.UniqueConstraint(fields=('lead_source', 'list_id'), name='policy_once', nulls_distinct=False, violation_error_message='There is a policy for this source and list already.'),
        ),
        migrations.AddConstraint(
            model_name='duplicatepolicy',
            constraint=models.CheckConstraint(condition=models.Q(('window_days__isnull', True), ('window_days__gte', 1), _connector='OR'), name='policy_window_of_days'),
        ),
    ]
