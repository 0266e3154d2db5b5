"""Shops of equal customers are repeatable, hold one order a day, and differ only by what was planted."""

import numpy as np
import pyarrow.compute as pc
import pytest

from regulars.simulator.changing import FIRST_DAY, NEW_CHANNEL, PLANTS, change


def test_equal_arguments_give_equal_shops_and_another_seed_another():
    one, again, other = change(3, newcomers_a_day=1.0), change(3, newcomers_a_day=1.0), change(4, newcomers_a_day=1.0)
    assert one == again
    assert one.valid != other.valid


@pytest.mark.parametrize("planted", [(), PLANTS])
def test_a_customer_orders_once_a_day_within_the_history(planted):
    shop = change(5, planted=planted, newcomers_a_day=1.0)
    pairs = list(zip(*(shop.valid[name].to_pylist() for name in ("customer_id", "day")), strict=True))
    assert len(set(pairs)) == len(pairs) == shop.bought.num_rows
    assert (
        FIRST_DAY
        == shop.first_day
        <= min(day for _who, day in pairs)
        <= max(day for _who, day in pairs)
        <= shop.last_day
    )
    months = [day.year * 12 + day.month - 1 for _who, day in pairs]
    assert shop.valid["month"].to_pylist() == months


def test_a_planted_fact_is_there_and_only_where_it_was_asked_for():
    quiet, loud = change(6), change(6, planted=["channel", "addicts"])
    assert NEW_CHANNEL not in pc.unique(quiet.valid["channel"]).to_pylist()
    assert NEW_CHANNEL in pc.unique(loud.valid["channel"]).to_pylist()
    rates = [np.mean(shop.valid["discounted"].to_pylist()) for shop in (quiet, loud)]
    assert rates[0] == pytest.approx(0.2, abs=0.01)
    assert rates[1] > rates[0] + 0.02


def test_an_unknown_fact_is_refused():
    with pytest.raises(ValueError, match="planted must be of"):
        change(1, planted=["luck"])
