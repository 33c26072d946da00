"""Cancel an import that is not loaded yet, or undo one whose leads were never sent anywhere."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from leads import lifecycle
from leads.dedup import likely
from leads.dedup.exact import try_lock_phones
from leads.history.context import because
from leads.models import Import, ImportStatus, Lead, LeadStatus, PushAttempt
from leads.models.status import KNOWN, ON_ITS_WAY, quoted
from leads.sentence import say

if TYPE_CHECKING:
    from django.contrib.auth.models import User

S = ImportStatus
_LOCK_POLL = 0.2  # seconds

# Duplicates, in other imports, of leads that go: the oldest lead that stays and has their number,
# or the oldest of themselves, which then stands for itself.
HEIRS = f"""
SELECT twin.id, coalesce(
    (SELECT min(other.id) FROM leads_lead other WHERE other.phone_e164 = twin.phone_e164
     AND other.import_run_id <> %(run)s AND other.status IN ({quoted(KNOWN)})),
    min(twin.id) OVER (PARTITION BY twin.phone_e164))
FROM leads_lead twin JOIN leads_lead gone ON gone.id = twin.duplicate_of_id
WHERE gone.import_run_id = %(run)s AND twin.import_run_id <> %(run)s
    AND twin.status = 'duplicate'
"""  # noqa: S608 - our own words

DELETE_PAIRS = """
DELETE FROM leads_pair pair
WHERE pair.id IN (
    SELECT one.id FROM leads_lead lead JOIN leads_pair one ON lead.id = one.lead_id
    WHERE lead.import_run_id = %(run)s
    UNION ALL
    SELECT one.id FROM leads_lead lead JOIN leads_pair one ON lead.id = one.other_id
    WHERE lead.import_run_id = %(run)s)
"""
DELETE_DECISIONS = DELETE_PAIRS.replace("leads_pair", "leads_decision")
DELETE_CLAIMS = """
DELETE FROM leads_deskclaim claim USING leads_lead lead
WHERE lead.id = claim.lead_id AND lead.import_run_id = %(run)s
"""


def cancel(run: Import, *, by: User | None) -> bool:
    """Stop an import that waits or runs; return whether it could be.

    One that runs stops within a second or two, and nothing of it is loaded.
    """
    waiting = Import.objects.filter(pk=run.pk, status__in=[S.NEW, S.WAITING])
    if waiting.update(status=S.CANCELLED, stopped_by=by, finished_at=timezone.now()):
        return True
    running = Import.objects.filter(pk=run.pk, status=S.RUNNING)
    return bool(running.update(stop_asked_at=timezone.now(), stopped_by=by))


def why_not(run: Import) -> str:
    """Why the import cannot be undone, in a sentence; empty if it can."""
    sent = _sent(run).count()
    if not sent:
        return ""
    return say(
        "%(sent)s of its leads are queued, or were sent to a dialer: that stays in the "
        "history. Cancel or undo their batch there, and reject what is left of the import.",
        sent=f"{sent:,}",
    )


def ask(run: Import, *, by: User | None) -> bool:
    """Ask for the import to be undone; return whether it could be asked for."""
    done = Import.objects.filter(pk=run.pk, status=S.DONE)
    return bool(done.update(status=S.UNDOING, stopped_by=by, stop_asked_at=timezone.now()))


def asked() -> list[int]:
    """Imports whose undo was asked for and is not carried out."""
    return list(Import.objects.filter(status=S.UNDOING).values_list("pk", flat=True))


def undo(import_id: int) -> int:
    """Delete all leads of the import, in one transaction, or none; return how many.

    Leads of other imports that were duplicates of them stand for themselves again, the oldest of
    each number. Nothing is deleted if one of the leads was sent meanwhile (the import says so).
    Does nothing unless it was asked for.
    """
    with transaction.atomic():
        # Whoever loads numbers meanwhile must not find ones that go.
        while not try_lock_phones():
            time.sleep(_LOCK_POLL)
        likely.lock_matches()
        run = Import.objects.select_for_update().filter(pk=import_id, status=S.UNDOING).first()
        if run is None:
            return 0
        if why := why_not(run):
            Import.objects.filter(pk=run.pk).update(status=S.DONE, error=why)
            return 0
        with because(f"import {run.pk} undone", user_id=run.stopped_by_id):
            _free_duplicates(run)
            likely.forget(run.pk)
            number = _delete(run)
        Import.objects.filter(pk=run.pk).update(
            status=S.UNDONE, error="", finished_at=timezone.now()
        )
        return number


def _sent(run: Import) -> QuerySet[Lead]:
    attempts = PushAttempt.objects.filter(lead=OuterRef("pk"))
    on_its_way = Q(status__in=[*ON_ITS_WAY, LeadStatus.REFUSED])
    return Lead.objects.filter(on_its_way | Q(Exists(attempts)), import_run=run)


def _free_duplicates(run: Import) -> None:
    with connection.cursor() as cursor:
        cursor.execute(HEIRS, {"run": run.pk})
        heirs: dict[int, int] = dict(cursor.fetchall())
    primaries = [lead for lead, heir in heirs.items() if lead == heir]
    lifecycle.move(
        Lead.objects.filter(pk__in=primaries),
        LeadStatus.STAGED,
        only_from={LeadStatus.DUPLICATE},
        duplicate_of=None,
        duplicate_why="",
    )
    pointing = [Lead(pk=lead, duplicate_of_id=heir) for lead, heir in heirs.items() if lead != heir]
    Lead.objects.bulk_update(pointing, ["duplicate_of"], batch_size=1000)
    likely.rekey(list(heirs))
    # What a reviewer decided since keeps its status and loses the pointer.
    others = Lead.objects.filter(duplicate_of__import_run=run).exclude(import_run=run)
    others.exclude(status=LeadStatus.DUPLICATE).update(duplicate_of=None)


def _delete(run: Import) -> int:
    with connection.cursor() as cursor:
        # Not Django's own, which would read every lead first.
        for statement in (DELETE_PAIRS, DELETE_DECISIONS, DELETE_CLAIMS):
            cursor.execute(statement, {"run": run.pk})
        cursor.execute("DELETE FROM leads_lead WHERE import_run_id = %s", [run.pk])
        return int(cursor.rowcount)
