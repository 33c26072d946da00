"""A person says what no look-up can tell: an unclear lead is lead N there, or it is not there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from leads.dialers import breaker
from leads.history.timeline import timeline
from leads.models import Dialer, Lead, LeadStatus, Outcome, PushAttempt, PushBatch
from leads.push import queue
from leads.push.by_hand import it_is, not_there
from leads.push.errors import PushError
from leads.push.runner import run
from leads.push.settle import settle
from leads.vicidial.simulator.faults import Fault, FaultPlan
from leads.vicidial.simulator.server import Simulator
from tests.factories import make_lead, make_user

pytestmark = pytest.mark.django_db
S = LeadStatus
Queued = Callable[..., PushBatch]
LATER = timedelta(hours=1)


@pytest.fixture
def unclear(simulator: Simulator, dialer: Dialer, queued: Queued) -> Lead:
    """Two leads there have its code and number, and one of them is ours: a person has to look."""
    simulator.faults = FaultPlan.script([Fault("closed_after")])
    queued(1, vendor_lead_code="C1")
    run(dialer)
    simulator.store.add_lead(
        {"vendor_lead_code": "C1", "phone_number": "2015550100", "list_id": "101"}
    )
    Lead.objects.update(settle_at=timezone.now())
    assert settle(dialer).unclear == 1
    return Lead.objects.get()


@pytest.fixture
def no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leads.push.by_hand.longest_wait", lambda dialer: 0.0)


def test_a_lead_that_is_there_becomes_pushed_with_the_number_that_the_person_gave(
    unclear: Lead, simulator: Simulator
) -> None:
    ada = make_user("Admin", username="ada")
    assert it_is(unclear, 1, by=ada, comment="seen in the list") is True
    lead = Lead.objects.get()
    assert (lead.status, lead.vicidial_lead_id, lead.vicidial_list_id) == (S.PUSHED, 1, 101)
    assert (lead.vicidial_status, lead.settle_note) == ("NEW", "")
    kept = PushAttempt.objects.get(worker="by hand")
    assert (kept.outcome, kept.user, kept.answer) == (Outcome.FOUND, ada, "seen in the list")
    told = next(one for one in timeline(lead) if "lead_id 1" in one.sentence)
    assert told.who == "ada"
    assert "seen in the list" in told.sentence
    assert "the dialer confirmed it" in told.sentence
    assert len(simulator.store.leads()) == 2, "nothing was sent"


def test_a_release_that_cannot_be_asked_leaves_it_to_the_persons_word_and_says_so(
    unclear: Lead, dialer: Dialer
) -> None:
    Dialer.objects.update(capabilities={"functions": {"update_lead": "yes"}})
    assert it_is(unclear, 2, by=make_user("Admin"), comment="seen") is False
    assert "could not be asked" in " ".join(one.sentence for one in timeline(Lead.objects.get()))


def test_another_leads_number_is_refused(unclear: Lead, dialer: Dialer) -> None:
    other = make_lead(S.PUSHED, batch=unclear.batch, vicidial_lead_id=2)
    with pytest.raises(PushError, match=f"is lead {other.pk} of the portal"):
        it_is(unclear, 2, by=None, comment="seen")
    assert Lead.objects.get(pk=unclear.pk).status == S.UNCLEAR


def test_a_lead_that_was_there_before_the_call_is_refused(unclear: Lead) -> None:
    attempt = PushAttempt.objects.get(kind="add")
    other = make_lead(S.UNCLEAR, batch=unclear.batch)
    PushAttempt.objects.create(
        **{
            name: getattr(attempt, name)
            for name in ("batch", "dialer", "kind", "number", "request", "asked_list_id")
        },
        lead=other,
        highest_before=50,
        opened_at=timezone.now() - LATER,
    )
    with pytest.raises(PushError, match="before this lead was sent"):
        it_is(other, 50, by=None, comment="seen")


@pytest.mark.parametrize("number", [0, -1, 10**10])
def test_a_number_that_is_no_lead_id_is_refused(unclear: Lead, number: int) -> None:
    with pytest.raises(PushError, match="no lead_id"):
        it_is(unclear, number, by=None, comment="seen")


def test_a_lead_that_the_dialer_does_not_have_is_refused(unclear: Lead) -> None:
    with pytest.raises(PushError, match="has no lead 99"):
        it_is(unclear, 99, by=None, comment="seen")


def test_a_lead_with_another_phone_number_is_refused(unclear: Lead, simulator: Simulator) -> None:
    theirs = simulator.store.add_lead({"phone_number": "2015550199", "list_id": "101"})
    with pytest.raises(PushError, match="2015550199 there; 2015550100 was sent"):
        it_is(unclear, theirs, by=None, comment="seen")


def test_the_portals_code_of_another_lead_is_refused(
    unclear: Lead, simulator: Simulator, dialer: Dialer
) -> None:
    code = f"{dialer.code_prefix}77"
    values = {"phone_number": "2015550100", "list_id": "101", "vendor_lead_code": code}
    with pytest.raises(PushError, match=f"code {code} there; C1 was sent"):
        it_is(unclear, simulator.store.add_lead(values), by=None, comment="seen")


def test_what_is_not_there_is_queued_again(unclear: Lead, dialer: Dialer, no_grace: None) -> None:
    ada = make_user("Admin", username="ada")
    assert not_there(unclear, by=ada, comment="both are another vendor's") is False
    lead = Lead.objects.get()
    assert (lead.status, lead.settle_at, lead.settle_note) == (S.QUEUED, None, "")
    told = timeline(lead)[0]
    sentences = " ".join(one.sentence for one in timeline(lead))
    assert told.who == "ada"
    assert "both are another vendor's" in sentences
    # The call that follows is turned away by the dialer's own check: no third lead.
    run(dialer)
    assert PushAttempt.objects.filter(kind="add").latest("id").request["duplicate_check"]


def test_what_is_not_there_is_approved_again_where_its_batch_was_cancelled(
    unclear: Lead, no_grace: None
) -> None:
    assert unclear.batch
    queue.cancel(unclear.batch, by=None)
    not_there(unclear, by=None, comment="looked")
    lead = Lead.objects.get()
    assert (lead.status, lead.batch) == (S.APPROVED, None)


def test_nobody_can_say_it_is_not_there_while_the_call_may_still_arrive(unclear: Lead) -> None:
    with pytest.raises(PushError, match="may still arrive"):
        not_there(unclear, by=None, comment="looked")
    assert Lead.objects.get().status == S.UNCLEAR


def test_a_lead_that_the_look_up_finds_is_not_sent_again(
    simulator: Simulator, dialer: Dialer, queued: Queued, no_grace: None
) -> None:
    simulator.faults = FaultPlan.script([Fault("closed_after")])
    queued(1)
    run(dialer)
    with pytest.raises(PushError, match="has it, as lead 1"):
        not_there(Lead.objects.get(), by=None, comment="looked")
    assert Lead.objects.get().status == S.UNCLEAR


@pytest.mark.parametrize("comment", ["", "  "])
def test_without_a_comment_nothing_is_taken(unclear: Lead, comment: str) -> None:
    for say in (
        lambda: it_is(unclear, 1, by=None, comment=comment),
        lambda: not_there(unclear, by=None, comment=comment),
    ):
        with pytest.raises(PushError, match="comment"):
            say()


def test_a_lead_that_was_settled_meanwhile_is_left(unclear: Lead, no_grace: None) -> None:
    it_is(unclear, 1, by=None, comment="seen")
    for say in (
        lambda: it_is(unclear, 2, by=None, comment="seen"),
        lambda: not_there(unclear, by=None, comment="looked"),
    ):
        with pytest.raises(PushError, match="no longer unclear"):
            say()
    assert Lead.objects.get().vicidial_lead_id == 1


def test_a_paused_dialer_is_not_asked(unclear: Lead, no_grace: None) -> None:
    breaker.pause(unclear.dialer_id or 0, "LOGIN", "The password is wrong.", probe=False)
    with pytest.raises(PushError, match="The password is wrong"):
        it_is(unclear, 1, by=None, comment="seen")
    with pytest.raises(PushError, match="The password is wrong"):
        not_there(unclear, by=None, comment="looked")


def test_a_wrong_password_pauses_the_dialer(unclear: Lead, simulator: Simulator) -> None:
    Dialer.objects.update(password_token="", login_proven="")
    with pytest.raises(PushError, match="password"):
        it_is(unclear, 1, by=None, comment="seen")
    assert Lead.objects.get().status == S.UNCLEAR
