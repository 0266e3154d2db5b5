"""The hold-out: the right share, the same people each time, and independent between plays."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.policy.hold_out import PLACES, HoldOut, held_out, place_of, salt_of, variant, year_begins, year_of

PEOPLE = range(1, 20_001)


@pytest.mark.parametrize(
    ("salt", "unit", "digest"),
    [
        ("global:2026", "1", "955bcd1eb831e030"),
        ("global:2026", "2", "1ff5f7faa8320179"),
        ("play:birthday:1", "1", "d2dae70509c784a2"),
        ("play:birthday:1", "2", "6c977c4aaf0f922c"),
        ("play:winback:1", "ada", "f4540564320c7310"),
        ("play:winback:1", "顾客-7", "6de631c2f7eb9844"),
    ],
)
def test_the_hash_is_the_published_one(salt, unit, digest):
    assert f"{place_of(unit, salt.encode()):016x}" == digest


@pytest.mark.parametrize(
    ("salt", "counts"),
    [
        ("global:2026", (4992, 10006, 19950, 49843)),
        ("play:birthday:1", (5126, 9999, 20066, 49703)),
        ("play:winback:1", (5070, 9983, 20029, 50137)),
    ],
)
def test_shares_of_a_hundred_thousand_are_the_published_ones(salt, counts):
    places = [place_of(str(unit), salt.encode()) for unit in range(1, 100_001)]
    shares = (500, 1000, 2000, 5000)
    assert tuple(sum(at * 10_000 < share * PLACES for at in places) for share in shares) == counts


def test_a_salt_of_more_than_64_bytes_is_refused_and_layers_of_any_length_have_one():
    with pytest.raises(ValueError, match="64"):
        place_of("1", b"x" * 65)
    assert len(salt_of("play:" + "x" * 200, "secret")) == 32


def test_the_share_is_kept_and_the_same_people_stay_held_out():
    rule = HoldOut("salt", play=0.2)
    first = [held_out(person, "play:birthday", rule) for person in PEOPLE]
    assert first == [held_out(person, "play:birthday", rule) for person in PEOPLE]
    assert sum(map(bool, first)) / len(first) == pytest.approx(0.2, abs=0.01)


def test_a_larger_share_keeps_those_who_were_held_out():
    small, large = HoldOut("salt", play=0.1), HoldOut("salt", play=0.3)
    assert all(held_out(person, "p", large) for person in PEOPLE if held_out(person, "p", small))


def test_plays_and_shops_draw_independently():
    one = {person for person in PEOPLE if held_out(person, "a", HoldOut("salt", play=0.5))}
    for other in (("b", "salt"), ("a", "pepper")):
        two = {person for person in PEOPLE if held_out(person, other[0], HoldOut(other[1], play=0.5))}
        assert len(one & two) / len(one) == pytest.approx(0.5, abs=0.02)


def test_the_layer_of_everything_holds_out_of_each_play():
    rule = HoldOut("salt", everything=0.1)
    assert {p for p in PEOPLE if held_out(p, "a", rule)} == {p for p in PEOPLE if held_out(p, "b", rule)}
    assert {held_out(p, "a", rule) for p in PEOPLE} == {"", "everything"}


def test_each_occasion_draws_its_own_version_and_the_same_one_draws_the_same():
    first, second = ([variant(p, "a", (1.0, 1.0), salt="salt", occasion=day) for p in PEOPLE] for day in ("mon", "tue"))
    assert first == [variant(p, "a", (1.0, 1.0), salt="salt", occasion="mon") for p in PEOPLE]
    same = sum(one == other for one, other in zip(first, second, strict=True)) / len(first)
    assert same == pytest.approx(0.5, abs=0.02)


def test_variants_follow_their_weights_apart_from_the_hold_out():
    held = [p for p in PEOPLE if held_out(p, "a", HoldOut("salt", play=0.5))]
    for people in (held, PEOPLE):
        share = sum(variant(p, "a", (1.0, 3.0), salt="salt") for p in people) / len(people)
        assert share == pytest.approx(0.75, abs=0.02)


@pytest.mark.parametrize("wrong", [-0.1, 1.1])
def test_a_share_outside_zero_to_one_is_refused(wrong):
    with pytest.raises(ValueError, match="share"):
        HoldOut("salt", play=wrong)


@pytest.mark.parametrize("weights", [(), (0.0, 0.0), (-1.0, 2.0)])
def test_weights_that_mean_nothing_are_refused(weights):
    with pytest.raises(ValueError, match="weights"):
        variant(1, "a", weights, salt="s")


def test_each_year_others_are_left_out_of_everything_and_the_first_year_draws_as_ever():
    drawn = [
        {p for p in PEOPLE if held_out(p, "a", HoldOut("salt", everything=0.1, year=year)) == "everything"}
        for year in (1, 2, 3)
    ]
    assert drawn[0] == {p for p in PEOPLE if place_of(str(p), salt_of("everything", "salt")) * 10 < PLACES}
    assert [len(each) for each in drawn] == pytest.approx([2_000] * 3, abs=150)
    assert [len(drawn[0] & other) for other in drawn[1:]] == pytest.approx([200] * 2, abs=50)  # no more than by chance


@given(began=st.dates(dt.date(2020, 1, 1), dt.date(2060, 1, 1)), days=st.integers(-400, 4_000))
def test_years_follow_each_other_from_the_day_of_the_first_lot(began, days):
    day = began + dt.timedelta(days=days)
    year = year_of(began, day)
    assert days < 0 or year_begins(began, year) <= day < year_begins(began, year + 1)
    assert days >= 0 or year == 1
    assert (year_begins(began, year + 1) - year_begins(began, year)).days in (365, 366)
