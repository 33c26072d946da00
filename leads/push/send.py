"""Step 3 of a push: one call for one claimed lead. Knows no database; runs in sender threads."""

from __future__ import annotations

import time
from dataclasses import dataclass

from leads.push.claim import Claim
from leads.vicidial.answers import AddLeadAnswer
from leads.vicidial.client import Client


@dataclass(frozen=True)
class Sent:
    """A claim and what came of it; `answer` is None if it was certainly not sent at all."""

    claim: Claim
    answer: AddLeadAnswer | None


def send(client: Client, claim: Claim, *, not_after: float) -> Sent:
    """Send the claimed lead, unless it is later than `not_after` (of `time.monotonic`).

    After that moment the lease may be another's. Never raises for what a dialer or network does:
    the client answers `unclear` or `stop`.
    """
    if time.monotonic() > not_after:
        return Sent(claim, None)
    return Sent(claim, client.add_lead(claim.params))
