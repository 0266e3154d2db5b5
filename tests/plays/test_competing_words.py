"""Words that compete: written as a list, each time one is drawn, sent, and kept with the chance it was drawn with."""

import datetime as dt

import pytest
from test_play_files import GOOD, told

from cast import MORNING
from plays.play_shops import DAY, a_day, customers, on, play
from regulars.actions.messaging.models import Message
from regulars.actions.messaging.plan import plan
from regulars.actions.tasks import plan as tasks
from regulars.actions.tasks.models import Task
from regulars.customers.models import Identifier
from regulars.decisions import gate
from regulars.decisions.models import Chances, Decision, Limit, Reservation, Taken
from regulars.plays import deciding, planning, switching
from regulars.plays.folders import Written, check, shipped
from regulars.plays.models import DayPlan, PlayVersion, Proposal
from regulars.plays.reading import PlayMistakes, read

LETTER = "Subject: Hello\n\nWe thought of you.\n"
TWO = GOOD.replace('words = "letter"', 'words = ["letter", "other"]')
UNEVEN = [0.25, 0.75]


class Killed(BaseException):
    """The process is gone."""


def drawn(**rest):
    """By person: the version, and its chance."""
    rows = Decision.objects.filter(**rest).values_list("person_id", "variant", "weighed")
    return {person: (version, weighed["version_chance"]) for person, version, weighed in rows}


def forget_everything():
    for table in (Proposal, Reservation, Taken, Decision, DayPlan, Limit):
        table.objects.all().delete()


def test_one_name_is_one_version_and_a_list_are_several():
    assert read(GOOD).contact.words == ("letter",)
    assert read(TWO).contact.words == ("letter", "other")


@pytest.mark.parametrize("words", ['["letter"]', "[]", '["a", "b", "c", "d", "e"]', '["a", "a"]', '["a", ""]', "3"])
def test_two_to_four_different_names_compete_and_anything_else_is_a_mistake(words):
    wrong = GOOD.replace('"letter"', words)
    assert told(wrong) == ["12:1: words is a name, or a list of two to four different ones."]


@pytest.mark.parametrize(("words", "mistake"), [
    ({"letter.en.md": LETTER}, "other.en.md: is missing"),
    ({"letter.en.md": LETTER, "other.en.md": "No subject."}, "other.en.md: the subject is missing"),
    ({"letter.en.md": LETTER, "other.en.md": LETTER + "\nLast chance"}, "other.en.md: false_urgency"),
    ({"letter.en.md": LETTER, "letter.zh-hans.md": LETTER, "other.en.md": LETTER}, "other.zh-hans.md: is missing"),
    ({"letter.en.md": LETTER, "other.en.md": LETTER, "third.en.md": LETTER}, "third.en.md: no action"),
])  # fmt: skip
def test_each_version_is_checked_and_all_are_read_in_the_same_languages(words, mistake):
    with pytest.raises(PlayMistakes, match=mistake):
        check(Written(TWO, words))


def test_a_play_is_not_switched_on_while_any_version_is_unfinished(small_shop):
    customers(1)
    written = play(versions=2)
    switching.keep(
        Written(written.text, dict(written.words) | {"second.en.md": LETTER + "\n[[when]]"}), by="owner", now=MORNING
    )
    with pytest.raises(switching.CannotSwitchOn, match="to be filled in"):
        switching.switch_on("hello", by="owner", now=MORNING)


def test_a_day_sends_each_version_as_drawn_and_keeps_its_chance(shop):
    customers(240)
    on(play(versions=2, share=0))
    Chances.objects.create(source="play:hello/1", chances=UNEVEN, day=MORNING.date() - DAY)
    a_day()
    found = drawn()
    assert set(found.values()) == {(0, 0.25), (1, 0.75)}
    assert 35 < sum(version == 0 for version, _chance in found.values()) < 85
    plan(now=MORNING)
    letters = PlayVersion.objects.get().letters
    sent = dict(Message.objects.values_list("person_id", "letter_id"))
    assert sent == {person: letters[("letter", "second")[version]] for person, (version, _chance) in found.items()}


