"""Every row of a file is given back, whatever its state, with the line on which it stands."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from leads.intake import read_text
from leads.intake.lines import RECORD_LIMIT, RECORD_LINES
from leads.intake.read_text import Record, TextRows
from leads.intake.sniff import sniff


def read(content: bytes) -> list[Record]:
    layout = sniff(content)
    with TextRows(
        content, layout.encoding, layout.delimiter, layout.header_line, len(layout.header)
    ) as rows:
        return list(rows)


def test_rows_come_with_the_line_on_which_they_begin() -> None:
    rows = read(b'phone,note\n7275550123,a\n\n7275550124,"b\nc"\n7275550125,d')
    assert [(row.line, row.cells) for row in rows] == [
        (2, ["7275550123", "a"]),
        (4, ["7275550124", "b\nc"]),
        (6, ["7275550125", "d"]),
    ]


def test_blank_lines_are_counted_and_skipped() -> None:
    content = b"phone,note\n\n7275550123,a\n   \n\x1a\n"
    with TextRows(content, "utf-8", ",", 1, 2) as rows:
        assert [row.line for row in rows] == [3]
        assert rows.blank_lines == 3


def test_a_file_with_only_a_header_has_no_rows() -> None:
    assert read(b"phone,note\n") == []


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_understood(end: str) -> None:
    assert [row.line for row in read(end.join(["phone,x", "1,a", "2,b"]).encode())] == [2, 3]


def test_a_field_of_20_kb_is_read_whole() -> None:
    (row,) = read(b"phone,note\n7275550123," + b"x" * 20_480 + b"\n")
    assert len(row.cells[1]) == 20_480
    assert row.flaws == ()


def test_nul_bytes_are_made_visible_and_told() -> None:
    (row,) = read(b"phone,note\n727\x005550123,a\n")
    assert row.cells[0] == "727␀5550123"
    assert row.flaws == ("NUL_BYTES",)


def test_bytes_of_another_encoding_are_replaced_and_told() -> None:
    rows = read("phone,note\n7275550123,é\n7275550124,é\n".encode() + b"7275550125,\xe9\n")
    assert [row.flaws for row in rows] == [(), (), ("UNDECODABLE",)]


def test_too_many_cells_are_all_given_back() -> None:
    (row,) = read(b"phone,note\n7275550123,a,b,c\n")
    assert row.cells == ["7275550123", "a", "b", "c"]


def test_a_quote_mark_that_is_never_closed_takes_only_its_own_row() -> None:
    rows = read(b'phone,a,b\n1,"Bob,x\n2,y,z\n3,"q",r\n4,s,t\n')
    assert [(row.line, row.cells) for row in rows] == [
        (2, ["1", '"Bob', "x"]),
        (3, ["2", "y", "z"]),
        (4, ["3", "q", "r"]),
        (5, ["4", "s", "t"]),
    ]
    assert [row.flaws for row in rows] == [("QUOTE_NOT_CLOSED",), (), (), ()]


def test_two_open_quote_marks_do_not_join_two_rows() -> None:
    rows = read(b'phone,a\n1,"Bob\n2,"Al\n3,c\n')
    assert [row.line for row in rows] == [2, 3, 4]


def test_a_quote_mark_open_at_the_end_loses_nothing() -> None:
    lines = [f"{number},x,y" for number in range(RECORD_LINES * 2)]
    lines[3] = '3,"x,y'
    rows = read("\n".join(["phone,a,b", *lines]).encode())
    assert [int(row.cells[0]) for row in rows] == list(range(RECORD_LINES * 2))
    assert [row.line for row in rows if row.flaws] == [5]


def test_quote_marks_inside_a_quoted_cell_are_let_through() -> None:
    (row,) = read(b'phone,a\n1,"Bob "The Man" Lee"\n')
    assert row.cells[0] == "1"
    assert "The Man" in row.cells[1]
    assert row.flaws == ()


def test_a_line_without_end_is_cut_and_the_next_row_is_read() -> None:
    rows = read(b"phone,a\n1," + b"x" * (RECORD_LIMIT * 2) + b"\n2,b\n")
    assert [row.cells[0] for row in rows] == ["1", "2"]
    assert rows[0].flaws == ("RECORD_TOO_LARGE",)
    assert len(rows[0].cells[1]) < 2000
    assert rows[1].line == 3


def test_an_address_over_several_lines_is_one_row() -> None:
    (row,) = read(b'phone,address,city\n7275550123,"1 Main St\nApt 4, rear\nBox 5",Tampa\n')
    assert row.cells[1] == "1 Main St\nApt 4, rear\nBox 5"
    assert row.flaws == ()


def test_it_says_how_far_it_is(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_bytes(b"phone,a\n" + b"7275550123,b\n" * 50_000)
    with TextRows(path, "utf-8", ",", 1, 2) as rows:
        done = [rows.bytes_done for _ in rows]
    assert done == sorted(done)
    assert 0 < done[0] < path.stat().st_size == done[-1]


def mixed_up(seed: int) -> str:
    """Quoted values, line ends and mistakes of all kinds, one upon the other."""
    chance = random.Random(seed)
    cells = ["1", "Ann", "", " ", "x y", '"a,b"', '"two\nlines"', '"3\r\n4\n\n5"', '""', '"a""b"']
    odd = ['"open', 'mid"dle', '"closed"x', "\ufffd", "a\0b", "\n", "\r", '"', ",,,,"]
    share = chance.choice([0.0, 0.02, 0.2])
    rows = []
    for _ in range(chance.randrange(1, 60)):
        width = 3 if chance.random() < 0.95 else chance.randrange(6)
        row = [chance.choice(odd if chance.random() < share else cells) for _ in range(width)]
        rows.append(",".join(row) + chance.choice(["\n", "\n", "\n", "\r\n"]))
    return "".join(rows)


@pytest.mark.parametrize("seed", range(150))
def test_rows_read_some_at_once_are_the_rows_read_one_by_one(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = f"phone,a,b\n{mixed_up(seed)}".encode()
    found = []
    for at_once in (0, 1, 3, 16, 128):
        monkeypatch.setattr(read_text, "_AT_ONCE", at_once)
        with read_text.TextRows(content, "utf-8", ",", 1, 3) as rows:
            found.append((list(rows), rows.blank_lines))
    assert all(one == found[0] for one in found)
