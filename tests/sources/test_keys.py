import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.shop.keys import key_id
from regulars.sources.keys import key_sql
from regulars.sources.source import literal

CON = duckdb.connect(":memory:")


@given(
    st.lists(
        st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20),
        min_size=1,
        max_size=3,
    )
)
@settings(max_examples=60, deadline=None)
def test_the_engine_and_python_make_the_same_id(parts: list[str]):
    found = CON.execute(f"SELECT {key_sql(*(literal(part) for part in parts))}").fetchone()
    assert found == (key_id(*parts),)


def test_ids_fit_a_positive_bigint_and_stay_what_they_are():
    assert key_id("order", "shopify", "1") == 0xAD9812F882BD3AB < 2**60
    assert key_id("email", "ada@shop.example") != key_id("email|ada@shop.example", "")
