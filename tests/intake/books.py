"""Spreadsheets for tests, written on the spot."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import xlsxwriter
import xlwt

OPEN_DOCUMENT = "application/vnd.oasis.opendocument.spreadsheet"


def xlsx(
    path: Path,
    rows: Sequence[Sequence[Any]],
    *,
    formats: dict[int, str] | None = None,
    sheets: Sequence[str] = ("Leads",),
) -> Path:
    """A workbook with `rows` in the last of `sheets`; `formats` are number formats by column."""
    with xlsxwriter.Workbook(path, {"default_date_format": "mm/dd/yyyy"}) as book:
        made = {c: book.add_format({"num_format": f}) for c, f in (formats or {}).items()}
        for name in sheets:
            sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if cell is not None:
                    sheet.write(number, place, cell, made.get(place) if number else None)
    return path


def xls(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Leads")
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            sheet.write(number, place, cell)
    book.save(str(path))
    return path


def ods(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    cells = "".join(
        "<table:table-row>"
        + "".join(
            '<table:table-cell office:value-type="string">'
            f"<text:p>{escape(cell)}</text:p></table:table-cell>"
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    names = "".join(
        f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"'
        for short in ("office", "table", "text", "manifest")
    )
    content = (
        f'<?xml version="1.0"?><office:document-content{names}><office:body><office:spreadsheet>'
        f'<table:table table:name="Leads">{cells}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("mimetype", OPEN_DOCUMENT)
        packed.writestr("content.xml", content)
        packed.writestr(
            "META-INF/manifest.xml",
            f'<?xml version="1.0"?><manifest:manifest{names}><manifest:file-entry'
            f' manifest:full-path="/" manifest:media-type="{OPEN_DOCUMENT}"/></manifest:manifest>',
        )
    return path
