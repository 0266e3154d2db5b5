"""Files that are not what they should be: each gets a clear message, and nothing is half done."""

import gzip
import io
import random
import zipfile
from pathlib import Path

import pytest

from regulars.sources.source import CannotRead
from sources.files import NOW, Reader, table_text, write

HEADER = "order_id,date,customer,name,total,currency\n"
ROW = "1,2026-03-01,C1,Ada,5.00,EUR\n"


def refused(understand: Reader, path: Path, match: str, **choices: object) -> str:
    with pytest.raises(CannotRead, match=match) as caught:
        understand(path, **choices)
    assert path.name in str(caught.value), "the message names the file"
    assert not list(understand.folder.glob("import-*/orders.parquet")), "nothing was made of it"
    return str(caught.value)


def test_an_empty_file(tmp_path: Path, understand: Reader):
    refused(understand, write(tmp_path / "o.csv", ""), "is empty")
    refused(understand, write(tmp_path / "blank.csv", "\n \n\n"), "holds no text")


def test_a_file_that_is_not_there(tmp_path: Path, understand: Reader):
    refused(understand, tmp_path / "gone.csv", "does not exist")


def test_a_header_without_rows_is_no_mistake(understand: Reader):
    found = understand.text(HEADER)
    assert (found.rows("orders"), found.cleaned.rejected, found.parts[0].sheet.rows) == ([], 0, 0)


def test_rows_without_a_header(tmp_path: Path, understand: Reader):
    refused(understand, write(tmp_path / "o.csv", ROW + ROW.replace("1,", "2,", 1)), "has no header row")


def test_a_wrong_delimiter_says_one_column_only(tmp_path: Path, understand: Reader):
    refused(understand, write(tmp_path / "o.csv", "order_id:date:total\n1:2026-03-01:5\n"), "one column only")
    comma = write(tmp_path / "p.csv", HEADER + ROW)
    refused(understand, comma, "one column only", said={"file": {"delimiter": ";"}})


def test_a_delimiter_that_the_mapping_names_is_used(understand: Reader):
    text = "order_id:date:customer:total\n1:2026-03-01:C1:5.00\n"
    assert understand.text(text, said={"file": {"delimiter": ":"}}).order["total"] == 500


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found(understand: Reader, delimiter: str):
    text = table_text(
        HEADER.strip().split(","),
        [["1", "2026-03-01", "C1", "Ada; the, first | one", "5.00", "EUR"]],
        delimiter=delimiter,
    )
    assert understand.text(text).order["contact_name"] == "Ada; the, first | one"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk"])
def test_chinese_in_every_usual_encoding(understand: Reader, encoding: str):
    rows = "".join(f"{n},2026-03-01,C{n},王小明和李先生,5.00,CNY\n" for n in range(1, 30))
    found = understand.text(HEADER + rows, encoding=encoding)
    assert {order["contact_name"] for order in found.rows("orders")} == {"王小明和李先生"}
    assert len(found.rows("orders")) == 29


def test_western_letters_in_cp1252(understand: Reader):
    found = understand.text(HEADER + "1,2026-03-01,C1,Zoë Müller – Œuvre,5.00,EUR\n", encoding="cp1252")
    assert found.order["contact_name"] == "Zoë Müller – Œuvre"


def test_utf8_is_recognised_by_the_whole_file_not_its_beginning(understand: Reader):
    rows = "".join(f"{n},2026-03-01,C{n},Ada,5.00,EUR\n" for n in range(1, 60_000))
    found = understand.text(HEADER + rows + "60000,2026-03-01,C1,Zoë,5.00,EUR\n", encoding="utf-8")
    assert found.orders["60000"]["contact_name"] == "Zoë"


def test_an_encoding_that_does_not_exist_is_named(tmp_path: Path, understand: Reader):
    path = write(tmp_path / "o.csv", HEADER + ROW)
    with pytest.raises(CannotRead, match="latin-99"):
        understand(path, said={"file": {"encoding": "latin-99"}})


