"""What follows the loading of an import, step by step, each of which may be done again.

1. Its leads are compared with all others, and the policy says what becomes of what is found.
2. Dialers are asked how the leads have ended that the policy let some of them pass for, and the one
   that they are for which of them it has already.
3. Clean leads are approved, where the source has that rule.
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from leads.dedup import likely, on_dialer, outcomes
from leads.dedup.apply import apply
from leads.dialers.locks import Kind, only_one
from leads.models import Import, ImportStatus, Lead, MatchAgain
from leads.review.decide import approve

log = logging.getLogger(__name__)
# A dialer that cannot be asked for so long is not waited for.
PATIENCE = timedelta(hours=1)
_POLL_SECONDS = 0.2


def waiting() -> list[int]:
    """The loaded imports for which something of it is still to be done."""
    open_ones = Import.objects.filter(status=ImportStatus.DONE, compared_at=None)
    return list(open_ones.order_by("pk").values_list("pk", flat=True))


def follow_up(import_id: int) -> Import | None:
    """Do what is still to be done for one import; None if there is nothing, or another does it.

    Where the dialer cannot be asked just now, the rest is left for later.
    """
    with only_one(Kind.FOLLOWING_UP, import_id) as alone:
        run = Import.objects.select_related("dialer", "lead_source").filter(
            pk=import_id, status=ImportStatus.DONE, compared_at=None
        )
        found = run.first() if alone else None
        if found is None:
            return None
        _compare(found)
        if _ask_dialers(found):
            _finish(found)
        found.refresh_from_db()
        return found


def see_through(import_id: int) -> Import:
    """Do what is still to be done for one import, or wait while another does it.

    Returns it as it is then: without `compared_at` where its dialer cannot be asked just now.
    """
    while (run := follow_up(import_id)) is None:
        run = Import.objects.select_related("dialer").get(pk=import_id)
        if run.compared_at or run.status != ImportStatus.DONE:
            break
        time.sleep(_POLL_SECONDS)
    return run


def compare_again() -> None:
    """Compare the leads that were corrected since, and apply the policies of their imports.

    Their dialers are asked for them first: until they are compared nobody can approve them.
    """
    again = MatchAgain.objects.values("lead_id")
    runs = list(Import.objects.select_related("dialer").filter(leads__in=again).distinct())
    asked = {
        run: list(Lead.objects.filter(import_run=run, pk__in=again).values_list("pk", flat=True))
        for run in runs
    }
    for run, leads in asked.items():
        _ask_again(run, leads)
    likely.match_again()
    for run, leads in asked.items():
        apply(run)
        outcomes.ask(run, leads)
        _apply_outcomes(run)


def _compare(run: Import) -> None:
    with transaction.atomic():
        likely.match_import(run.pk)
        applied = apply(run)
    if applied.marked or applied.held:
        log.info("Import %s: %s duplicates, %s to decide", run.pk, applied.marked, applied.held)


def _ask_dialers(run: Import) -> bool:
    """Whether no dialer needs to be asked, or no more."""
    if run.dialer_checked_at:
        return True
    answers = [outcomes.ask(run)]
    _apply_outcomes(run)
    if run.dialer:
        answers.append(on_dialer.check(run))
    late = run.finished_at is None or timezone.now() - run.finished_at > PATIENCE
    over = late or not any(checked.again for checked in answers)
    notes = [checked.note for checked in answers if checked.note]
    Import.objects.filter(pk=run.pk).update(
        dialer_note=notes[0] if notes else "",
        dialer_checked_at=timezone.now() if over and run.dialer else None,
    )
    return over


def _apply_outcomes(run: Import) -> None:
    with transaction.atomic():
        if outcomes.open_again(run):
            apply(run)


def _ask_again(run: Import, leads: list[int]) -> None:
    """Ask the dialer for leads that it was not asked for as they are now; once, and one that is
    paused or busy is not waited for."""
    if run.dialer is None or run.dialer_checked_at is None:
        return
    checked = on_dialer.check_some(run.dialer, leads)
    if checked.note:
        log.info("Import %s: corrected leads were not asked for: %s", run.pk, checked.note)


def _finish(run: Import) -> None:
    with transaction.atomic():
        mine = Import.objects.filter(pk=run.pk, compared_at=None)
        if mine.update(compared_at=timezone.now()) and run.approve_clean:
            clean = Lead.objects.filter(import_run=run, warnings=[])
            approve(clean, by=None, comment=f"By the rule of the source {run.lead_source}")
