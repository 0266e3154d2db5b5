"""Which customer records may be one person: what is suggested, what never is, and how well."""

import os
import random
import re
import time
from collections import Counter
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from regulars.customers.near_matches.propose import Suggestion, propose
from regulars.customers.near_matches.records import Record

DATA = Path(os.environ.get("REGULARS_DATA") or Path(__file__).parents[2].parent / "shared" / "data")
HOME = {"address": "12 Mill Lane", "city": "Leeds", "postcode": "LS1 4AB", "region": "Yorkshire"}
REACHED_AT = {"phone": "0113 496 0001", "email": "mill.lane.twelve@example.com"}
OFFICE = {"address": "1 Tower Road, Floor 3", "city": "Leeds", "postcode": "LS2 7XY", "phone": "0113 496 0999"}
ADA = Record(1, "Ada Byron", **HOME)


def pairs(suggestions: list[Suggestion]) -> set[tuple[int, int]]:
    return {(suggestion.a, suggestion.b) for suggestion in suggestions}


def codes(suggestion: Suggestion) -> set[str]:
    return {code for code, _, _ in suggestion.evidence}


def listed(*names: str, **fields: str) -> list[Record]:
    return [Record(number, name, **fields) for number, name in enumerate(names, start=1)]


# What is suggested


def test_a_misspelt_name_at_one_address_is_suggested_with_its_evidence():
    (found,) = propose([ADA, replace(ADA, id=2, name="Ada Byrom")])
    assert (found.a, found.b) == (1, 2)
    assert 0.9 <= found.score <= 1
    assert ("similar_name", "Ada Byron", "Ada Byrom") in found.evidence
    assert ("same_postcode", "LS1 4AB", "LS1 4AB") in found.evidence


@pytest.mark.parametrize(
    "name", ["Byron Ada", "Byron, Ada", "ADA BYRON", "Dr. Ada Byron", "Adà Byron", "Ada By ron", "A. Byron"]
)
def test_a_name_in_another_order_case_or_spelling_is_still_the_name(name):
    assert pairs(propose([ADA, replace(ADA, id=2, name=name)])) == {(1, 2)}


@pytest.mark.parametrize("address", ["12 Mill Ln", "Mill Lane 12", "12, MILL LANE", "Flat 12 Mill Lane", "12 Mil Lane"])
def test_an_address_written_another_way_is_still_the_address(address):
    (found,) = propose([ADA, replace(ADA, id=2, address=address)])
    assert codes(found) & {"same_address", "similar_address"}


def test_a_street_type_may_be_abbreviated_and_umlauts_written_out():
    ben = Record(1, "Jörg Müller", "Hauptstraße 5", "Köln", "50667")
    assert pairs(propose([ben, Record(2, "Joerg Mueller", "Hauptstr. 5", "Koeln", "50667")])) == {(1, 2)}


def test_parts_of_the_address_in_the_city_field_are_found():
    swapped = replace(ADA, id=2, name="Byron Ada", address="12 Leeds", city="Mill Lane")
    (found,) = propose([ADA, swapped])
    assert "similar_address" in codes(found)


def test_who_moved_is_suggested_by_phone_and_the_difference_is_shown():
    moved = replace(
        ADA, id=2, address="9 Oak Street", city="York", postcode="YO1 7HH", region="", phone="+44 113 496 0001"
    )
    (found,) = propose([replace(ADA, phone="0113 496 0001"), moved])
    assert {"same_phone", "other_address", "other_postcode"} <= codes(found)


def test_a_changed_surname_is_suggested_where_the_given_name_is_known_and_nobody_else_lives():
    strangers = [Record(n, f"Ada {w}", f"{n} {w} Road", w) for n, w in enumerate(["Stone", "Marsh", "Field"], start=10)]
    renamed = replace(ADA, id=2, name="Ada Lovelace")
    (found,) = propose([ADA, renamed, *strangers])
    assert "changed_name" in codes(found)
    assert propose([ADA, renamed, replace(ADA, id=3, name="Ben Byron"), *strangers]) == []


