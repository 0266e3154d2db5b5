"""Two versions compared: published values, guards, and no false winner for whoever looks every day."""

import json

import numpy as np
import pytest

from regulars.insight.lift.versions import Version, compare


def test_a_mailing_that_brought_visits_is_seen_with_the_published_evidence():
    none, mens = Version(4261, round(0.101619 * 4261)), Version(4261, round(0.183525 * 4261))
    found = compare(none, mens, planned=8522)
    assert (found.state, found.n) == ("better", 8522)
    assert found.value == pytest.approx(0.081906, abs=1e-6)
    assert found.e == pytest.approx(2.4e22, rel=0.03)


def test_a_rare_yes_is_not_judged_although_the_evidence_would_be_there():
    none, mens = Version(4261, 26), Version(4261, 52)
    assert compare(none, mens, planned=8522).state == "collecting"


def test_a_broken_split_says_nothing():
    found = compare(Version(5000, 900), Version(6000, 1400), planned=11_000)
    assert (found.state, found.value) == ("broken", None)


def test_worse_is_said_as_plainly_as_better():
    one, two = Version(5000, 1000), Version(5000, 700)
    assert [compare(one, two, planned=10_000).state, compare(two, one, planned=10_000).state] == ["worse", "better"]


def test_a_plain_difference_among_a_million_people_is_told_with_a_number_that_json_knows():
    found = compare(Version(500_000, 50_000), Version(500_000, 100_000), planned=1_000_000)
    assert found.state == "better"
    json.dumps(found.e, allow_nan=False)


def test_where_everybody_did_it_nothing_differs():
    found = compare(Version(300, 300), Version(300, 300), planned=600)
    assert (found.state, found.value, found.e) == ("open", 0.0, 1.0)


def test_equal_versions_rarely_win_however_often_one_looks():
    draw, false_alarms, runs = np.random.default_rng(5), 0, 400
    for _run in range(runs):
        yes = draw.binomial(50, 0.2, size=(2, 80)).cumsum(axis=1)
        looks = (
            compare(Version(50 * day, int(yes[0, day - 1])), Version(50 * day, int(yes[1, day - 1])), planned=8000)
            for day in range(1, 81)
        )
        false_alarms += any(look.state in ("better", "worse") for look in looks)
    assert false_alarms / runs <= 0.05


def test_a_true_difference_is_found_and_stays_within_the_interval():
    draw, found, missed, runs = np.random.default_rng(6), 0, 0, 200
    for _run in range(runs):
        yes = draw.binomial(50, [[0.20], [0.25]], size=(2, 80)).cumsum(axis=1)
        looks = [
            compare(Version(50 * day, int(yes[0, day - 1])), Version(50 * day, int(yes[1, day - 1])), planned=8000)
            for day in range(1, 81)
        ]
        found += any(look.state == "better" for look in looks)
        missed += any(look.low is not None and not look.low <= 0.05 <= look.high for look in looks)
    assert found / runs >= 0.9
    assert missed / runs <= 0.05
