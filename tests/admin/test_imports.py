"""Imports: uploaded with a form, watched, looked at by everybody, changed by nobody."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from leads import tasks
from leads.intake import stage, take_back
from leads.models import Import, ImportStatus, Lead, LeadStatus, Source
from leads.reports import tables
from leads.review.follow_up import follow_up
from tests.factories import make_attempt, make_import, make_lead, make_source, make_user

pytestmark = pytest.mark.django_db
LIST, ADD = reverse("admin:leads_import_changelist"), reverse("admin:leads_import_add")
LEADS = reverse("admin:leads_lead_changelist")
GOOD = b"phone;first name;shoe size\n7275550123;Ann;7\n7275550123;Ann;7\n12;Ben;8\n"


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def kicked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ids of the imports that a worker was told of."""
    ids: list[int] = []
    monkeypatch.setattr(tasks.run_import, "delay", ids.append)
    return ids


@pytest.fixture
def reviewer(client: Client) -> Client:
    client.force_login(make_user("Reviewer"))
    return client


def page_of(run: Import) -> str:
    return reverse("admin:leads_import_change", args=[run.pk])


def part_of(run: Import) -> str:
    return reverse("admin:leads_import_progress", args=[run.pk])


def upload(client: Client, content: bytes = GOOD, source: Source | None = None, **more: Any) -> Any:
    file = SimpleUploadedFile("spring.csv", content)
    source = source or make_source()
    return client.post(ADD, {"lead_source": source.pk, "upload": file, **more})


def press_load(client: Client, run: Import, **changes: str) -> Any:
    """Load on the mapping page, with what it offered but for `changes`."""
    address = reverse("admin:leads_import_mapping", args=[run.pk])
    form = client.get(address).context["form"]
    offered = {field.name: field.initial or "" for field in form}
    return client.post(address, {**offered, "load": "", **changes})


