"""JSON comes as an object a line, or as one array; a broken object is one row."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from leads.intake.errors import IntakeError
from leads.intake.lines import RECORD_LIMIT
from leads.intake.look import look_at, rows_of
from leads.intake.read_text import Record
from leads.intake.sniff import Layout

ANN = {"phone": "7275550100", "name": "Ann"}
BOB = {"phone": "7275550101", "name": "Bob"}


def read(path: Path, content: str | bytes) -> tuple[Layout, list[Record]]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    layout = look_at(path)
    with rows_of(path, layout) as rows:
        return layout, list(rows)


@pytest.mark.parametrize("indent", [None, 2])
def test_an_array_has_a_row_for_each_object_and_knows_its_line(
    tmp_path: Path, indent: int | None
) -> None:
    layout, rows = read(tmp_path / "a", json.dumps([ANN, BOB], indent=indent))
    assert (layout.kind, layout.header) == ("json", ("phone", "name"))
    assert [row.cells for row in rows] == [["7275550100", "Ann"], ["7275550101", "Bob"]]
    assert [row.line for row in rows] == ([2, 6] if indent else [1, 1])


def test_of_an_array_only_what_is_broken_is_lost(tmp_path: Path) -> None:
    content = '[\n{"phone": "1"},\n{"phone": },\n{"phone": "2"},\n7,\n"x",\n{"phone": "3"}\n]\n'
    _, rows = read(tmp_path / "a", content)
    assert [(row.line, row.cells, row.flaws) for row in rows] == [
        (2, ["1"], ()),
        (3, ['{"phone": },\n'], ("JSON_BROKEN",)),
        (4, ["2"], ()),
        (5, ["7"], ("JSON_BROKEN",)),
        (6, ['"x"'], ("JSON_BROKEN",)),
        (7, ["3"], ()),
    ]


def test_an_array_that_is_cut_loses_its_last_object_and_says_so(tmp_path: Path) -> None:
    _, rows = read(tmp_path / "a", json.dumps([ANN, BOB], indent=1)[:-8])
    assert [row.flaws for row in rows] == [(), ("JSON_BROKEN",)]
    assert rows[1].line == 6


def test_an_array_longer_than_what_is_held_is_read_whole(tmp_path: Path) -> None:
    many = [{"phone": str(number), "note": "x" * 1000} for number in range(3000)]
    _, rows = read(tmp_path / "a", json.dumps(many, indent=0))
    assert [int(row.cells[0]) for row in rows] == list(range(3000))
    assert [row.line for row in rows] == [2 + 4 * number for number in range(3000)]


@pytest.mark.parametrize("separator", ["\n", ",\n"])
def test_what_is_larger_than_a_row_can_be_is_cut_and_says_so(
    tmp_path: Path, separator: str
) -> None:
    objects = [json.dumps(one) for one in (ANN, {"phone": "x" * (3 * RECORD_LIMIT)}, BOB)]
    array = separator != "\n"
    content = f"[{separator.join(objects)}]" if array else separator.join(objects)
    _, rows = read(tmp_path / "a", content)
    assert [row.flaws for row in rows] == [(), ("RECORD_TOO_LARGE",), ()]
    assert [row.line for row in rows] == [1, 2, 3]
    assert len(rows[1].cells[0]) == 1000


def test_a_key_that_comes_twice_loses_nothing(tmp_path: Path) -> None:
    layout, rows = read(tmp_path / "a", '{"phone": "1", "tag": "a", "tag": "b"}\n{"phone": "2"}\n')
    assert layout.header == ("phone", "tag", "tag (2)")
    assert [row.cells for row in rows] == [["1", "a", "b"], ["2", "", ""]]


def test_half_a_character_is_replaced_in_names_and_in_values(tmp_path: Path) -> None:
    layout, rows = read(tmp_path / "a", '{"phone": "1", "n\\ud800": "a\\udc00b"}\n')
    assert layout.header == ("phone", "n?")
    assert rows[0].cells == ["1", "a?b"]


def test_objects_in_objects_without_end_are_one_broken_row(tmp_path: Path) -> None:
    depths = [10, 900, 990, 1000, 5000, 50_000]
    lines = [json.dumps(ANN), *('{"phone": ' * depth + "1" + "}" * depth for depth in depths)]
    _, rows = read(tmp_path / "a", "\n".join(lines))
    assert len(rows) == 1 + len(depths)
    assert rows[1].cells[0].startswith('{"phone"')
    assert rows[-1].flaws == ("JSON_BROKEN",)


@pytest.mark.parametrize("content", ["[]", "[ ]", "{}", "{}\n{}", "[{}]", "[\n]", "[\n1, 2]"])
def test_json_without_keys_is_refused_in_words(tmp_path: Path, content: str) -> None:
    with pytest.raises(IntakeError, match="JSON") as refused:
        read(tmp_path / "a", content)
    assert len(str(refused.value)) > 50
