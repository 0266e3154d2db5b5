"""The choice of a forecast: least error, simpler first, and a rule of thumb named when it is as good."""

import datetime as dt

import pytest

from regulars.insight.backtest.choice import choose
from regulars.insight.backtest.measures import ChanceScore, OrdersScore
from regulars.insight.backtest.run import Trial
from regulars.insight.candidates.choice import UNPROVEN

RULE, PLAIN, RICH = "own rate", "BG/NBD", "boosted trees"


def trials(errors):
    """Trials of candidates, simplest first, from their error on each day."""
    return [
        Trial(
            name, name == RULE, dt.date(2026, 1, 1) + dt.timedelta(days=90 * day), 100, 1.0, 1, 1.0, 1.0,
            OrdersScore(0.0, error, 0.5), ChanceScore(error, error, 0.0, 0.5),
        )
        for name, found in errors.items()
        for day, error in enumerate(found)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("errors", "chosen", "as_good"),
    [
        ({RULE: [2, 2, 2], PLAIN: [1, 1.1, 1], RICH: [0.8, 0.9, 0.8]}, RICH, False),
        ({RULE: [2, 2, 2], PLAIN: [1, 1.1, 1], RICH: [0.8, 1.3, 0.9]}, PLAIN, False),
        ({RULE: [1, 1, 1], PLAIN: [1, 1.1, 1], RICH: [1.1, 1.2, 0.9]}, RULE, True),
    ],
    ids=["the better one", "not clearly better", "a rule of thumb"],
)
def test_a_more_complex_one_must_win_clearly(errors, chosen, as_good):
    found = choose(trials(errors))
    assert (found.orders, found.chance, found.naive_orders, found.proven) == (chosen, chosen, RULE, True)
    assert found.naive_as_good == as_good


def test_a_wild_day_does_not_outweigh_the_others():
    """Errors are compared in units of the day: what is hard for all counts as much as any other day."""
    found = choose(trials({RULE: [1, 1, 100], PLAIN: [0.8, 0.8, 101]}))
    assert found.orders == PLAIN


@pytest.mark.parametrize("errors", [{}, {RULE: [1], PLAIN: [0.1]}])
def test_one_past_day_proves_nothing(errors):
    found = choose(trials(errors))
    assert (found.orders, found.proven) == (UNPROVEN, False)


def test_a_candidate_that_could_not_be_asked_on_every_day_is_judged_on_the_days_it_was():
    found = [
        trial
        for trial in trials({RULE: [2, 2, 2], PLAIN: [1, 1, 1], RICH: [9, 0.5, 0.5]})
        if (trial.name, trial.orders.rmse) != (RICH, 9)
    ]
    assert choose(found).orders == RICH
