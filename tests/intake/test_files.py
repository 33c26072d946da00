"""Every file of the corpus becomes what `files/expected.csv` says of it, and no other thing.

The columns: `header` and `rows` with cells joined by " | ", line ends and such as \\n; `rows` are
the first and the last one (or all where there are two), each after its line; `flaws` the codes of
rows as a whole; `loaded` the rows staged, invalid and duplicate of a whole import; `refused` words
of the sentence, by the one who looks (`look`), or who receives (`receive`) or loads (`load`) it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from leads.intake.errors import IntakeError
from leads.intake.look import look_at, rows_of
from leads.intake.read_text import Record
from leads.intake.stage import load
from leads.intake.upload import receive
from leads.models import Import, ImportStatus, Lead
from tests.factories import make_source
from tests.intake.files.make import make

EXPECTED = Path(__file__).parent / "files" / "expected.csv"
READ = ("kind", "encoding", "delimiter", "quote", "header", "number", "rows", "flaws")
SHOWN = 60  # characters of a text


def expected() -> Iterator[dict[str, str]]:
    with EXPECTED.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


CASES = {case["name"]: case for case in expected()}
LOOKED_AT = {name for name, case in CASES.items() if case["by"] != "look"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="module")
def made(folder: Path) -> list[str]:
    return make(folder)


def text(cells: tuple[str, ...] | list[str]) -> str:
    joined = " | ".join(cells).encode("unicode_escape").decode()
    return joined if len(joined) <= SHOWN else f"{joined[:SHOWN]}… {len(joined)}"


def told(rows: list[Record]) -> str:
    shown = rows if len(rows) < 3 else [rows[0], rows[-1]]
    return "\n".join(f"{row.line}: {text(row.cells)}" for row in shown)


def read(path: Path) -> dict[str, str]:
    """What the readers say of a file, as the table has it. Raises IntakeError."""
    layout = look_at(path)
    with rows_of(path, layout) as rows:
        records = list(rows)
    return {
        "kind": layout.kind,
        "encoding": layout.encoding,
        "delimiter": layout.delimiter.replace("\t", "tab"),
        "quote": layout.quote,
        "header": f"{layout.header_line}: {text(layout.header)}",
        "number": str(len(records)),
        "rows": told(records),
        "flaws": " ".join(sorted({flaw for record in records for flaw in record.flaws})),
    }


def stage(path: Path) -> Import:
    with path.open("rb") as file:
        return load(receive(file, path.name, make_source()))


def test_the_table_has_every_file_and_no_other(made: list[str]) -> None:
    assert sorted(made) == sorted(CASES)
    assert len(CASES) >= 80


def test_the_same_files_are_made_again(made: list[str], folder: Path, tmp_path: Path) -> None:
    make(tmp_path)
    for name in made:
        if not name.endswith((".xlsx", ".ods", ".xls")):  # those have the time in them
            assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


@pytest.mark.parametrize("name", sorted(LOOKED_AT))
def test_a_file_is_read_as_the_table_says(name: str, made: list[str], folder: Path) -> None:
    assert read(folder / name) == {column: CASES[name][column] for column in READ}


@pytest.mark.parametrize("name", sorted(set(CASES) - LOOKED_AT))
def test_a_file_is_refused_as_the_table_says(name: str, made: list[str], folder: Path) -> None:
    with pytest.raises(IntakeError) as refused:
        read(folder / name)
    assert CASES[name]["refused"] in str(refused.value)
    assert str(refused.value).endswith((".", ".)"))


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(CASES))
def test_an_import_is_loaded_wholly_or_not_at_all(name: str, made: list[str], folder: Path) -> None:
    case = CASES[name]
    if case["by"] in {"look", "receive"}:
        with pytest.raises(IntakeError) as refused:
            stage(folder / name)
        assert case["refused"] in str(refused.value)
        assert not Import.objects.exists()
        return
    run = stage(folder / name)
    if case["by"] == "load":
        assert (run.status, case["refused"] in run.error) == (ImportStatus.FAILED, True)
        assert not Lead.objects.exists()
        return
    assert run.status == ImportStatus.DONE
    counted = (run.rows_staged, run.rows_invalid, run.rows_duplicate)
    assert " ".join(map(str, counted)) == case["loaded"]
    assert sum(counted) == run.rows_read == int(case["number"])
    records = rows_of(folder / name, look_at(folder / name))
    with records as rows:
        lines = sorted(record.line for record in rows)
    assert sorted(Lead.objects.values_list("line", flat=True)) == lines
