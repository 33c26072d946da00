"""The three roles: Reviewer, Admin and Auditor, with the least rights that their work needs."""

from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

LOOK = ["lead", "import", "source", "dialer", "dialerlist", "pushbatch"]
HISTORY = ["pushattempt", "leadstanding", "leadcorrection"]

ROLES = {
    "Reviewer": [
        *(f"view_{model}" for model in LOOK),
        *(f"view_{model}" for model in HISTORY),
        "add_import",
        "change_lead",
        "import_lead",
        "review_lead",
    ],
    "Admin": [
        *(f"view_{model}" for model in LOOK),
        *(f"view_{model}" for model in HISTORY),
        "add_import",
        "change_lead",
        "import_lead",
        "review_lead",
        "push_lead",
        "export_lead",
        "add_source",
        "change_source",
        "delete_source",
        "add_dialer",
        "change_dialer",
        "delete_dialer",
        "test_dialer",
        "add_dialerlist",
        "change_dialerlist",
        "delete_dialerlist",
    ],
    "Auditor": [
        *(f"view_{model}" for model in LOOK),
        *(f"view_{model}" for model in HISTORY),
        "export_lead",
    ],
}


def make_roles(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    # Permissions are made after all migrations; the groups need them now.
    config = apps.get_app_config("leads")
    config.models_module = True
    create_permissions(config, apps=apps, verbosity=0)
    config.models_module = None
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    for role, codenames in ROLES.items():
        group, _ = Group.objects.get_or_create(name=role)
        found = Permission.objects.filter(content_type__app_label="leads", codename__in=codenames)
        missing = set(codenames) - set(found.values_list("codename", flat=True))
        if missing:
            raise RuntimeError(f"No such permissions in leads: {sorted(missing)}")
        group.permissions.add(*found)


def remove_roles(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0001_tables"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make_roles, remove_roles)]
