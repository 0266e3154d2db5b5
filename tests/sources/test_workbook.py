"""Excel and Parquet files become the same text cells as CSV."""

import datetime as dt
import zipfile
from decimal import Decimal
from pathlib import Path
from xml.sax.saxutils import escape

import pyarrow as pa
import pytest
from pyarrow import parquet

from regulars.sources.source import CannotRead
from sources.files import Reader

HEADER = ["order_id", "date", "customer", "item", "qty", "price"]


def excel(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    """A minimal .xlsx: texts inline, numbers and dates (style 1) as Excel keeps them."""
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    count = range(1, len(sheets) + 1)
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kinds}.styles+xml"/>'
        + "".join(f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kinds}.worksheet+xml"/>' for n in count)
        + "</Types>",
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{relation}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {main} xmlns:r="{relation}"><sheets>'
        + "".join(f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"/>' for n, name in zip(count, sheets, strict=True))
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        + "".join(f'<Relationship Id="rId{n}" Type="{relation}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in count)
        + f'<Relationship Id="rId99" Type="{relation}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet {main}><numFmts count="0"/><fonts><font/></fonts><fills><fill/></fills><borders><border/></borders>'
        '<cellStyleXfs><xf/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>',
    }  # fmt: skip
    for number, rows in zip(count, sheets.values(), strict=True):
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f"<worksheet {main}><sheetData>{_rows(rows)}</sheetData></worksheet>"
        )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


def _rows(rows: list[list[object]]) -> str:
    return "".join(
        f'<row r="{n}">'
        + "".join(_cell(chr(64 + column) + str(n), cell) for column, cell in enumerate(row, start=1))
        + "</row>"
        for n, row in enumerate(rows, start=1)
        if row
    )


def _cell(place: str, cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return f'<c r="{place}" t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, dt.datetime):
        return f'<c r="{place}" s="1"><v>{(cell - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)!r}</v></c>'
    if isinstance(cell, int | float):
        return f'<c r="{place}"><v>{cell!r}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(str(cell))}</t></is></c>'


ROW: list[object] = [1001, dt.datetime(2026, 3, 1, 10, 30), "C1", "Tea", 2, 5.25]


def test_a_workbook_is_read_with_dates_and_numbers(tmp_path: Path, understand: Reader):
    found = understand(excel(tmp_path / "o.xlsx", {"Sheet1": [HEADER, ROW]}))
    assert (found.order["source_key"], found.order["total"], found.order["ordered_at"]) == (
        "1001",
        1050,
        dt.datetime(2026, 3, 1, 10, 30),
    )


def test_rows_above_the_header_and_blank_rows_keep_the_spreadsheets_numbers(tmp_path: Path, understand: Reader):
    rows = [[], ["Export of 2026-03-02"], [], HEADER, ROW, [], [1002, "someday", "C2", "Tea", 1, 1]]
    found = understand(excel(tmp_path / "o.xlsx", {"Sheet1": rows}))
    assert found.order["row"] == 5
    assert found.rejects == [(7, "ordered_at", "someday", "not_a_date")]


def test_the_first_sheet_with_rows_is_taken_or_the_one_that_is_named(tmp_path: Path, understand: Reader):
    other = [HEADER, [2002, *ROW[1:]]]
    path = excel(tmp_path / "o.xlsx", {"Notes": [["hello"]], "Orders": [HEADER, ROW], "Old": other})
    assert understand(path).order["source_key"] == "1001"
    assert understand(path, said={"file": {"sheet": "Old"}}).order["source_key"] == "2002"
    with pytest.raises(CannotRead, match=r"no sheet 'Older'. It has: Notes, Orders, Old"):
        understand(path, said={"file": {"sheet": "Older"}})


def test_a_workbook_without_rows_is_refused(tmp_path: Path, understand: Reader):
    with pytest.raises(CannotRead, match="no sheet with a header and rows"):
        understand(excel(tmp_path / "o.xlsx", {"Sheet1": [HEADER]}))


def test_numbers_with_three_decimals_in_a_workbook_are_no_thousands(tmp_path: Path, understand: Reader):
    rows = [[1000 + n, ROW[1], "C1", "Tea", 1, price] for n, price in enumerate((1.125, 2.375))]
    found = understand(excel(tmp_path / "o.xlsx", {"Sheet1": [HEADER, *rows]}))
    assert sorted(order["total"] for order in found.rows("orders")) == [113, 238]


def test_a_formula_cell_gives_its_text(tmp_path: Path, understand: Reader):
    row = [*ROW[:3], "=cmd|' /C calc'!A0", *ROW[4:]]
    found = understand(excel(tmp_path / "o.xlsx", {"Sheet1": [HEADER, row]}))
    assert found.lines["1001"][0]["title"] == "=cmd|' /C calc'!A0"


def test_long_numbers_keep_all_their_digits(tmp_path: Path, understand: Reader):
    found = understand(excel(tmp_path / "o.xlsx", {"Sheet1": [HEADER, [4400000000001, *ROW[1:]]]}))
    assert found.order["source_key"] == "4400000000001"


def test_parquet_columns_of_every_kind_become_text(tmp_path: Path, understand: Reader):
    table = pa.table(
        {
            "order_id": pa.array([1, 2, None], pa.int64()),
            "date": pa.array([dt.datetime(2026, 3, 1, 10, 30, 15, 250000)] * 3, pa.timestamp("us")),
            "customer": pa.array(["C1", None, "C3"]).dictionary_encode(),
            "qty": pa.array([1.0, 2.0, 3.0], pa.float32()),
            "price": pa.array([Decimal("5.25"), Decimal("1.10"), Decimal("1.00")], pa.decimal128(10, 2)),
            "tags": pa.array([["a", "b"], None, []], pa.list_(pa.string())),
            "gift": pa.array([True, False, None]),
        }
    )
    path = tmp_path / "o.parquet"
    parquet.write_table(table, path)
    found = understand(path, currency="EUR")
    assert {name: (order["total"], order["account"]) for name, order in found.orders.items()} == {
        "1": (525, "C1"),
        "2": (220, ""),
    }
    assert found.orders["1"]["ordered_at"] == dt.datetime(2026, 3, 1, 10, 30, 15)
    assert found.rejects == [(4, "order_key", "", "order_key_missing")]


def test_parquet_times_with_a_zone_keep_their_instant(tmp_path: Path, understand: Reader):
    at = dt.datetime(2026, 3, 1, 9, 30, tzinfo=dt.UTC)
    table = pa.table(
        {
            "order_id": ["1"],
            "date": pa.array([at], pa.timestamp("ms", "Europe/Berlin")),
            "total": ["5.00"],
            "customer": ["C1"],
        }
    )
    parquet.write_table(table, tmp_path / "o.parquet")
    found = understand(tmp_path / "o.parquet", zone="Asia/Tokyo").order
    assert (found["ordered_at"], found["offset_minutes"]) == (dt.datetime(2026, 3, 1, 9, 30), 60)


def test_parquet_dates_and_large_numbers(tmp_path: Path, understand: Reader):
    table = pa.table(
        {
            "order_id": pa.array([4400000000001.0]),
            "date": pa.array([dt.date(2026, 3, 1)]),
            "total": pa.array([1234567.891]),
            "customer": ["C"],
        }
    )
    parquet.write_table(table, tmp_path / "o.parquet")
    found = understand(tmp_path / "o.parquet").order
    assert (found["source_key"], found["total"]) == ("4400000000001", 123456789)
