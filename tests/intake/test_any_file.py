"""Whatever stands in a file: a sentence, or rows that go all the way to being leads."""

from __future__ import annotations

import codecs
import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from leads.cleaning.rules import Rules
from leads.intake.encoding import ENCODINGS
from leads.intake.errors import IntakeError
from leads.intake.headers import guess_columns, map_headers
from leads.intake.look import look_at, rows_of
from leads.intake.prepare import Preparer
from leads.intake.quoting import QUOTES
from leads.intake.read_text import Record
from leads.intake.sniff import MOST_COLUMNS, Asked
from leads.vicidial.fields import FIELDS
from tests.intake.xlsx_parts import row, text_cell, xlsx_of

RULES = Rules("US", "invalid", "mdy", False, date(2026, 11, 23))
BEGINNINGS = (
    b"", b"PK\x03\x04", b"{", b"[", b"[{", b'{"a": 1}\n', b"phone,name\n", b"phone;'x'\n", b"\0",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"sep=;\n", b"\n\n", b"<", codecs.BOM_UTF8,
    codecs.BOM_UTF16,
)  # fmt: skip
asked = st.builds(
    Asked,
    encoding=st.sampled_from(["", *ENCODINGS]),
    delimiter=st.sampled_from(["", ",", ";", "\t", "|"]),
    has_header=st.sampled_from([None, True, False]),
    quote=st.sampled_from(["", *QUOTES]),
)
pieces = st.sampled_from(
    ["phone", "name", "7275550100", "Ann", "José", ",", ",", ";", "\t", "|", "'", '"', '""', "\n",
     "\n", "\r\n", "\r", " ", "\0", "\x1a", "\ufeff", "␀", "\ufffd", "{", "}", "[", "]", ":", "\\",
     "=1+1", "日本", "\u2028", "\x85", "x" * 50, "null", "1e9"]
)  # fmt: skip
texts = st.lists(pieces, max_size=60).map("".join)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("any") / "file"


def follow(path: Path, asked: Asked) -> list[Record]:
    """Read a file and prepare its rows, as an import does before the table. No other error than
    IntakeError may come, and nothing that a table or a page cannot hold."""
    try:
        layout = look_at(path, asked)
        with rows_of(path, layout) as rows:
            records = list(rows)
    except IntakeError:
        return []
    assert 0 < len(layout.header) <= MOST_COLUMNS
    json.dumps(layout.header, ensure_ascii=False).encode()
    lines = [record.line for record in records]
    assert lines == sorted(lines)
    assert all(line > layout.header_line for line in lines)
    mapping = map_headers(layout.header, need_phone=False)
    if not any(mapping.columns):
        first = [record.cells for record in records[:50]]
        mapping = guess_columns(first, len(layout.header), need_phone=False)
    if records:
        prepared = Preparer(layout.header, mapping.columns, RULES).prepare(records)
        for raw, record in zip(prepared.raws, records, strict=True):
            assert json.loads(raw) == record.cells
            assert "\0" not in raw
            raw.encode()
    return records


@settings(deadline=None, max_examples=250)
@given(texts, st.sampled_from(["utf-8", "utf-16", "cp1252", "utf-16-le"]), asked)
@example('"', "utf-8", Asked(quote="none"))
@example("\r", "utf-8", Asked(encoding="utf-16"))
@example("phone\n'\0", "utf-8", Asked(quote="'", has_header=False))
def test_no_text_makes_more_than_a_sentence(
    path: Path, text: str, encoding: str, asked: Asked
) -> None:
    path.write_bytes(text.encode(encoding, "replace"))
    follow(path, asked)


@settings(deadline=None, max_examples=250)
@given(st.sampled_from(BEGINNINGS), st.binary(max_size=200), asked)
def test_no_bytes_make_more_than_a_sentence(
    path: Path, beginning: bytes, rest: bytes, asked: Asked
) -> None:
    path.write_bytes(beginning + rest)
    follow(path, asked)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(), max_size=3), inner, max_size=3)
    ),
    max_leaves=5,
)


@settings(deadline=None, max_examples=80)
@given(
    st.lists(st.dictionaries(st.text(st.characters(), max_size=4), json_values), min_size=1),
    st.sampled_from([None, 1]),
    st.booleans(),
    st.integers(0, 400),
)
def test_json_gives_every_object_a_row_also_where_it_is_cut(
    path: Path, objects: list[dict[str, object]], indent: int | None, array: bool, cut: int
) -> None:
    objects = [{"phone": "7275550100"}, *objects]
    text = json.dumps(objects, indent=indent) if array else "\n".join(map(json.dumps, objects))
    path.write_text(text)
    assert len(follow(path, Asked())) == len(objects)
    path.write_text(text[:cut])
    follow(path, Asked())


cells = st.builds(
    '<c r="{}{}" t="{}" s="{}">{}</c>'.format,
    st.sampled_from(["", "A", "B", "C", "ZZ", "XFD", "a", "-"]),
    st.sampled_from(["", "0", "1", "2", "1048576", "99999999999", "x"]),
    st.sampled_from(["", "s", "n", "b", "e", "d", "str", "inlineStr", "?"]),
    st.sampled_from(["", "0", "99999", "-1"]),
    st.sampled_from(
        ["", "<v>1</v>", "<v>x</v>", "<v/>", "<is><t>a</t></is>", "<f>1</f>", "<v>&#0;</v>", "<v>",
         "<v>1e999</v>", "<v>\x01</v>", "&unknown;"]
    ),
)  # fmt: skip


@settings(deadline=None, max_examples=15)
@given(st.lists(cells, max_size=4))
def test_no_cell_of_a_sheet_makes_more_than_a_sentence(path: Path, cells: list[str]) -> None:
    header = row(1, text_cell("A1", "phone"), text_cell("B1", "first name"))
    xlsx_of(path, header + row(2, text_cell("A2", "7275550100"), *cells))
    follow(path, Asked())


ragged = st.lists(st.lists(st.text(st.characters(codec="utf-8"), max_size=12), max_size=9))
flaws = st.lists(
    st.sampled_from(["NUL_BYTES", "UNDECODABLE", "QUOTE_NOT_CLOSED", "RECORD_TOO_LARGE"]),
    max_size=2,
).map(tuple)


@settings(deadline=None, max_examples=80)
@given(ragged.filter(bool), flaws, st.permutations([*FIELDS, None, "full_name", "city_state_zip"]))
def test_rows_of_any_width_and_with_any_flaw_are_prepared(
    rows: list[list[str]], flaws: tuple[str, ...], columns: list[str | None]
) -> None:
    records = [Record(line, cells, flaws) for line, cells in enumerate(rows, start=2)]
    header = [str(column) for column in columns[:5]]
    prepared = Preparer(header, columns[:5], RULES, {"list_id": "101"}).prepare(records)
    assert len(prepared.raws) == len(rows)