def test_nul_bytes_vanish_and_do_not_make_a_file_utf16(understand: Reader):
    found = understand.text(HEADER + ROW.replace("Ada", "A\x00da") + ROW.replace("1,", "2,", 1))
    assert found.orders["1"]["contact_name"] == "Ada"
    assert len(found.orders) == 2


def test_line_ends_of_every_system(understand: Reader):
    text = HEADER + ROW + ROW.replace("1,", "2,", 1)
    for ends in ("\n", "\r\n", "\r"):
        assert len(understand.text(text.replace("\n", ends)).orders) == 2


def test_blank_lines_count_as_rows_and_nothing_else(understand: Reader):
    found = understand.text(
        "\n\n" + HEADER + "\n" + ROW + "\n\n" + ROW.replace("1,", "2,", 1) + ROW.replace("1,2026", "3,x2026") + "\n"
    )
    assert (found.orders["1"]["row"], found.orders["2"]["row"]) == (5, 8)
    assert found.rejects == [(9, "ordered_at", "x2026-03-01", "not_a_date")]


def test_a_header_cell_with_a_line_break(understand: Reader):
    found = understand.text('order_id,date,"customer\nnumber",total\n1,2026-03-01,C1,5.00\n2,x,C1,5.00\n')
    assert found.orders["1"]["account"] == "C1"
    assert found.rejects == [(3, "ordered_at", "x", "not_a_date")]


def test_rows_that_are_too_long_are_rejected_and_short_ones_filled_up(understand: Reader):
    text = (
        HEADER
        + ROW
        + "2,2026-03-01,C1,Ada,5.00,EUR,oops,really\n"
        + "3,2026-03-01,C1,Ada,5.00\n"
        + "4,2026-03-01,C1,Ada,5.00,EUR,,\n"
    )
    found = understand.text(text)
    assert set(found.orders) == {"1", "3", "4"}
    ((row, _column, value, reason),) = found.rejects
    assert (row, value, reason) == (3, "2,2026-03-01,C1,Ada,5.00,EUR,oops,really", "cells")
    assert {name: order["row"] for name, order in found.orders.items()} == {"1": 2, "3": 4, "4": 5}


def test_a_quotation_mark_that_is_never_closed_names_its_row(tmp_path: Path, understand: Reader):
    text = (
        HEADER
        + ROW
        + '2,2026-03-01,C1,"Ada,5.00,EUR\n'
        + "".join(f"{n},2026-03-01,C1,Ada,5.00,EUR\n" for n in range(3, 40))
    )
    message = refused(understand, write(tmp_path / "o.csv", text), "never closed")
    assert "row 3" in message


def test_a_quotation_mark_that_swallows_a_large_file(tmp_path: Path, understand: Reader):
    rows = "".join(f"{n},2026-03-01,C1,Ada,5.00,EUR\n" for n in range(3, 200_000))
    refused(
        understand, write(tmp_path / "o.csv", HEADER + ROW + '2,2026-03-01,C1,"Ada,5.00,EUR\n' + rows), "never closed"
    )


def test_five_hundred_columns(understand: Reader):
    extra = ",".join(f"extra {n}" for n in range(500))
    found = understand.text(HEADER.strip() + "," + extra + "\n" + ROW.strip() + ",x" * 500 + "\n")
    assert found.order["total"] == 500
    assert found.notes["unused_columns"]["columns"].endswith("more")
    assert len(found.parts[0].unused()) == 500


def test_thousands_of_columns_are_refused(tmp_path: Path, understand: Reader):
    refused(understand, write(tmp_path / "o.csv", ",".join(f"c{n}" for n in range(3000)) + "\n"), "3,000 columns")


