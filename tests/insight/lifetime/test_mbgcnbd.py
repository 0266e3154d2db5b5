import lifetime_data
import numpy as np
import pytest
from churn_shops import order_days_mbg
from gap_data import grocery_days
from lifetime_shops import histories_at
from six_customers import SIX

from regulars.insight.lifetime import mbgcnbd, mbgnbd
from regulars.insight.lifetime.gaps import sum_log_gaps
from regulars.insight.lifetime.histories import Histories

THREE_STAGES = mbgcnbd.Parameters(0.5, 2, 0.3, 0.6, 3)
ONE_STAGE, MBG = mbgcnbd.Parameters(0.525, 618.3, 0.891, 1.614, 1), mbgnbd.Parameters(0.525, 618.3, 0.891, 1.614)


def grocery():
    people = lifetime_data.grocery()
    return Histories.of(people.x, people.t_x, people.T)


def test_the_groceries_are_bought_in_two_stages_as_known():
    fit = mbgcnbd.fit(grocery(), log_gaps=16_375.8220)
    assert fit.k == 2
    assert (fit.r, fit.alpha, fit.a, fit.b) == pytest.approx((1.32918, 19.6879, 0.42471, 0.79003), rel=1e-4)
    assert fit.log_likelihood == pytest.approx(-25814.9844, abs=0.005)
    assert fit.state is mbgcnbd.State.OK


def test_the_expected_groceries_of_the_next_year_are_the_known_exact_ones():
    people = grocery()
    fit = mbgcnbd.fit(people, log_gaps=sum_log_gaps(*grocery_days()))
    orders = mbgcnbd.expected_orders(fit, people, days=364)
    assert (people.count * orders).sum() == pytest.approx(3812, abs=1)


@pytest.mark.parametrize(
    ("base", "log_gaps", "log_likelihood"),
    [
        (lifetime_data.cdnow_without_sample, 69_260.4154, -128330.1860),
        (lifetime_data.apparel, 5_352.9689, -8311.5675),
    ],
)
def test_who_buys_without_a_rhythm_is_best_described_by_one_stage(base, log_gaps, log_likelihood):
    people = base()
    fit = mbgcnbd.fit(Histories.of(people.x, people.t_x, people.T), log_gaps=log_gaps)
    assert fit.k == 1
    assert fit.log_likelihood == pytest.approx(log_likelihood, abs=0.005)


def test_without_the_gaps_no_rhythm_is_claimed():
    assert mbgcnbd.fit(grocery()).k == 1


def test_the_likelihood_is_the_known_one():
    rows = Histories.of([3, 4], [12, 12], [14, 14])
    values = mbgcnbd.log_likelihood(THREE_STAGES, rows, log_gaps=3.0)
    np.testing.assert_allclose(values, [-10.53937078, -12.30963341], rtol=1e-8)


def test_the_chances_are_the_known_ones():
    rows = Histories.of([3, 3], [12, 12], [14, 30])
    np.testing.assert_allclose(mbgcnbd.p_alive(THREE_STAGES, rows), [0.909194674, 0.0934810092], rtol=1e-8)
    chances = mbgcnbd.p_order_within(THREE_STAGES, rows, days=8)
    np.testing.assert_allclose(chances, [0.820562883, 0.0791532001], rtol=1e-8)


def test_the_chance_of_no_order_of_a_new_customer_is_the_known_one():
    newcomer = Histories.of([0], [0], [0])
    assert 1 - mbgcnbd.p_order_within(THREE_STAGES, newcomer, days=10) == pytest.approx([0.7897776], abs=1e-7)


def test_the_chance_of_an_order_is_one_less_the_ratio_of_likelihoods():
    rows = Histories.of([0, 1, 4, 9], [0, 5, 60, 300], [40, 7, 90, 400])
    later = Histories(rows.x, rows.t_x, rows.T + 30, rows.count)
    ratio = np.exp(mbgcnbd.log_likelihood(THREE_STAGES, later) - mbgcnbd.log_likelihood(THREE_STAGES, rows))
    np.testing.assert_allclose(mbgcnbd.p_order_within(THREE_STAGES, rows, days=30), 1 - ratio, atol=1e-12)


