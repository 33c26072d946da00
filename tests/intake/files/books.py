"""Workbooks: XLSX part by part, XLS by xlwt, ODS as XML."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Callable
from pathlib import Path

import xlsxwriter
import xlwt

from tests.intake.books import OPEN_DOCUMENT, ods, xls, xlsx
from tests.intake.xlsx_parts import relations, row, text_cell, worksheet, xlsx_of

ROWS = [["phone", "first name"], ["7275550100", "Ann"], ["7275550101", "Bob"]]
HEADER = row(1, text_cell("A1", "phone"), text_cell("B1", "first name"))
ANN = row(2, text_cell("A2", "7275550100"), text_cell("B2", "Ann"))
BOB = row(3, text_cell("A3", "7275550101"), text_cell("B3", "Bob"))
PLAIN = HEADER + ANN + BOB
BORN = datetime.datetime(1970, 1, 31)  # noqa: DTZ001 - a sheet has no zones
_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)
_NAMES = "urn:oasis:names:tc:opendocument:xmlns"


def make(folder: Path) -> list[str]:
    """Write the workbooks into the folder, and return their names."""
    made: dict[str, Callable[[Path], object]] = {
        **_strange_cells(),
        **_strange_parts(),
        **_strange_sheets(),
        **_damaged(),
        **_old(),
        **_open_document(),
    }
    for name, write in made.items():
        write(folder / name)
    return list(made)


def _strange_cells() -> dict[str, Callable[[Path], object]]:
    """Sheets of one row below the header, with the cells C2, D2, … as they stand here."""
    cells = {
        "phone_as_exponent.xlsx": '<c r="C2"><v>7.275550101E9</v></c>',
        "long_integers.xlsx": '<c r="C2"><v>123456789012345</v></c>'
        '<c r="D2"><v>12345678901234567</v></c><c r="E2"><v>1E+300</v></c>',
        "floats.xlsx": '<c r="C2"><v>0.1</v></c><c r="D2"><v>-1.5</v></c><c r="E2"><v>1.0</v></c>',
        "not_numbers.xlsx": '<c r="C2"><v>NaN</v></c><c r="D2"><v>1e999</v></c>',
        "numbers_as_text.xlsx": '<c r="C2" t="str"><v>00123</v></c>' + text_cell("D2", "7.0"),
        "errors.xlsx": '<c r="C2" t="e"><v>#N/A</v></c><c r="D2" t="e"><v>#REF!</v></c>',
        "booleans.xlsx": '<c r="C2" t="b"><v>1</v></c><c r="D2" t="b"><v>0</v></c>',
        "rich_text.xlsx": '<c r="C2" t="inlineStr"><is><r><t xml:space="preserve">two </t></r>'
        "<r><t>parts</t></r></is></c>",
        "spaces.xlsx": '<c r="C2" t="inlineStr"><is><t xml:space="preserve">  a  </t></is></c>'
        + text_cell("D2", "a_x000D_b&#10;c"),
        "formulas.xlsx": '<c r="C2"><f>1+1</f><v>2</v></c><c r="D2" t="str"><f>A1</f><v>x</v></c>'
        '<c r="E2"><f>1+1</f></c>',
        "cell_of_2_mb.xlsx": text_cell("C2", "x" * 2_000_000),
        "same_cell_twice.xlsx": text_cell("C2", "one") + text_cell("C2", "two"),
        "cell_without_place.xlsx": '<c t="inlineStr"><is><t>here</t></is></c>',
        "cell_in_row_zero.xlsx": '<c r="C0"><v>1</v></c>',
        "shared_strings_missing.xlsx": '<c r="C2" t="s"><v>5</v></c>',
        "date_out_of_range.xlsx": '<c r="C2" t="d"><v>9999-99-99</v></c><c r="D2"><v>1e300</v></c>',
    }

    def writes(more: str) -> Callable[[Path], object]:
        names = (text_cell(f"{letter}1", f"column {letter}") for letter in "CDE")
        header = HEADER.replace("</row>", f"{''.join(names)}</row>")
        whole = header + ANN.replace("</row>", f"{more}</row>")
        return lambda path: xlsx_of(path, whole, compression=_packed(more))

    return {name: writes(more) for name, more in cells.items()}


def _packed(text: str) -> int:
    """Nothing is packed a thousandfold here that is no bomb."""
    return zipfile.ZIP_STORED if len(text) > 100_000 else zipfile.ZIP_DEFLATED


def _strange_parts() -> dict[str, Callable[[Path], object]]:
    sheet = "xl/worksheets/sheet1.xml"
    targets = "xl/_rels/workbook.xml.rels"
    no_sheets = "<workbook xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'/>"
    named = worksheet(PLAIN).replace("<", "<x:").replace("<x:/", "</x:")
    named = named.replace("xmlns=", "xmlns:x=")
    wrong = worksheet(PLAIN).encode().replace(b"Ann", b"\xe9")
    strings = f"{_LAUGHS}<sst>&i;</sst>"
    laughing = worksheet(HEADER + row(2, text_cell("A2", "&i;")))
    parts: dict[str, tuple[str, dict[str, str | bytes]]] = {
        "no_sheets.xlsx": (PLAIN, {"xl/workbook.xml": no_sheets}),
        "sheet_missing.xlsx": ("", {sheet: ""}),
        "relations_missing.xlsx": (PLAIN, {targets: ""}),
        "content_types_missing.xlsx": (PLAIN, {"[Content_Types].xml": ""}),
        "target_from_the_root.xlsx": (
            PLAIN, {targets: relations(("rId1", "worksheet", "/xl/worksheets/sheet1.xml"))},
        ),
        "names_with_prefix.xlsx": ("", {sheet: named}),
        "xml_broken.xlsx": ("", {sheet: worksheet(PLAIN)[:-60]}),
        "xml_in_wrong_encoding.xlsx": ("", {sheet: wrong}),
        "laughs_in_the_sheet.xlsx": ("", {sheet: _LAUGHS + laughing}),
        "laughs_in_the_strings.xlsx": (PLAIN, {"xl/sharedStrings.xml": strings}),
        "laughs_in_the_workbook.xlsx": (PLAIN, {"xl/workbook.xml": _LAUGHS + no_sheets}),
        "bomb.xlsx": ("", {sheet: b"<worksheet>" + b" " * 50_000_000}),
    }  # fmt: skip

    def writes(data: str, more: dict[str, str | bytes]) -> Callable[[Path], object]:
        return lambda path: xlsx_of(path, data, parts=more)

    return {name: writes(*given) for name, given in parts.items()}


def _strange_sheets() -> dict[str, Callable[[Path], object]]:
    wide = [["phone", *(f"c{number}" for number in range(2000))], ["7275550100"]]
    phones = [["phone", "zip", "born"], [7275550100, 1234, BORN], [7275550101, 33601, BORN]]
    data = {
        "far_cell.xlsx": PLAIN + row(1048576, '<c r="XFD1048576"><v>1</v></c>'),
        "far_cell_unseen.xlsx": HEADER + row(2, '<c r="xfd1048576"><v>1</v></c>'),
        "far_format.xlsx": PLAIN + row(1048576, '<c r="XFD1048576" s="1"/>'),
        "rows_out_of_order.xlsx": HEADER + BOB + ANN,
        "rows_without_numbers.xlsx": "<row><c><v>1</v></c></row>" + PLAIN,
    }

    def writes(rows: str) -> Callable[[Path], object]:
        return lambda path: xlsx_of(path, rows)

    return {name: writes(rows) for name, rows in data.items()} | {
        "plain.xlsx": lambda path: xlsx(path, ROWS),
        "columns_2001.xlsx": lambda path: xlsx(path, wide),
        "empty_first_sheet.xlsx": lambda path: xlsx(path, ROWS, sheets=["Empty", "Leads"]),
        "empty.xlsx": lambda path: xlsx(path, []),
        "titles_above.xlsx": lambda path: xlsx(path, [["Leads of May"], [], *ROWS]),
        "blank_rows.xlsx": lambda path: xlsx(path, [ROWS[0], [], ROWS[1], ["", ""], ROWS[2]]),
        "dates_and_zeros.xlsx": lambda path: xlsx(path, phones, formats={1: "00000"}),
        "dates_since_1904.xlsx": _since_1904,
        "hidden_sheet_first.xlsx": _hidden_first,
        "merged_cells.xlsx": _merged,
        "chart_only.xlsx": _chart_only,
    }


def _since_1904(path: Path) -> None:
    with xlsxwriter.Workbook(path, {"date_1904": True, "default_date_format": "mm/dd/yy"}) as book:
        sheet = book.add_worksheet("Leads")
        sheet.write_row(0, 0, ["phone", "born"])
        sheet.write_row(1, 0, ["7275550100", BORN])


def _hidden_first(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        for name, rows in (("Old", [["phone"], ["7275550199"]]), ("Leads", ROWS)):
            sheet = book.add_worksheet(name)
            for number, cells in enumerate(rows):
                sheet.write_row(number, 0, cells)
        book.worksheets()[1].activate()
        book.worksheets()[1].set_first_sheet()
        book.worksheets()[0].hide()


def _merged(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Leads")
        sheet.merge_range(0, 0, 0, 2, "Leads of May")
        sheet.write_row(1, 0, ["phone", "first name", "city"])
        sheet.write_row(2, 0, ["7275550100", "Ann"])
        sheet.write_row(3, 0, ["7275550101", "Bob"])
        sheet.merge_range(2, 2, 3, 2, "Tampa")


def _chart_only(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        data = book.add_worksheet("Data")
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=Data!$A$1:$A$2"})
        book.add_chartsheet("Chart").set_chart(chart)
        data.hide()


def _damaged() -> dict[str, Callable[[Path], object]]:
    def cut(path: Path) -> None:
        whole = xlsx(path, ROWS).read_bytes()
        path.write_bytes(whole[: len(whole) // 2])

    def wrong_sum(path: Path) -> None:
        with zipfile.ZipFile(xlsx_of(path, PLAIN, compression=zipfile.ZIP_STORED)) as packed:
            place = packed.getinfo("xl/worksheets/sheet1.xml").header_offset
        content = bytearray(path.read_bytes())
        at = content.index(b"Ann", place)
        content[at : at + 3] = b"Eve"
        path.write_bytes(content)

    def unknown_packing(path: Path) -> None:
        content = xlsx_of(path, PLAIN).read_bytes()
        for sign, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
            at = content.index(sign)
            content = content[: at + place] + b"\x63\0" + content[at + place + 2 :]
        path.write_bytes(content)

    return {"cut.xlsx": cut, "wrong_sum.xlsx": wrong_sum, "unknown_packing.xlsx": unknown_packing}


def _old() -> dict[str, Callable[[Path], object]]:
    def with_dates(path: Path) -> None:
        book = xlwt.Workbook()
        sheet = book.add_sheet("Leads")
        style = xlwt.easyxf(num_format_str="YYYY-MM-DD")
        for place, cell in enumerate(["phone", "born", "share"]):
            sheet.write(0, place, cell)
        sheet.write(1, 0, 7275550100)
        sheet.write(1, 1, BORN, style)
        sheet.write(1, 2, 0.25)
        book.save(str(path))

    def far(path: Path) -> None:
        book = xlwt.Workbook()
        sheet = book.add_sheet("Leads")
        sheet.write(0, 0, "phone")
        sheet.write(1, 0, "7275550100")
        sheet.write(65535, 25, "x")
        book.save(str(path))

    def cut(path: Path) -> None:
        whole = xls(path, ROWS).read_bytes()
        path.write_bytes(whole[: len(whole) // 2])

    return {
        "plain.xls": lambda path: xls(path, ROWS),
        "dates.xls": with_dates,
        "far_cell.xls": far,
        "cut.xls": cut,
    }


def _open_document() -> dict[str, Callable[[Path], object]]:
    one = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    lead = "".join(one.format(cell) for cell in ROWS[1])
    filler = '<table:table-cell table:number-columns-repeated="16384"/>'
    full = one.format("x").replace("-cell ", '-cell table:number-columns-repeated="16384" ', 1)
    typed = (
        f"{one.format('7275550100')}"
        '<table:table-cell office:value-type="date" office:date-value="1970-01-31"/>'
        '<table:table-cell office:value-type="float" office:value="7275550101"/>'
        '<table:table-cell office:value-type="boolean" office:boolean-value="true"/>'
        '<table:table-cell office:value-type="percentage" office:value="0.25"/>'
    )
    return {
        "plain.ods": lambda path: ods(path, ROWS),
        "filled_up.ods": lambda path: _with_row(path, filler, 1048573),
        "repeated_row.ods": lambda path: _with_row(path, lead, 3),
        "repeated_bomb.ods": lambda path: _with_row(path, full, 1048573),
        "typed_cells.ods": lambda path: _with_row(path, typed, 1),
        "content_missing.ods": lambda path: _archive(path, {}),
        "password.ods": lambda path: _archive(
            path, {"content.xml": b"\x99" * 400, "META-INF/manifest.xml": _ENCRYPTED.encode()}
        ),
    }


_ENCRYPTED = (
    f'<manifest:manifest xmlns:manifest="{_NAMES}:manifest:1.0"><manifest:file-entry'
    ' manifest:full-path="content.xml" manifest:media-type="text/xml"><manifest:encryption-data'
    ' manifest:checksum-type="x" manifest:checksum="x"/></manifest:file-entry></manifest:manifest>'
)


def _with_row(path: Path, cells: str, times: int) -> None:
    """The plain file with one more row, so many times."""
    with zipfile.ZipFile(ods(path, ROWS)) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    more = f'<table:table-row table:number-rows-repeated="{times}">{cells}</table:table-row>'
    end = b"</table:table>"
    parts["content.xml"] = parts["content.xml"].replace(end, more.encode() + end)
    _archive(path, parts)


def _archive(path: Path, parts: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("mimetype", OPEN_DOCUMENT, zipfile.ZIP_STORED)
        for name, content in parts.items():
            if name != "mimetype":
                packed.writestr(name, content)