def test_before_anything_is_known_all_versions_are_drawn_alike(small_shop):
    customers(90)
    on(play(versions=3))
    a_day()
    chosen = drawn()  # the held out drew too, though they got nothing
    assert {version for version, _chance in chosen.values()} == {0, 1, 2}
    assert [chance for _version, chance in chosen.values()] == pytest.approx([1 / 3] * len(chosen))
    assert Decision.objects.filter(arm="held_out").exists()


def test_a_play_with_one_version_keeps_no_chance(small_shop):
    customers(3)
    on(play())
    a_day()
    assert {"chances", "version_chance"}.isdisjoint(Decision.objects.first().weighed)


def test_the_words_never_decide_who_is_reached(small_shop):
    customers(80)
    on(play())
    a_day()
    one = dict(Decision.objects.values_list("person_id", "arm"))
    forget_everything()
    PlayVersion.objects.all().delete()
    on(play(versions=4))
    a_day()
    assert dict(Decision.objects.values_list("person_id", "arm")) == one


def test_each_occasion_has_a_lot_of_its_own(small_shop):
    customers(60)
    on(play(versions=2, share=0, once_every=8))
    a_day()
    a_day(MORNING + 9 * DAY)
    first, second = drawn(at=MORNING), drawn(at=MORNING + 9 * DAY)
    assert first.keys() == second.keys()
    changed = sum(first[person] != second[person] for person in first)
    assert 15 < changed < 45


@pytest.mark.parametrize("at", ["while planning", "after planning", "while deciding"])
def test_a_day_that_was_killed_draws_the_same_again(small_shop, monkeypatch, at):
    customers(60)
    on(play(versions=2))
    row = Chances.objects.create(source="play:hello/1", chances=UNEVEN, day=MORNING.date() - DAY)
    a_day()
    first = drawn()
    forget_everything()

    def killed(*_args, **_rest):
        raise Killed

    where = {"while planning": (planning, "_proposals"), "after planning": (planning.not_chosen, "keep"), "while deciding": (gate.limits, "write")}  # fmt: skip
    with monkeypatch.context() as patch:
        patch.setattr(*where[at], killed)
        with pytest.raises(Killed):
            a_day()
    if at != "while planning":  # what is learned meanwhile is for the next day
        row.chances = [0.9, 0.1]
        row.save()
    a_day(MORNING + dt.timedelta(minutes=5))
    assert drawn() == first


def test_a_plan_agreed_to_later_is_drawn_with_the_chances_it_was_planned_with(small_shop):
    customers(30)
    on(play(versions=2, share=0), mode="ask first")
    a_day()
    Chances.objects.create(source="play:hello/1", chances=UNEVEN, day=MORNING.date())
    deciding.agree(list(Proposal.objects.values_list("pk", flat=True)), by="owner", now=MORNING)
    a_day(MORNING + dt.timedelta(hours=3))
    assert {chance for _version, chance in drawn().values()} == {0.5}


def test_a_card_is_written_in_the_words_that_were_drawn(small_shop):
    Identifier.objects.filter(pk__in=customers(40)).update(address="Lindenweg 5")
    text = play(versions=2, share=0, cost=0.0).text.replace('"message"', '"task"').replace('"email"', '"card"')
    on(Written(text, {"letter.en.md": "Dear friend, one.\n", "second.en.md": "Dear friend, two.\n"}))
    a_day()
    tasks.plan(now=MORNING)
    found = dict(Task.objects.values_list("person_id", "text"))
    assert found
    for person, (version, _chance) in drawn(arm="treated").items():
        assert ("one", "two")[version] in found[person]


def test_a_shipped_play_lets_two_letters_compete():
    assert [name for name, written in shipped().items() if len(check(written).contact.words) > 1] == ["slipping-away"]
