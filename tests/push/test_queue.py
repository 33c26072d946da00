"""Queueing freezes a selection; the brakes work on what is not on its way yet."""

from __future__ import annotations

import pytest
from django.utils import timezone

from leads.dedup.holds import COMPARING, COMPARING_AGAIN, IS_HELD
from leads.dedup.likely import match_again, rekey
from leads.models import BatchStatus, Lead, LeadStatus, PushBatch
from leads.push.errors import PushError
from leads.push.queue import OWN_IMPORT, cancel, finish, pause, queue, resume
from leads.review.follow_up import follow_up
from tests.factories import (
    make_batch,
    make_dialer,
    make_dialer_list,
    make_import,
    make_lead,
    make_source,
    make_user,
)
from tests.review.test_desk import make_pair

pytestmark = pytest.mark.django_db
S = LeadStatus


def test_approved_leads_become_a_batch_and_the_rest_is_left_with_reasons() -> None:
    target, admin = make_dialer_list(seen_at=timezone.now()), make_user("Admin")
    approved = [make_lead(status=S.APPROVED) for _ in range(3)]
    make_lead(status=S.STAGED)
    make_lead(status=S.INVALID)
    queued = queue(Lead.objects.all(), target, by=admin, note="Monday")
    assert queued.queued == 3
    assert queued.left == {"is staged, not approved": 1, "is invalid, not approved": 1}
    batch = PushBatch.objects.get()
    assert (batch.selected, batch.created_by, batch.note) == (3, admin, "Monday")
    for lead in approved:
        lead.refresh_from_db()
        assert (lead.status, lead.batch, lead.dialer) == (S.QUEUED, batch, target.dialer)


def test_the_push_options_are_those_of_the_moment_of_queueing() -> None:
    target = make_dialer_list(seen_at=timezone.now(), duplicate_check="DUPSYS90DAY")
    make_lead(status=S.APPROVED)
    queue(Lead.objects.all(), target, by=None)
    type(target).objects.update(duplicate_check="")
    assert PushBatch.objects.get().options["duplicate_check"] == "DUPSYS90DAY"


def test_nothing_to_queue_leaves_no_batch_behind() -> None:
    make_lead(status=S.STAGED)
    queued = queue(Lead.objects.all(), make_dialer_list(seen_at=timezone.now()), by=None)
    assert (queued.batch, queued.queued) == (None, 0)
    assert not PushBatch.objects.exists()


@pytest.mark.parametrize(
    ("dialer", "dialer_list", "words"),
    [
        ({"enabled": False}, {"seen_at": timezone.now()}, "switched off"),
        ({}, {"seen_at": timezone.now(), "enabled": False}, "switched off"),
        ({}, {"seen_at": None}, "has not been seen on dialer"),
        ({}, {"seen_at": timezone.now(), "duplicate_check": "DUPLIZT"}, "DUPLIZT"),
    ],
)
def test_a_target_that_would_lose_leads_is_refused_in_words(
    dialer: dict[str, object], dialer_list: dict[str, object], words: str
) -> None:
    target = make_dialer_list(make_dialer(**dialer), **dialer_list)
    lead = make_lead(status=S.APPROVED)
    with pytest.raises(PushError, match=words):
        queue(Lead.objects.all(), target, by=None)
    lead.refresh_from_db()
    assert lead.status == S.APPROVED


def test_a_list_that_a_person_has_confirmed_may_be_pushed_to() -> None:
    make_lead(status=S.APPROVED)
    target = make_dialer_list(seen_at=None, confirmed=True)
    assert queue(Lead.objects.all(), target, by=None).queued == 1


def test_with_four_eyes_who_approved_may_not_push(settings: object) -> None:
    settings.FOUR_EYES = True  # type: ignore[attr-defined]
    admin, reviewer = make_user("Admin"), make_user("Reviewer")
    make_lead(status=S.APPROVED, decided_by=admin)
    make_lead(status=S.APPROVED, decided_by=reviewer)
    queued = queue(Lead.objects.all(), make_dialer_list(seen_at=timezone.now()), by=admin)
    assert queued.queued == 1
    assert list(queued.left.values()) == [1]


def test_with_four_eyes_who_imported_may_not_push_what_a_rule_approved(settings: object) -> None:
    settings.FOUR_EYES = True  # type: ignore[attr-defined]
    admin, other = make_user("Admin"), make_user("Admin")
    source = make_source(auto_approve=True)
    run = make_import(source, created_by=admin, approve_clean=True, compared_at=None)
    lead = make_lead(import_run=run)
    follow_up(run.pk)
    target = make_dialer_list(seen_at=timezone.now())
    queued = queue(Lead.objects.filter(pk=lead.pk), target, by=admin)
    assert (queued.queued, queued.left) == (0, {OWN_IMPORT: 1})
    assert queue(Lead.objects.filter(pk=lead.pk), target, by=other).queued == 1


def test_what_was_found_after_the_approval_holds_a_lead_back_from_the_push() -> None:
    older, free = make_lead(S.APPROVED), make_lead(S.APPROVED)
    held, again = make_lead(S.APPROVED), make_lead(S.APPROVED)
    early = make_lead(S.APPROVED, import_run=make_import(compared_at=None))
    pair = make_pair(held, older)
    rekey([again.pk])
    target = make_dialer_list(seen_at=timezone.now())
    queued = queue(Lead.objects.exclude(pk=older.pk), target, by=None)
    assert queued.left == {IS_HELD: 1, COMPARING: 1, COMPARING_AGAIN: 1}
    assert set(Lead.objects.filter(status=S.QUEUED)) == {free}
    pair.delete()
    follow_up(early.import_run_id)
    match_again()
    assert queue(Lead.objects.exclude(pk=older.pk), target, by=None).queued == 3


def test_cancel_takes_back_what_is_not_on_its_way_and_nothing_else() -> None:
    batch = make_batch()
    statuses = [S.QUEUED, S.QUEUED, S.SENDING, S.UNCLEAR, S.PUSHED]
    leads = [make_lead(status=s, batch=batch, dialer=batch.dialer) for s in statuses]
    assert cancel(batch, by=make_user("Admin")) == 2
    for lead in leads:
        lead.refresh_from_db()
    assert [lead.status for lead in leads] == [
        S.APPROVED,
        S.APPROVED,
        S.SENDING,
        S.UNCLEAR,
        S.PUSHED,
    ]
    assert PushBatch.objects.get().status == BatchStatus.CANCELLED
    assert cancel(batch, by=None) == 0


def test_pause_and_resume_say_whether_they_changed_anything() -> None:
    batch = make_batch()
    assert pause(batch, by=None)
    assert not pause(batch, by=None)
    assert resume(batch, by=None)
    assert not resume(batch, by=None)


def test_a_batch_is_done_when_nothing_of_it_is_open() -> None:
    busy, over = make_batch(), make_batch()
    make_lead(status=S.UNCLEAR, batch=busy, dialer=busy.dialer)
    make_lead(status=S.REFUSED, batch=over, dialer=over.dialer)
    assert finish({busy.pk, over.pk}) == 1
    over.refresh_from_db()
    assert over.status == BatchStatus.DONE
    assert over.finished_at is not None
