import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0014_desk'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='lead',
            name='lead_legal_moves',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='lead',
            trigger=pgtrigger.compiler.Trigger(name='lead_legal_moves', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.status IS DISTINCT FROM NEW.status AND NOT ((OLD.status = 'invalid' AND NEW.status IN ('duplicate', 'rejected', 'staged')) OR (OLD.status = 'duplicate' AND NEW.status IN ('rejected', 'staged')) OR (OLD.status = 'staged' AND NEW.status IN ('approved', 'duplicate', 'invalid', 'rejected')) OR (OLD.status = 'rejected' AND NEW.status IN ('duplicate', 'invalid', 'staged')) OR (OLD.status = 'approved' AND NEW.status IN ('queued', 'staged')) OR (OLD.status = 'queued' AND NEW.status IN ('approved', 'sending')) OR (OLD.status = 'sending' AND NEW.status IN ('pushed', 'queued', 'refused', 'unclear')) OR (OLD.status = 'unclear' AND NEW.status IN ('pushed', 'queued', 'refused')) OR (OLD.status = 'pushed' AND NEW.status IN ('approved')) OR (OLD.status = 'refused' AND NEW.status IN ('queued', 'staged'))))", func="RAISE EXCEPTION 'Lead % cannot move from % to %', OLD.id, OLD.status, NEW.status;", hash='b06f07470068dbbe452bfb13a21f1f7b0757d6d0', operation='UPDATE OF "status"', pgid='pgtrigger_lead_legal_moves_14fe5', table='leads_lead', when='BEFORE')),
        ),
    ]
