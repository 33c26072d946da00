"""Lists of any size: what they count, how far their pages go, and in which order rows come."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from leads.admin import listing
from leads.admin.lead_filters import StatusFilter, ids_between
from leads.admin.listing import CappedPaginator, Total, total_of
from leads.models import Import, Lead, LeadStatus, PushAttempt
from tests.factories import make_attempt, make_import, make_lead, make_user

pytestmark = pytest.mark.django_db
S = LeadStatus
LIST = reverse("admin:leads_lead_changelist")
HISTORY = reverse("admin:leads_pushattempt_changelist")


def client_of(role: str) -> Client:
    client = Client()
    client.force_login(make_user(role))
    return client


@pytest.mark.parametrize(
    ("total", "shown"),
    [
        (Total(0), "0"),
        (Total(1), "1"),
        (Total(98_765), "98,765"),
        (Total(4_234_567, "about"), "about 4,200,000"),
        (Total(10_000, "over"), "over 10,000"),
    ],
)
def test_a_total_says_whether_it_is_exact(total: Total, shown: str) -> None:
    with translation.override("en-us"):
        assert str(total) == shown


def test_few_rows_are_counted_exactly() -> None:
    for _ in range(3):
        make_lead()
    make_lead(S.APPROVED)
    assert str(total_of(Lead.objects.filter(status=S.STAGED))) == "3"
    assert str(total_of(Lead.objects.none())) == "0"


def test_beyond_what_is_counted_the_planner_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_READ", 2)
    monkeypatch.setattr(listing, "MOST_COUNTED", 3)
    run = make_import()
    for _ in range(40):
        make_lead(import_run=run)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE leads_lead")
    found = total_of(Lead.objects.all())
    assert (int(found), found.word) == (40, "about")
    # Two filters at once: the planner multiplies, and expects nearly nothing.
    both = Lead.objects.filter(first_name="Ann", last_name="", status=S.STAGED, city="")
    monkeypatch.setattr(
        type(both),
        "explain",
        lambda *_, **__: '[{"Plan": {"Plan Rows": 1, "Node Type": "x", "Total Cost": 9}}]',
    )
    assert str(total_of(both)) == "over 2"


def test_pages_end_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_READ", 60)
    monkeypatch.setattr(listing, "MOST_COUNTED", 60)
    run = make_import()
    for _ in range(120):
        make_lead(import_run=run)
    pages = CappedPaginator(Lead.objects.order_by("-id"), 50)
    assert (pages.num_pages, pages.cut_at) == (2, 60)
    answer = client_of("Reviewer").get(LIST)
    assert "The pages end with the first 60:" in answer.content.decode()
    assert client_of("Reviewer").get(LIST, {"p": 2}).context["cl"].result_list
    assert client_of("Reviewer").get(LIST, {"p": 3}).status_code == 302


def test_rows_come_in_the_order_of_the_list_also_on_later_pages() -> None:
    run = make_import()
    leads = [make_lead(import_run=run).pk for _ in range(60)]
    newest = sorted(leads, reverse=True)
    client = client_of("Reviewer")
    shown = [
        lead.pk
        for page in (1, 2)
        for lead in client.get(LIST, {"p": page}).context["cl"].result_list
    ]
    assert shown == newest


def test_attempts_of_a_range_of_days_come_newest_first() -> None:
    now = timezone.now()
    made = [
        make_attempt(make_lead(S.PUSHED), opened_at=now - timedelta(minutes=minutes))
        for minutes in (3, 1, 2)
    ]
    day = f"{timezone.localdate(now):%Y-%m-%d}"
    asked = {
        "opened_at_from": f"{timezone.localdate(now - timedelta(1)):%Y-%m-%d}",
        "opened_at_to": day,
    }
    found = client_of("Auditor").get(HISTORY, asked).context["cl"].result_list
    assert found == [made[1], made[2], made[0]]


def test_the_ids_of_a_range_of_days_hold_every_lead_of_them() -> None:
    now = timezone.now()
    old, late = make_import(), make_import()
    Import.objects.filter(pk=old.pk).update(
        created_at=now - timedelta(days=9), finished_at=now - timedelta(days=9)
    )
    first, last = make_lead(import_run=old), make_lead(import_run=late)
    assert ids_between(now - timedelta(days=1), None) == (last.pk, last.pk)
    assert ids_between(None, now - timedelta(days=5)) == (first.pk, first.pk)
    assert ids_between(now - timedelta(days=5), now - timedelta(days=4)) == (0, 0)


def test_a_search_of_the_history_finds_the_attempts_of_a_name() -> None:
    wanted = make_attempt(make_lead(S.PUSHED, last_name="Kovacs"))
    make_attempt(make_lead(S.PUSHED, last_name="Lee"))
    found = client_of("Auditor").get(HISTORY, {"q": "kovacs"}).context["cl"].result_list
    assert found == [wanted]


def test_a_reviewer_sees_nobody_elses_attempts_on_any_page() -> None:
    reviewer = make_user("Reviewer")
    own = make_attempt(make_lead(S.PUSHED, import_run=make_import(created_by=reviewer)))
    make_attempt(make_lead(S.PUSHED))
    client = Client()
    client.force_login(reviewer)
    assert client.get(HISTORY).context["cl"].result_list == [own]
    assert PushAttempt.objects.count() == 2


def slow(*_: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(5)")


def test_a_query_that_takes_too_long_is_given_up_and_the_connection_goes_on() -> None:
    assert listing.in_time(20, slow) is None
    assert listing.in_time(5000, Lead.objects.count) == 0
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


def test_filters_that_no_index_answers_show_the_newest_rows_and_say_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = make_import()
    leads = [make_lead(import_run=run).pk for _ in range(4)]
    monkeypatch.setattr(listing, "LOOKED_THROUGH", 2)
    monkeypatch.setattr(listing.PageList, "_ids", slow)
    monkeypatch.setattr(listing, "ROWS_MS", 20)
    answer = client_of("Reviewer").get(LIST, {"status__exact": "staged"})
    assert [lead.pk for lead in answer.context["cl"].result_list] == leads[:1:-1]
    assert "only the newest 2 rows were looked through" in answer.content.decode()


def test_a_count_that_takes_too_long_is_an_estimate(monkeypatch: pytest.MonkeyPatch) -> None:
    make_lead()
    monkeypatch.setattr(listing, "in_time", lambda *_: None)
    assert total_of(Lead.objects.all()).word == "about"


def test_a_large_estimate_is_not_counted_first(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        make_lead()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE leads_lead")
    monkeypatch.setattr(listing, "CHEAP", 0)
    monkeypatch.setattr(listing, "MOST_COUNTED", 4)
    monkeypatch.setattr(listing, "in_time", slow)
    assert (total_of(Lead.objects.all()), total_of(Lead.objects.all()).word) == (5, "about")


@pytest.mark.parametrize("newest", [5, 5000])
def test_leads_found_status_by_status_are_all_of_them_in_their_order(
    monkeypatch: pytest.MonkeyPatch, newest: int
) -> None:
    monkeypatch.setattr(listing, "GLANCED_AT", newest)
    run, other = make_import(), make_import()
    own = [make_lead(status, import_run=run).pk for status in (S.STAGED, S.REJECTED) * 30]
    make_lead(S.STAGED, import_run=other)
    client, asked = client_of("Reviewer"), {"lead_source__id__exact": run.lead_source_id}
    shown = [
        lead.pk
        for page in (1, 2)
        for lead in client.get(LIST, {**asked, "p": page}).context["cl"].result_list
    ]
    assert shown == sorted(own, reverse=True)


def test_all_that_match_are_taken_though_few_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    run = make_import()
    for _ in range(4):
        make_lead(import_run=run)
    monkeypatch.setattr(listing, "LOOKED_THROUGH", 2)
    monkeypatch.setattr(listing.PageList, "_ids", slow)
    monkeypatch.setattr(listing, "ROWS_MS", 20)
    data = {"action": "approve", "select_across": "1", "_selected_action": Lead.objects.first().pk}
    page = client_of("Reviewer").post(f"{LIST}?status__exact=staged", data).content.decode()
    assert "4 leads are selected; all will be taken" in page


def test_what_an_index_finds_in_no_order_comes_newest_first_on_every_page() -> None:
    run = make_import()
    odd = [make_lead(import_run=run, warnings=["EMAIL_INVALID"]).pk for _ in range(60)]
    make_lead(import_run=run)
    client, asked = client_of("Reviewer"), {"finding": "EMAIL_INVALID"}
    with CaptureQueriesContext(connection) as asked_of:
        shown = [
            lead.pk
            for page in (1, 2)
            for lead in client.get(LIST, {**asked, "p": page}).context["cl"].result_list
        ]
    assert shown == sorted(odd, reverse=True)
    assert sum('"leads_lead"."id" + 0' in one["sql"] for one in asked_of) == 2


def test_what_is_too_common_to_be_gathered_is_walked_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_READ", 2)
    run = make_import()
    odd = [make_lead(import_run=run, warnings=["EMAIL_INVALID"]).pk for _ in range(4)]
    with CaptureQueriesContext(connection) as asked_of:
        answer = client_of("Reviewer").get(LIST, {"finding": "EMAIL_INVALID"})
    assert [lead.pk for lead in answer.context["cl"].result_list] == odd[::-1]
    assert not any('"leads_lead"."id" + 0' in one["sql"] for one in asked_of)


def test_a_list_of_one_status_begins_with_its_newest_lead() -> None:
    run = make_import()
    pushed = [make_lead(S.PUSHED, import_run=run).pk for _ in range(2)]
    make_lead(S.STAGED, import_run=run)
    client = client_of("Reviewer")
    for asked, found in (
        ({"status__exact": "pushed"}, pushed[::-1]),
        ({"status__exact": "refused"}, []),
        ({"status__exact": "nonsense"}, []),
    ):
        cl = client.get(LIST, asked).context["cl"]
        assert [lead.pk for lead in cl.result_list] == found
        (spec,) = [one for one in cl.filter_specs if isinstance(one, StatusFilter)]
        assert spec.newest == (found[0] if found else 0)
        assert f'"leads_lead"."id" <= {spec.newest})' in str(cl.bounded.query)
    wider = client.get(LIST, {"status__exact": "pushed", "import_run__id__exact": run.pk})
    assert " <= " in str(wider.context["cl"].bounded.query)
    nothing = {"status__exact": "pushed", "import_run__id__exact": make_import().pk}
    assert " <= " not in str(client.get(LIST, nothing).context["cl"].bounded.query)
    assert len(client.get(LIST, {"status__exact": ""}).context["cl"].result_list) == 3
