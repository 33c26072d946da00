"""Every Celery task: a kick each. The tables are the queue, so one may be lost or come twice."""

from __future__ import annotations

from celery import shared_task

from leads import tally
from leads.dedup import likely, suppress_waiting
from leads.dialers import probe
from leads.intake import dnc_load, stage, take_back
from leads.models import BatchStatus, Dialer, DncEdition, Import, PushBatch
from leads.push import settle as settling
from leads.push import undo
from leads.push.queue import finish
from leads.push.runner import run
from leads.push.waiting import dialers_with_work
from leads.review import desk
from leads.review import follow_up as following

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
        follow_up.delay(import_id)


@shared_task
def follow_up(import_id: int) -> None:
    """Compare the leads of a loaded import with all others, and what comes after that."""
    following.follow_up(import_id)


@shared_task
def resume_imports() -> None:
    """Beat: start imports that wait, or whose worker died, and undo what was asked to be."""
    for import_id in stage.waiting():
        run_import.delay(import_id)
    for import_id in take_back.asked():
        undo_import.delay(import_id)


@shared_task
def forget_claims() -> None:
    """Beat: forget who has looked at which lead on the review desk."""
    desk.forget_lapsed()


@shared_task
def undo_import(import_id: int) -> None:
    """Delete the leads of one import."""
    take_back.undo(import_id)


@shared_task
def resume_follow_ups() -> None:
    """Beat: find the imports, and the corrected leads, that are still to be compared."""
    for import_id in following.waiting():
        follow_up.delay(import_id)
    if likely.to_match_again():
        match_again.delay()


@shared_task
def match_again() -> None:
    """Compare leads again that were corrected."""
    following.compare_again()


@shared_task
def load_dnc(edition_id: int) -> None:
    """Load one edition of a DNC list, then look at the leads that wait."""
    if edition := DncEdition.objects.filter(pk=edition_id).first():
        dnc_load.load(edition)
        check_dnc.delay()


@shared_task
def check_dnc() -> None:
    """Hold all leads that wait, or are on the dialer, against the DNC lists, if that is due."""
    if suppress_waiting.is_due():
        suppress_waiting.check_all()


@shared_task
def sweep_dnc() -> None:
    """Beat: load the editions whose kick was lost, delete numbers of old ones, look at leads."""
    to_load, to_purge = dnc_load.to_do()
    for edition_id in to_load:
        load_dnc.delay(edition_id)
    for edition in to_purge:
        dnc_load.purge(edition)
    if suppress_waiting.is_due():
        check_dnc.delay()
    # What was queued and is on a list now has left its batch: perhaps nothing else is in it.
    running = PushBatch.objects.filter(status=BatchStatus.RUNNING).values_list("pk", flat=True)
    if batches := set(running):
        finish(batches)


@shared_task
def count_up() -> None:
    """Beat: count what has happened since the last time, for the pages' charts."""
    tally.count_up()
