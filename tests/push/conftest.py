"""Leads on their way to the simulated dialer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from leads.models import Dialer, DialerList, Lead, LeadStatus, PushBatch
from leads.push.queue import queue
from tests.factories import make_lead
from tests.simulated import dialer as dialer


@pytest.fixture
def queued(dialer: Dialer) -> Callable[..., PushBatch]:
    """Make `number` approved leads (with these columns) and queue them for list 101."""

    def make(number: int = 1, **columns: Any) -> PushBatch:
        target = DialerList.objects.select_related("dialer").get(dialer=dialer, list_id=101)
        leads = [
            make_lead(
                status=LeadStatus.APPROVED,
                **{"decided_at": timezone.now(), **phone(n), **columns},
            )
            for n in range(number)
        ]
        made = queue(Lead.objects.filter(pk__in=[lead.pk for lead in leads]), target, by=None)
        assert made.batch is not None
        return made.batch

    return make


def phone(number: int) -> dict[str, str]:
    """A number of its own for each lead, from the ranges that are nobody's."""
    area = 201 + number // 100
    national = f"{area}55501{number % 100:02}"
    return {"phone_code": "1", "phone_number": national, "phone_e164": f"+1{national}"}
