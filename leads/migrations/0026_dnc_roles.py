"""The internal DNC list, which is always there, and who may do what with DNC lists."""

from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone

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


def make_internal_list(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    internal = apps.get_model("leads", "DncList").objects.create(
        name="Internal", origin="internal"
    )
    edition = apps.get_model("leads", "DncEdition").objects.create(
        dnc_list=internal, as_of=timezone.localdate(), status="done"
    )
    internal.current = edition
    internal.save()


def remove_internal_list(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    # In SQL: what would delete along a composite key cannot tell models of a past state apart.
    internal = "SELECT id FROM leads_dnclist WHERE origin = 'internal'"
    editions = f"SELECT id FROM leads_dncedition WHERE dnc_list_id IN ({internal})"
    editor.execute(f"UPDATE leads_lead SET dnc_list_id = NULL WHERE dnc_list_id IN ({internal})")
    editor.execute(f"DELETE FROM leads_dncnumber WHERE edition_id IN ({editions})")
    editor.execute("UPDATE leads_dnclist SET current_id = NULL WHERE origin = 'internal'")
    editor.execute(f"DELETE FROM leads_dncedition WHERE dnc_list_id IN ({internal})")
    editor.execute("DELETE FROM leads_dnclist WHERE origin = 'internal'")


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
        ("leads", "0025_lead_dnc_index"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [
        migrations.RunPython(make_internal_list, remove_internal_list),
        migrations.RunPython(give_rights, take_rights),
    ]
