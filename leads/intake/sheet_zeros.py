"""Which columns of an XLSX sheet show whole numbers with leading zeros, and how many digits.

Only the number format says it (`00000` for postal codes), and only the file itself holds it: a
look at its styles, and at the sheet only if there is such a style.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from typing import BinaryIO
from xml.etree import ElementTree

_NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ZEROS = re.compile(r"(?:\[[^\]]*\])*(0{2,15})(?:;.*)?")
_CELL = re.compile(
    rb"<c\b[^>]{0,100}?\br=\"([A-Z]{1,3})[0-9]{1,9}\"[^>]{0,100}?\bs=\"([0-9]{1,9})\""
)
_BLOCK = 1024 * 1024
_LONGEST_CELL = 200  # bytes of a cell's opening tag
MOST_PARSED = 8 * 1024 * 1024


def zero_columns(file: BinaryIO, sheet: str) -> dict[int, int]:
    """For each column (from 0) of the `sheet` whose numbers are shown with leading zeros, how many
    digits they have. Empty for files that are no XLSX, and where nothing can be told."""
    if not zipfile.is_zipfile(file):
        return {}
    try:
        with zipfile.ZipFile(file) as packed:
            styles = _zero_styles(packed)
            return _columns(packed, _part_of(packed, sheet), styles) if styles else {}
    except (KeyError, zipfile.BadZipFile, ElementTree.ParseError, ValueError):
        return {}


def _part_of(packed: zipfile.ZipFile, sheet: str) -> str:
    """The name of the part with the sheet. Raises KeyError."""
    targets = {
        found.get("Id"): found.get("Target", "")
        for found in _parsed(packed, "xl/_rels/workbook.xml.rels")
    }
    for found in _parsed(packed, "xl/workbook.xml").iter(f"{_NAMESPACE}sheet"):
        if found.get("name") == sheet:
            target = targets[found.get(_RELATION)]
            return target[1:] if target.startswith("/") else f"xl/{target}"
    raise KeyError(sheet)


def _parsed(packed: zipfile.ZipFile, part: str) -> ElementTree.Element:
    """Raises ValueError for what is too large, or can be made to swell."""
    if packed.getinfo(part).file_size > MOST_PARSED:
        raise ValueError(part)
    text = packed.read(part)
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise ValueError(part)
    return ElementTree.fromstring(text)  # noqa: S314 - see the line above


def _zero_styles(packed: zipfile.ZipFile) -> dict[int, int]:
    """The cell styles (by their index) whose format is zeros alone -> how many."""
    root = _parsed(packed, "xl/styles.xml")
    formats = {
        found.get("numFmtId"): len(match[1])
        for found in root.iter(f"{_NAMESPACE}numFmt")
        if (match := _ZEROS.fullmatch(found.get("formatCode", "").replace("\\", "")))
    }
    if not formats:
        return {}
    cells = root.find(f"{_NAMESPACE}cellXfs")
    return {
        index: formats[style.get("numFmtId")]
        for index, style in enumerate(cells if cells is not None else ())
        if style.get("numFmtId") in formats
    }


def _columns(packed: zipfile.ZipFile, name: str, styles: dict[int, int]) -> dict[int, int]:
    seen: dict[int, Counter[int]] = {}
    rest = b""
    with packed.open(name) as sheet:
        while block := sheet.read(_BLOCK):
            block = rest + block
            for match in _CELL.finditer(block):
                if digits := styles.get(int(match[2])):
                    seen.setdefault(_index(match[1]), Counter())[digits] += 1
            rest = block[block.rfind(b"<") :][-_LONGEST_CELL:]
    return {column: counts.most_common(1)[0][0] for column, counts in seen.items()}


def _index(letters: bytes) -> int:
    """A is 0, Z is 25, AA is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
