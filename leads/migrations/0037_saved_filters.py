"""Saved filters of lists, and who may share them: admins."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SHARE = "share_savedfilter"


def give(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    config = apps.get_app_config("leads")
    config.models_module = True
    create_permissions(config, apps=apps, verbosity=0)
    config.models_module = None
    found = apps.get_model("auth", "Permission").objects.get(
        content_type__app_label="leads", codename=SHARE
    )
    apps.get_model("auth", "Group").objects.get(name="Admin").permissions.add(found)


def take(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    found = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="leads", codename=SHARE
    )
    for group in apps.get_model("auth", "Group").objects.filter(name="Admin"):
        group.permissions.remove(*found)


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0036_lists_by_status'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SavedFilter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('page', models.CharField(choices=[('lead', 'Leads'), ('pushattempt', 'Push history')], max_length=20)),
                ('name', models.CharField(max_length=60)),
                ('query', models.CharField(max_length=2000)),
                ('shared', models.BooleanField(default=False, help_text='Everybody who sees the list sees it.')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['name', 'id'],
                'permissions': [('share_savedfilter', 'Can share saved filters with everybody')],
                'default_permissions': (),
                'indexes': [models.Index(condition=models.Q(('shared', True)), fields=['page'], name='filter_shared')],
                'constraints': [models.UniqueConstraint(fields=('user', 'page', 'name'), name='filter_named_once'), models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('query', ''), _negated=True)), name='filter_says_what')],
            },
        ),
        migrations.RunPython(give, take),
    ]
