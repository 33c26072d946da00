"""`manage.py import_leads`: counts for people and for scripts, and an exit status to rely on."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from leads import tasks
from leads.models import Import, ImportStatus, Lead, Source
from tests.factories import make_user

pytestmark = pytest.mark.django_db
CONTENT = "phone,first name,colour\n7275550123,Ann,red\n7275550123,Bob,\n12,Cy,\n"


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "leads.csv"
    path.write_text(CONTENT)
    return path


def run(*words: object) -> str:
    out = io.StringIO()
    call_command("import_leads", *map(str, words), stdout=out)
    return out.getvalue()


def run_json(*words: object) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(run(*words, "--json").splitlines()[-1])
    return result


def test_it_counts_every_row_in_json(file: Path) -> None:
    result = run_json(file, "--source", "Fair", "--list", 101)
    counts = {name: result[name] for name in ("rows", "staged", "invalid", "duplicate")}
    assert counts == {"rows": 3, "staged": 1, "invalid": 1, "duplicate": 1}
    assert [result[name] for name in ("approved", "pushed", "refused", "unclear")] == [0] * 4
    assert result["import"] == Import.objects.get().pk
    assert result["reasons"] == {"PHONE_LENGTH": 1}


def test_it_tells_a_person_what_happened_and_what_to_do(file: Path) -> None:
    said = run(file, "--source", "Fair")
    assert "Invalid: 1 × PHONE_LENGTH. Write the whole number" in said
    assert "Columns kept only as they came: colour." in said
    assert "rows          3" in said


def test_a_new_source_is_made_with_the_country_of_the_file(file: Path) -> None:
    run(file, "--source", "Messe", "--country", "de")
    assert Source.objects.get(name="Messe").country == "DE"
    assert Import.objects.get().country == "DE"


def test_who_imports_is_kept(file: Path) -> None:
    user = make_user("Reviewer")
    run(file, "--source", "Fair", "--as", user.username)
    assert Import.objects.get().created_by == user


def test_a_dry_run_counts_and_keeps_nothing(file: Path, settings: Any) -> None:
    result = run_json(file, "--source", "Fair", "--dry-run")
    assert (result["rows"], result["staged"], result["import"]) == (3, 1, None)
    assert not Source.objects.exists()
    assert not Import.objects.exists()
    assert not Lead.objects.exists()
    assert [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()] == []


def test_the_same_file_again_is_told(file: Path) -> None:
    first = run_json(file, "--source", "Fair")
    assert first["same_file_as"] is None
    again = run_json(file, "--source", "Fair")
    assert again["same_file_as"] == first["import"]
    assert (again["staged"], again["duplicate"]) == (0, 2)
    assert "loaded before as import" in run(file, "--source", "Fair")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "PNG"),
        (b"name\nAnn\n", "no phone column"),
        (b"phone,name\n", "no leads below"),
    ],
)
def test_a_bad_file_is_a_sentence_with_its_name_and_no_success(
    tmp_path: Path, content: bytes, says: str
) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=says):
        run(path, "--source", "Fair")
    assert not Lead.objects.exists()
    assert not Import.objects.filter(status=ImportStatus.DONE).exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--country", "XX"], "no country"),
        (["--list", "12"], "3 to 12 digits"),
        (["--as", "nobody"], "no active user"),
    ],
)
def test_a_wrong_option_is_a_sentence_and_makes_no_source(
    file: Path, words: list[str], says: str
) -> None:
    with pytest.raises(CommandError, match=says):
        run(file, "--source", "Fair", *words)
    assert not Source.objects.exists()


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        run(tmp_path / "none.csv", "--source", "Fair")


def test_several_files_are_loaded_one_after_the_other_and_counted_together(
    file: Path, tmp_path: Path
) -> None:
    second = tmp_path / "second.csv"
    second.write_text("phone\n7275550123\n7275550124\n")
    result = run_json(file, second, "--source", "Fair")
    assert [one["file"] for one in result["files"]] == ["leads.csv", "second.csv"]
    assert [one["duplicate"] for one in result["files"]] == [1, 1]
    assert (result["rows"], result["staged"], result["not_loaded"]) == (5, 2, [])
    assert "2 of 2 files were loaded." in run(file, second, "--source", "Fair")


def test_a_file_that_cannot_be_loaded_does_not_keep_the_others_out(
    file: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_bytes(b"")
    with pytest.raises(CommandError, match=r"bad\.csv: .*empty"):
        run(bad, file, "--source", "Fair")
    assert Lead.objects.filter(status="staged").count() == 1


def test_a_dry_run_compares_a_file_with_those_before_it(file: Path, tmp_path: Path) -> None:
    second = tmp_path / "second.csv"
    second.write_text("phone\n7275550123\n")
    result = run_json(file, second, "--source", "Fair", "--dry-run")
    assert [one["duplicate"] for one in result["files"]] == [1, 1]
    assert not Import.objects.exists()


def test_a_worker_is_told_of_what_was_loaded_and_of_no_dry_run(
    file: Path, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    told: list[int] = []
    monkeypatch.setattr(tasks.follow_up, "delay", told.append)
    with django_capture_on_commit_callbacks(execute=True):
        run(file, "--source", "Fair", "--dry-run")
    assert told == []
    with django_capture_on_commit_callbacks(execute=True):
        run(file, "--source", "Fair")
    assert told == [Import.objects.get().pk]