def test_one_stage_is_mbg_nbd():
    for question, days in (("log_likelihood", {}), ("p_alive", {}), ("p_order_within", {"days": 900})):
        values = getattr(mbgcnbd, question)(ONE_STAGE, SIX, **days)
        np.testing.assert_allclose(values, getattr(mbgnbd, question)(MBG, SIX, **days), rtol=1e-9)
    orders = mbgcnbd.expected_orders(ONE_STAGE, SIX, days=3900)
    np.testing.assert_allclose(orders, mbgnbd.expected_orders(MBG, SIX, days=3900), rtol=1e-9)
    for share in (0.1, 0.5, 0.9):
        waits = mbgcnbd.next_order_quantile(ONE_STAGE, SIX, days=3900, share=share)
        np.testing.assert_allclose(waits, mbgnbd.next_order_quantile(MBG, SIX, days=3900, share=share), rtol=1e-8)


@pytest.mark.parametrize("row", [(0, 0, 2), (3000, 2999, 3000), (3000, 2, 2), (700, 20, 25)])
def test_very_many_orders_are_counted_as_exactly_as_few(row):
    """Those beyond the first thousand come from an integral; with one stage there is a closed form to compare."""
    rows = Histories.of(*([value] for value in row))
    one, closed = mbgcnbd.Parameters(0.9, 0.6, 0.2, 1.5, 1), mbgnbd.Parameters(0.9, 0.6, 0.2, 1.5)
    orders = mbgcnbd.expected_orders(one, rows, days=3650)
    np.testing.assert_allclose(orders, mbgnbd.expected_orders(closed, rows, days=3650), rtol=1e-9)


def test_the_median_of_the_next_order_has_half_the_chance_of_the_horizon():
    rows = Histories.of([0, 3, 3], [0, 12, 12], [5, 14, 30])
    halves = mbgcnbd.next_order_quantile(THREE_STAGES, rows, days=40, share=0.5)
    for place, wait in enumerate(halves.tolist()):
        row = rows.where(np.arange(3) == place)
        half = mbgcnbd.p_order_within(THREE_STAGES, row, days=wait)
        assert half == pytest.approx(mbgcnbd.p_order_within(THREE_STAGES, row, days=40) / 2, rel=1e-9)


def test_a_regular_buyer_is_not_expected_back_the_day_after_an_order():
    """With exponential gaps tomorrow is always the likeliest day; with a rhythm it is not."""
    just_bought = Histories.of([9], [90], [90])
    regular, irregular = mbgcnbd.Parameters(20, 40, 0.3, 5, 6), mbgnbd.Parameters(20, 240, 0.3, 5)
    soon = mbgcnbd.p_order_within(regular, just_bought, days=2) / mbgcnbd.p_order_within(regular, just_bought, days=60)
    any_day = mbgnbd.p_order_within(irregular, just_bought, days=2) / mbgnbd.p_order_within(
        irregular, just_bought, days=60
    )
    assert soon[0] < any_day[0] / 5


def test_the_shapes_of_a_shop_that_follows_the_model_are_found_again():
    luck = np.random.default_rng(5)
    orders = order_days_mbg(luck, 8_000, (0.85, 10.0, 0.79, 2.42), 500, k=3)
    x, t_x, T, people = histories_at(orders, 319)
    rows, known = Histories.of(x, t_x, T), orders[1] <= 319
    fit = mbgcnbd.fit(rows, log_gaps=sum_log_gaps(orders[0][known], orders[1][known]))
    assert fit.k == 3
    assert (fit.r, fit.alpha) == pytest.approx((0.85, 10.0), rel=0.15)
    assert fit.a / (fit.a + fit.b) == pytest.approx(0.79 / (0.79 + 2.42), rel=0.1)
    later = np.bincount(orders[0][orders[1] > 319], minlength=8_000)[people]
    expected = (rows.count * mbgcnbd.expected_orders(fit, rows, days=180)).sum()
    assert expected == pytest.approx(later.sum(), rel=0.05)


def test_a_number_of_stages_below_one_is_refused():
    with pytest.raises(ValueError, match="stages"):
        mbgcnbd.Parameters(0.5, 2, 0.3, 0.6, 0)
