"""A file's box: what it tells the script, and what the script is answered."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leads.admin.upload import DropInput
from leads.models import DncEdition, DncList, Import
from tests.factories import make_dnc_list, make_source, make_user

pytestmark = pytest.mark.django_db
ADD = reverse("admin:leads_import_add")
SCRIPT = {"Accept": "application/json"}
ROWS = b"phone\n7275550123\n"


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(make_user("Admin"))
    return client


def send(client: Client, content: bytes = ROWS, to: str = ADD, **more: Any) -> Any:
    if to == ADD:
        more.setdefault("lead_source", make_source().pk)
    data = {"upload": SimpleUploadedFile("spring.csv", content), **more}
    return client.post(to, data, headers=SCRIPT)


def test_the_script_is_told_where_to_go_on(admin: Client) -> None:
    answer = send(admin)
    run = Import.objects.get()
    assert answer.json() == {"next": reverse("admin:leads_import_mapping", args=[run.pk])}
    assert admin.get(answer.json()["next"]).status_code == 200


def test_that_a_file_came_before_is_still_said_on_the_next_page(admin: Client) -> None:
    source = make_source().pk
    for _ in range(2):
        answer = send(admin, lead_source=source)
    assert "This very file was loaded before" in admin.get(answer.json()["next"]).content.decode()


@pytest.mark.parametrize(
    ("content", "more", "name", "says"),
    [
        (b"", {}, "upload", "empty"),
        (b"\xff\xd8\xff\xe0 a picture", {}, "upload", "."),
        (ROWS, {"pasted": "7275550123"}, "pasted", "not both"),
        (ROWS, {"country": "XX"}, "upload", "no country"),
        (ROWS, {"list_id": "12"}, "upload", "3 to 12 digits"),
        (ROWS, {"lead_source": ""}, "lead_source", "required"),
    ],
)
def test_what_is_wrong_is_told_as_sentences_field_by_field(
    content: bytes, more: dict[str, str], name: str, says: str, admin: Client
) -> None:
    answer = send(admin, content, **more)
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["name"] == name
    assert says in error["text"]
    assert error["label"]
    assert not Import.objects.exists()


def test_the_server_refuses_a_file_over_the_limit_whoever_sends_it(
    admin: Client, settings: Any
) -> None:
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    answer = send(admin, ROWS * 100_000)
    [error] = answer.json()["errors"]
    assert "larger than 1 MB" in error["text"]
    page = admin.post(
        ADD,
        {"upload": SimpleUploadedFile("big.csv", ROWS * 100_000), "lead_source": make_source().pk},
    )
    assert "larger than 1 MB" in page.content.decode()
    assert not Import.objects.exists()


def test_without_the_script_the_form_works_as_any_other(admin: Client) -> None:
    file = SimpleUploadedFile("spring.csv", ROWS)
    page = admin.post(ADD, {"upload": file, "lead_source": make_source().pk})
    run = Import.objects.get()
    assert (page.status_code, page.headers["Location"]) == (
        302,
        reverse("admin:leads_import_mapping", args=[run.pk]),
    )


def test_the_box_says_its_limit_and_has_a_files_input_that_a_label_names(
    admin: Client, settings: Any
) -> None:
    settings.UPLOAD_MAX_BYTES = 3 * 1024 * 1024
    page = admin.get(ADD).content.decode()
    assert "One file of at most 3 MB." in page
    assert 'data-most="3145728"' in page
    assert re.search('<input type="file" name="upload"[^>]* id="id_upload"', page)
    assert 'for="id_upload"' in page
    assert "leads/upload.js" in page
    assert "leads/upload.css" in page


def test_what_the_script_says_is_in_the_page_and_has_every_word_that_it_uses(
    project: Path,
) -> None:
    box = DropInput().render("upload", None, {"id": "id_upload"})
    found = re.search('data-words="([^"]*)"', box)
    assert found
    words = json.loads(html.unescape(found[1]))
    script = (project / "leads/static/leads/upload.js").read_text()
    assert set(re.findall(r"words\.(\w+)", script)) == set(words)


def test_lists_of_numbers_come_in_by_the_same_box(admin: Client) -> None:
    form = {"name": "State", "origin": "state", "as_of": "2026-11-01", "country": "US"}
    new = reverse("admin:leads_dnclist_add")
    assert send(admin, b"", new, **form).json()["errors"][0]["name"] == "upload"
    answer = send(admin, b"7275550123\n", new, **form)
    made = DncList.objects.get(name="State")
    assert answer.json() == {"next": reverse("admin:leads_dnclist_change", args=[made.pk])}


def test_a_new_edition_comes_in_by_the_same_box(admin: Client) -> None:
    there = make_dnc_list("+17275550123")
    address = reverse("admin:leads_dnclist_edition", args=[there.pk])
    assert "leads/upload.js" in admin.get(address).content.decode()
    form = {"as_of": timezone.localdate().isoformat(), "country": "US"}
    wrong = send(admin, b"7275550124\n", address, **{**form, "as_of": "soon"})
    assert (wrong.status_code, wrong.json()["errors"][0]["name"]) == (422, "as_of")
    answer = send(admin, b"7275550124\n", address, **form)
    assert answer.json() == {"next": reverse("admin:leads_dnclist_change", args=[there.pk])}
    assert DncEdition.objects.filter(dnc_list=there).count() == 2
