"""The simulated dialer."""

from __future__ import annotations

from tests.simulated import dialer as dialer
