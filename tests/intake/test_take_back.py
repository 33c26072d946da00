"""Imports that are cancelled while they run, and undone until their leads were sent."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from leads.intake import progress, stage, take_back
from leads.intake.stage import load
from leads.intake.upload import receive, same_file
from leads.models import Import, ImportStatus, Lead, LeadStanding, LeadStatus
from tests.factories import make_attempt, make_batch, make_source, make_user

S = LeadStatus
DONE, CANCELLED, UNDONE = ImportStatus.DONE, ImportStatus.CANCELLED, ImportStatus.UNDONE


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def received(*numbers: int, rows: int = 0) -> Import:
    lines = [f"20155501{n:02},Ann" for n in numbers]
    lines += [f"{201 + n // 10000}555{n % 10000:04},Bulk" for n in range(rows)]
    text = "phone,first name\n" + "\n".join(lines) + "\n"
    return receive(io.BytesIO(text.encode()), "leads.csv", make_source())


@pytest.mark.django_db
def test_a_waiting_import_is_cancelled_at_once_and_never_loaded() -> None:
    run, user = received(0), make_user("Reviewer")
    assert take_back.cancel(run, by=user)
    run = load(run)
    assert (run.status, run.stopped_by) == (CANCELLED, user)
    assert not Lead.objects.exists()
    assert not take_back.cancel(run, by=user)
    assert stage.waiting() == []


@pytest.mark.usefixtures("own_database")
def test_a_running_import_stops_and_nothing_of_it_is_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EVERY", 0.0)
    run = received(rows=12_000)
    user = make_user("Reviewer")

    def elsewhere() -> bool:
        try:
            return take_back.cancel(run, by=user)
        finally:
            connection.close()

    def somebody_cancels(rows: int, bytes_done: int) -> None:
        if rows:
            with ThreadPoolExecutor(1) as pool:
                assert pool.submit(elsewhere).result()

    run = load(run, somebody_cancels)
    assert (run.status, run.stopped_by_id, run.rows_read) == (CANCELLED, user.pk, 0)
    assert not Lead.objects.exists()


@pytest.mark.django_db
def test_a_loaded_import_cannot_be_cancelled() -> None:
    run = load(received(0))
    assert not take_back.cancel(run, by=None)


@pytest.mark.django_db
def test_an_undone_import_has_no_leads_left_and_says_who_did_it() -> None:
    run, user = load(received(1, 2, 2)), make_user("Reviewer")
    assert take_back.ask(run, by=user)
    assert not take_back.ask(run, by=user)
    assert take_back.asked() == [run.pk]
    assert take_back.undo(run.pk) == 3
    run.refresh_from_db()
    assert (run.status, run.stopped_by, run.rows_read) == (UNDONE, user, 3)
    assert not Lead.objects.exists()
    assert LeadStanding.objects.filter(pgh_label="deleted").count() == 3
    assert take_back.undo(run.pk) == 0, "delivered twice"


@pytest.mark.django_db
def test_the_same_file_may_be_loaded_again_after_an_undo() -> None:
    run = load(received(1))
    take_back.ask(run, by=None)
    take_back.undo(run.pk)
    with run.file.open() as file:
        again = load(receive(file, "leads.csv", run.lead_source))
    assert same_file(again) is None
    assert again.rows_staged == 1


@pytest.mark.django_db
def test_duplicates_of_what_goes_stand_for_themselves_the_oldest_of_each_number() -> None:
    gone = load(received(1, 2, 3))
    second, third = load(received(1, 2)), load(received(1, 4))
    assert second.rows_duplicate == 2
    take_back.ask(gone, by=None)
    take_back.undo(gone.pk)
    first, two = Lead.objects.filter(import_run=second).order_by("line")
    assert (first.status, first.duplicate_of_id, first.duplicate_why) == (S.STAGED, None, "")
    assert two.status == S.STAGED
    late = Lead.objects.get(import_run=third, phone_number="2015550101")
    assert (late.status, late.duplicate_of_id) == (S.DUPLICATE, first.pk)


@pytest.mark.django_db
def test_a_duplicate_points_to_the_lead_that_stays_where_there_is_one() -> None:
    gone = load(received(1))
    overruled = load(received(1))
    stays = Lead.objects.get(import_run=overruled)
    Lead.objects.filter(pk=stays.pk).update(status=S.STAGED)  # "not a duplicate", said a reviewer
    third = load(received(1))
    take_back.ask(gone, by=None)
    take_back.undo(gone.pk)
    stays.refresh_from_db()
    assert (stays.status, stays.duplicate_of_id) == (S.STAGED, None)
    assert Lead.objects.get(import_run=third).duplicate_of_id == stays.pk


@pytest.mark.django_db
@pytest.mark.parametrize("status", [S.QUEUED, S.PUSHED, S.REFUSED, S.APPROVED])
def test_what_was_sent_or_is_about_to_be_cannot_be_undone(status: LeadStatus) -> None:
    run = load(received(1, 2))
    lead = Lead.objects.filter(import_run=run).first()
    assert lead is not None
    batch = make_batch()
    columns: dict[str, Any] = {"decided_at": timezone.now()}
    Lead.objects.filter(pk=lead.pk).update(status=S.APPROVED, **columns)
    if status == S.APPROVED:  # it was pushed and its batch undone: that stays in the history
        make_attempt(lead, batch=batch, sealed_at=timezone.now(), outcome="deleted")
    else:
        columns |= {"batch": batch, "dialer": batch.dialer}
        Lead.objects.filter(pk=lead.pk).update(status=S.QUEUED, **columns)
    assert "1 of its leads are queued, or were sent" in take_back.why_not(run)
    take_back.ask(run, by=None)
    assert take_back.undo(run.pk) == 0
    run.refresh_from_db()
    assert run.status == DONE
    assert "sent to a dialer" in run.error
    assert Lead.objects.filter(import_run=run).count() == 2
