"""What holds for every lifetime model, whatever its story."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from churn_shops import histories_of, random_shop
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.insight.lifetime import bgbb, bgnbd, mbgcnbd, mbgnbd, models, nbd, paretonbd
from regulars.insight.lifetime.histories import Histories

USUAL = {
    "NBD": nbd.Parameters(0.4, 60),
    "BG/NBD": bgnbd.Parameters(0.3, 40, 0.8, 2.5),
    "MBG/NBD": mbgnbd.Parameters(0.6, 50, 0.8, 1.5),
    "Pareto/NBD": paretonbd.Parameters(0.6, 80, 0.6, 90),
    "MBG/CNBD-k": mbgcnbd.Parameters(0.9, 25, 0.6, 1.2, 3),
    "BG/BB": bgbb.Parameters(0.5, 30, 0.6, 70),
}
ODD = {
    "empty": ([], [], []),
    "one customer": ([0], [0], [90]),
    "a regular": ([3], [50], [90]),
    "nobody back": ([0] * 5, [0] * 5, range(5)),
    "all new": ([0, 0], [0, 0], [0, 0]),
    "same ages": ([0, 1, 2, 5], [0, 3, 40, 80], [90] * 4),
    "daily": ([90] * 50, [90] * 50, [90] * 50),
    "back today": ([1] * 10, [10] * 10, [10] * 10),
    "all alike": ([5] * 100, [50] * 100, [90] * 100),
}
FINITE = {"r", "alpha", "a", "b", "s", "beta", "gamma", "delta", "log_likelihood", "gain", "slope"}


@st.composite
def rows(draw):
    T = draw(st.lists(st.integers(1, 900), min_size=1, max_size=6))
    t_x = [draw(st.integers(0, age)) for age in T]
    return Histories.of([draw(st.integers(1, last)) if last else 0 for last in t_x], t_x, T)


@pytest.mark.parametrize("name", models.FORECASTERS)
@given(some=rows(), days=st.integers(1, 400), more=st.integers(1, 400))
@settings(max_examples=25, deadline=None)
def test_chances_and_orders_rise_with_the_days_within_their_bounds(name, some, days, more):
    model, usual = models.FORECASTERS[name], USUAL[name]
    soon, late = (model.p_order_within(usual, some, days=ahead) for ahead in (days, days + more))
    few, many = (model.expected_orders(usual, some, days=ahead) for ahead in (days, days + more))
    assert (soon >= 0).all()
    assert (late >= soon * (1 - 1e-12)).all()
    assert (many >= few * (1 - 1e-12)).all()
    assert (few >= soon * (1 - 1e-9)).all()
    assert (model.p_order_within(usual, some, days=0) == 0).all()
    assert (model.expected_orders(usual, some, days=0) == 0).all()
    if name in models.MODELS:
        assert (late <= models.MODELS[name].p_alive(usual, some) * (1 + 1e-12)).all()


@pytest.mark.parametrize("name", models.FORECASTERS)
@given(some=rows(), days=st.integers(1, 400))
@settings(max_examples=15, deadline=None)
def test_the_chance_of_an_order_is_one_less_the_ratio_of_likelihoods(name, some, days):
    model, usual = models.FORECASTERS[name], USUAL[name]
    later = Histories(some.x, some.t_x, some.T + days, some.count)
    ratio = np.exp(model.log_likelihood(usual, later) - model.log_likelihood(usual, some))
    np.testing.assert_allclose(model.p_order_within(usual, some, days=days), 1 - ratio, rtol=0, atol=1e-10)


@pytest.mark.parametrize("name", ["BG/NBD", "MBG/NBD", "MBG/CNBD-k"])
def test_with_drop_out_at_orders_only_the_chance_of_an_order_ever_is_p_alive(name):
    model, usual = models.MODELS[name], USUAL[name]
    some = Histories.of([0, 1, 7], [0, 20, 60], [80, 40, 90])
    ever = model.p_order_within(usual, some, days=1e60)
    np.testing.assert_allclose(ever, model.p_alive(usual, some), rtol=1e-9)


@pytest.mark.parametrize("name", models.MODELS)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_the_next_order_has_come_for_just_the_share_asked_for(name, share):
    model, usual = models.MODELS[name], USUAL[name]
    some = Histories.of([0, 1, 7], [0, 20, 60], [80, 40, 90])
    waits = model.next_order_quantile(usual, some, days=90, share=share)
    whole = model.p_order_within(usual, some, days=90)
    for place, wait in enumerate(waits.tolist()):
        reached = model.p_order_within(usual, some, days=wait)[place] / whole[place]
        coarse = name == "BG/BB"  # whole chances: the first at which the share is reached
        assert reached == pytest.approx(share, abs=0.05 if coarse else 1e-9)


@pytest.mark.parametrize("name", models.MODELS)
def test_a_share_that_is_none_is_refused(name):
    with pytest.raises(ValueError, match="share"):
        models.MODELS[name].next_order_quantile(USUAL[name], Histories.of([0], [0], [9]), days=9, share=1.5)


@pytest.mark.parametrize("name", models.FORECASTERS)
@pytest.mark.parametrize("days", [-1, float("nan"), float("inf")])
def test_days_that_are_no_number_of_days_are_refused(name, days):
    model = models.FORECASTERS[name]
    for question in (model.p_order_within, model.expected_orders):
        with pytest.raises(ValueError):
            question(USUAL[name], Histories.of([0], [0], [9]), days=days)


@pytest.mark.parametrize("name", models.FORECASTERS)
@pytest.mark.parametrize("odd", ODD)
def test_a_shop_too_odd_to_tell_gets_a_state_and_finite_numbers(name, odd):
    some, model = Histories.of(*ODD[odd]), models.FORECASTERS[name]
    fit = model.fit(some)
    assert fit.state != "ok" or name == "NBD"
    assert all(np.isfinite(value) for field, value in vars(fit).items() if field in FINITE)
    for question in (model.p_order_within, model.expected_orders):
        values = question(fit, some, days=30)
        assert values.shape == some.x.shape
        assert np.isfinite(values).all()
        assert (values >= 0).all()


@pytest.mark.parametrize("name", [name for name in models.MODELS if name != "BG/BB"])
def test_the_unit_of_time_changes_no_forecast(name):
    model = models.MODELS[name]
    some = histories_of(*ended(random_shop(3, kind="MBG/NBD")))
    hours = Histories(some.x, some.t_x * 24, some.T * 24, some.count)
    in_days, in_hours = model.fit(some), model.fit(hours)
    assert in_hours.alpha == pytest.approx(in_days.alpha * 24, rel=1e-5)
    shift = float((some.x * some.count).sum()) * np.log(24)
    assert in_hours.log_likelihood + shift == pytest.approx(in_days.log_likelihood, rel=1e-9)
    for question in ("p_order_within", "expected_orders"):
        by_hours = getattr(model, question)(in_hours, hours, days=90 * 24)
        np.testing.assert_allclose(by_hours, getattr(model, question)(in_days, some, days=90), rtol=1e-5)


@pytest.mark.parametrize("name", models.MODELS)
def test_counted_rows_in_any_order_give_the_same_fit_and_scores(name):
    model, luck = models.MODELS[name], np.random.default_rng(1)
    some = histories_of(*ended(random_shop(8, kind="MBG/NBD")))
    one_by_one = luck.permutation(np.repeat(np.arange(some.x.size), some.count))
    singles = Histories(some.x[one_by_one], some.t_x[one_by_one], some.T[one_by_one], np.ones_like(one_by_one))
    fit = model.fit(some)
    assert model.fit(singles) == fit
    for question in (model.p_order_within, model.expected_orders):
        np.testing.assert_allclose(
            question(fit, singles, days=50), question(fit, some, days=50)[one_by_one], rtol=1e-12
        )


def test_the_gaps_reach_the_model_that_uses_them():
    some = Histories.of([4, 6, 9, 0, 2], [40, 66, 80, 0, 20], [90] * 5)
    with_gaps = models.fit("MBG/CNBD-k", some, log_gaps=21 * np.log(10.0))
    assert with_gaps.k > models.fit("MBG/CNBD-k", some).k == 1
    assert models.fit("NBD", some) == nbd.fit(some)


def test_importing_the_models_does_not_load_scipy():
    """A page or a `--help` that never forecasts must not pay for it."""
    source = str(Path(models.__file__).parents[3])
    program = (
        "import sys; from regulars.insight.lifetime import covariates, errors, gaps, models, next_order, paretonbd_worth, "
        "sbg; sys.exit('scipy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], env={"PYTHONPATH": source}, check=False).returncode == 0


def ended(shop):
    orders, days = shop
    return orders, days - 1
