"""The facts planted in the demo shop can be found in it: entry products, rhythms, the season, codes and repeat rate."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest

from regulars.simulator.goods import ENTRY_THAT_BRINGS_BACK, ENTRY_THAT_BRINGS_FEW
from simulator.demo_case import LAST_DAY, Demo, load_demo

YEAR = timedelta(days=365)


def within_a_year(days: dict[int, list[date]], people: set[int]) -> float:
    mature = [found for person, found in days.items() if person in people and LAST_DAY - found[0] >= YEAR]
    return float(np.mean([len(found) > 1 and found[1] - found[0] <= YEAR for found in mature]))


def people_by_first_sku(demo: Demo) -> dict[str, set[int]]:
    seen: set[int] = set()
    first = defaultdict(set)
    for key, lines in demo.lines.items():
        person = demo.person[key]
        if person not in seen:
            seen.add(person)
            for line in lines:
                first[line["sku"]].add(person)
    return first


def gaps_in(demo: Demo, category: str) -> list[int]:
    keys = [key for key in demo.valid() if any(line["category"] == category for line in demo.lines[key])]
    return [(b - a).days for days in demo.days_of(keys).values() for a, b in pairwise(days)]


def bought_again(demo: Demo, category: str) -> float:
    keys = [key for key in demo.valid() if any(line["category"] == category for line in demo.lines[key])]
    mature = [days for days in demo.days_of(keys).values() if (LAST_DAY - days[0]).days >= 180]
    return float(np.mean([len(days) > 1 and (days[1] - days[0]).days <= 180 for days in mature]))


def test_between_35_and_40_in_a_hundred_order_again_within_a_year(demo):
    days = demo.days_of(demo.valid())
    assert 0.35 <= within_a_year(days, set(days)) <= 0.40


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_repeat_rate_holds_for_other_seeds(seed):
    other = load_demo(seed)
    days = other.days_of(other.valid())
    assert 0.34 <= within_a_year(days, set(days)) <= 0.42


def test_one_entry_product_brings_people_back_and_another_brings_few(demo):
    days, first = demo.days_of(demo.valid()), people_by_first_sku(demo)
    usual = within_a_year(days, set(days))
    assert within_a_year(days, first[ENTRY_THAT_BRINGS_BACK]) > usual + 0.10
    assert within_a_year(days, first[ENTRY_THAT_BRINGS_FEW]) < usual - 0.15
    assert min(len(first[ENTRY_THAT_BRINGS_BACK]), len(first[ENTRY_THAT_BRINGS_FEW])) > 150


def test_the_truth_names_the_planted_entries(demo):
    first = people_by_first_sku(demo)
    planted = {
        entry: {demo.person[key] for key, found in demo.entry.items() if found == entry} - {-1} for entry in (1, 2)
    }
    assert planted[1] <= first[ENTRY_THAT_BRINGS_BACK]
    assert planted[2] <= first[ENTRY_THAT_BRINGS_FEW]


def test_beans_come_back_after_a_month_and_tea_after_six_weeks(demo):
    assert 26 <= np.median(gaps_in(demo, "Coffee beans")) <= 34
    assert 38 <= np.median(gaps_in(demo, "Tea")) <= 53


@pytest.mark.parametrize("category", ["Machines", "Mugs"])
def test_machines_and_mugs_are_hardly_ever_bought_again(demo, category):
    assert bought_again(demo, category) < 0.09
    assert bought_again(demo, "Coffee beans") > 0.33


def test_december_stands_out_and_winter_beats_summer(demo):
    months = Counter(order["ordered_at"][:7] for order in demo.orders.values())
    for year in (2024, 2025):
        usual = np.mean([months[f"{year}-{month:02d}"] for month in range(1, 12)])
        assert months[f"{year}-12"] > 1.4 * usual
    winter, summer = (sum(months[month] for month in found) for found in (
        ("2024-12", "2025-01", "2025-02"), ("2025-06", "2025-07", "2025-08")
    ))  # fmt: skip
    assert winter > summer


def test_discount_codes_are_used_by_newcomers_and_by_deal_hunters(demo):
    codes = defaultdict(list)
    for key, order in demo.orders.items():
        if order["discount_code"]:
            codes[order["discount_code"]].append(demo.person[key])
    assert {"WELCOME10", "SPRING15", "ADVENT10", "FRIEND5", "DEAL20", "SAMPLE100"} == set(codes)
    assert max(Counter(codes["WELCOME10"]).values()) == 1
    assert max(Counter(codes["DEAL20"]).values()) > 5


def test_channels_and_countries_are_mixed(demo):
    channels = Counter(order["channel"] for order in demo.orders.values())
    countries = Counter(order["country"] for order in demo.orders.values())
    assert set(channels) == {"web", "pos", "marketplace"}
    assert min(channels.values()) > 150
    assert [code for code, _ in countries.most_common()][:1] == ["DE"]
    assert set(countries) == {"DE", "AT", "FR", "NL", "GB"}
