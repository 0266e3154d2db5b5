"""A forecast of what people would have done anyway: from earlier days alone, and steady when shares change on the way."""

import numpy as np

from regulars.insight.lift.aipw import Drawn
from regulars.insight.lift.effect import judge
from regulars.insight.lift.forecasting import running_line


def test_nothing_of_ones_own_or_of_later_days_reaches_a_forecast():
    draw = np.random.default_rng(3)
    day, known, outcome = np.repeat(np.arange(20), 10), draw.random(200), draw.random(200)
    before = running_line(day, known, outcome)
    changed = outcome.copy()
    changed[day >= 12] += 100
    assert (running_line(day, known, changed)[day <= 12] == before[day <= 12]).all()
    for place in (0, 5, 199):
        own = outcome.copy()
        own[place] += 100
        assert np.isclose(running_line(day, known, own)[place], before[place])
    order = draw.permutation(200)
    assert np.allclose(running_line(day[order], known[order], outcome[order]), before[order])


def test_it_finds_a_line_and_takes_variance_away():
    draw = np.random.default_rng(4)
    day, known = np.repeat(np.arange(50), 40), draw.random(2000)
    outcome = 3 + 2 * known + draw.normal(0, 0.1, 2000)
    found = running_line(day, known, outcome)
    late = day > 25
    assert np.var((outcome - found)[late]) < 0.1 * np.var(outcome[late])


def grown(seed, *, effect=0.0, days=120, a_day=120):
    """Sales double while the share held out falls from a half to a twentieth on days 30 and 70."""
    draw = np.random.default_rng(seed)
    day = np.repeat(np.arange(days), a_day)
    chance = np.select([day < 30, day < 70], [0.5, 0.8], 0.95)
    rate = draw.gamma(0.6, 1 / 0.6, len(day))
    likely = 1 - np.exp(-0.22 * rate)
    treated = draw.random(len(day)) < chance
    spent = 55 * np.exp(draw.normal(-0.32, 0.8, len(day))) * (1 + day / days)
    y = np.where(draw.random(len(day)) < likely * (1 + effect * treated), spent, 0.0).clip(max=800)
    return day, Drawn(y, treated, chance, running_line(day, likely * 55, y))


def test_shares_that_change_while_sales_grow_deceive_the_means_and_not_the_estimate():
    missed, plain = 0, 0
    for seed in range(40):
        day, people = grown(seed)
        looks = []
        for last in range(20, 121, 20):
            some = day < last
            part = Drawn(people.outcome[some], people.treated[some], people.chance[some], people.forecast[some])
            looks.append(judge(part, planned=len(day)))
        missed += any(look.low is not None and not look.low <= 0 <= look.high for look in looks)
        y, treated = people.outcome, people.treated
        error = np.sqrt(y[treated].var() / treated.sum() + y[~treated].var() / (~treated).sum())
        plain += abs(y[treated].mean() - y[~treated].mean()) > 1.96 * error
    assert missed <= 4
    assert plain >= 30