def test_a_rarer_likeness_scores_higher_than_a_common_one():
    crowd = [Record(n, f"Cleo Hill{'abcdefghij'[n % 10]}", f"{n} Elm Street", "York") for n in range(100, 140)]
    names = ("Cleo Byron", "Cleo Byron", "Zenobia Hurst", "Zenobia Hurst")
    score = {(s.a, s.b): s.score for s in propose([*listed(*names, city="Leeds"), *crowd], score_min=0.0)}
    assert score[3, 4] > score[1, 2]


# What never is


@pytest.mark.parametrize("order", ["{given} Byron", "Byron {given}", "Byron, {given}"])
def test_a_family_sharing_home_phone_and_mailbox_is_not_suggested(order):
    family = ["Ada", "Ben", "Cleo", "Dan", "Eve", "Paul", "Paula", "Jan", "Jon", "Denis", "Denise", "Mario", "Maria"]
    assert propose(listed(*(order.format(given=name) for name in family), **HOME, **REACHED_AT)) == []


@pytest.mark.parametrize("order", ["{given} Byron", "Byron, {given}"])
def test_relatives_whose_given_names_differ_only_in_the_ending_are_not_suggested(order):
    family = ["Julia", "Julian", "Christian", "Christina", "Luca", "Lucas", "Marion", "Marian"]
    assert propose(listed(*(order.format(given=name) for name in family), **HOME, **REACHED_AT)) == []


def test_two_well_known_names_are_no_slip_for_each_other():
    crowd = [Record(n, f"{('Jaden', 'Jayden')[n % 2]} {n}", f"{n} Elm Street", "York") for n in range(100, 140)]
    assert propose([replace(ADA, name="Jaden Byron"), replace(ADA, id=2, name="Jayden Byron"), *crowd]) == []


@pytest.mark.parametrize(
    "names", [("山田 太郎", "山田次郎"), ("김민지", "김민재"), ("王小明", "王小红"), ("佐々木一郎", "佐々木二郎")]
)
def test_a_family_is_not_suggested_where_one_sign_makes_the_name(names):
    assert propose(listed(*names, **HOME, **REACHED_AT)) == []


def test_colleagues_in_one_office_are_not_suggested():
    given_names, surnames = ("Ada", "Ben", "Cleo", "Dan", "Eve"), ("Stone", "Marsh", "Field", "Wood", "Hill")
    staff = listed(*(f"{g} {s}" for g in given_names for s in surnames), **OFFICE, email="office@example.com")
    assert propose(staff) == []


def test_mr_and_mrs_are_two_people_but_ms_and_dr_may_be_one():
    assert propose(listed("Mr Byron", "Mrs Byron", **HOME, **REACHED_AT)) == []
    assert pairs(propose(listed("Ms Ada Byron", "Dr Ada Byron", **HOME))) == {(1, 2)}


def test_a_name_alone_or_a_place_alone_is_no_reason():
    assert propose(listed("Ada Byron", "Ada Byron")) == []
    assert propose(listed("", "", **HOME)) == []
    assert propose(listed("Ada Byron", "", **HOME)) == []


def test_a_blank_name_is_suggested_only_by_phone_or_mailbox():
    assert pairs(propose(listed("Ada Byron", "", **HOME, **REACHED_AT))) == {(1, 2)}


@pytest.mark.parametrize("value", ["test", "n/a", "N.A.", "-", "xxx", "unknown", "0000", "null", ""])
@pytest.mark.parametrize("count", [2, 30])
def test_placeholders_match_nobody(value, count):
    fields = dict.fromkeys(("address", "city", "postcode", "region", "phone"), value)
    assert propose(listed(*[value] * count, **fields, email=f"{value}@example.com")) == []
    assert propose(listed(*[value] * count, **HOME)) == []
    assert propose(listed(*["Ada Byron"] * count, **fields)) == []


def test_a_value_that_everybody_shares_is_worth_nothing_though_no_list_names_it():
    assert propose(listed(*["Till Three"] * 300, address="Market Square 1", city="Ulm", postcode="89073")) == []


