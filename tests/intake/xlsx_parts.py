"""Workbooks put together part by part, for what no program would write."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def xlsx_of(
    path: Path,
    sheet_data: str,
    *,
    parts: Mapping[str, str | bytes] | None = None,
    workbook: str = "",
    compression: int = zipfile.ZIP_DEFLATED,
) -> Path:
    """A workbook whose one sheet, "Leads", has this XML for its rows; `parts` replace or add what
    else is in the archive (an empty one is left out), `workbook` stands before its sheets."""
    sheets = "<sheets><sheet name='Leads' sheetId='1' r:id='rId1'/></sheets>"
    made: dict[str, str | bytes] = {
        "[Content_Types].xml": (
            f"<Types xmlns='{_PACKAGE}/content-types'>"
            "<Default Extension='rels' ContentType="
            "'application/vnd.openxmlformats-package.relationships+xml'/>"
            "<Default Extension='xml' ContentType='application/xml'/></Types>"
        ),
        "_rels/.rels": relations(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": (
            f"<workbook xmlns='{_SHEETS}' xmlns:r='{_OFFICE}'>{workbook}{sheets}</workbook>"
        ),
        "xl/_rels/workbook.xml.rels": relations(
            ("rId1", "worksheet", "worksheets/sheet1.xml"),
            ("rId2", "sharedStrings", "sharedStrings.xml"),
            ("rId3", "styles", "styles.xml"),
        ),
        "xl/worksheets/sheet1.xml": worksheet(sheet_data),
        **(parts or {}),
    }
    with zipfile.ZipFile(path, "w", compression) as packed:
        for name, content in made.items():
            if content:
                packed.writestr(name, content)
    return path


def relations(*found: tuple[str, str, str]) -> str:
    """The part that says which part is what: (id, kind, target) each."""
    all_of_them = "".join(
        f"<Relationship Id='{key}' Type='{_OFFICE}/{kind}' Target='{target}'/>"
        for key, kind, target in found
    )
    return f"<Relationships xmlns='{_PACKAGE}/relationships'>{all_of_them}</Relationships>"


def worksheet(sheet_data: str) -> str:
    return f"<worksheet xmlns='{_SHEETS}'><sheetData>{sheet_data}</sheetData></worksheet>"


def text_cell(at: str, text: str) -> str:
    """A cell with its text in it; `at` is such as A1."""
    return f'<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>'


def row(number: int, *cells: str) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'
