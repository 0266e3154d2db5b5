"""A world is written as a table: known keys, right types, possible values, or one line that names the key."""

import re

import pytest

from regulars.simulator.reacting.reading import BadWorld
from regulars.simulator.reacting.world import World


def test_what_a_table_does_not_say_has_its_default():
    world = World.of({"customers": 5, "pull": 0, "shocks": [[330, 350, 1.5]], "change_play": "words"})
    assert (world.customers, world.pull, world.shocks, world.change_play) == (5, 0.0, ((330, 350, 1.5),), "words")
    assert World.of({}) == World()
    assert world.margin_rate == World().margin_rate


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"custmers": 5}, "there is no 'custmers' in a world; did you mean 'customers'?"),
        ({"zzz": 5}, "there is no 'zzz' in a world"),
        ({"customers": 2.5}, "customers must be a whole number, not 2.5"),
        ({"customers": True}, "customers must be a whole number, not True"),
        ({"pull": "much"}, "pull must be a number, not 'much'"),
        ({"pull": 1.5}, "pull must lie between 0 and 1, not 1.5"),
        ({"theta_words": float("nan")}, "theta_words must lie between"),
        ({"order_shape": 0}, "order_shape must lie between"),
        ({"change_play": "smile"}, "change_play must be one of birthday,"),
        ({"shocks": [[3, 2, 1]]}, "shocks: write [first, last, factor]"),
        ({"shocks": 3}, "shocks must be a list"),
        ({"shocks": [3]}, "shocks: write"),
        ({"complaint_low": 2}, "complaint_low may not be above complaint_high"),
        ({"heavy_tail": 0.9}, "heavy_tail must be above 1"),
        ({"burn_in": 100}, "base_spread may not be above burn_in"),
    ],
)
def test_a_mistake_is_refused_and_names_its_key(said, message):
    with pytest.raises(BadWorld, match=re.escape(message)) as caught:
        World.of(said)
    assert "\n" not in str(caught.value)
