"""The fixture of a simulated dialer; a conftest imports it, for it needs Django to be set up."""

from __future__ import annotations

import pytest

from leads.dialers import probe
from leads.dialers.connect import seal
from leads.models import Dialer, DialerList
from leads.vicidial.simulator.server import Simulator
from tests.conftest import API_PASSWORD
from tests.factories import make_dialer, make_dialer_list


@pytest.fixture
def dialer(simulator: Simulator, db: None) -> Dialer:
    """The simulator as the portal knows it after a connection test; short time-outs."""
    made = make_dialer(
        base_url=simulator.url,
        api_user="6666",
        password_token=seal(API_PASSWORD),
        connections=4,
        connect_timeout=1.0,
        read_timeout=1.0,
    )
    DialerList.objects.filter(dialer=made).delete()
    make_dialer_list(made, list_id=101, duplicate_check="", dnc_check="Y", seen_at=None)
    probe.test(made)
    return made
