"""Days that people told: kept once, a child's under conditions, and what comes soon in whichever calendar."""

import datetime as dt

import pytest

from cast import MORNING, person
from regulars.customers import occasions
from regulars.customers.consenting import Proof
from regulars.customers.models import Attribute, AttributeValue, Identifier, Occasion
from regulars.customers.occasions import Day, forget_ended, tell
from regulars.plays.coming import Coming, anniversaries, coming
from regulars.policy.occasions import OccasionError
from regulars.profiles.models import Profile

TOLD = Proof("", "told to owner", "owner")
YES = Proof("Write to me about my child", "club page", "person", valid_until=dt.datetime(2028, 1, 1, 12, tzinfo=dt.UTC))
NOVEMBER = {"first": dt.date(2026, 11, 18), "last": dt.date(2026, 12, 18)}


def test_a_day_told_again_replaces_the_earlier_one(shop):
    ada = person("Ada")
    for day in (3, 4):
        tell(ada, Day("birthday", 12, day), proof=TOLD, at=MORNING)
    assert coming(**NOVEMBER) == [Coming(dt.date(2026, 12, 4), "birthday", ada)]


def test_days_come_round_in_their_own_calendar(small_shop):
    ada = person("Ada")
    tell(ada, Day("birthday", 10, 15, calendar="lunar"), proof=TOLD, at=MORNING)
    tell(ada, Day("wedding", 12, 1, 2016), proof=TOLD, at=MORNING)
    found = coming(**NOVEMBER)
    assert [(each.kind, each.on, each.years) for each in found] == [
        ("birthday", dt.date(2026, 11, 23), None),
        ("wedding", dt.date(2026, 12, 1), 10),
    ]


def test_the_29th_of_february_is_not_forgotten_in_other_years(small_shop):
    tell(person("Ada"), Day("birthday", 2, 29), proof=TOLD, at=MORNING)
    assert [each.on for each in coming(first=dt.date(2027, 2, 20), last=dt.date(2027, 3, 5))] == [dt.date(2027, 2, 28)]


def test_a_child_grows_by_months_while_the_consent_lasts(small_shop):
    ada = person("Ada")
    tell(ada, Day("child", 6, 1, 2025), proof=YES, at=MORNING)
    assert coming(**NOVEMBER) == [Coming(dt.date(2026, 12, 1), "child", ada, "2025-06", months=18)]
    assert coming(first=dt.date(2028, 2, 1), last=dt.date(2028, 3, 1)) == []
    assert forget_ended(today=dt.date(2028, 1, 1)) == 0
    assert forget_ended(today=dt.date(2028, 1, 2)) == 1
    assert not Occasion.objects.exists()


def test_each_child_has_a_row_of_its_own(small_shop):
    ada = person("Ada")
    for month in (6, 6, 7):
        tell(ada, Day("child", month, 1, 2025), proof=YES, at=MORNING)
    assert [row.label for row in occasions.told_with([ada])] == ["2025-06", "2025-07"]


NO_CHILD = {
    "no words": (Day("child", 6, 1, 2025), Proof(" ", "x", "person", valid_until=YES.valid_until)),
    "no end": (Day("child", 6, 1, 2025), Proof("yes", "x", "person")),
    "too long": (Day("child", 6, 1, 2025), Proof("yes", "x", "person", valid_until=MORNING + dt.timedelta(days=1200))),
    "over": (Day("child", 6, 1, 2025), Proof("yes", "x", "person", valid_until=MORNING)),
    "a day": (Day("child", 6, 17, 2025), YES),
    "no year": (Day("child", 6, 1), YES),
}


@pytest.mark.parametrize("name", NO_CHILD)
def test_nothing_about_a_child_without_the_parents_own_yes(small_shop, name):
    told, proof = NO_CHILD[name]
    with pytest.raises(OccasionError):
        tell(person("Ada"), told, proof=proof, at=MORNING)
    assert not Occasion.objects.exists()


def test_dates_of_customer_lists_count_once_the_owner_says_what_they_are(shop):
    ada = person("Ada")
    born = Attribute.objects.create(key="born", label="born", type="date", switched_on=True)
    AttributeValue.objects.create(pk=1, identifier_id=ada, attribute=born, value="1980-12-01", provenance="list")
    assert coming(**NOVEMBER) == []
    Attribute.objects.update(occasion="birthday")
    assert coming(**NOVEMBER) == [Coming(dt.date(2026, 12, 1), "birthday", ada)]
    Attribute.objects.update(switched_on=False)
    assert coming(**NOVEMBER) == []


def test_two_who_were_made_one_have_a_day_once(small_shop):
    ada, again = person("Ada"), person("Ada2")
    for who in (ada, again):
        tell(who, Day("birthday", 12, 1), proof=TOLD, at=MORNING)
    Identifier.objects.filter(pk=again).update(customer_id=ada)
    assert coming(**NOVEMBER) == [Coming(dt.date(2026, 12, 1), "birthday", ada)]
    assert len(occasions.told_with([ada, again])) == 2


def test_how_long_people_are_customers_is_counted(small_shop):
    days = (dt.date(2024, 11, 18), dt.date(2025, 11, 18), dt.date(2025, 11, 18), dt.date(2026, 11, 18))
    Profile.objects.bulk_create(Profile(customer_id=place, first_day=day) for place, day in enumerate(days))
    assert anniversaries(dt.date(2026, 11, 18)) == {2: 1, 1: 2}


def test_a_leap_day_is_an_anniversary_in_leap_years(shop):
    Profile.objects.create(customer_id=1, first_day=dt.date(2020, 2, 29))
    assert anniversaries(dt.date(2028, 2, 29)) == {8: 1}
    assert anniversaries(dt.date(2026, 2, 28)) == {}
