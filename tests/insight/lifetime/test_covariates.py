import numpy as np
import pytest
from churn_shops import order_days_mbg, order_days_pareto
from lifetime_shops import histories_at

from regulars.insight.lifetime import bgnbd, covariates, mbgnbd, paretonbd
from regulars.insight.lifetime.covariates import BGNBD, MBGNBD, PARETONBD, Described
from regulars.insight.lifetime.errors import effect_errors
from regulars.insight.lifetime.histories import Histories, HistoriesError

BASES = {"BG/NBD": BGNBD, "MBG/NBD": MBGNBD, "Pareto/NBD": PARETONBD}


def shop(make, usual, other, customers=6_000):
    """Two channels in equal parts; those of the second follow other shapes."""
    rows, traits = [], []
    for channel, shapes in enumerate((usual, other)):
        x, t_x, T, _ = histories_at(make(np.random.default_rng(channel), customers, shapes, 400), 399)
        rows.append((x, t_x, T))
        traits.append(np.full((x.size, 1), float(channel)))
    columns = [np.concatenate(parts) for parts in zip(*rows, strict=True)]
    return Described.of(Histories(*columns, np.ones_like(columns[0])), np.concatenate(traits))


@pytest.fixture(scope="module")
def two_channels():
    """In the second channel orders come at twice the rate, and the odds of leaving are three times as high."""
    a, b = 0.8, 3.2
    odds = 3 * a / b
    return shop(
        order_days_mbg, (0.8, 60.0, a, b), (0.8, 30.0, (a + b) * odds / (1 + odds), (a + b) / (1 + odds)), 12_000
    )


def test_the_effects_of_a_channel_are_found_within_their_errors(two_channels):
    fit = covariates.fit(two_channels, base=MBGNBD)
    on_orders, on_leaving = effect_errors(fit, two_channels)
    assert fit.slope < 1e-6
    assert abs(fit.on_orders[0] - np.log(2)) < 3 * on_orders[0]
    assert abs(fit.on_leaving[0] - np.log(3)) < 3 * on_leaving[0]
    assert on_orders[0] < 0.1
    assert fit.gain > 100


def test_the_effects_on_pareto_are_multiples_of_both_rates():
    described = shop(order_days_pareto, (0.8, 60.0, 0.7, 120.0), (0.8, 30.0, 0.7, 60.0), 5_000)
    fit = covariates.fit(described, base=PARETONBD)
    on_orders, on_leaving = effect_errors(fit, described)
    assert abs(fit.on_orders[0] - np.log(2)) < 3 * on_orders[0]
    assert abs(fit.on_leaving[0] - np.log(2)) < 3 * on_leaving[0]


@pytest.mark.parametrize("name", BASES)
def test_without_differences_between_channels_the_fit_is_the_usual_one(name, two_channels):
    base = BASES[name]
    same = Described.of(two_channels.histories, np.zeros((two_channels.level.size, 1)))
    fit, plain = covariates.fit(same, base=base), base.model.fit(two_channels.histories)
    assert fit.on_orders == (0.0,)
    assert fit.on_leaving == (0.0,)
    assert fit.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-6)
    for question, days in (("p_alive", {}), ("p_order_within", {"days": 90}), ("expected_orders", {"days": 90})):
        scores = getattr(covariates, question)(fit, same, **days)
        np.testing.assert_allclose(scores, getattr(base.model, question)(plain, same.histories, **days), rtol=1e-6)


@pytest.mark.parametrize("name", BASES)
def test_the_gradient_is_that_of_the_likelihood(name, two_channels):
    few = np.arange(0, two_channels.level.size, 40)
    rows = two_channels.histories
    sample = Histories(rows.x[few], rows.t_x[few], rows.T[few], rows.count[few])
    described = Described.of(sample, np.column_stack([two_channels.level[few], few % 3 / 2.0]))
    mean = covariates._objective(described, BASES[name], covariates._unit(BASES[name], sample))
    theta = np.array([-0.5, -2.0, 0.1, -0.3, 0.4, -0.7, 0.2, 0.9])
    gradient = mean(theta)[1]
    for place, step in enumerate(np.eye(8) * 1e-3):
        near, far = mean(theta + step)[0] - mean(theta - step)[0], mean(theta + 2 * step)[0] - mean(theta - 2 * step)[0]
        assert gradient[place] == pytest.approx((8 * near - far) / 12e-3, abs=1e-9)


def test_an_effect_nobody_shows_is_held_near_zero_by_the_ridge():
    """Only one-time buyers in the second channel, all of today: nothing can be known of it."""
    histories = Histories.of([1, 2, 4, 7] * 20, [30, 60, 100, 150] * 20, [200, 210, 220, 230] * 20)
    unknown = Histories.of([0], [0], [0])
    both = Histories(
        *(np.append(getattr(histories, name), getattr(unknown, name)) for name in ("x", "t_x", "T", "count"))
    )
    fit = covariates.fit(Described.of(both, (both.x == 0)[:, None]), base=PARETONBD)
    assert abs(fit.on_orders[0]) < 1e-3
    assert fit.slope < 1e-6


@pytest.mark.parametrize("name", BASES)
def test_a_shop_without_repeat_orders_has_no_effects(name):
    described = Described.of(Histories.of([0] * 3, [0] * 3, [1, 5, 9]), [[0.0], [1.0], [1.0]])
    fit = covariates.fit(described, base=BASES[name])
    assert fit.state == "no repeat orders"
    assert fit.on_orders == fit.on_leaving == (0.0,)
    assert np.isfinite(covariates.expected_orders(fit, described, days=30)).all()


def test_scores_come_in_the_order_of_the_rows(two_channels):
    fit = covariates.fit(two_channels, base=BGNBD)
    rows = two_channels.histories
    backwards = Described.of(
        Histories(rows.x[::-1], rows.t_x[::-1], rows.T[::-1], rows.count[::-1]),
        two_channels.traits[two_channels.level[::-1]],
    )
    forwards = covariates.p_order_within(fit, two_channels, days=60)
    np.testing.assert_array_equal(covariates.p_order_within(fit, backwards, days=60), forwards[::-1])


def test_the_shapes_at_a_level_belong_to_the_model():
    described = Described.of(Histories.of([0, 1], [0, 4], [9, 9]), [[0.0], [1.0]])
    for base, shapes in ((BGNBD, bgnbd), (MBGNBD, mbgnbd), (PARETONBD, paretonbd)):
        assert isinstance(covariates.fit(described, base=base).shapes_of(np.ones(1)), shapes.Parameters)


@pytest.mark.parametrize("traits", [[[np.nan], [1.0]], [[1.0]], np.arange(2.0)])
def test_traits_that_describe_nobody_are_refused(traits):
    with pytest.raises((HistoriesError, ValueError)):
        Described.of(Histories.of([0, 1], [0, 4], [9, 9]), traits)


def test_too_many_levels_are_refused():
    many = np.arange(covariates.LEVELS_MAX + 1)
    with pytest.raises(HistoriesError, match="round"):
        Described.of(Histories(many * 0, many * 0, many, many * 0 + 1), many[:, None] * 1.0)
