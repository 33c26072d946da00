"""Who may look at the duplicate policies, and who may change them."""

from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

LOOK = ["view_duplicatepolicy", "view_pair", "view_decision"]
CHANGE = ["add_duplicatepolicy", "change_duplicatepolicy", "delete_duplicatepolicy"]
RIGHTS = {"Reviewer": LOOK, "Admin": [*LOOK, *CHANGE], "Auditor": LOOK}


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
        content_type__app_label="leads", codename__in=[*LOOK, *CHANGE]
    )
    for group in apps.get_model("auth", "Group").objects.filter(name__in=RIGHTS):
        group.permissions.remove(*wanted)


class Migration(migrations.Migration):
    dependencies = [("leads", "0016_desk_indexes")]
    operations = [migrations.RunPython(give, take)]