def test_duplicate_headers_keep_every_column_and_use_the_first(understand: Reader):
    found = understand.text("order_id,date,customer,total,Total,total\n1,2026-03-01,C1,5.00,6.00,7.00\n")
    assert found.parts[0].sheet.header == ("order_id", "date", "customer", "total", "Total (2)", "total (3)")
    assert found.order["total"] == 500


def test_headers_with_quotation_marks_semicolons_and_comments_are_only_names(understand: Reader):
    evil = 'x"; DROP TABLE head; --'
    header = ["order_id", "date", 'customer\'s "no"', "total", evil, "row", ""]
    found = understand.text(
        table_text(header, [["1", "2026-03-01", "C1", "5.00", "a", "b", "c"]]),
        said={
            "columns": {
                "order_key": "order_id",
                "ordered_at": "date",
                "account": 'customer\'s "no"',
                "total": "total",
                "tags": evil,
            }
        },
    )
    assert (found.order["account"], found.order["tags"]) == ("C1", "a")


def test_file_names_constants_and_zones_are_only_data(tmp_path: Path, understand: Reader):
    path = write(tmp_path / "it's; DROP TABLE line; --.csv", HEADER + ROW + "2,x,C1,Ada,5.00,EUR\n")
    found = understand(path, said={"columns": {
        "order_key": "order_id", "ordered_at": "date", "account": "=o'neil'); --", "total": "total"}})  # fmt: skip
    assert found.order["account"] == "o'neil'); --"
    assert found.rows("reject")[0]["file"] == path.name
    with pytest.raises(CannotRead, match="time zone"):
        understand(path, zone="Mars/'; DROP TABLE head; --")


def test_a_folder_with_a_quotation_mark_in_its_name(tmp_path: Path):
    folder = tmp_path / "ada's files"
    folder.mkdir()
    assert Reader(folder).text(HEADER + ROW).order["total"] == 500


def test_formulas_are_kept_as_text(understand: Reader):
    cells = ["=cmd|' /C calc'!A0", "+SUM(A1:A9)", "-2+3", "@import"]
    rows = [[str(n), "2026-03-01", f"C{n}", cell, "5.00", "EUR"] for n, cell in enumerate(cells, start=1)]
    found = understand.text(table_text(HEADER.strip().split(","), rows))
    assert [found.orders[str(n)]["contact_name"] for n in range(1, 5)] == cells


def test_a_formula_as_a_header_is_a_column_like_any_other(understand: Reader):
    found = understand.text("order_id,date,customer,total,=email\n1,2026-03-01,C1,5.00,x@shop.example\n")
    assert found.order["email"] in ("", "x@shop.example")


def test_html_in_names_is_kept_as_text(understand: Reader):
    name = '<img src=x onerror="alert(1)">'
    row = ["1", "2026-03-01", "C1", name, "5.00", "EUR"]
    assert understand.text(table_text(HEADER.strip().split(","), [row])).order["contact_name"] == name


def test_a_refund_larger_than_the_order_is_kept_and_said(understand: Reader):
    text = (
        "order_id,date,customer,total,refunded,currency\n1,2026-03-01,C1,5.00,9.00,EUR\n2,2026-03-01,C1,5.00,5.00,EUR\n"
    )
    found = understand.text(text)
    assert sorted(row["amount"] for row in found.rows("refunds")) == [500, 900]
    assert (found.notes["refund_too_large"]["orders"], found.notes["refund_too_large"]["example"]) == (1, "1")


def test_dates_far_away_are_rejected(understand: Reader):
    rows = [
        "1,2099-01-01,C1,Ada,5.00,EUR",
        "2,1899-12-31,C1,Ada,5.00,EUR",
        "3,2026-11-21 23:00,C1,Ada,5.00,EUR",
        "4,,C1,Ada,5.00,EUR",
    ]
    found = understand.text(HEADER + "\n".join(rows) + "\n")
    assert found.rejects == [
        (2, "ordered_at", "2099-01-01", "date_in_future"),
        (3, "ordered_at", "1899-12-31", "date_too_old"),
        (5, "ordered_at", "", "date_missing"),
    ]
    assert list(found.orders) == ["3"], "later today is only another time zone"
    assert found.order["known_at"] <= NOW


