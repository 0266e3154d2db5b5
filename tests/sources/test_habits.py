"""How a file writes numbers and dates is found out from all of its cells."""

import datetime as dt

import pytest

from sources.files import Reader

HEADER = "order_id,date,customer,total,currency\n"


def dated(understand: Reader, *dates: str, currency: str = "EUR", **choices: object):
    rows = "".join(f'{n},"{date}",C{n},5.00,{currency}\n' for n, date in enumerate(dates, start=1))
    return understand.text(HEADER + rows, **choices)


def priced(understand: Reader, *totals: str, currency: str = "EUR", **choices: object):
    rows = "".join(f'{n},2026-03-01,C{n},"{total}",{currency}\n' for n, total in enumerate(totals, start=1))
    found = understand.text(HEADER + rows, **choices)
    return [found.orders[str(n)]["total"] if str(n) in found.orders else None for n in range(1, len(totals) + 1)]


def days(found: object) -> dict[str, dt.date]:
    return {name: order["ordered_at"].date() for name, order in found.orders.items()}


def test_one_day_above_twelve_decides_for_the_whole_file(understand: Reader):
    assert days(dated(understand, "03/04/2026", "13/04/2026")) == {"1": dt.date(2026, 4, 3), "2": dt.date(2026, 4, 13)}
    assert days(dated(understand, "03/04/2026", "04/13/2026")) == {"1": dt.date(2026, 3, 4), "2": dt.date(2026, 4, 13)}


def test_year_first_needs_no_decision(understand: Reader):
    found = dated(understand, "2026-04-03", "2026/04/03", "03.04.2026")
    assert set(days(found).values()) == {dt.date(2026, 4, 3)}
    assert "mixed_dates" not in found.notes


def test_dates_in_three_orders_leave_out_only_those_that_could_be_either(understand: Reader):
    found = dated(understand, "13/04/2026", "04/13/2026", "2026-04-13", "03/04/2026", "05/05/2026")
    assert days(found) == {
        "1": dt.date(2026, 4, 13),
        "2": dt.date(2026, 4, 13),
        "3": dt.date(2026, 4, 13),
        "5": dt.date(2026, 5, 5),
    }
    assert found.rejects == [(5, "ordered_at", "03/04/2026", "not_a_date")]
    assert found.notes["mixed_dates"]["ambiguous"] == 1


def test_what_cannot_be_told_is_read_as_the_currency_suggests_and_said(understand: Reader):
    euro, dollar = dated(understand, "03/04/2026"), dated(understand, "03/04/2026", currency="USD")
    assert days(euro) == {"1": dt.date(2026, 4, 3)}
    assert days(dollar) == {"1": dt.date(2026, 3, 4)}
    assert (euro.notes["guessed_dates"]["order"], dollar.notes["guessed_dates"]["order"]) == ("dmy", "mdy")


def test_the_order_that_a_mapping_states_is_taken(understand: Reader):
    found = dated(understand, "03/04/2026", said={"dates": {"order": "mdy"}})
    assert days(found) == {"1": dt.date(2026, 3, 4)}
    assert "guessed_dates" not in found.notes


def test_a_format_that_a_mapping_states_is_taken(understand: Reader):
    found = dated(understand, "260403", "2026-04-03", said={"dates": {"format": "%y%m%d"}})
    assert days(found) == {"1": dt.date(2026, 4, 3)}
    assert [reason for *_cells, reason in found.rejects] == ["not_a_date"]


def test_thousands_with_point_decimals(understand: Reader):
    assert priced(understand, "1,433.66", "12.50", "1,000") == [143366, 1250, 100000]


def test_thousands_with_comma_decimals(understand: Reader):
    assert priced(understand, "1.433,66", "12,50", "1.000") == [143366, 1250, 100000]


def test_both_styles_in_one_file_follow_the_more_frequent_and_reject_the_other(understand: Reader):
    assert priced(understand, "1.433,66", "12,50", "7,90", "12.50") == [143366, 1250, 790, None]


def test_three_digits_after_every_point_are_thousands_in_euros_and_fils_in_dinars(understand: Reader):
    assert priced(understand, "12.345", "1.000") == [1234500, 100000]
    assert priced(understand, "12.345", "1.000", currency="KWD") == [12345, 1000]
    assert priced(understand, "163.056", "990", currency="CLP") == [163056, 990]


def test_three_digits_after_every_comma_are_thousands(understand: Reader):
    assert priced(understand, "12,345", "1,000") == [1234500, 100000]


def test_one_cell_with_two_decimals_settles_it(understand: Reader):
    assert priced(understand, "12.345", "1.50") == [1235, 150]


def test_the_decimal_sign_that_a_mapping_states_is_taken(understand: Reader):
    assert priced(understand, "12.345", said={"money": {"decimal": "."}}) == [1235]


@pytest.mark.parametrize(("zone", "hour"), [("UTC", 0), ("Europe/Berlin", 22), ("Asia/Shanghai", 16)])
def test_times_without_offset_are_in_the_shops_zone(understand: Reader, zone: str, hour: int):
    assert dated(understand, "2026-06-02", zone=zone).order["ordered_at"].hour == hour


def test_a_zone_that_the_mapping_states_beats_the_shops(understand: Reader):
    found = dated(understand, "2026-06-02", zone="Asia/Shanghai", said={"dates": {"zone": "Europe/Berlin"}})
    assert found.order["ordered_at"].hour == 22
