"""What stands around cells is told by the beginning of the file."""

from __future__ import annotations

import pytest

from leads.intake.quoting import DOUBLE, NO_QUOTE, SINGLE, quote_of
from leads.intake.read_text import Record, TextRows
from leads.intake.sniff import Asked, sniff


def read(content: str, asked: Asked | None = None) -> list[Record]:
    layout = sniff(content.encode(), asked or Asked())
    header = layout.header_line, len(layout.header)
    with TextRows(
        content.encode(), layout.encoding, layout.delimiter, *header, layout.quote
    ) as rows:
        return list(rows)


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("phone,name\n1,Ann\n", DOUBLE),
        ('phone,name\n1,"Lee, Ann"\n', DOUBLE),
        ("phone,name\n1,'Lee, Ann'\n2,'Ray, Bob'\n", SINGLE),
        ("'phone','name'\r\n'1','Ann'\r\n", SINGLE),
        ("'phone'\r'1'\r", SINGLE),
        ("phone,name\n'0123,Ann\n'0124,Bob\n", DOUBLE),
        ("phone,name\n1,O'Neill\n2,'t Hof\n3,D'Arcy\n", DOUBLE),
        ("phone,name\n1,'Red'\n" + "2,Bob\n" * 20, DOUBLE),
        ("phone,name\n1,'Lee, \"Red\" Ann'\n2,'Ray, Bob'\n", SINGLE),
        ('phone,note\n1,"Red Lee\n2,"Ray\n3,"Bo\n', NO_QUOTE),
        ('phone,note\n1,5" pipe\n2,6" pipe\n', DOUBLE),
        ('phone,note\n1,"two\nlines"\n2,"two\nlines"\n3,"two\nlines"\n', DOUBLE),
    ],
)
def test_the_mark_is_found(text: str, quote: str) -> None:
    assert quote_of(text) == quote


def test_single_marks_hold_separators_and_doubled_ones_stand_for_one() -> None:
    rows = read("phone,name\n1,'O''Neill, Ann'\n2,'Lee, \"Red\"'\n")
    assert [row.cells for row in rows] == [["1", "O'Neill, Ann"], ["2", 'Lee, "Red"']]


def test_a_single_mark_that_is_never_closed_takes_only_its_own_row() -> None:
    rows = read("phone,a,b\n1,'p,q',r\n2,'Bob,x\n3,'y,z',w\n4,v,u\n")
    assert [(row.line, row.flaws) for row in rows] == [
        (2, ()), (3, ("QUOTE_NOT_CLOSED",)), (4, ()), (5, ()),
    ]  # fmt: skip


def test_without_marks_every_mark_is_text() -> None:
    content = 'phone,note\n1,"a\n2,"b" c\n3,d"\n'
    rows = read(content, Asked(quote=NO_QUOTE))
    assert [row.cells[1] for row in rows] == ['"a', '"b" c', 'd"']
    assert not any(row.flaws for row in rows)


def test_a_mark_that_is_never_closed_in_the_header_takes_no_rows() -> None:
    layout = sniff(b'phone,"name\n7275550100,Ann\n7275550101,"Bob"\n')
    assert layout.header == ("phone", '"name')
    rows = read('phone,"name\n7275550100,Ann\n7275550101,"Bob"\n')
    assert [(row.line, row.cells[1]) for row in rows] == [(2, "Ann"), (3, "Bob")]


def test_a_header_of_two_lines_is_one() -> None:
    content = 'phone,"first\nname",zip\n7275550100,Ann,33601\n'
    assert sniff(content.encode()).header == ("phone", "first\nname", "zip")
    assert [row.line for row in read(content)] == [3]


def test_title_lines_above_the_header_are_passed_over() -> None:
    content = "Leads of May;;\n\nmade by Ann;;\nphone;first name;zip\n7275550100;Ann;1,5\n"
    layout = sniff(content.encode())
    assert (layout.header_line, layout.delimiter) == (4, ";")
    assert [(row.line, row.cells) for row in read(content)] == [(5, ["7275550100", "Ann", "1,5"])]