def test_currency_words_that_are_no_codes(understand: Reader):
    found = understand.text(HEADER + ROW + "2,2026-03-01,C1,Ada,5.00,Euros\n")
    assert found.rejects == [(3, "currency", "EUROS", "not_a_currency")]


def test_a_gzip_file_is_read_and_a_damaged_one_explained(tmp_path: Path, understand: Reader):
    packed = gzip.compress((HEADER + ROW).encode())
    good = tmp_path / "o.csv.gz"
    good.write_bytes(packed)
    assert understand(good).order["total"] == 500
    rows = "".join(f"{n},2026-03-01,C{random.random()},Ada,5.00,EUR\n" for n in range(5000))
    for name, damaged in {
        "cut.gz": gzip.compress((HEADER + rows).encode())[:-4000],
        "crc.gz": packed[:-8] + b"\0" * 8,
    }.items():
        (tmp_path / name).write_bytes(damaged)
        with pytest.raises(CannotRead, match=rf"{name} is a damaged gzip file"):
            understand(tmp_path / name)


def test_a_gzip_bomb_stops_at_the_limit(tmp_path: Path, understand: Reader, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("REGULARS_UNPACKED_MB", "3")
    bomb = tmp_path / "bomb.csv.gz"
    bomb.write_bytes(gzip.compress((HEADER + ROW * 300_000).encode()))
    assert bomb.stat().st_size < 100_000
    refused(understand, bomb, "more than 3 MB")


def workbook_of(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_a_zip_bomb_dressed_as_a_workbook_is_not_unpacked(
    tmp_path: Path, understand: Reader, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("REGULARS_UNPACKED_MB", "3")
    one = workbook_of(
        tmp_path / "one.xlsx", {"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": b" " * 20_000_000}
    )
    refused(understand, one, "would unpack to 20 MB")
    many = {"xl/workbook.xml": b"<x/>"} | {f"xl/worksheets/sheet{n}.xml": random.randbytes(1_000_000) for n in range(9)}
    refused(understand, workbook_of(tmp_path / "many.xlsx", many), "would unpack to 9 MB")


def test_an_honest_zip_is_refused_with_what_to_do(tmp_path: Path, understand: Reader):
    refused(
        understand, workbook_of(tmp_path / "o.zip", {"orders.csv": b"a,b\n"}), r"ZIP archive. Unpack it.*orders.csv"
    )


@pytest.mark.parametrize(
    ("name", "content", "match"),
    [
        ("o.xlsx", b"PK\x03\x04" + b"\x00" * 100, "damaged"),
        ("o.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 1000, "cannot be opened as a workbook"),
        ("o.parquet", b"PAR1" + b"\x00" * 100, "damaged Parquet"),
        ("o.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)) * 20, "is not a table"),
        ("o.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "is not a table"),
    ],
)
def test_damaged_and_foreign_files(tmp_path: Path, understand: Reader, name: str, content: bytes, match: str):
    (tmp_path / name).write_bytes(content)
    refused(understand, tmp_path / name, match)


def test_a_workbook_cut_in_the_middle(tmp_path: Path, understand: Reader):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    (tmp_path / "o.xlsx").write_bytes(buffer.getvalue())
    refused(understand, tmp_path / "o.xlsx", "cannot be opened as a workbook")


def test_a_bad_file_beside_a_good_one_stops_both_before_anything_is_made(tmp_path: Path, understand: Reader):
    good, bad = write(tmp_path / "a.csv", HEADER + ROW), write(tmp_path / "b.csv", "")
    with pytest.raises(CannotRead, match=r"b\.csv is empty"):
        understand(good, bad)
    assert not list(understand.folder.glob("import-*/orders.parquet"))