def uploaded(client: Client, content: bytes = GOOD, **more: Any) -> Import:
    """Upload, look at the mapping, press Load, and have a worker load it."""
    upload(client, content, **more)
    run = Import.objects.latest("pk")
    press_load(client, run)
    return stage.load(run)


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_an_upload_waits_for_a_look_at_its_mapping_and_then_a_worker_is_told(
    reviewer: Client, kicked: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    source = make_source(country="GB", default_list_id=102)
    callbacks: DjangoCaptureOnCommitCallbacks = django_capture_on_commit_callbacks
    with callbacks(execute=True):
        response = upload(reviewer, source=source)
    run = Import.objects.get()
    assert response.url == reverse("admin:leads_import_mapping", args=[run.pk])
    assert kicked == []
    assert (run.filename, run.country, run.list_id) == ("spring.csv", "GB", 102)
    assert run.created_by is not None
    assert run.created_by.username.startswith("reviewer")
    assert run.status == ImportStatus.NEW
    assert stage.waiting() == [], "no sweep loads it"
    assert "Nothing is loaded yet." in text_of(reviewer, page_of(run))
    with callbacks(execute=True):
        assert press_load(reviewer, run).url == page_of(run)
    assert kicked == [run.pk]
    run.refresh_from_db()
    assert run.status == ImportStatus.WAITING


def test_what_the_form_says_goes_before_what_the_source_says(reviewer: Client) -> None:
    upload(
        reviewer, source=make_source(country="GB", default_list_id=102), list_id=101, country="us"
    )
    run = Import.objects.get()
    assert (run.country, run.list_id) == ("US", 101)


@pytest.mark.parametrize(
    ("content", "more", "says"),
    [
        (b"", {}, "empty"),
        (b"PK\x03\x04", {}, "spreadsheet"),
        (GOOD, {"country": "XX"}, "There is no country"),
        (GOOD, {"list_id": "12"}, "3 to 12 digits"),
        (GOOD, {"list_id": "abc"}, "whole number"),
        (GOOD, {"lead_source": "999999"}, "valid choice"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_in_words_and_nothing_is_kept(
    content: bytes,
    more: dict[str, str],
    says: str,
    reviewer: Client,
    kicked: list[int],
    settings: Any,
) -> None:
    response = upload(reviewer, content, **more)
    assert response.status_code == 200
    assert says in response.content.decode()
    assert not Import.objects.exists()
    assert kicked == []
    assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_the_same_file_again_is_said_with_a_link_to_the_first(reviewer: Client) -> None:
    source = make_source()
    upload(reviewer, source=source)
    first = Import.objects.get()
    upload(reviewer, source=source)
    second = Import.objects.latest("pk")
    page = text_of(reviewer, page_of(second))
    assert "This very file was loaded before" in page
    assert f'href="{page_of(first)}"' in page


def test_a_file_of_another_source_is_no_repetition(reviewer: Client) -> None:
    upload(reviewer)
    upload(reviewer)
    assert "loaded before" not in text_of(reviewer, page_of(Import.objects.latest("pk")))


def test_the_page_accounts_for_every_row_with_a_link_to_each_kind(reviewer: Client) -> None:
    run = uploaded(reviewer)
    page = text_of(reviewer, page_of(run))
    leads = f"{LEADS}?import_run__id__exact={run.pk}"
    assert f'href="{leads}"' in page
    assert (run.rows_read, run.rows_staged, run.rows_invalid, run.rows_duplicate) == (3, 1, 1, 1)
    for status in ("staged", "invalid", "duplicate"):
        assert f'href="{leads}&amp;status__exact={status}"' in page
    assert "Its leads are being compared with all others" in page
    follow_up(run.pk)
    page = text_of(reviewer, page_of(run))
    assert f"/desk/duplicates/?import={run.pk}" in page
    assert f"/desk/approve/?import={run.pk}" in page


@pytest.mark.parametrize(
    ("statuses", "says"),
    [
        ([LeadStatus.INVALID, LeadStatus.STAGED], "on the review desk; then"),
        ([LeadStatus.INVALID, LeadStatus.PUSHED], "on the review desk; then"),
        ([LeadStatus.PUSHED], "Nothing is left to review here"),
        ([], "Nothing is left to review here"),
    ],
)
def test_the_page_says_where_the_rows_stand_now_and_what_is_next(
    statuses: list[LeadStatus], says: str, reviewer: Client
) -> None:
    run = make_import()
    for status in statuses:
        make_lead(status, import_run=run)
    response = reviewer.get(page_of(run))
    assert response.context["now"] == [(status, 1) for status in statuses]
    assert says in response.content.decode()


def test_without_a_source_the_form_says_that_one_is_needed(reviewer: Client) -> None:
    assert "A file needs one" in text_of(reviewer, ADD)
    make_source()
    assert "A file needs one" not in text_of(reviewer, ADD)


def test_the_page_says_what_each_column_was_taken_for(reviewer: Client) -> None:
    upload(reviewer)
    page = text_of(reviewer, page_of(Import.objects.get()))
    assert "phone_number" in page
    assert "first_name" in page
    assert "shoe size" in page
    assert "kept as it came, not sent" in page
    assert "Read as utf-8 with semicolons between the cells" in page


def test_the_page_says_why_rows_were_stopped_in_words(reviewer: Client) -> None:
    run = make_import(rows_read=2, rows_invalid=1, rows_staged=1)
    make_lead(LeadStatus.INVALID, import_run=run, reasons=["PHONE_LENGTH"])
    make_lead(import_run=run, warnings=["WIRE_LOSS", "CODE_OF_A_LATER_RELEASE"])
    page = text_of(reviewer, page_of(run))
    assert "VICIdial takes 6 to 16. Write the whole number with its area code." in page
    assert f"{LEADS}?import_run__id__exact={run.pk}&amp;finding=PHONE_LENGTH" in page
    assert "WIRE_LOSS" in page
    assert "CODE_OF_A_LATER_RELEASE" in page


def test_a_failed_import_says_why(reviewer: Client) -> None:
    run = make_import(status=ImportStatus.FAILED, error="Line 7 is no text.")
    page = text_of(reviewer, page_of(run))
    assert "Line 7 is no text." in page
    assert "Nothing of this file was loaded" in page
    assert part_of(run) not in page


@pytest.mark.parametrize("status", [ImportStatus.WAITING, ImportStatus.RUNNING])
def test_a_page_of_an_open_import_asks_again_for_its_progress(
    status: ImportStatus, reviewer: Client
) -> None:
    run = make_import(status=status, size=200, bytes_done=50, rows_read=1234)
    assert f'hx-get="{part_of(run)}"' in text_of(reviewer, page_of(run))
    part = text_of(reviewer, part_of(run))
    assert "width: 25%" in part
    assert "1,234 rows" in part
    assert "<html" not in part


def test_a_page_of_a_finished_import_asks_no_more(reviewer: Client) -> None:
    run = make_import()
    assert part_of(run) not in text_of(reviewer, page_of(run))
    assert part_of(run) not in text_of(reviewer, part_of(run))


def test_the_progress_needs_the_right_that_the_page_needs(client: Client) -> None:
    run = make_import()
    client.force_login(make_user(None))
    assert client.get(page_of(run)).status_code == 403
    assert client.get(part_of(run)).status_code == 403
    assert Client().get(part_of(run)).status_code == 302


@pytest.mark.parametrize("name", ["leads_import_change", "leads_import_progress"])
def test_an_import_that_is_not_there_is_not_found(name: str, reviewer: Client) -> None:
    assert reviewer.get(reverse(f"admin:{name}", args=[4711])).status_code == 404


@pytest.mark.parametrize("role", ["Reviewer", "Admin", "Auditor", "superuser"])
def test_nobody_changes_or_deletes_an_import(role: str, client: Client) -> None:
    run = make_import()
    client.force_login(make_user(role))
    assert client.post(page_of(run), {"filename": "other.csv"}).status_code == 403
    assert client.post(part_of(run)).status_code == 403
    delete = reverse("admin:leads_import_delete", args=[run.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
    assert Import.objects.get().filename == run.filename


@pytest.mark.parametrize(
    ("role", "allowed"),
    [("Reviewer", True), ("Admin", True), ("superuser", True), ("Auditor", False), (None, False)],
)
def test_only_who_may_import_uploads(role: str | None, allowed: bool, client: Client) -> None:
    client.force_login(make_user(role))
    assert client.get(ADD).status_code == (200 if allowed else 403)
    assert upload(client).status_code == (302 if allowed else 403)
    assert Import.objects.exists() is allowed
    if role:
        assert (ADD in text_of(client, LIST)) is allowed


def test_the_list_shows_what_became_of_the_rows(reviewer: Client) -> None:
    make_import(filename="spring.csv", rows_read=1500, rows_staged=1500, size=2_500_000)
    page = text_of(reviewer, LIST)
    for words in ("spring.csv", "Done", "1,500", "2.4"):
        assert words in page


def test_an_empty_list_says_what_to_do_first(reviewer: Client) -> None:
    assert "Upload a spreadsheet, a CSV or a JSON file" in text_of(reviewer, LIST)


def test_a_filter_without_result_says_so(reviewer: Client) -> None:
    make_import()
    assert "Nothing matches" in text_of(reviewer, f"{LIST}?q=nobody")


def test_what_the_source_wrote_is_never_taken_for_html(reviewer: Client) -> None:
    bad = "<script>alert(1)</script>"
    run = make_import(filename=f"{bad}.csv", header=[bad], mapping=[None])
    assert bad not in text_of(reviewer, page_of(run))
    assert bad not in text_of(reviewer, LIST)


def test_leads_exist_only_after_the_load(reviewer: Client) -> None:
    upload(reviewer)
    assert not Lead.objects.exists()


def rejected(run: Import, kind: str) -> str:
    return reverse("admin:leads_import_rejected", args=[run.pk, kind])


@pytest.fixture
def loaded(reviewer: Client, kicked: list[int]) -> Import:
    return uploaded(reviewer)


@pytest.mark.parametrize("role", ["Reviewer", "Admin", "Auditor", "superuser"])
def test_who_sees_an_import_downloads_its_rejected_rows(
    role: str, client: Client, loaded: Import
) -> None:
    client.force_login(make_user(role))
    page = text_of(client, page_of(loaded))
    for kind in ("csv", "xlsx"):
        assert rejected(loaded, kind) in page
        answer: Any = client.get(rejected(loaded, kind))
        content = b"".join(answer.streaming_content)
        assert f'filename="spring-rejected.{kind}"' in answer["Content-Disposition"]
        assert content.startswith(b"\xef\xbb\xbfportal_import" if kind == "csv" else b"PK")


def test_who_may_not_see_imports_gets_no_rejected_rows(client: Client, loaded: Import) -> None:
    client.force_login(make_user(None))
    assert client.get(rejected(loaded, "csv")).status_code == 403
    client.logout()
    assert client.get(rejected(loaded, "csv")).status_code == 302


def test_an_import_that_is_not_done_has_no_rejected_rows(reviewer: Client) -> None:
    run = make_import(status=ImportStatus.RUNNING)
    assert reviewer.get(rejected(run, "csv")).status_code == 404
    assert reviewer.get(rejected(make_import(), "pdf")).status_code == 404
    assert reviewer.post(rejected(make_import(), "csv")).status_code == 403


def test_more_rows_than_a_sheet_holds_are_refused_in_words(
    reviewer: Client, loaded: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MOST_SHEET_ROWS", 1)
    page = reviewer.get(rejected(loaded, "xlsx"), follow=True).content.decode()
    assert "take the CSV file" in page


def test_rows_that_came_back_link_both_imports(reviewer: Client, loaded: Import) -> None:
    later = make_import(loaded.lead_source, corrects=loaded, filename="back.csv")
    assert page_of(loaded) in text_of(reviewer, page_of(later))
    assert page_of(later) in text_of(reviewer, page_of(loaded))


def do(run: Import, verb: str) -> str:
    return reverse("admin:leads_import_verb", args=[run.pk, verb])


def test_a_loaded_import_is_undone_from_its_page(
    reviewer: Client,
    loaded: Import,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    monkeypatch.setattr(tasks.undo_import, "delay", take_back.undo)
    page = text_of(reviewer, page_of(loaded))
    assert do(loaded, "undo") in page
    assert do(loaded, "cancel") not in page
    assert "Its 3 leads are deleted here" in text_of(reviewer, do(loaded, "undo"))
    with django_capture_on_commit_callbacks(execute=True):
        reviewer.post(do(loaded, "undo"))
    page = text_of(reviewer, page_of(loaded))
    assert "its 3 rows were deleted again" in page
    assert do(loaded, "undo") not in page
    assert not Lead.objects.exists()


def test_an_import_that_waits_is_cancelled_from_its_page(
    reviewer: Client, kicked: list[int]
) -> None:
    upload(reviewer)
    run = Import.objects.get()
    assert do(run, "cancel") in text_of(reviewer, page_of(run))
    reviewer.post(do(run, "cancel"))
    assert "nothing of this file was loaded" in text_of(reviewer, page_of(run))


def test_an_import_whose_leads_were_sent_says_why_it_stays(
    reviewer: Client, loaded: Import
) -> None:
    lead = Lead.objects.filter(import_run=loaded).earliest("pk")
    make_attempt(lead, sealed_at=timezone.now(), outcome="deleted")
    page = reviewer.post(do(loaded, "undo"), follow=True).content.decode()
    assert "1 of its leads are queued, or were sent to a dialer" in page
    loaded.refresh_from_db()
    assert loaded.status == ImportStatus.DONE


@pytest.mark.parametrize("verb", ["cancel", "undo"])
@pytest.mark.parametrize("role", ["Auditor", None])
def test_who_may_not_import_neither_cancels_nor_undoes(
    role: str | None, verb: str, client: Client, loaded: Import
) -> None:
    client.force_login(make_user(role))
    if role:
        assert do(loaded, verb) not in text_of(client, page_of(loaded))
    assert client.post(do(loaded, verb)).status_code == 403
    loaded.refresh_from_db()
    assert loaded.status == ImportStatus.DONE


def test_pasted_rows_are_taken_like_a_file(reviewer: Client) -> None:
    source = make_source()
    rows = "phone\tname\n7275550100\tJosé\n"
    answer = reviewer.post(ADD, {"lead_source": source.pk, "pasted": rows})
    run = Import.objects.get()
    assert answer.url == reverse("admin:leads_import_mapping", args=[run.pk])
    press_load(reviewer, run)
    run = stage.load(run)
    assert (run.filename, run.delimiter, run.rows_staged) == ("pasted rows.txt", "\t", 1)
    assert Lead.objects.get().first_name == "José"


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({}, "Choose a file, or paste rows below."),
        ({"pasted": "  \n"}, "Choose a file, or paste rows below."),
        ({"pasted": "a", "upload": SimpleUploadedFile("a.csv", GOOD)}, "not both"),
    ],
)
def test_a_file_or_pasted_rows_are_needed_and_not_both(
    values: dict[str, Any], says: str, reviewer: Client
) -> None:
    page = reviewer.post(ADD, {"lead_source": make_source().pk, **values})
    assert says in page.content.decode()
    assert not Import.objects.exists()


def test_a_running_import_tells_its_pace_and_what_is_left(reviewer: Client) -> None:
    started = timezone.now() - timedelta(seconds=10)
    columns = {"status": ImportStatus.RUNNING, "started_at": started, "size": 4000}
    run = make_import(rows_read=50_000, bytes_done=1000, **columns)
    assert "rows a second, about 30 seconds left" in text_of(reviewer, part_of(run))
    run = make_import(rows_read=50_000, bytes_done=10, **columns)
    assert "minutes left" in text_of(reviewer, part_of(run))
    run = make_import(rows_read=0, bytes_done=0, **columns)
    assert "left" not in text_of(reviewer, part_of(run))
