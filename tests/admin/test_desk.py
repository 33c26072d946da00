"""The pages of the review desk."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import QueryDict
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from leads import tasks
from leads.admin.desk_act import decide
from leads.dedup import likely
from leads.dedup.likely import match_again, rekey
from leads.models import Decision, Lead, LeadStatus, Pair, PairState
from leads.review import desk, follow_up, one_by_one
from leads.review.correct import correct
from leads.review.desk import Queue
from leads.review.errors import DeskError
from leads.sentence import Sentence
from tests.factories import make_dnc_list, make_import, make_lead, make_source, make_user
from tests.review.test_desk import make_pair

pytestmark = pytest.mark.django_db
S = LeadStatus
MOST_QUERIES = 12


@pytest.fixture
def ann() -> User:
    return make_user("Reviewer", username="ann")


@pytest.fixture
def reviewer(client: Client, ann: User) -> Client:
    client.force_login(ann)
    return client


def url(queue: Queue, **query: object) -> str:
    address = reverse("admin:leads_desk_queue", args=[queue.value])
    return f"{address}?{'&'.join(f'{name}={value}' for name, value in query.items())}"


def act(client: Client, queue: Queue, lead: Lead, verb: str, **more: object) -> Any:
    """Press a button as the page's form does with JavaScript: the answer is the next item."""
    data = {"queue": queue.value, "lead": lead.pk, "seen": lead.status, "verb": verb, **more}
    return client.post(reverse("admin:leads_desk_act"), data, headers={"HX-Request": "true"})


