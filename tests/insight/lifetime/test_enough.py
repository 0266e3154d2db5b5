from dataclasses import replace

import numpy as np
import pytest

from regulars.insight.lifetime import bgnbd, gamma_gamma, mbgcnbd, paretonbd
from regulars.insight.lifetime.enough import (
    Reason,
    Shortage,
    cannot_tell_yet,
    choose_base,
    find_shortages,
    loses_to_naive,
    note_customers,
)
from regulars.insight.lifetime.histories import Histories

CHURN = bgnbd.Fit(0.3, 30.0, 0.8, 2.4, log_likelihood=-900.0, gain=40.0, slope=1e-9, state=bgnbd.State.OK)
SPEND = gamma_gamma.Fit(
    6.0, 3.7, 15.0, median=20.0, customers=90, log_likelihood=-90.0, slope=0.0, state=gamma_gamma.State.OK
)


def shop(one_time=400, repeat=100, most_orders=3, age=300):
    x, t_x = [0, 1, most_orders - 1], [0, 9, 20]
    return Histories.of(x, t_x, [age] * 3, [one_time, repeat - 1, 1])


def test_a_shop_that_just_has_enough_may_be_told():
    assert cannot_tell_yet(shop(), history_days=180, churn=CHURN, spend=SPEND) is None


@pytest.mark.parametrize(
    ("histories", "days", "shortage"),
    [
        (shop(), 179, Shortage(Reason.SHORT_HISTORY, 179, 180)),
        (shop(one_time=399), 365, Shortage(Reason.FEW_CUSTOMERS, 499, 500)),
        (shop(one_time=900, repeat=99), 365, Shortage(Reason.FEW_REPEAT_BUYERS, 99, 100)),
        (shop(most_orders=2), 365, Shortage(Reason.NO_FREQUENT_BUYER, 2, 3)),
    ],
)
def test_what_is_missing_is_named_with_what_there_is_and_what_it_takes(histories, days, shortage):
    assert cannot_tell_yet(histories, history_days=days) == shortage


def test_an_empty_shop_lacks_everything():
    reasons = [shortage.reason for shortage in find_shortages(Histories.of([], [], []), history_days=0)]
    assert reasons == [
        Reason.SHORT_HISTORY,
        Reason.FEW_CUSTOMERS,
        Reason.FEW_REPEAT_BUYERS,
        Reason.NO_FREQUENT_BUYER,
    ]


@pytest.mark.parametrize(
    ("model", "shapes"),
    [(bgnbd, (0.3, 30.0, 0.8, 2.4)), (paretonbd, (0.6, 40.0, 0.6, 90.0)), (mbgcnbd, (0.9, 25.0, 0.6, 1.2, 3))],
    ids=["BG/NBD", "Pareto/NBD", "MBG/CNBD-k"],
)
def test_churn_that_the_history_does_not_show_is_not_told_by_any_model(model, shapes):
    unseen = model.Fit(*shapes, log_likelihood=-900.0, gain=1.4, slope=0.0, state=model.State.CHURN_NOT_IDENTIFIABLE)
    expected = Shortage(Reason.CHURN_NOT_IDENTIFIABLE, 1.4, 2.0)
    assert cannot_tell_yet(shop(), history_days=365, churn=unseen) == expected


def test_an_unknown_spread_of_drop_out_does_not_silence_the_forecast():
    flat = replace(CHURN, state=bgnbd.State.SPREAD_NOT_IDENTIFIABLE)
    assert cannot_tell_yet(shop(), history_days=365, churn=flat) is None


def test_a_fit_that_did_not_settle_is_not_told():
    astray = replace(CHURN, slope=0.1, state=bgnbd.State.NOT_CONVERGED)
    assert cannot_tell_yet(shop(), history_days=365, churn=astray) == Shortage(Reason.NOT_CONVERGED, 0.1, 1e-6)


def test_spend_without_a_population_mean_is_not_told():
    endless = replace(SPEND, q=0.8, state=gamma_gamma.State.NO_POPULATION_SPEND)
    expected = Shortage(Reason.NO_POPULATION_SPEND, 0.8, 1.0)
    assert cannot_tell_yet(shop(), history_days=365, spend=endless) == expected


def test_a_model_that_loses_to_the_naive_row_is_not_told():
    assert loses_to_naive(1.2, 1.1) == Shortage(Reason.WORSE_THAN_NAIVE, 1.2, 1.1)
    assert loses_to_naive(1.1, 1.1) is None


def test_only_customers_surely_new_are_fitted_on_when_there_are_enough():
    old, new = shop(age=700), shop(age=500)
    both = Histories.of(*(np.append(getattr(old, name), getattr(new, name)) for name in ("x", "t_x", "T", "count")))
    base, shortage = choose_base(both, history_days=680)
    assert (base.longest, base.customers, shortage) == (500, 500, None)


def test_with_too_few_new_customers_all_are_fitted_on_and_it_is_said():
    base, shortage = choose_base(shop(age=700), history_days=700)
    assert base.customers == 500
    assert shortage == Shortage(Reason.LEFT_TRUNCATED, 0, 500)


def test_newcomers_and_one_time_buyers_are_noted():
    rows = Histories.of([0, 0, 1, 1], [0, 0, 5, 5], [6, 7, 6, 90])
    assert rows.T.tolist() == [6, 7, 6, 90]
    assert note_customers(rows).tolist() == [Reason.NEWCOMER, Reason.ONE_ORDER, Reason.NEWCOMER, ""]
