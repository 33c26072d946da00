"""A file is known by its content; what is no CSV gets a sentence."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from leads.intake.errors import IntakeError
from leads.intake.sniff import sniff


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_separator_is_found(delimiter: str) -> None:
    rows = [["phone", "first", "note"], ["7275550123", "Ann", "a"], ["7275550124", "Bob", "b"]]
    text = "\n".join(delimiter.join(row) for row in rows)
    layout = sniff(text.encode())
    assert (layout.delimiter, layout.header) == (delimiter, ("phone", "first", "note"))


def test_commas_inside_quoted_cells_do_not_make_the_separator() -> None:
    text = 'phone;"name, first"\n7275550123;"Lee, Ann, Dr."\n7275550124;"Lee, Bob, Dr."\n'
    assert sniff(text.encode()).delimiter == ";"


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"),
        ("cp1252", "cp1252"),
    ],
)
def test_the_encoding_is_found(written: str, found: str) -> None:
    text = "phone,first,last\r\n" + "7275550123,José,Muñoz\r\n" * 20
    layout = sniff(text.encode(written))
    assert layout.encoding == found
    assert layout.header == ("phone", "first", "last")


def test_an_encoding_that_shows_only_at_the_end_of_a_long_file_is_found(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_bytes(
        b"phone,first\n" + b"7275550123,Ann\n" * 200_000 + "7275550124,Zoë\n".encode("cp1252")
    )
    assert sniff(path).encoding == "cp1252"


def test_a_few_wrong_bytes_do_not_change_the_encoding_of_the_rest() -> None:
    text = "phone,first\n" + "7275550123,José\n" * 50
    assert sniff(text.encode() + b"7275550124,Jos\xe9\n").encoding == "utf-8"


@pytest.mark.parametrize("content", [b"", b"\n\n  \n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    with pytest.raises(IntakeError, match="empty"):
        sniff(content)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"PK\x03\x04\x14\x00\x06\x00", "zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Office file"),
        (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"\n<!DOCTYPE html><html>", "web page"),
        (random.Random(3).randbytes(4000), "not text"),
        (b"\x7fELF\x02\x01\x01", "program"),
    ],
)
def test_what_is_no_text_is_refused_by_name_and_with_a_remedy(content: bytes, says: str) -> None:
    with pytest.raises(IntakeError, match=says) as refused:
        sniff(content)
    assert "CSV" in str(refused.value)


def test_blank_lines_and_the_hint_of_a_spreadsheet_are_passed_over() -> None:
    layout = sniff(b"\r\nsep=|\r\nphone|first,last\r\n7275550123|x\r\n")
    assert (layout.header_line, layout.delimiter) == (3, "|")


def test_a_file_of_phones_only_has_one_column() -> None:
    assert sniff(b"phone\n7275550123\n7275550124\n").header == ("phone",)


def test_nul_bytes_do_not_make_a_text_binary() -> None:
    assert sniff(b"phone,first\n727555\x000123,A\x00\n").header == ("phone", "first")