def test_digits_in_a_mailbox_tell_people_apart_and_a_slip_at_the_host_does_not():
    dan = Record(1, "Dan Field", **HOME, email="dan.field1@example.com")
    same, other = ("dan.field1@exmaple.com", "dan.field1@mail.test"), ("dan.field2@example.com",)
    for email, code in [*((email, "similar_email") for email in same), *((email, "other_email") for email in other)]:
        (found,) = propose([dan, replace(dan, id=2, email=email)])
        assert code in codes(found)


# Shape


def test_nobody_and_one_record_give_nothing():
    assert propose([]) == []
    assert propose([ADA]) == []
    assert propose([Record(1), Record(2)]) == []


def test_two_records_with_one_id_are_refused():
    with pytest.raises(ValueError, match="same id"):
        propose([ADA, ADA])


def test_no_more_pairs_are_compared_than_allowed():
    assert propose([ADA, replace(ADA, id=2)], pairs_max=0) == []
    assert len(propose([replace(ADA, id=number) for number in range(8)], pairs_max=5, score_min=0.0)) <= 5


def test_the_likeliest_come_first():
    found = propose(
        [ADA, replace(ADA, id=2), replace(ADA, id=3, name="A Byron", postcode=""), replace(ADA, id=4, name="Ada Byrom")]
    )
    assert [s.score for s in found] == sorted((s.score for s in found), reverse=True)


@st.composite
def crowds(draw):
    """Up to ten records drawn from few values, some misspelt or blank, so that many resemble each other."""
    given_name, surname = (
        st.sampled_from(["Ada", "Ben", "Cleo", "Paul", "Paula"]),
        st.sampled_from(["Byron", "Byrom", "Hill", ""]),
    )
    name = st.one_of(
        st.builds("{} {}".format, given_name, surname),
        st.builds("{1}, {0}".format, given_name, surname),
        st.text(max_size=9),
    )
    record = st.builds(
        Record,
        id=st.integers(0, 10**6),
        name=name,
        address=st.sampled_from(["12 Mill Lane", "21 Mill Ln", "12 Leeds", "Mil Lane 12 Rose House", ""]),
        city=st.sampled_from(["Leeds", "Leds", "Mill Lane", "York", ""]),
        postcode=st.sampled_from(["LS1 4AB", "LS1 4BA", "YO1", ""]),
        phone=st.sampled_from(["0113 496 0001", "+441134960001", ""]),
        email=st.sampled_from(["ada@example.com", "ada@exampel.com", "info@example.com", ""]),
    )
    return draw(st.lists(record, max_size=10, unique_by=lambda r: r.id))


@settings(max_examples=150, deadline=None)
@given(crowds(), st.randoms(use_true_random=False))
def test_the_order_of_the_records_does_not_matter(crowd, randomness):
    shuffled = randomness.sample(crowd, len(crowd))
    assert propose(crowd, score_min=0.0) == propose(shuffled, score_min=0.0)


@settings(max_examples=150, deadline=None)
@given(crowds())
def test_which_of_the_two_is_which_does_not_matter(crowd):
    def scores(records, name_of):
        return {frozenset((name_of(s.a), name_of(s.b))): (s.score, codes(s)) for s in propose(records, score_min=0.0)}

    turned = [replace(record, id=-record.id) for record in crowd]
    assert scores(crowd, lambda number: number) == scores(turned, lambda number: -number)


@settings(max_examples=150, deadline=None)
@given(crowds())
def test_each_pair_comes_once_the_smaller_id_first_with_a_probability(crowd):
    found = propose(crowd, score_min=0.0)
    assert len(pairs(found)) == len(found)
    assert all(s.a < s.b and 0 <= s.score <= 1 and s.evidence for s in found)


# Size


@pytest.mark.parametrize(
    "text", ["a" * 10**6, "ab " * 10**6, "é" * 10**6, "ﷺ" * 10**6, "1 " * 10**6, "'" * 10**6, "a@" * 10**6]
)
def test_hostile_long_texts_are_fast(text):
    started = time.perf_counter()
    propose([Record(n, text, text, text, text, text, text, text) for n in range(40)])
    assert time.perf_counter() - started < 5


