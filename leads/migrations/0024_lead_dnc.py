"""What a lead says of the DNC lists: null for all that there are, so no row is written.

The foreign key is added without a look at the rows; 0022 looks at them without a lock.
"""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

NOT_VALID = """
ALTER TABLE leads_lead ADD CONSTRAINT lead_dnc_list FOREIGN KEY (dnc_list_id)
REFERENCES leads_dnclist (id) DEFERRABLE INITIALLY DEFERRED NOT VALID
"""


class Migration(migrations.Migration):

    dependencies = [('leads', '0023_dnc_lists')]

    operations = [
        migrations.AlterModelOptions(
            name='lead',
            options={'ordering': ['-id'], 'permissions': [('import_lead', 'Can import leads'), ('review_lead', 'Can correct, approve, reject and merge leads'), ('push_lead', 'Can queue, pause, resume, cancel and undo push batches'), ('export_lead', 'Can export leads and push history'), ('override_dnc', 'Can approve a lead although its number is on a DNC list')]},
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='lead',
            name='standing_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='lead',
            name='deleted_delete',
        ),
        migrations.AddField(
            model_name='lead',
            name='dnc_checked_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='lead',
            name='dnc_date',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='lead',
            name='dnc_number',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='leadstanding',
            name='dnc_date',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='leadstanding',
            name='dnc_number',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='leadstanding',
            name='dnc_list',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='leads.dnclist'),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.AddField(
                    model_name='lead',
                    name='dnc_list',
                    field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='leads.dnclist'),
                ),
            ],
            state_operations=[
                migrations.AddField(
                    model_name='lead',
                    name='dnc_list',
                    field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='leads.dnclist'),
                ),
            ],
        ),
        migrations.RunSQL(NOT_VALID, 'ALTER TABLE leads_lead DROP CONSTRAINT lead_dnc_list'),
        pgtrigger.migrations.AddTrigger(
            model_name='lead',
            trigger=pgtrigger.compiler.Trigger(name='standing_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "leads_leadstanding" ("batch_id", "decided_by_id", "decision_comment", "decision_reason", "dialer_id", "dnc_date", "dnc_list_id", "dnc_number", "duplicate_of_id", "duplicate_why", "id", "list_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reasons", "refusal_reason", "status", "vicidial_lead_id", "vicidial_list_id", "vicidial_status") SELECT new_values."batch_id", new_values."decided_by_id", new_values."decision_comment", new_values."decision_reason", new_values."dialer_id", new_values."dnc_date", new_values."dnc_list_id", new_values."dnc_number", new_values."duplicate_of_id", new_values."duplicate_why", new_values."id", new_values."list_id", _pgh_attached_context.value, NOW(), \'standing\', new_values."id", new_values."reasons", new_values."refusal_reason", new_values."status", new_values."vicidial_lead_id", new_values."vicidial_list_id", new_values."vicidial_status" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."batch_id" IS DISTINCT FROM (new_values."batch_id") OR old_values."decided_by_id" IS DISTINCT FROM (new_values."decided_by_id") OR old_values."decision_comment" IS DISTINCT FROM (new_values."decision_comment") OR old_values."decision_reason" IS DISTINCT FROM (new_values."decision_reason") OR old_values."dialer_id" IS DISTINCT FROM (new_values."dialer_id") OR old_values."dnc_date" IS DISTINCT FROM (new_values."dnc_date") OR old_values."dnc_list_id" IS DISTINCT FROM (new_values."dnc_list_id") OR old_values."dnc_number" IS DISTINCT FROM (new_values."dnc_number") OR old_values."duplicate_of_id" IS DISTINCT FROM (new_values."duplicate_of_id") OR old_values."duplicate_why" IS DISTINCT FROM (new_values."duplicate_why") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."list_id" IS DISTINCT FROM (new_values."list_id") OR old_values."reasons" IS DISTINCT FROM (new_values."reasons") OR old_values."refusal_reason" IS DISTINCT FROM (new_values."refusal_reason") OR old_values."status" IS DISTINCT FROM (new_values."status") OR old_values."vicidial_lead_id" IS DISTINCT FROM (new_values."vicidial_lead_id") OR old_values."vicidial_list_id" IS DISTINCT FROM (new_values."vicidial_list_id") OR old_values."vicidial_status" IS DISTINCT FROM (new_values."vicidial_status")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='6c06959363518b1646f25f3020102232290bec97', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_standing_update_f76cf', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='leads_lead', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='lead',
            trigger=pgtrigger.compiler.Trigger(name='deleted_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "leads_leadstanding" ("batch_id", "decided_by_id", "decision_comment", "decision_reason", "dialer_id", "dnc_date", "dnc_list_id", "dnc_number", "duplicate_of_id", "duplicate_why", "id", "list_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reasons", "refusal_reason", "status", "vicidial_lead_id", "vicidial_list_id", "vicidial_status") SELECT old_values."batch_id", old_values."decided_by_id", old_values."decision_comment", old_values."decision_reason", old_values."dialer_id", old_values."dnc_date", old_values."dnc_list_id", old_values."dnc_number", old_values."duplicate_of_id", old_values."duplicate_why", old_values."id", old_values."list_id", _pgh_attached_context.value, NOW(), \'deleted\', old_values."id", old_values."reasons", old_values."refusal_reason", old_values."status", old_values."vicidial_lead_id", old_values."vicidial_list_id", old_values."vicidial_status" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='0f51bd39b3fbdd0f7c1c401f530e33860fa28948', level='STATEMENT', operation='DELETE', pgid='pgtrigger_deleted_delete_91347', referencing='REFERENCING OLD TABLE AS old_values ', table='leads_lead', when='AFTER')),
        ),
    ]
