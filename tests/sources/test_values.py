"""Cells as money and times, against Python's own decimal and datetime."""

import datetime as dt
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.sources.clean import values

CON = duckdb.connect(":memory:", config={"threads": 1})
CON.execute("SET TimeZone = 'UTC'")


def asked(expression: str, cells: Sequence[str]) -> list[object]:
    """The expression over `cell`, for each cell."""
    rows = CON.execute(f"SELECT {expression} FROM (SELECT unnest(?) AS cell)", [list(cells)]).fetchall()
    return [row[0] for row in rows]


def money(cell: str, mark: str = ".") -> Decimal | None:
    return asked(values.decimal("cell", mark), [cell])[0]


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("1234.5", "1234.5"), ("1,433.66", "1433.66"), ("$1,433.66", "1433.66"), ("-$3.00", "-3"), ("$-3.00", "-3"),
        ("($3.00)", "-3"), ("3.00-", "-3"), ("+3.00", "3"), ("£1,000", "1000"), ("US$ 12.00", "12"), ("12.00 USD", "12"),
        ("EUR 12.00", "12"), ("CHF 1'234.50", "1234.50"), ("¥1,200", "1200"), ("1 234.50", "1234.50"), ("1\u202f234.50", "1234.50"),
        ("1,23,456.00", "123456"), (".50", "0.5"), ("5.", "5"), ("0", "0"), ("kr 100", "100"), ("Rs. 1,200.00", "1200"),
        ("−3.00", "-3"), ("1,234,567.891", "1234567.891"),
    ],
)  # fmt: skip
def test_money_with_a_decimal_point(cell: str, amount: str):
    assert money(cell) == Decimal(amount)


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("1234,5", "1234.5"), ("1.433,66", "1433.66"), ("1.433,66 €", "1433.66"), ("€ 1.433,66", "1433.66"), ("-3,00", "-3"),
        ("1 234,50", "1234.50"), ("1\u00a0234,50 €", "1234.50"), ("163.056", "163056"), ("1.234.567", "1234567"), ("12", "12"),
        ("R$ 12,00", "12"), ("1'234,50", "1234.50"), ("100 kr", "100"), ("12,00 zł", "12"),
    ],
)  # fmt: skip
def test_money_with_a_decimal_comma(cell: str, amount: str):
    assert money(cell, ",") == Decimal(amount)


@pytest.mark.parametrize(
    "cell",
    ["", "abc", "12,34", "1,2345", "1.2.3", "12 apples", "1e5x", "--3", "3 USD 4", "NaN", "inf", "1,234.5,6", "$", "-"],
)
def test_what_is_no_money_is_not_guessed(cell: str):
    assert money(cell) is None


@pytest.mark.parametrize("cell", ["12.34", "1.23,4.5", "1,2,3", "1.2345,00", "x"])
def test_what_is_no_money_with_a_comma_is_not_guessed(cell: str):
    assert money(cell, ",") is None


AMOUNTS = st.decimals(min_value=-999_999_999, max_value=999_999_999, places=2, allow_nan=False, allow_infinity=False)


@given(st.lists(AMOUNTS, min_size=1, max_size=40))
@settings(max_examples=60, deadline=None)
def test_every_usual_way_to_write_an_amount_reads_back_exactly(amounts: list[Decimal]):
    def swapped(text: str) -> str:
        return text.translate(str.maketrans(",.", ".,"))

    for mark, ways in {
        ".": [str, "{:,.2f}".format, "${:,.2f}".format, "{:,.2f} USD".format],
        ",": [lambda a: swapped(str(a)), lambda a: swapped(f"{a:,.2f}"), lambda a: swapped(f"{a:,.2f}") + " €"],
    }.items():
        for way in ways:
            assert asked(values.decimal("cell", mark), [way(amount) for amount in amounts]) == amounts


