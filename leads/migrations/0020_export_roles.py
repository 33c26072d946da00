"""Who may see which data was taken out, and by whom."""

from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

LOOK = ["view_export"]
RIGHTS = {"Admin": LOOK, "Auditor": LOOK}


def give(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    config = apps.get_app_config("leads")
    config.models_module = True
    create_permissions(config, apps=apps, verbosity=0)
    config.models_module = None
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    for role, codenames in RIGHTS.items():
        found = Permission.objects.filter(content_type__app_label="leads", codename__in=codenames)
        Group.objects.get(name=role).permissions.add(*found)


def take(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    Permission = apps.get_model("auth", "Permission")
    wanted = Permission.objects.filter(
        content_type__app_label="leads", codename__in=LOOK
    )
    for group in apps.get_model("auth", "Group").objects.filter(name__in=RIGHTS):
        group.permissions.remove(*wanted)


class Migration(migrations.Migration):
    dependencies = [("leads", "0019_exports")]
    operations = [migrations.RunPython(give, take)]