def said(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def fresh(lead: Lead) -> Lead:
    return Lead.objects.get(pk=lead.pk)


def held() -> tuple[Lead, Lead, Pair]:
    older = make_lead(S.APPROVED, first_name="Anne", comments="asked for a call")
    newer = make_lead(first_name="Ann", email="ann@example.com")
    reasons = [{"field": "first_name", "says": "nearly the same", "weight": 2.0}]
    return older, newer, make_pair(newer, older, reasons=reasons)


PERSON = {
    "first_name": "Ann",
    "last_name": "Sample",
    "address1": "12 Oak Ave",
    "city": "Newark",
    "state": "NJ",
    "postal_code": "07102",
    "date_of_birth": "1980-03-04",
    "email": "ann@example.com",
}


def test_a_lead_that_is_corrected_to_a_known_one_is_not_approved_unseen(
    reviewer: Client, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    kicked: list[object] = []
    monkeypatch.setattr("leads.admin.desk_act.kick", lambda task, *_: kicked.append(task))
    make_lead(S.APPROVED, **PERSON)
    rekey(Lead.objects.all())
    match_again()
    lead = make_lead(S.INVALID, phone_number="1", phone_e164="")
    fields = {f"field_{name}": value for name, value in PERSON.items()}
    act(reviewer, Queue.INVALID, lead, "edit", **fields, field_phone_number="9735550123")
    assert (fresh(lead).status, kicked) == (S.STAGED, [tasks.match_again])
    monkeypatch.setattr("leads.admin.desk_act.PATIENCE_SECONDS", 0.01)
    answer = act(reviewer, Queue.INVALID, fresh(lead), "approve")
    assert "still being compared" in said(answer)[0]
    assert fresh(lead).status == S.STAGED
    tasks.match_again()
    assert fresh(lead).status == S.DUPLICATE, "as the policy says of who is surely the same"


def test_whoever_approves_what_they_have_just_corrected_need_not_press_twice(
    reviewer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = make_lead(S.INVALID, phone_number="1", phone_e164="")
    act(reviewer, Queue.INVALID, lead, "edit", field_phone_number="9735550123")
    # The worker is done a moment later.
    monkeypatch.setattr("leads.admin.desk_act.time.sleep", lambda _: match_again())
    act(reviewer, Queue.INVALID, fresh(lead), "approve")
    assert fresh(lead).status == S.APPROVED


@pytest.mark.parametrize("verb", ["undo", "merge"])
def test_whatever_changes_data_has_the_leads_compared_at_once(
    verb: str, reviewer: Client, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    kicked: list[object] = []
    monkeypatch.setattr("leads.admin.desk_act.kick", lambda task, *_: kicked.append(task))
    older, newer, _ = held()
    one_by_one.edit(newer.pk, S.STAGED, {"city": "Miami"}, by=ann)
    act(reviewer, Queue.DUPLICATES, newer, verb, other=older.pk)
    assert kicked == [tasks.match_again]


def test_the_next_item_comes_with_the_answer_to_the_decision(reviewer: Client) -> None:
    run = make_import()
    first, second = make_lead(import_run=run), make_lead(import_run=run)
    assert reviewer.get(url(Queue.CLEAN)).context["lead"] == first
    response = act(reviewer, Queue.CLEAN, first, "approve")
    assert response.templates[0].name == "admin/leads/desk/fragment.html"
    assert (response.context["lead"], said(response)) == (second, ["Approved."])
    assert fresh(first).status == S.APPROVED
    response = act(reviewer, Queue.CLEAN, second, "approve")
    assert "Nothing waits here." in response.content.decode()


def test_without_javascript_a_decision_leads_to_the_next_page(reviewer: Client) -> None:
    first, second = make_lead(), make_lead()
    data = {"queue": "clean", "lead": first.pk, "seen": "staged", "verb": "approve"}
    response = reviewer.post(reverse("admin:leads_desk_act"), data, follow=True)
    assert response.redirect_chain[0][0] == url(Queue.CLEAN, lead=second.pk)
    assert response.context["lead"] == second


def test_a_decision_is_taken_back_and_its_lead_is_shown(reviewer: Client) -> None:
    lead, other = make_lead(), make_lead()
    act(reviewer, Queue.CLEAN, lead, "reject:BAD_DATA")
    assert fresh(lead).decision_reason == "BAD_DATA"
    response = act(reviewer, Queue.CLEAN, other, "undo")
    assert (response.context["lead"], fresh(lead).status) == (lead, S.STAGED)
    assert said(act(reviewer, Queue.CLEAN, other, "undo")) == [
        "There is no decision of yours that could be taken back."
    ]


def test_a_reason_has_the_same_number_whatever_was_rejected_before(reviewer: Client) -> None:
    run = make_import()
    leads = [make_lead(S.INVALID, import_run=run) for _ in range(5)]
    page = reviewer.get(url(Queue.INVALID))
    for lead in leads[:4]:
        (second,) = [one for one in page.context["reasons"] if one.number == 2]
        assert f'value="reject:{second.code}" class="desk-button" data-reason="2"' in (
            page.content.decode()
        )
        page = act(reviewer, Queue.INVALID, lead, f"reject:{second.code}")
    assert {fresh(lead).decision_reason for lead in leads[:4]} == {"BAD_DATA"}
    reasons = page.context["reasons"]
    assert [one.number for one in reasons] == [1, 2, 3, 4, 5, 6, 7]
    assert [one.code for one in reasons if one.often] == ["BAD_DATA"]


def test_a_warned_lead_needs_a_comment_and_stays_until_it_has_one(reviewer: Client) -> None:
    lead = make_lead(warnings=["EMAIL_INVALID"])
    reviewer.get(url(Queue.WARNINGS))
    response = act(reviewer, Queue.WARNINGS, lead, "approve")
    assert "comment" in said(response)[0]
    assert response.context["lead"] == lead
    act(reviewer, Queue.WARNINGS, lead, "approve", comment="it is the phone that counts")
    assert fresh(lead).status == S.APPROVED
    again = make_lead(warnings=["EMAIL_INVALID"])
    page = reviewer.get(url(Queue.WARNINGS, lead=again.pk))
    assert page.context["comments"] == ["it is the phone that counts"], "it is offered again"


def test_two_leads_stand_side_by_side_with_what_differs_and_why(reviewer: Client) -> None:
    older, newer, _ = held()
    page = reviewer.get(url(Queue.DUPLICATES))
    assert page.context["lead"] == newer
    assert [other.lead for other in page.context["others"]] == [older]
    rows = {row.name: row for row in page.context["rows"]}
    assert [cell.value for cell in rows["first_name"].cells] == ["Ann", "Anne"]
    assert rows["first_name"].cells[1].differs
    assert [cell.says for cell in rows["first_name"].cells] == ["", "nearly the same"]
    chosen = {name: [c.chosen for c in row.cells] for name, row in rows.items() if row.choice}
    assert chosen["comments"] == [False, True], "what the kept lead has is kept"
    assert chosen["email"] == [True, False], "what it lacks is taken over"


def test_a_cluster_is_one_view_the_likeliest_first(reviewer: Client) -> None:
    older, newer, _ = held()
    third, fourth = make_lead(), make_lead()
    make_pair(third, older, score=0.7)
    make_pair(third, newer, score=0.9)
    make_pair(fourth, third)
    page = reviewer.get(url(Queue.DUPLICATES, lead=third.pk))
    assert [other.lead for other in page.context["others"]] == [newer, fourth, older]
    last = reviewer.get(url(Queue.DUPLICATES, lead=fourth.pk)).context["others"]
    assert (last[0].lead, last[0].pair is None) == (third, False)
    assert {other.lead for other in last if other.pair is None} == {newer, older}


def test_each_lead_beside_says_why_it_is_shown(reviewer: Client) -> None:
    _, newer, _ = held()
    reasons = [{"field": "email", "says": "the same address", "weight": 4.0}]
    make_pair(newer, make_lead(S.APPROVED, pk=newer.pk - 2), reasons=reasons, score=0.5)
    page = reviewer.get(url(Queue.DUPLICATES))
    said_of = {row.name: [cell.says for cell in row.cells] for row in page.context["rows"]}
    assert said_of["first_name"] == ["", "nearly the same", ""]
    assert said_of["email"] == ["", "", "the same address"]
    assert "the same address" in page.content.decode()


def test_who_is_set_aside_already_is_no_choice(reviewer: Client) -> None:
    older, newer, _ = held()
    aside, invalid = make_lead(S.DUPLICATE, duplicate_of=older), make_lead(S.INVALID)
    for one in (aside, invalid):
        make_pair(one, older)
    others = reviewer.get(url(Queue.DUPLICATES, lead=newer.pk)).context["others"]
    assert [other.lead for other in others] == [older]


def test_who_is_set_aside_and_still_asked_about_comes_last_and_can_be_told_apart(
    reviewer: Client,
) -> None:
    older, newer, _ = held()
    aside = make_lead(S.DUPLICATE, duplicate_of=older, pk=older.pk - 1)
    make_pair(newer, aside, score=0.95)
    others = reviewer.get(url(Queue.DUPLICATES, lead=newer.pk)).context["others"]
    assert [other.lead for other in others] == [older, aside]
    answer = act(reviewer, Queue.DUPLICATES, newer, "different", other=aside.pk)
    assert said(answer) == ["Kept apart; it is not asked again."]


@pytest.mark.parametrize(("others", "says"), [(3, ""), (12, ""), (13, "1 more lead is alike")])
def test_a_cluster_that_is_cut_says_how_many_more_there_are(
    reviewer: Client, others: int, says: str
) -> None:
    older = [make_lead(S.APPROVED) for _ in range(others)]
    newer = make_lead()
    for one in older:
        make_pair(newer, one)
    with CaptureQueriesContext(connection) as queries:
        page = reviewer.get(url(Queue.DUPLICATES))
    assert len(page.context["others"]) == min(others, 12)
    assert page.context["more"] == max(others - 12, 0)
    assert says in page.content.decode()
    assert len(queries) <= MOST_QUERIES


@pytest.mark.parametrize(
    ("verb", "goes", "says"),
    [
        ("duplicate", "newer", "Marked as a duplicate."),
        ("keep-new", "older", "The older one was marked as a duplicate."),
        ("merge", "newer", "Merged."),
    ],
)
def test_one_of_two_leads_goes(reviewer: Client, verb: str, goes: str, says: str) -> None:
    older, newer, pair = held()
    answer = act(reviewer, Queue.DUPLICATES, newer, verb, other=older.pk, take_email=str(newer.pk))
    assert said(answer) == [says]
    gone, kept = (newer, older) if goes == "newer" else (older, newer)
    assert (fresh(gone).status, fresh(gone).duplicate_of) == (S.DUPLICATE, kept)
    assert fresh(older).email == ("ann@example.com" if verb == "merge" else "")
    pair.refresh_from_db()
    assert pair.state == PairState.SAME


def of_three() -> tuple[Lead, Lead, Lead]:
    """A lead, the one that it may be, and one that only that one may be."""
    older, newer, _ = held()
    third = make_lead(S.APPROVED, first_name="Zoe", email="zoe@example.com", city="")
    make_pair(third, older, score=0.4)
    return newer, older, third


def test_who_was_not_found_alike_is_joined_only_with_a_comment(reviewer: Client) -> None:
    newer, _, third = of_three()
    answer = act(reviewer, Queue.DUPLICATES, newer, "merge", other=third.pk)
    assert f"Lead {third.pk} was not found alike to this one" in said(answer)[0]
    assert fresh(newer).status == S.STAGED
    answer = act(reviewer, Queue.DUPLICATES, newer, "different", other=third.pk)
    assert f"There is no question about lead {third.pk}" in said(answer)[0]
    answer = act(reviewer, Queue.DUPLICATES, newer, "merge", other=third.pk, comment="she said so")
    assert said(answer) == ["Merged."]
    assert fresh(newer).duplicate_of == third


def test_a_merge_with_another_than_the_first_asks_for_its_values_first(reviewer: Client) -> None:
    newer, older, third = of_three()
    reviewer.get(url(Queue.DUPLICATES, lead=newer.pk))
    # What the page had chosen beside the first of them.
    chosen = {"choices_for": older.pk, "take_first_name": newer.pk, "take_email": newer.pk}
    more = {"other": third.pk, "comment": "same"}
    answer = act(reviewer, Queue.DUPLICATES, newer, "merge", **more, **chosen)
    assert f"Now lead {third.pk} stands beside this one" in said(answer)[0]
    assert fresh(newer).status == S.STAGED
    assert [other.lead for other in answer.context["others"]] == [third, older]
    page = answer.content.decode()
    assert f'name="choices_for" value="{third.pk}"' in page
    assert f'name="other" value="{third.pk}" checked' in page
    assert answer.context["comment"] == "same"
    chosen = {"choices_for": third.pk, "take_first_name": newer.pk, "take_email": third.pk}
    answer = act(reviewer, Queue.DUPLICATES, newer, "merge", **more, **chosen)
    assert said(answer) == ["Merged."]
    assert (fresh(third).first_name, fresh(third).email) == ("Ann", "zoe@example.com")


def test_without_javascript_the_lead_that_was_picked_stands_first_as_well(
    reviewer: Client,
) -> None:
    newer, older, third = of_three()
    reviewer.get(url(Queue.DUPLICATES, lead=newer.pk))
    data = {"queue": "duplicates", "lead": newer.pk, "seen": "staged", "verb": "merge"}
    data |= {"other": third.pk, "choices_for": older.pk, "comment": "same"}
    page = reviewer.post(reverse("admin:leads_desk_act"), data, follow=True)
    assert [other.lead for other in page.context["others"]] == [third, older]


def test_phone_and_blanks_can_be_chosen_and_each_choice_has_a_name(reviewer: Client) -> None:
    older, newer, _ = held()
    page = reviewer.get(url(Queue.DUPLICATES))
    rows = {row.name: row for row in page.context["rows"]}
    assert rows["phone_number"].choice
    assert [cell.value for cell in rows["phone_number"].cells] == [
        newer.phone_e164,
        older.phone_e164,
    ]
    assert rows["phone_number"].cells[1].chosen, "the kept lead's own, unless one says otherwise"
    text = page.content.decode()
    assert f'aria-label="first_name: Anne, lead {older.pk}"' in text
    assert f'aria-label="comments: blank, lead {newer.pk}"' in text
    chosen = {"take_phone_number": newer.pk, "take_comments": newer.pk}
    chosen |= {"other": older.pk, "choices_for": older.pk}
    assert said(act(reviewer, Queue.DUPLICATES, newer, "merge", **chosen)) == ["Merged."]
    assert (fresh(older).phone_e164, fresh(older).comments) == (newer.phone_e164, "")


def test_an_approval_that_does_not_come_back_is_said(reviewer: Client) -> None:
    older, newer, _ = held()
    act(reviewer, Queue.DUPLICATES, newer, "keep-new", other=older.pk)
    answer = act(reviewer, Queue.DUPLICATES, newer, "undo")
    assert said(answer) == [
        f"Taken back, but lead {older.pk} is staged now; it was approved before."
    ]


def form_of(page: Any) -> dict[str, str]:
    """What a browser sends of the form to edit."""
    fields = page.context["edit"]
    return {f"field_{field['name']}": field["value"] for field in fields} | {
        f"was_{field['name']}": field["was"] for field in fields
    }


def test_saving_one_field_leaves_what_somebody_else_has_corrected(reviewer: Client) -> None:
    lead = make_lead(city="Tampa", email="old@example.com")
    form = form_of(reviewer.get(url(Queue.CLEAN)))
    assert 'name="was_city" value="Tampa"' in reviewer.get(url(Queue.CLEAN)).content.decode()
    correct(lead, {"email": "right@example.com"}, by=make_user("Reviewer"))
    act(reviewer, Queue.CLEAN, lead, "edit", **form | {"field_city": "Miami"})
    assert (fresh(lead).city, fresh(lead).email) == ("Miami", "right@example.com")


def test_a_field_that_somebody_else_has_corrected_is_not_overwritten_unseen(
    reviewer: Client,
) -> None:
    lead = make_lead(city="Tampa", email="old@example.com")
    form = form_of(reviewer.get(url(Queue.CLEAN))) | {"field_city": "Miami"}
    bob = make_user("Reviewer", username="bob")
    correct(lead, {"city": "Orlando", "email": "right@example.com"}, by=bob)
    answer = act(reviewer, Queue.CLEAN, lead, "edit", **form)
    assert "was corrected by bob meanwhile: city “Orlando”" in said(answer)[0]
    assert fresh(lead).city == "Orlando"
    again = form_of(answer)
    assert (again["field_city"], again["was_city"]) == ("Miami", "Orlando"), "it is kept"
    assert again["field_email"] == "right@example.com", "and nothing else is put back"
    act(reviewer, Queue.CLEAN, lead, "edit", **again)
    assert (fresh(lead).city, fresh(lead).email) == ("Miami", "right@example.com")


def test_nobody_approves_data_that_they_have_not_seen(reviewer: Client) -> None:
    lead = make_lead(email="old@example.com")
    form = form_of(reviewer.get(url(Queue.CLEAN)))
    correct(lead, {"email": "right@example.com"}, by=make_user("Reviewer", username="bob"))
    answer = act(reviewer, Queue.CLEAN, lead, "approve", **form)
    assert "was corrected by bob meanwhile: email “right@example.com”" in said(answer)[0]
    assert fresh(lead).status == S.STAGED
    match_again()
    act(reviewer, Queue.CLEAN, lead, "approve", **form_of(answer))
    assert fresh(lead).status == S.APPROVED


def test_what_was_typed_is_there_again_when_a_decision_is_refused(reviewer: Client) -> None:
    lead = make_lead(warnings=["EMAIL_INVALID"])
    typed = {"field_first_name": "Anna", "comment": "looks good"}
    answer = act(reviewer, Queue.WARNINGS, lead, "approve", **typed)
    assert "first_name was changed and not saved" in said(answer)[0]
    page = answer.content.decode()
    assert 'value="looks good"' in page
    assert 'name="field_first_name" value="Anna"' in page
    assert '<details class="desk-edit" open' in page
    saved = act(reviewer, Queue.WARNINGS, lead, "edit", **typed)
    assert fresh(lead).first_name == "Anna"
    assert saved.context["comment"] == ""


def test_a_number_on_a_dnc_list_is_said_before_anybody_decides(reviewer: Client) -> None:
    lead = make_lead()
    page = reviewer.get(url(Queue.CLEAN)).content.decode()
    assert 'value="approve"' in page
    dnc = make_dnc_list(lead.phone_e164, name="National")
    Lead.objects.filter(pk=lead.pk).update(
        dnc_list=dnc, dnc_date="2026-01-02", dnc_number=int(lead.phone_e164)
    )
    page = reviewer.get(url(Queue.CLEAN)).content.decode()
    assert "The phone is on National: it cannot be approved here." in page
    assert 'value="approve"' not in page


def test_before_the_first_one_there_is_none(reviewer: Client) -> None:
    run = make_import()
    first, _ = make_lead(import_run=run), make_lead(import_run=run)
    answer = reviewer.get(url(Queue.CLEAN, after=first.pk, back=1))
    assert (answer.context["lead"], said(answer)) == (first, ["This is the first one."])


def test_not_a_duplicate_stays_while_another_pair_is_open(reviewer: Client) -> None:
    older, newer, _ = held()
    second = make_pair(newer, make_lead(S.APPROVED, pk=older.pk - 1), score=0.5)
    first = act(reviewer, Queue.DUPLICATES, newer, "different", other=older.pk)
    assert first.context["lead"] == newer
    last = act(reviewer, Queue.DUPLICATES, newer, "different", other=second.other_id)
    assert last.context.get("lead") is None
    assert set(Pair.objects.values_list("state", flat=True)) == {PairState.DIFFERENT}


def test_not_a_duplicate_holds_after_the_leads_were_compared_again(reviewer: Client) -> None:
    person = {"first_name": "Ann", "last_name": "Sample", "postal_code": "07102"}
    older = make_lead(S.APPROVED, **person, date_of_birth="1980-03-04", address1="12 Oak Ave")
    newer = make_lead(**person, import_run=make_import(matched_at=None))
    likely.rekey([older.pk])
    likely.match_again()
    likely.match_import(newer.import_run_id)
    seen = Pair.objects.get()
    act(reviewer, Queue.DUPLICATES, newer, "edit", field_title="Ms")
    follow_up.compare_again()
    assert Pair.objects.get().pk != seen.pk, "it is written anew"
    answer = act(reviewer, Queue.DUPLICATES, newer, "different", other=older.pk)
    assert said(answer) == ["Kept apart; it is not asked again."]
    assert Pair.objects.get().state == PairState.DIFFERENT


def test_an_edit_is_checked_at_once_and_shown_again(reviewer: Client) -> None:
    lead = make_lead(S.INVALID, phone_number="12", phone_e164="")
    answer = act(reviewer, Queue.INVALID, lead, "edit", field_phone_number="7275550133")
    assert answer.context["lead"] == lead
    assert (fresh(lead).status, fresh(lead).phone_number) == (S.STAGED, "7275550133")
    assert "It is staged now." in said(answer)[0]


def test_what_was_typed_and_not_saved_is_not_passed_over(reviewer: Client) -> None:
    lead = make_lead()
    answer = act(reviewer, Queue.CLEAN, lead, "approve", field_first_name="Anna")
    assert "first_name was changed and not saved" in said(answer)[0]
    assert fresh(lead).status == S.STAGED


def test_the_second_reviewer_is_told_and_gets_the_next_lead(client: Client, ann: User) -> None:
    lead, other = make_lead(), make_lead()
    desk.claim(lead.pk, ann)
    client.force_login(make_user("Reviewer"))
    page = client.get(url(Queue.CLEAN, lead=lead.pk))
    assert "ann is looking at lead" in said(page)[0]
    assert page.context["lead"] == other
    answer = act(client, Queue.CLEAN, lead, "approve")
    assert "ann is looking at lead" in said(answer)[0]
    assert fresh(lead).status == S.STAGED


def test_a_claim_is_kept_while_the_page_is_open(reviewer: Client, ann: User) -> None:
    lead = make_lead()
    address = reverse("admin:leads_desk_claim")
    assert reviewer.post(address, {"lead": lead.pk}).status_code == 204
    other = make_user("Reviewer")
    assert not desk.claim(lead.pk, other)
    desk.release(lead.pk, ann)
    desk.claim(lead.pk, other)
    assert reviewer.post(address, {"lead": lead.pk}).status_code == 409


def test_a_lead_that_is_gone_is_claimed_by_nobody(reviewer: Client) -> None:
    lead = make_lead()
    reviewer.get(url(Queue.CLEAN))
    number = lead.pk
    lead.delete()
    answer = reviewer.post(reverse("admin:leads_desk_claim"), {"lead": number})
    connection.check_constraints()
    assert answer.status_code == 404


def test_enter_with_nothing_changed_leaves_an_approval(reviewer: Client) -> None:
    _, newer, _ = held()
    Lead.objects.filter(pk=newer.pk).update(status=S.APPROVED, decided_at=timezone.now())
    answer = act(reviewer, Queue.DUPLICATES, fresh(newer), "edit", field_first_name="Ann")
    assert (said(answer), fresh(newer).status) == (["Nothing was changed."], S.APPROVED)


def test_what_the_desk_refuses_can_be_said_in_another_language(
    rf: RequestFactory, ann: User
) -> None:
    newer, _, third = of_three()
    request = rf.post("/")
    request.user = ann
    asked: list[dict[str, object]] = [
        {"verb": "approve", "field_first_name": "Anna"},
        {"verb": "different", "other": third.pk},
        {"verb": "merge", "other": third.pk},
        {"verb": "undo"},
        {"verb": "dance"},
    ]
    for one in asked:
        given = QueryDict(urlencode({"seen": "staged", **one}))
        with pytest.raises(DeskError) as error:
            decide(request, newer.pk, given)
        assert isinstance(error.value.args[0], Sentence), error.value


def test_after_the_last_item_the_queue_begins_again(reviewer: Client) -> None:
    lead = make_lead()
    page = reviewer.get(url(Queue.CLEAN, after=lead.pk))
    assert (page.context["lead"], said(page)) == (
        lead,
        ["That was the last one; from the beginning again."],
    )


def test_the_overview_leads_to_every_queue_of_an_import(reviewer: Client) -> None:
    lead = make_lead()
    page = reviewer.get(reverse("admin:leads_desk")).content.decode()
    assert f"/desk/clean/?import={lead.import_run_id}" in page
    assert f"/desk/approve/?import={lead.import_run_id}" in page
    lead.delete()
    page = reviewer.get(reverse("admin:leads_desk")).content.decode()
    assert "Nothing waits for a reviewer." in page


@pytest.mark.parametrize("shown", [25, 1])
def test_the_overview_has_the_numbers_of_each_source(
    reviewer: Client, shown: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Also of imports that are on another page.
    monkeypatch.setattr(desk, "IMPORTS_SHOWN", shown)
    source = make_source()
    for _ in range(2):
        make_lead(lead_source=source)
    make_lead()
    for address in ("", f"?source={source.pk}"):
        page = reviewer.get(reverse("admin:leads_desk") + address)
        of = {one.source_id: dict(counts) for one, counts in page.context["sources"]}
        assert of[source.pk][Queue.CLEAN] == 2
        assert f"/desk/clean/?source={source.pk}" in page.content.decode()


def test_all_clean_leads_are_approved_after_a_sample_and_a_count(reviewer: Client) -> None:
    run = make_import()
    clean = [make_lead(import_run=run) for _ in range(30)]
    warned, elsewhere = make_lead(import_run=run, warnings=["EMAIL_INVALID"]), make_lead()
    held_lead = make_lead(import_run=run)
    make_pair(held_lead, clean[0])
    page = reviewer.get(reverse("admin:leads_desk_approve") + f"?import={run.pk}")
    # What may be a duplicate is in another queue: it is neither counted nor in the sample.
    assert (page.context["takes"], len(page.context["sample"])) == (30, 20)
    assert held_lead not in page.context["sample"]
    late = make_lead(import_run=run)
    answer = reviewer.post(page.context["confirm_url"], page.context["hidden"], follow=True)
    assert said(answer)[0].startswith("Approved 30.")
    assert "Left" not in said(answer)[0]
    assert {fresh(lead).status for lead in clean} == {S.APPROVED}
    assert {fresh(lead).status for lead in (warned, elsewhere, held_lead, late)} == {S.STAGED}


def test_a_selection_that_changed_meanwhile_is_shown_again(reviewer: Client) -> None:
    run = make_import()
    leads = [make_lead(import_run=run) for _ in range(3)]
    page = reviewer.get(reverse("admin:leads_desk_approve") + f"?import={run.pk}")
    Lead.objects.filter(pk=leads[0].pk).update(warnings=["EMAIL_INVALID"])
    answer = reviewer.post(page.context["confirm_url"], page.context["hidden"])
    assert "The selection has changed meanwhile" in answer.content.decode()
    assert {fresh(lead).status for lead in leads} == {S.STAGED}


@pytest.mark.parametrize("role", ["Auditor", None])
def test_only_who_may_review_sees_the_desk(client: Client, role: str | None) -> None:
    client.force_login(make_user(role))
    lead = make_lead()
    for address in (
        reverse("admin:leads_desk"),
        reverse("admin:leads_desk_approve"),
        url(Queue.CLEAN),
    ):
        assert client.get(address).status_code == 403
    assert act(client, Queue.CLEAN, lead, "approve").status_code == 403
    assert client.post(reverse("admin:leads_desk_claim"), {"lead": lead.pk}).status_code == 403
    assert fresh(lead).status == S.STAGED


def test_nothing_is_decided_by_a_link(reviewer: Client) -> None:
    assert reviewer.get(reverse("admin:leads_desk_act")).status_code == 405


@pytest.mark.parametrize("verb", ["", "delete", "reject:BECAUSE"])
def test_a_verb_that_is_none_changes_nothing(reviewer: Client, verb: str) -> None:
    lead = make_lead()
    assert said(act(reviewer, Queue.CLEAN, lead, verb))
    assert fresh(lead).status == S.STAGED
    assert not Decision.objects.exists()


@pytest.mark.parametrize("queue", ["", "nothing"])
def test_a_queue_that_is_none_is_not_found(reviewer: Client, queue: str) -> None:
    address = reverse("admin:leads_desk_act")
    assert reviewer.post(address, {"queue": queue, "lead": "1"}).status_code == 404
    assert reviewer.get(f"{reverse('admin:leads_desk')}{queue or 'x'}/").status_code == 404


@pytest.mark.parametrize("queue", Queue)
def test_a_page_of_the_desk_takes_few_queries_at_any_size(reviewer: Client, queue: Queue) -> None:
    def fill(number: int) -> None:
        for _ in range(number):
            make_lead()
            make_lead(warnings=["EMAIL_INVALID"])
            make_lead(S.INVALID)
            older = make_lead(S.APPROVED)
            make_pair(make_lead(), older)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert reviewer.get(url(queue)).context["lead"]
        return len(queries)

    fill(1)
    few = cost()
    fill(5)
    assert cost() == few <= MOST_QUERIES
    with CaptureQueriesContext(connection) as queries:
        reviewer.get(reverse("admin:leads_desk"))
    assert len(queries) <= MOST_QUERIES