@given(st.lists(AMOUNTS, min_size=1, max_size=40), st.sampled_from(["EUR", "JPY", "KWD", "CLP", "XXX"]))
@settings(max_examples=60, deadline=None)
def test_minor_units_follow_the_currency(amounts: list[Decimal], currency: str):
    digits = {"JPY": 0, "CLP": 0, "KWD": 3}.get(currency, 2)
    found = asked(values.minor("cell", ".", f"'{currency}'"), [str(amount) for amount in amounts])
    assert found == [int((amount * 10**digits).quantize(Decimal(1), ROUND_HALF_UP)) for amount in amounts]


@given(st.lists(st.text(alphabet="0123456789.,'-+$€() eExXUSD_", max_size=14), min_size=1, max_size=60))
@settings(max_examples=80, deadline=None)
def test_no_text_stops_the_reading_and_plain_numbers_are_never_read_otherwise(cells: list[str]):
    for mark in ".,":
        for cell, found in zip(cells, asked(values.decimal("cell", mark), cells), strict=True):
            plain = cell.replace(",", ".") if mark == "," and "." not in cell else cell if mark == "." else ""
            if plain.removeprefix("-").replace(".", "", 1).isdigit():
                assert found == Decimal(plain)


def times(cells: Sequence[str], order: str = "dmy", zone: str = "UTC") -> list[object]:
    clock, offset = values.clock("cell", order), values.offset_minutes("cell")
    return asked(values.utc(f"({clock})", f"({offset})", zone), cells)


@pytest.mark.parametrize(
    ("cell", "instant"),
    [
        ("2025-10-02 17:09:34 -0300", "2025-10-02 20:09:34"), ("2025-10-02T17:09:34Z", "2025-10-02 17:09:34"),
        ("2025-10-02T17:09:34.123456+05:30", "2025-10-02 11:39:34"), ("2025-10-02 17:09:34+02", "2025-10-02 15:09:34"),
        ("2026-02-10 15:30:40 UTC", "2026-02-10 15:30:40"), ("2025-10-02", "2025-10-02"), ("2025-10-02 17:09", "2025-10-02 17:09"),
        ("2025/10/2", "2025-10-02"), ("2025.10.02 7:05", "2025-10-02 07:05"), ("20251002", "2025-10-02"),
        ("02.10.2025 17:09", "2025-10-02 17:09"), ("2/10/2025", "2025-10-02"), ("02-10-2025", "2025-10-02"), ("02/10/25", "2025-10-02"),
        ("2/10/2025 5:09:34 PM", "2025-10-02 17:09:34"), ("02/10/2025 05:09 am", "2025-10-02 05:09"),
        ("Oct-02-25", "2025-10-02"), ("02-Oct-2025", "2025-10-02"), ("2 Oct 2025", "2025-10-02"), ("Oct 2, 2025", "2025-10-02"),
        ("October 2, 2025", "2025-10-02"), ("2 October 2025 17:09", "2025-10-02 17:09"), ("Oct 2, 2025, 5:09 PM", "2025-10-02 17:09"),
        ("2025年10月2日 17:09", "2025-10-02 17:09"), ("2025年10月02日", "2025-10-02"), ("2025-10-02 17:09:34.5", "2025-10-02 17:09:34"),
    ],
)  # fmt: skip
def test_times_as_shops_write_them(cell: str, instant: str):
    assert times([cell]) == [dt.datetime.fromisoformat(instant)]


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "soon",
        "2025-13-01",
        "2025-02-30",
        "31.02.2025",
        "12345",
        "25:00",
        "2025-10-02 25:00:00",
        "99/99/99",
        "0000-00-00 00:00:00",
    ],
)
def test_what_is_no_time_is_not_guessed(cell: str):
    assert times([cell]) == [None]


def test_day_and_month_by_the_files_order():
    assert times(["02/10/2025"], "mdy") == [dt.datetime(2025, 2, 10)]
    assert times(["02/10/2025", "13/02/2025", "02/13/2025", "2025-10-02"], "mixed") == [
        None,
        dt.datetime(2025, 2, 13),
        dt.datetime(2025, 2, 13),
        dt.datetime(2025, 10, 2),
    ]


