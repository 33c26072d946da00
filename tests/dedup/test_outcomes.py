"""Never again after a sale or a DNC: also where the portal could not know of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from leads.dedup import likely
from leads.dedup.outcomes import ask, open_again
from leads.models import Dialer, DuplicatePolicy, Import, Lead, LeadStatus, PairState
from leads.review.follow_up import follow_up
from leads.vicidial.simulator.server import Simulator
from tests.factories import make_import, make_lead, make_user
from tests.review.test_desk import make_pair

pytestmark = pytest.mark.django_db
S = LeadStatus
LONG_AGO = timedelta(days=90)


@pytest.fixture
def policy() -> DuplicatePolicy:
    """Whoever was pushed a month ago may be called again."""
    return DuplicatePolicy.objects.create(window_days=30)


@pytest.fixture
def run(dialer: Dialer) -> Import:
    return make_import(dialer=dialer, compared_at=None)


def pushed(simulator: Simulator, dialer: Dialer, status: str, **columns: Any) -> Lead:
    """A lead that was pushed as NEW long ago, and has another status on the dialer since."""
    lead = make_lead(
        S.PUSHED,
        dialer=dialer,
        pushed_at=timezone.now() - LONG_AGO,
        vicidial_status="NEW",
        **columns,
    )
    lead_id = simulator.store.add_lead(
        {"list_id": "101", "phone_number": lead.phone_number, "status": status}
    )
    Lead.objects.filter(pk=lead.pk).update(vicidial_lead_id=lead_id)
    return fresh(lead)


def again(known: Lead, run: Import, **columns: Any) -> Lead:
    """The same person delivered again."""
    lead = make_lead(
        import_run=run,
        phone_number=known.phone_number,
        phone_e164=known.phone_e164,
        first_name=known.first_name,
        last_name=known.last_name,
        **columns,
    )
    make_pair(lead, known, score=0.97, rule="same phone")
    return lead


def fresh(lead: Lead) -> Lead:
    return Lead.objects.get(pk=lead.pk)


def test_who_was_sold_to_is_found_among_all_known_leads(
    simulator: Simulator, dialer: Dialer, policy: DuplicatePolicy, run: Import
) -> None:
    known = pushed(simulator, dialer, "SALE")
    likely.match_import(known.import_run_id)
    lead = again(known, run)
    lead.pairs.all().delete()
    follow_up(run.pk)
    assert fresh(lead).duplicate_of == known


@pytest.mark.parametrize(
    ("status", "becomes"),
    [("SALE", S.DUPLICATE), ("DNC", S.DUPLICATE), ("NA", S.STAGED), ("NEW", S.STAGED)],
)
def test_whom_an_agent_has_sold_to_is_never_called_again(
    simulator: Simulator,
    dialer: Dialer,
    policy: DuplicatePolicy,
    run: Import,
    status: str,
    becomes: LeadStatus,
) -> None:
    known = pushed(simulator, dialer, status)
    lead = again(known, run)
    assert follow_up(run.pk)
    assert fresh(known).vicidial_status == status
    assert fresh(lead).status == becomes
    assert fresh(lead).duplicate_of == (known if becomes == S.DUPLICATE else None)


def test_a_household_that_may_be_called_is_not_after_a_dnc(
    simulator: Simulator, dialer: Dialer, run: Import
) -> None:
    DuplicatePolicy.objects.create(same_household="pass")
    asked_not_to, other = pushed(simulator, dialer, "DNC"), pushed(simulator, dialer, "NA")
    wife, husband = make_lead(import_run=run), make_lead(import_run=run)
    for lead, known in ((wife, asked_not_to), (husband, other)):
        Lead.objects.filter(pk=lead.pk).update(phone_e164=known.phone_e164)
        make_pair(lead, known, kind="household", score=0.05, rule="same phone")
    follow_up(run.pk)
    assert [fresh(lead).status for lead in (wife, husband)] == [S.DUPLICATE, S.STAGED]


def test_only_what_the_policy_let_pass_is_asked_for(
    simulator: Simulator, dialer: Dialer, policy: DuplicatePolicy, run: Import
) -> None:
    passed = pushed(simulator, dialer, "SALE")
    pair = again(passed, run).pairs.get()
    pair.state, pair.decided_at = PairState.PASSED, timezone.now()
    pair.save()
    again(pushed(simulator, dialer, "SALE"), run)  # still open: a person decides
    pushed(simulator, dialer, "SALE")  # nobody asks about that number
    assert (ask(run).asked, ask(run).found) == (1, 0)
    assert fresh(passed).vicidial_status == "SALE"


def test_with_a_policy_that_lets_nobody_pass_nobody_is_asked(
    simulator: Simulator, dialer: Dialer, run: Import
) -> None:
    known = pushed(simulator, dialer, "SALE")
    pair = again(known, run).pairs.get()
    pair.state, pair.decided_at = PairState.PASSED, timezone.now()
    pair.save()
    assert (ask(run).asked, open_again(run)) == (0, 0)


def test_what_a_person_let_pass_stays(
    simulator: Simulator, dialer: Dialer, policy: DuplicatePolicy, run: Import
) -> None:
    known = pushed(simulator, dialer, "SALE")
    lead = again(known, run)
    pair = lead.pairs.get()
    pair.state, pair.decided_at, pair.decided_by = (
        PairState.DIFFERENT,
        timezone.now(),
        make_user("Reviewer"),
    )
    pair.save()
    follow_up(run.pk)
    assert fresh(lead).status == S.STAGED


def test_a_dialer_that_cannot_be_asked_is_waited_for_and_named(
    simulator: Simulator, dialer: Dialer, policy: DuplicatePolicy
) -> None:
    known = pushed(simulator, dialer, "SALE")
    paused = {"paused_reason": "X", "paused_text": "It is paused.", "paused_at": timezone.now()}
    Dialer.objects.filter(pk=dialer.pk).update(**paused)
    # Whichever dialer it is for: asked is the one that has the older lead.
    run = make_import(compared_at=None, finished_at=timezone.now())
    lead = again(known, run)
    waits = follow_up(run.pk)
    assert waits
    assert (waits.compared_at, waits.dialer_note) == (None, f"{dialer.name}: It is paused.")
    Dialer.objects.filter(pk=dialer.pk).update(paused_reason="", paused_text="", paused_at=None)
    done = follow_up(run.pk)
    assert done
    assert (bool(done.compared_at), done.dialer_note) == (True, "")
    assert fresh(lead).status == S.DUPLICATE


def test_a_lead_that_is_gone_from_the_dialer_keeps_what_was_known(
    simulator: Simulator, dialer: Dialer, policy: DuplicatePolicy, run: Import
) -> None:
    known = pushed(simulator, dialer, "SALE")
    Lead.objects.filter(pk=known.pk).update(vicidial_lead_id=99_999)
    lead = again(known, run)
    follow_up(run.pk)
    assert (fresh(known).vicidial_status, fresh(lead).status) == ("NEW", S.STAGED)
