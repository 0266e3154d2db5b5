import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.actions.messaging.channels.card.postal import (
    ELSEWHERE,
    LARGE_TO_SMALL,
    ORDERS,
    Address,
    Incomplete,
    lines,
)


@pytest.mark.parametrize(
    ("address", "country_name", "expected"),
    [
        (Address("Ada Müller", "", "Teestraße 1", "Berlin", "10115", "", "DE"), "", ("Ada Müller", "Teestraße 1", "10115 Berlin")),
        (Address("Ada", "Tea & Co", "1 Rue X\nBât. B", "Lyon", "69001", "Rhône", "FR"), "Frankreich",
         ("Ada", "Tea & Co", "1 Rue X", "Bât. B", "69001 LYON", "FRANKREICH")),
        (Address("Ada", "", "1 High St", "Leeds", "ls1 4ap", "Yorkshire", "gb"), "", ("Ada", "1 High St", "LEEDS", "LS1 4AP")),
        (Address("Ada", "", "1 Main St", "Austin", "78701", "TX", "US"), "", ("Ada", "1 Main St", "Austin TX 78701")),
        (Address("张三", "", "南京东路1号", "上海市", "200001", "", "CN"), "", ("200001", "上海市南京东路1号", "张三 收")),
        (Address("Zhang San", "", "1 Nanjing Rd", "Shanghai", "200001", "", "CN"), "China", ("Zhang San", "1 Nanjing Rd", "Shanghai", "200001", "CHINA")),
        (Address("山田太郎", "", "1-1-1 丸の内", "千代田区", "100-0005", "東京都", "JP"), "", ("〒100-0005", "東京都千代田区1-1-1 丸の内", "山田太郎 様")),
        (Address("Ana", "", "Calle 1", "Málaga", "29001", "", "MX"), "", ("Ana", "Calle 1", "29001 Málaga")),
        (Address("Bia", "", "Rua 1", "Rio", "20000-000", "", "BR"), "", ("Bia", "Rua 1", "Rio", "20000-000")),
        (Address("Kim", "", "Street 1", "Oz", "1", "West", "XX"), "", ("Kim", "Street 1", "1 Oz", "West")),
    ],
)  # fmt: skip
def test_each_country_has_its_own_line_order(address, country_name, expected):
    assert lines(address, country_name=country_name) == expected


def test_what_no_post_office_could_deliver_to_says_what_it_lacks():
    with pytest.raises(Incomplete) as refused:
        lines(Address(company=" ", address="Street 1", country="DE"))
    assert refused.value.missing == ("name", "city")


@given(
    st.sampled_from([*ORDERS, *LARGE_TO_SMALL, "XX"]),
    st.lists(st.text(min_size=1, max_size=20), min_size=6, max_size=6),
)
def test_no_line_is_empty_broken_or_left_with_a_stray_mark(country, parts):
    try:
        found = lines(Address(*parts, country))
    except Incomplete:
        return
    assert 1 <= len(found) <= 8
    for line in found:
        assert line == line.strip()
        assert "\n" not in line
        assert "{" not in line or any("{" in part for part in parts)


def test_every_order_names_the_parts_of_an_address():
    for order in (*ORDERS.values(), *LARGE_TO_SMALL.values(), ELSEWHERE):
        assert "{address}" in order
        assert "{name}" in order
