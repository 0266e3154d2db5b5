import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight import oracle
from insight.random_shops import examples
from regulars.insight.shares import newcombe, wilson

VECTORS = {
    (23, 100): (0.158433, 0.321544),
    (0, 100): (0, 0.036993),
    (1, 100): (0.001767, 0.054486),
    (100, 100): (0.963007, 1),
    (587, 2489): (0.219575, 0.252915),
}
counts = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(("share", "ends"), VECTORS.items())
def test_wilsons_interval_gives_the_published_ends(share, ends):
    assert wilson(*share) == pytest.approx(ends, abs=5e-7)


@given(counts)
@examples(100)
def test_wilsons_interval_holds_the_share_and_stays_within_nought_and_one(share):
    low, high = wilson(*share)
    assert 0 <= low <= share[0] / share[1] <= high <= 1
    assert (low, high) == pytest.approx(oracle.wilson(*share), abs=1e-7)


@given(counts)
@examples(50)
def test_more_people_give_a_narrower_interval(share):
    (low, high), (low_more, high_more) = wilson(*share), wilson(share[0] * 4, share[1] * 4)
    assert high_more - low_more < high - low


@pytest.mark.parametrize(("k", "n"), [(0, 0), (-1, 5), (6, 5)])
def test_an_impossible_share_is_refused(k, n):
    with pytest.raises(ValueError, match="0 <= k <= n"):
        wilson(k, n)


def test_newcombes_interval_gives_the_published_ends():
    # Newcombe 1998, table II (method 10): 56/70 against 48/80, and 9/10 against 3/10.
    assert newcombe((56, 70), (48, 80)) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert newcombe((9, 10), (3, 10)) == pytest.approx((0.1705, 0.8090), abs=5e-5)


@given(counts, counts)
@examples(100)
def test_a_difference_turned_round_is_the_same_interval_turned_round(now, then):
    low, high = newcombe(now, then)
    assert low - 1e-12 <= now[0] / now[1] - then[0] / then[1] <= high + 1e-12
    assert newcombe(then, now) == pytest.approx((-high, -low))