def test_a_format_that_is_stated_is_the_only_one():
    expression = values.clock("cell", "dmy", "%y%m%d")
    assert asked(expression, ["251002", "2025-10-02"]) == [dt.datetime(2025, 10, 2), None]


INSTANTS = st.datetimes(min_value=dt.datetime(1980, 1, 2), max_value=dt.datetime(2098, 1, 1)).map(
    lambda t: t.replace(microsecond=0)
)
OFFSETS = st.integers(-14 * 4, 14 * 4).map(lambda quarter: dt.timezone(dt.timedelta(minutes=15 * quarter)))


@given(st.lists(INSTANTS, min_size=1, max_size=30), OFFSETS)
@settings(max_examples=60, deadline=None)
def test_an_instant_written_with_its_offset_is_read_back(instants: list[dt.datetime], offset: dt.timezone):
    aware = [instant.replace(tzinfo=offset) for instant in instants]
    expected = [instant.astimezone(dt.UTC).replace(tzinfo=None) for instant in aware]
    for written in (
        lambda t: t.strftime("%Y-%m-%d %H:%M:%S %z"),
        lambda t: t.isoformat(),
        lambda t: t.isoformat(sep=" "),
    ):
        assert times([written(instant) for instant in aware], zone="Asia/Tokyo") == expected


@given(st.lists(INSTANTS, min_size=1, max_size=30), st.sampled_from(["dmy", "mdy"]), st.sampled_from("-/."))
@settings(max_examples=60, deadline=None)
def test_dates_in_both_orders_are_read_back(instants: list[dt.datetime], order: str, sign: str):
    shape = {"dmy": "%d{0}%m{0}%Y", "mdy": "%m{0}%d{0}%Y"}[order].format(sign) + " %H:%M:%S"
    assert times([instant.strftime(shape) for instant in instants], order) == instants


@given(
    st.lists(INSTANTS, min_size=1, max_size=30),
    st.sampled_from(["Europe/Berlin", "America/Sao_Paulo", "Asia/Shanghai"]),
)
@settings(max_examples=40, deadline=None)
def test_times_without_offset_are_the_shops_local_time(instants: list[dt.datetime], zone: str):
    there = [instant.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(zone)) for instant in instants]
    clear = [
        (i, t)
        for i, t in zip(instants, there, strict=True)
        if t.replace(fold=0).utcoffset() == t.replace(fold=1).utcoffset()
    ]
    if clear:
        assert times([t.strftime("%Y-%m-%d %H:%M:%S") for _i, t in clear], zone=zone) == [i for i, _t in clear]


@given(st.lists(st.text(alphabet="0123456789-/.: TZ+apmAPM年月日OctJan", max_size=22), min_size=1, max_size=60))
@settings(max_examples=60, deadline=None)
def test_no_text_stops_the_reading_of_times(cells: list[str]):
    for order in ("dmy", "mdy", "mixed"):
        times(cells, order)


@pytest.mark.parametrize(
    ("cell", "address"),
    [
        (" Ada@Shop.Example ", "ada@shop.example"), ("mailto:ada@shop.example", "ada@shop.example"), ("<ada@shop.example>", "ada@shop.example"),
        ("ada@shop", None), ("ada", None), ("@shop.example", None), ("a b@shop.example", "ab@shop.example"), ("a@@shop.example", None),
    ],
)  # fmt: skip
def test_email_addresses_have_one_spelling(cell: str, address: str | None):
    assert asked(values.email("cell"), [cell]) == [address]


def test_cells_lose_spaces_and_the_apostrophe_before_numbers_only():
    cells = [" a ", "'123", "'+49", "'tis", "o'neil", "''1", "\t7 "]
    assert asked(values.cell("cell"), cells) == ["a", "123", "+49", "'tis", "o'neil", "''1", "7"]
