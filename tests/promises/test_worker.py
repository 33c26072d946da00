"""A real Celery worker does the main job: kicked, and without a kick by its beat."""

from __future__ import annotations

import io
import time
from collections.abc import Callable

import pytest

from leads import tasks
from leads.dialers import probe
from leads.dialers.connect import seal
from leads.intake.upload import receive
from leads.models import DialerList, Import, ImportStatus, Lead, LeadStatus
from leads.push.queue import queue
from leads.review.decide import approve
from leads.vicidial.simulator.server import Simulator
from tests.conftest import API_PASSWORD
from tests.factories import make_dialer, make_dialer_list, make_source

pytestmark = pytest.mark.worker
S = LeadStatus


def eventually(reached: Callable[[], bool], seconds: float = 40.0) -> None:
    until = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < until, "the worker did not get there in time"
        time.sleep(0.1)


def test_a_worker_loads_and_pushes_also_when_the_kick_is_lost(
    worker: None, simulator: Simulator
) -> None:
    dialer = make_dialer(base_url=simulator.url, password_token=seal(API_PASSWORD), connections=4)
    make_dialer_list(dialer, seen_at=None)
    probe.test(dialer)
    rows = "\n".join(f"201-555-01{n:02},Ann" for n in range(50))
    file = io.BytesIO(f"phone,first name\n{rows}\n".encode())
    run = receive(file, "leads.csv", make_source(), list_id=101)
    tasks.run_import.delay(run.pk)
    eventually(lambda: Import.objects.filter(compared_at__isnull=False).exists())
    assert Import.objects.get().status == ImportStatus.DONE
    leads = Lead.objects.filter(import_run=run)
    assert approve(leads, by=None).moved == 50
    target = DialerList.objects.select_related("dialer").get()
    queue(leads, target, by=None)  # nobody kicks: beat finds it
    eventually(lambda: leads.filter(status=S.PUSHED).count() == 50)
    there = {lead["lead_id"] for lead in simulator.store.leads()}
    assert set(leads.values_list("vicidial_lead_id", flat=True)) == there
    assert len(there) == 50
