"""The mapping page: before anything is loaded a person sees what the columns and rows become."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from leads import tasks
from leads.intake import stage
from leads.models import Import, ImportStatus, Lead, LeadStatus, Source
from tests.admin.test_imports import page_of, press_load, upload
from tests.factories import make_dialer, make_import, make_source, make_user
from tests.intake.books import xlsx

pytestmark = pytest.mark.django_db
FILE = (
    b"Tel,Contact,Street,Unit,Place,Shoe size\n"
    b'(727) 555-0100,Mary Ann Lee,1 Main St,Apt 2,"Clearwater, FL 33755",7\n'
    b'727 555 0101,"de la Cruz, Jos\xc3\xa9 M",2 Main St,,Tampa,8\n'
    b"none,Bob,3 Main St,,Tampa FL 33601,9\n"
)
CHOSEN = {
    "column_1": "full_name",
    "column_2": "address1",
    "column_3": "address1",
    "column_4": "city_state_zip",
}


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr(tasks.run_import, "delay", lambda *_: None)


@pytest.fixture
def reviewer(client: Client) -> Client:
    client.force_login(make_user("Reviewer"))
    return client


def mapping_of(run: Import) -> str:
    return reverse("admin:leads_import_mapping", args=[run.pk])


def received(client: Client, content: bytes = FILE, source: Source | None = None) -> Import:
    upload(client, content, source)
    return Import.objects.latest("pk")


def show(client: Client, run: Import, **changes: str) -> Any:
    form = client.get(mapping_of(run)).context["form"]
    offered = {field.name: field.initial or "" for field in form}
    return client.post(mapping_of(run), {**offered, "show": "", **changes}, follow=True)


def test_rows_are_shown_as_they_are_and_as_they_will_be_and_nothing_is_loaded(
    reviewer: Client,
) -> None:
    run = received(reviewer)
    page = reviewer.get(mapping_of(run))
    text = page.content.decode()
    first, second, third = page.context["preview"].rows
    assert first.cells[0] == "(727) 555-0100"
    assert dict(first.values)["phone_number"] == "7275550100"
    assert [loss[:2] for loss in second.losses] == [("first_name", "de la Cruz Jose M")]
    assert third.stops
    assert (page.context["preview"].looked_at, page.context["preview"].invalid) == (3, 1)
    assert "Of the first 3 rows 1 would be invalid." in text
    assert not Lead.objects.exists()


def test_what_is_lost_is_told_of_the_dialer_that_the_leads_are_for(reviewer: Client) -> None:
    make_dialer(name="Plain")
    keeps = make_dialer(name="Latin", accents=True)
    run = received(reviewer)
    assert run.dialer is None, "with two dialers nobody has said which"
    lost = show(reviewer, run, **CHOSEN).context["preview"].rows[1].losses
    assert [loss[:2] for loss in lost] == [("first_name", "Jose")]
    shown = show(reviewer, run, dialer=str(keeps.pk))
    assert [row.losses for row in shown.context["preview"].rows] == [[], [], []]
    assert "What Latin holds otherwise" in shown.content.decode()
    press_load(reviewer, run)
    run.refresh_from_db()
    assert run.dialer == keeps
    stage.load(run)
    assert not Lead.objects.filter(warnings__contains=["WIRE_LOSS"]).exists()


def test_the_only_dialer_is_taken_and_the_choice_is_remembered(reviewer: Client) -> None:
    only = make_dialer(name="Only")
    run = received(reviewer)
    assert run.dialer == only
    show(reviewer, run, dialer="")
    press_load(reviewer, run)
    assert received(reviewer, FILE + b"\n", run.lead_source).dialer is None


def test_columns_are_joined_and_split_and_fixed_values_fill_what_is_empty(
    reviewer: Client,
) -> None:
    run = received(reviewer)
    show(reviewer, run, **CHOSEN, fixed_list_id="102", fixed_source_id="WEB")
    press_load(reviewer, run)
    run.refresh_from_db()
    run = stage.load(run)
    assert (run.rows_staged, run.rows_invalid) == (2, 1)
    mary, jose = Lead.objects.filter(status=LeadStatus.STAGED).order_by("line")
    assert (mary.first_name, mary.last_name) == ("Mary Ann", "Lee")
    assert (mary.address1, mary.list_id, mary.source_id) == ("1 Main St Apt 2", 102, "WEB")
    assert (mary.city, mary.state, mary.postal_code) == ("Clearwater", "FL", "33755")
    assert (jose.first_name, jose.middle_initial, jose.last_name) == ("José", "M", "de la Cruz")
    assert (jose.city, jose.state, jose.address1) == ("Tampa", "", "2 Main St")
    assert mary.raw == [
        "(727) 555-0100", "Mary Ann Lee", "1 Main St", "Apt 2", "Clearwater, FL 33755", "7",
    ]  # fmt: skip


def test_what_was_settled_is_offered_again_when_the_same_header_comes(reviewer: Client) -> None:
    source = make_source()
    run = received(reviewer, source=source)
    press_load(reviewer, run, **CHOSEN, fixed_phone_code="1")
    again = received(reviewer, FILE.replace(b"0100", b"0190").replace(b"Tel", b"TEL "), source)
    assert again.mapping == ["phone_number", "full_name", "address1", "address1",
                             "city_state_zip", None]  # fmt: skip
    assert again.fixed == {"phone_code": "1"}
    assert "was loaded with this mapping" in reviewer.get(mapping_of(again)).content.decode()
    other = received(reviewer, source=make_source())
    assert other.mapping[1] == "first_name", "another source's files are its own"


def test_a_file_without_a_phone_column_is_mapped_by_a_person(reviewer: Client) -> None:
    run = received(reviewer, b"who,where\nAnn,7275550100\n")
    page = press_load(reviewer, run).content.decode()
    assert "Say which one has the phone numbers" in page
    run.refresh_from_db()
    assert run.status == ImportStatus.NEW
    press_load(reviewer, run, column_1="phone_number", column_0="first_name")
    run.refresh_from_db()
    assert stage.load(run).rows_staged == 1


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"column_0": "shoe_size"}, "Select a valid choice"),
        ({"fixed_list_id": "12"}, "3 to 12 digits"),
        ({"fixed_phone_code": "abc"}, "1 to 4 digits"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    changes: dict[str, str], says: str, reviewer: Client
) -> None:
    run = received(reviewer)
    assert says in press_load(reviewer, run, **changes).content.decode()
    run.refresh_from_db()
    assert run.status == ImportStatus.NEW


def test_encoding_separator_and_header_can_be_overridden(reviewer: Client) -> None:
    run = received(reviewer, b"7275550100;Jos\xe9\n7275550101;Ann\n")
    assert run.header == ["Column 1", "Column 2"]
    show(reviewer, run, header="yes")
    run.refresh_from_db()
    assert (run.header, run.has_header) == (["7275550100", "José"], True)
    show(reviewer, run, header="no")
    show(reviewer, run, delimiter=",")
    run.refresh_from_db()
    assert run.header == ["Column 1"]
    show(reviewer, run, delimiter=";")
    show(reviewer, run, encoding="latin-1")
    run.refresh_from_db()
    assert run.encoding == "latin-1"
    press_load(reviewer, run, column_0="phone_number", column_1="first_name")
    run.refresh_from_db()
    stage.load(run)
    assert list(Lead.objects.order_by("line").values_list("first_name", flat=True)) == [
        "José", "Ann",
    ]  # fmt: skip


def test_quote_marks_can_be_overridden(reviewer: Client) -> None:
    content = b"phone,first name,city\n7275550100,'Lee, Ann',Tampa\n7275550101,'Ray, Bob',Tampa\n"
    run = received(reviewer, content)
    assert run.quote == "'"
    assert reviewer.get(mapping_of(run)).context["preview"].rows[0].cells[1] == "Lee, Ann"
    show(reviewer, run, quote="none")
    run.refresh_from_db()
    page = reviewer.get(mapping_of(run))
    assert page.context["preview"].rows[0].cells[1:] == ["'Lee", " Ann'", "Tampa"]
    show(reviewer, run, quote="'")
    press_load(reviewer, run)
    run.refresh_from_db()
    assert stage.load(run).rows_staged == 2
    assert "Around cells: single quote marks." in reviewer.get(page_of(run)).content.decode()


def test_another_sheet_can_be_chosen(reviewer: Client, tmp_path: Path) -> None:
    rows = [["phone", "name"], ["7275550100", "Ann"]]
    path = xlsx(tmp_path / "a.xlsx", rows, sheets=["Notes", "Leads"])
    run = received(reviewer, path.read_bytes())
    assert run.sheet == "Leads"
    page = reviewer.get(mapping_of(run)).content.decode()
    assert "Notes" in page
    assert "empty" in show(reviewer, run, sheet="Notes").content.decode()
    press_load(reviewer, run)
    run.refresh_from_db()
    assert stage.load(run).rows_staged == 1


def test_a_file_that_is_gone_is_said_on_the_page(reviewer: Client) -> None:
    run = received(reviewer)
    Path(run.file.path).unlink()
    assert "is gone. Upload it again." in reviewer.get(mapping_of(run)).content.decode()


def test_an_import_that_was_started_is_not_mapped_again(reviewer: Client) -> None:
    run = received(reviewer)
    press_load(reviewer, run)
    page = reviewer.get(mapping_of(run), follow=True)
    assert page.redirect_chain[-1][0] == page_of(run)
    assert "can no longer be changed" in page.content.decode()


@pytest.mark.parametrize(("role", "status"), [("Admin", 200), ("superuser", 200), ("Auditor", 403)])
def test_who_may_import_maps(role: str, status: int, client: Client, reviewer: Client) -> None:
    run = received(reviewer)
    client.force_login(make_user(role))
    assert client.get(mapping_of(run)).status_code == status
    assert client.post(mapping_of(run), {}).status_code == status
    page = client.get(page_of(run)).content.decode()
    assert (mapping_of(run) in page) == (status == 200)


def test_an_import_that_is_not_there_is_a_404(reviewer: Client) -> None:
    assert reviewer.get(reverse("admin:leads_import_mapping", args=[999_999])).status_code == 404
    assert reviewer.get(mapping_of(make_import())).status_code == 302
