import numpy as np
import pytest

from regulars.insight.lifetime.optimum import LOG_PARAMETER_MAX, maximise


def hill(top, sharpness):
    """A smooth hill that is no parabola, highest (0) at `top`."""

    def height(theta):
        away = theta - top
        return float(-(sharpness * (np.cosh(away) - 1)).sum()), -sharpness * np.sinh(away)

    return height


def test_the_top_is_found_to_full_precision():
    best = maximise(hill(np.array([1.0, -2.0]), np.array([3.0, 0.01])), [np.zeros(2)])
    np.testing.assert_allclose(best.theta, [1, -2], rtol=1e-6)
    assert best.slope < 1e-8


def test_the_higher_of_two_tops_wins():
    def twin_peaks(theta):
        x = theta[0]
        return float(-((x**2 - 4) ** 2) + x), np.array([-4 * x * (x**2 - 4) + 1])

    best = maximise(twin_peaks, [np.array([-2.0]), np.array([2.0])])
    assert best.theta[0] > 0


def test_a_top_beyond_the_bounds_ends_at_the_bound_and_the_others_still_climb():
    best = maximise(hill(np.array([20.0, 3.0]), np.array([1e-6, 1.0])), [np.zeros(2)])
    assert best.theta[0] == LOG_PARAMETER_MAX
    assert best.theta[1] == pytest.approx(3.0, abs=1e-6)
    assert best.slope < 1e-8


def test_a_draft_that_is_a_little_off_costs_few_passes_over_the_whole():
    passes = 0
    whole = hill(np.array([1.0, -2.0]), np.array([3.0, 0.5]))

    def counted(theta):
        nonlocal passes
        passes += 1
        return whole(theta)

    best = maximise(counted, [np.zeros(2)], draft=hill(np.array([1.01, -2.02]), np.array([3.1, 0.49])))
    np.testing.assert_allclose(best.theta, [1, -2], atol=1e-6)
    assert passes <= 6
