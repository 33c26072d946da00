"""Step 1 of a push: a frozen selection of approved leads becomes a batch; and its brakes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from leads import lifecycle
from leads.dedup.holds import holds, kept_back, without
from leads.history.context import because
from leads.lifecycle import without_deadlocks
from leads.models import BatchStatus, Dialer, DialerList, Import, Lead, LeadStatus, PushBatch
from leads.models.status import OPEN
from leads.push.errors import PushError
from leads.sentence import say
from leads.vicidial.releases import Capabilities
from leads.vicidial.request import build_add_lead

if TYPE_CHECKING:
    from django.contrib.auth.models import User

S = LeadStatus
OWN = say("was approved by you; with four eyes somebody else must push it")
OWN_IMPORT = say(
    "was imported by you, and no person has approved it; with four eyes somebody else must push it"
)


@dataclass(frozen=True)
class Queued:
    """The batch (None if nothing could be queued), its leads, and why the others were left."""

    batch: PushBatch | None
    queued: int
    left: dict[str, int] = field(default_factory=dict)


@without_deadlocks
def queue(
    leads: QuerySet[Lead], dialer_list: DialerList, *, by: User | None, note: str = ""
) -> Queued:
    """Put those of `leads` that are approved into a new batch for `dialer_list`, in one UPDATE.

    The list's push options are copied to the batch: what is changed later does not touch it.
    Left are those that may be a duplicate, or are still compared with the others: what is found may
    be younger than the approval. With four eyes (setting FOUR_EYES) those are left that `by`
    approved, or imported where nobody has decided. Raises PushError if the dialer or list is off,
    or the list was never seen on the dialer.
    """
    check_target(dialer_list)
    keeps = holds() | own_of(by)
    with transaction.atomic(), because("queued", user_id=by.pk if by else None):
        left = _left(leads, keeps)
        batch = PushBatch.objects.create(
            dialer=dialer_list.dialer,
            dialer_list=dialer_list,
            options=dialer_list.options(),
            note=note,
            created_by=by,
        )
        queued = lifecycle.move(
            without(leads, keeps),
            S.QUEUED,
            only_from={S.APPROVED},
            batch=batch,
            dialer_id=batch.dialer_id,
            refusal_reason="",
        )
        if not queued:
            batch.delete()
            return Queued(None, 0, left)
        PushBatch.objects.filter(pk=batch.pk).update(selected=queued)
    batch.selected = queued
    return Queued(batch, queued, left)


def own_of(by: User | None) -> dict[str, Q]:
    """With four eyes: why somebody else must push what `by` has seen alone, and which leads."""
    if not (settings.FOUR_EYES and by):
        return {}
    mine = Import.objects.filter(created_by=by).values("pk")
    return {
        OWN: Q(decided_by=by),
        OWN_IMPORT: Q(decided_by=None, import_run__in=mine),
    }


def check_target(dialer_list: DialerList) -> None:
    """Refuse a target that would lose leads: an unknown list takes them in and nobody dials them.

    Raises PushError.
    """
    dialer = dialer_list.dialer
    if not dialer.enabled:
        raise PushError(
            say("Dialer %(name)s is switched off. Switch it on on its page.", name=dialer.name)
        )
    if not dialer_list.enabled:
        raise PushError(
            say(
                "List %(list_id)s of %(name)s is switched off.",
                list_id=dialer_list.list_id,
                name=dialer.name,
            )
        )
    if not (dialer_list.seen_at or dialer_list.confirmed or _server_checks(dialer)):
        raise PushError(
            say(
                "List %(list_id)s has not been seen on dialer %(name)s: VICIdial would take "
                "leads for a list that does not exist, and nobody would call them. Press Test "
                "connection on the dialer's page, or confirm the list there.",
                list_id=dialer_list.list_id,
                name=dialer.name,
            )
        )
    try:
        build_add_lead({"list_id": str(dialer_list.list_id)}, dialer_list.options())
    except ValueError as error:
        raise PushError(
            say(
                "The push options of list %(list_id)s: %(error)s",
                list_id=dialer_list.list_id,
                error=error,
            )
        ) from None


def _server_checks(dialer: Dialer) -> bool:
    """Whether the server refuses unknown lists itself, where it cannot be asked for them."""
    known = Capabilities.from_json(dialer.capabilities)
    return known.list_exists_check and not known.can("list_info")


def pause(batch: PushBatch, *, by: User | None) -> bool:
    """Stop new calls of the batch; return whether it was running."""
    return _set(batch, BatchStatus.PAUSED, by, {BatchStatus.RUNNING})


def halt(batch_id: int, why: str) -> bool:
    """Pause a running batch for a reason that it shows; return whether it was running."""
    return bool(
        PushBatch.objects.filter(pk=batch_id, status=BatchStatus.RUNNING).update(
            status=BatchStatus.PAUSED, paused_text=why, changed_by=None
        )
    )


def resume(batch: PushBatch, *, by: User | None) -> bool:
    """Let the batch go on; return whether it was paused."""
    return _set(batch, BatchStatus.RUNNING, by, {BatchStatus.PAUSED})


@without_deadlocks
def cancel(batch: PushBatch, *, by: User | None) -> int:
    """Take the leads that are not on their way yet out of the batch; return how many.

    They are approved again. What is being sent finishes, and unclear leads are still settled.
    """
    with (
        transaction.atomic(),
        because(f"batch {batch.pk} cancelled", user_id=by.pk if by else None),
    ):
        if not _set(batch, BatchStatus.CANCELLED, by, {BatchStatus.RUNNING, BatchStatus.PAUSED}):
            return 0
        return lifecycle.move(
            Lead.objects.filter(batch=batch),
            S.APPROVED,
            only_from={S.QUEUED},
            batch=None,
            dialer=None,
        )


def release_cancelled(leads: QuerySet[Lead]) -> int:
    """Approve those of `leads` again that came back into a batch which was cancelled meanwhile.

    Nothing may wait there: nobody would ever send it. Returns how many there were.
    """
    return lifecycle.move(
        leads.filter(batch__status=BatchStatus.CANCELLED),
        S.APPROVED,
        only_from={S.QUEUED},
        batch=None,
        dialer=None,
    )


def finish(batch_ids: set[int]) -> int:
    """Mark those of the batches as done that have nothing left to do; return how many."""
    busy = Lead.objects.filter(batch_id__in=batch_ids, status__in=OPEN).values("batch_id")
    return (
        PushBatch.objects.filter(pk__in=batch_ids, status=BatchStatus.RUNNING)
        .exclude(pk__in=busy)
        .update(status=BatchStatus.DONE, finished_at=timezone.now())
    )


def _set(batch: PushBatch, to: BatchStatus, by: User | None, only_from: set[BatchStatus]) -> bool:
    changed = PushBatch.objects.filter(pk=batch.pk, status__in=only_from).update(
        status=to,
        changed_by=by,
        paused_text="",
        finished_at=timezone.now() if to == BatchStatus.CANCELLED else None,
    )
    if changed:
        batch.status = to
    return bool(changed)


def _left(leads: QuerySet[Lead], keeps: Mapping[str, Q]) -> dict[str, int]:
    counts = leads.order_by().exclude(status=S.APPROVED).values_list("status")
    left: dict[str, int] = {
        say("is %(status)s, not approved", status=LeadStatus(status).label.lower()): number
        for status, number in counts.annotate(number=Count("pk"))
    }
    return left | kept_back(leads, {S.APPROVED}, keeps)