def city_of_strangers(count: int) -> list[Record]:
    """Distinct invented people of one city: 150 given names, 900 surnames, 40 postcodes, families, offices."""
    dice = random.Random(7)
    onsets, rimes = (
        re.split(" ", "b br c d f g h j k l m n p r s st t v w"),
        re.split(" ", "an ell ick o ona ust ay ing"),
    )
    words = [a + b + c for a in onsets for b in rimes for c in ("", "a", "man", "son", "ley", "wick")]
    dice.shuffle(words)
    given_names, surnames, streets = words[:150], words[150:1050], [f"{w} Street" for w in words[:300]]
    people: list[Record] = []
    while len(people) < count:
        street = dice.randrange(len(streets))
        home = {"address": f"{dice.randrange(1, 200)} {streets[street]}", "postcode": str(4000 + street % 40)}
        surname, phone = dice.choice(surnames), f"07{dice.randrange(10**8, 10**9)}"
        office = dice.random() < 0.02
        for name in dice.sample(given_names, dice.choice((1, 1, 2, 3, 4)) * (5 if office else 1)):
            family = dice.choice(surnames) if office else surname
            people.append(Record(len(people), f"{name} {family}", city="Springfield", phone=phone, **home))
    return people[:count]


def test_distinct_people_with_common_names_in_one_city_give_few_suggestions():
    people = city_of_strangers(10_000)
    started = time.perf_counter()
    found = propose(people)
    assert len(found) <= 10  # one in a thousand customers
    assert time.perf_counter() - started < 30


# Records with known answers


def febrl(number: int) -> tuple[list[Record], dict[int, str]]:
    """Records without birth date and social security number, and the true entity of each."""
    path = DATA / "febrl" / f"febrl_dataset{number}.parquet"
    if not path.exists():
        pytest.skip(f"the FEBRL records are missing: {path.name} below {DATA}; set REGULARS_DATA")
    rows = [{key: value or "" for key, value in row.items()} for row in parquet.read_table(path).to_pylist()]
    records = [
        Record(
            n,
            name=f"{row['given_name']} {row['surname']}",
            address=f"{row['street_number']} {row['address_1']} {row['address_2']}",
            city=row["suburb"],
            postcode=row["postcode"],
            region=row["state"],
        )
        for n, row in enumerate(rows)
    ]
    return records, {n: re.findall(r"\d+", row["rec_id"])[0] for n, row in enumerate(rows)}


def precision_and_recall(records: list[Record], entity: dict[int, str]) -> tuple[float, float]:
    found = pairs(propose(records))
    right = sum(entity[a] == entity[b] for a, b in found)
    true = sum(size * (size - 1) // 2 for size in Counter(entity.values()).values())
    return right / len(found), right / true


@pytest.mark.parametrize(("number", "recall_min"), [(1, 0.85), (3, 0.70)])
def test_known_duplicates_are_found_and_little_else(number, recall_min):
    precision, recall = precision_and_recall(*febrl(number))
    assert precision >= 0.95
    assert recall >= recall_min


def test_known_duplicates_are_found_with_the_names_in_any_order():
    records, entity = febrl(1)
    dice = random.Random(1)
    turned = [replace(r, name=" ".join(reversed(r.name.split()))) if dice.random() < 0.3 else r for r in records]
    precision, recall = precision_and_recall(turned, entity)
    assert precision >= 0.95
    assert recall >= 0.8


def test_known_duplicates_that_differ_in_the_given_name_are_taken_for_a_family():
    records, entity = febrl(1)
    at_home = {n: r.address for n, r in enumerate(records)}
    found = pairs(propose(records))
    names = {r.id: r.name.split() for r in records}
    relatives = [
        (a, b)
        for a, b in combinations(range(len(records)), 2)
        if entity[a] == entity[b]
        and at_home[a] == at_home[b]
        and names[a][-1:] == names[b][-1:]
        and len(names[a]) == len(names[b]) == 2
        and names[a][0][0] != names[b][0][0]
    ]
    assert len(relatives) > 5
    assert not found & set(relatives)
