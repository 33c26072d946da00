"""The internal DNC list, which is always there."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone


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


class Migration(migrations.Migration):
    dependencies = [("leads", "0025_lead_dnc_index")]
    operations = [migrations.RunPython(make_internal_list, remove_internal_list)]
