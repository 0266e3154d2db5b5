"""A condition is checked against the dictionary and means the same everywhere."""

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import facts
from regulars.profiles import refresh as refreshing
from regulars.profiles.dictionary import BY_NAME, COLUMNS
from regulars.profiles.models import Profile
from regulars.profiles.segments import ConditionMistake, parse
from regulars.profiles.select import matching
from regulars.shop import current


@pytest.mark.parametrize(
    ("text", "column", "suggestion"),
    [
        ("day_since_last_order > 60", 1, "days_since_last_order"),
        ("orders > 2 and stagee = 'new'", 16, "stage"),
        ("stage = 'slipin'", 9, "slipping"),
        ("first_day > 'gestern'", 13, ""),
        ("orders > 'many'", 10, ""),
    ],
)
def test_a_mistake_names_its_place_and_what_was_meant(text, column, suggestion):
    with pytest.raises(ConditionMistake) as mistake:
        parse(text)
    assert (mistake.value.column, mistake.value.suggestion) == (column, suggestion)


@pytest.mark.parametrize(
    "text",
    [
        "", "orders", "orders > (select count(*) from auth_user)", "orders > 1; drop table shop_shop", "1 = 1 union select 1",
        "sqlite_version() = 'x'", "orders > pg_sleep(10)", "password = 'x'", "orders -- > 1", "x.orders > 1", "orders like '%a%'",
        "case when 1=1 then true end", "orders > 99999999999999999999", "country = 'a\x00b'", "(" * 300 + "orders > 1" + ")" * 300,
        "orders = any(1)", "cast(orders as text) = '1'", "orders > $1", "orders > ?", "exists(select 1)", "country > 'DE'",
        "lower(country) = 'de'", "orders in (select 1)", "net_total > :x",
    ],
)  # fmt: skip
def test_what_is_not_a_plain_condition_is_refused(text):
    with pytest.raises(ConditionMistake):
        parse(text)


def test_money_is_written_in_the_currency():
    assert "100.5 * 100" in parse("net_total > 100.5").sql("sqlite")
    assert "* 1)" in parse("net_total > 100", minor_per_major=1).sql("sqlite")


NUMBERS = [c.name for c in COLUMNS if c.type in ("integer", "share", "number")]
comparisons = st.one_of(
    st.builds("{} {} {}".format, st.sampled_from(NUMBERS), st.sampled_from(["<", "<=", "=", "<>", ">", ">="]), st.integers(-2, 400)),
    st.builds("{} > {}".format, st.sampled_from(["net_total", "net_365d", "net_a_year"]), st.integers(0, 3000)),
    st.builds("stage = '{}'".format, st.sampled_from(BY_NAME["stage"].values)),
    st.builds("{} is {}null".format, st.sampled_from([c.name for c in COLUMNS]), st.sampled_from(["", "not "])),
    st.builds("{} > '{}'".format, st.sampled_from(["first_day", "last_day", "due_on"]), st.dates().map(str)),
    st.builds("contains(last_product, '{}')".format, st.sampled_from(["Tea", "1", "x'' or 1=1"])),
    st.builds("net_365d / orders > {}".format, st.integers(0, 100)),
    st.sampled_from(["has_email", "not has_phone", "came_back is true", "came_back = false", "orders between 2 and 4",
                     "stage in ('new', 'lost')", "orders_365d > orders_before_365d + 1", "-orders < -3"]),
)  # fmt: skip
conditions = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not ({})".format, inner),
    ),
    max_leaves=5,
)


@pytest.fixture()
def profiled(shop, tmp_path, now):
    facts.load(facts.write(tmp_path / "a.csv", facts.shopify_rows(3, orders=80)), now=now)
    refreshing.refresh(now=now)
    con = duckdb.connect()
    con.execute(
        f"CREATE VIEW profile AS SELECT * FROM read_parquet('{current.folder() / 'lake' / 'profiles.parquet'}')"
    )
    return con


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(conditions)
def test_a_condition_means_the_same_set_wise_for_one_customer_and_on_duckdb(profiled, text):
    condition = parse(text)
    everybody = set(matching(condition).values_list("pk", flat=True))
    one_by_one = {
        pk for pk in Profile.objects.values_list("pk", flat=True) if matching(condition).filter(pk=pk).exists()
    }
    in_duckdb = {
        row[0]
        for row in profiled.execute(f"SELECT customer_id FROM profile WHERE {condition.sql('duckdb')}").fetchall()
    }
    assert everybody == one_by_one == in_duckdb
