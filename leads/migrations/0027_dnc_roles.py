"""Who may do what with DNC lists."""

from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

LOOK = ["view_dnclist", "view_dncentry"]
ROLES = {
    "Reviewer": [*LOOK, "add_dncentry"],
    "Admin": [
        *LOOK,
        "add_dncentry",
        "change_dncentry",
        "add_dnclist",
        "change_dnclist",
        "override_dnc",
    ],
    "Auditor": LOOK,
}


def give_rights(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    # Permissions are made after all migrations; the groups need them now.
    config = apps.get_app_config("leads")
    config.models_module = True
    create_permissions(config, apps=apps, verbosity=0)
    config.models_module = None
    for group, found in _rights(apps):
        group.permissions.add(*found)


def take_rights(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    for group, found in _rights(apps):
        group.permissions.remove(*found)


def _rights(apps: Apps):
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    for role, codenames in ROLES.items():
        # Somebody may have renamed or deleted a role since.
        if group := Group.objects.filter(name=role).first():
            yield (
                group,
                Permission.objects.filter(
                    content_type__app_label="leads", codename__in=codenames
                ),
            )


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0026_dnc_internal"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [migrations.RunPython(give_rights, take_rights)]
