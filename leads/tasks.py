"""Every Celery task: a kick each. The tables are the queue, so one may be lost or come twice."""

from __future__ import annotations

from celery import shared_task

from leads.dedup import likely
from leads.dialers import probe
from leads.intake import stage, take_back
from leads.models import Dialer, Import, PushBatch
from leads.push import settle as settling
from leads.push import undo
from leads.push.runner import run
from leads.push.waiting import dialers_with_work

SWEEP_EXPIRES = 10


@shared_task
def push_runner(dialer_id: int) -> None:
    """Push what is queued for one dialer; comes back as long as there is more."""
    dialer = Dialer.objects.filter(pk=dialer_id).first()
    if dialer and run(dialer).leads:
        push_runner.delay(dialer_id)


@shared_task
def push_waiting() -> None:
    """Beat: find the dialers with queued leads, and the undoes, whose kick was lost."""
    # They expire before long, so that none pile up behind a long run.
    for dialer in dialers_with_work():
        push_runner.apply_async((dialer.pk,), expires=SWEEP_EXPIRES)
    for batch in undo.asked():
        undo_batch.apply_async((batch.pk,), expires=SWEEP_EXPIRES)


@shared_task
def settle() -> None:
    """Beat: look up what became of unclear leads; what was not there goes on at once."""
    if settling.settle().queued:
        push_waiting.delay()


@shared_task
def probe_dialers() -> None:
    """Beat: ask paused dialers, where that is safe, whether they are back."""
    if probe.probe_paused():
        push_waiting.delay()


@shared_task
def undo_batch(batch_id: int) -> None:
    """Delete on the dialer what a batch put there and nobody has touched."""
    undo.undo(PushBatch.objects.get(pk=batch_id))


@shared_task
def run_import(import_id: int) -> None:
    """Load one uploaded file, and have its leads compared with all others."""
    if run_ := Import.objects.filter(pk=import_id).first():
        stage.load(run_)
        match_import.delay(import_id)


@shared_task
def resume_imports() -> None:
    """Beat: start imports that wait, or whose worker died, and undo what was asked to be."""
    for import_id in stage.waiting():
        run_import.delay(import_id)
    for import_id in take_back.asked():
        undo_import.delay(import_id)


@shared_task
def undo_import(import_id: int) -> None:
    """Delete the leads of one import."""
    take_back.undo(import_id)


@shared_task
def match_import(import_id: int) -> None:
    """Look for likely duplicates of an import's leads."""
    likely.match_import(import_id)


@shared_task
def match_again() -> None:
    """Compare leads again that were corrected."""
    likely.match_again()


@shared_task
def match_waiting() -> None:
    """Beat: find the imports, and the corrected leads, that nobody has compared."""
    for import_id in likely.waiting():
        match_import.delay(import_id)
    if likely.to_match_again():
        match_again.delay()
