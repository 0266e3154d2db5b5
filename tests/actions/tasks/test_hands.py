"""Whose hands a task is in, what a call tells us, and cards that are printed and posted once."""

import pytest

from actions.messaging.post import at_once, letter
from actions.tasks.hands import DAY, HOUR, decided, paper
from cast import MORNING, PROOF, people, wish
from regulars.actions.tasks import carry_out, hearing, looking
from regulars.actions.tasks.models import Batch, Task
from regulars.actions.tasks.plan import plan
from regulars.actions.tasks.print_cards import cards_again, in_hand, labels_again, print_cards
from regulars.customers.consenting import say
from regulars.customers.models import Consent, Event, Identifier, Pause, Suppression
from regulars.decisions.gate import Request, decide
from regulars.shop import current


def call(name="Ada", **rest):
    """A call that mia has."""
    task = decided(name, channel="phone", todo={"script": "Ask how the tea was."}, **rest)
    return carry_out.take(task.pk, by="mia", at=MORNING)


def reason(task, channel="phone", source="campaign:next/1"):
    """Why this person would get nothing by a channel now; "" when they would."""
    asked = wish(source, channel=channel, not_before=MORNING + 40 * DAY, expires_at=MORNING + 44 * DAY)
    return decide([Request(task.identifier_id, asked, todo={"letter": letter()})], now=MORNING + 40 * DAY)[0].reason


@pytest.mark.parametrize("verb", ["done", "cancel", "put_back", "take"])
def test_what_somebody_has_nobody_else_can_change(small_shop, verb):
    task = call()
    deed = getattr(carry_out, verb)
    words = ("x",) if verb in ("done", "cancel") else ()
    found = deed(task.pk, *words, by="tom", at=MORNING)
    assert (found.state, found.by, found.outcome) == ("taken", "mia", "")


def test_who_has_it_puts_it_back_and_the_owner_frees_it(small_shop):
    task = call()
    assert carry_out.put_back(task.pk, by="mia", at=MORNING).state == "open"
    assert carry_out.take(task.pk, by="tom", at=MORNING).by == "tom"
    assert carry_out.put_back(task.pk, by="owner", at=MORNING, for_other=True).state == "open"
    assert carry_out.take(task.pk, by="mia", at=MORNING).by == "mia"


def test_two_who_take_at_once_do_not_both_have_it(shop):
    task = decided()
    alias = current.alias()

    def by(name):
        def deed():
            with current.using(alias):
                return carry_out.take(task.pk, by=name, at=MORNING).by

        return deed

    assert len(set(at_once([by("mia"), by("tom"), by("kim")]))) == 1


def test_two_who_print_at_once_print_each_card_once(shop):
    numbers = [decided(name).pk for name in ("Ada", "Ben", "Cleo")]
    Identifier.objects.update(city="Berlin", postcode="10115")
    found = at_once([lambda: print_cards(numbers, paper("mia")), lambda: print_cards(numbers, paper("mia"))])
    assert sorted(len(one.tasks) for one in found) == [0, 3]
    assert Batch.objects.count() == 1


def test_no_calls_holds_for_every_number_and_for_ever(shop):
    task = call()
    owner = Identifier.objects.get(pk=task.identifier_id).customer_id
    Identifier.objects.create(pk=77, kind="phone", value="+49301", customer_id=owner, seen_at=MORNING)
    say(77, "phone", {"": True}, proof=PROOF, at=MORNING - DAY)
    for _time in range(2):
        carry_out.done(task.pk, "never again", by="mia", at=MORNING + HOUR, result="no_calls")
    assert Suppression.objects.filter(channel="phone", lifted_at=None).count() == 2
    assert Consent.objects.filter(channel="phone", state="denied", wording="never again").count() == 2
    assert Task.objects.get().state == "done"
    assert reason(task) == "suppressed"
    assert reason(task, "email", "campaign:mail/1") == ""


def test_a_complaint_silences_marketing_until_it_is_settled(shop):
    task = call()
    for _time in range(2):
        carry_out.done(task.pk, "the cup was broken", by="mia", at=MORNING + HOUR, result="complaint")
    assert Pause.objects.get().why == "paused_case"
    assert list(hearing.complaints()) == [task.pk]
    assert reason(task, "email", "campaign:a/1") == "paused_case"
    assert hearing.settle(task, at=MORNING + DAY) == 1
    assert reason(task, "email", "campaign:b/1") == ""
    assert hearing.complaints() == {}


def test_a_wrong_number_is_called_no_more(small_shop):
    task = call()
    carry_out.done(task.pk, by="mia", at=MORNING, result="wrong_number")
    assert reason(task) == "suppressed"


def test_what_was_said_is_kept_for_colleagues_once(small_shop):
    task = call()
    for _time in range(2):
        carry_out.done(task.pk, "loves the jasmine", by="mia", at=MORNING, result="well")
    note = Event.objects.get()
    assert ("loves the jasmine" in note.data["text"], note.actor) == (True, "mia")


def test_a_word_counts_although_the_call_came_too_late(small_shop):
    task = call()
    carry_out.miss(now=MORNING + 3 * DAY)
    assert carry_out.done(task.pk, "no", by="tom", at=MORNING + 3 * DAY, result="no_calls").result == ""
    found = carry_out.done(task.pk, "no", by="mia", at=MORNING + 3 * DAY, result="no_calls")
    assert (found.state, found.result) == ("missed", "no_calls")
    assert Suppression.objects.exists()


def test_a_batch_is_printed_again_by_who_has_it_and_posted_once(shop):
    numbers = [decided(name).pk for name in ("Ada", "Ben")]
    Identifier.objects.update(city="Berlin", postcode="10115")
    first = print_cards(numbers, paper())
    batch = Batch.objects.get()
    assert (cards_again(batch), labels_again(batch)) == (first.cards, first.labels)
    assert looking.batches_of("mia") == [(batch, 2, 2)]
    carry_out.put_back(numbers[0], by="mia", at=MORNING)
    assert [task.pk for task in in_hand(batch)] == numbers[1:]
    assert [task.pk for task in carry_out.done_all(numbers, "posted", by="tom", at=MORNING)] == []
    for expected in (numbers[1:], []):
        found = carry_out.done_all(numbers, "posted", by="mia", at=MORNING + HOUR)
        assert [task.pk for task in found] == expected
    assert cards_again(batch) == b""


def test_many_cards_are_taken_together_but_not_past_a_no(small_shop):
    ids = people(600)
    Identifier.objects.update(name="P", address="Lindenweg 5", city="Berlin")
    decide([Request(pk, wish(channel="card"), "x", {"script": "Hi"}) for pk in ids], now=MORNING)
    plan(now=MORNING)
    say(ids[0], "card", {"": False}, proof=PROOF, at=MORNING)
    numbers = list(Task.objects.values_list("pk", flat=True))
    taken = carry_out.take_all([*numbers, *numbers], by="mia", at=MORNING)
    assert len(taken) == 599
    assert Task.objects.get(identifier_id=ids[0]).reason == "objected"


def test_counts_and_lists_tell_what_is_to_do(shop):
    ada, ben = decided("Ada"), decided("Ben", channel="phone", todo={"script": "x"})
    later = decided("Cleo", not_before=MORNING + HOUR)
    carry_out.take(ben.pk, by="mia", at=MORNING)
    told = looking.counts(now=MORNING)
    assert (told["card"].now, told["card"].later, told["call"].in_hand) == (1, 1, {"mia": 1})
    row = looking.to_do("card", now=MORNING)[0]
    assert (row.task, row.who, row.because, row.missing) == (ada, "Ada", "It is time.", ("city",))
    assert [one.task for one in looking.taken("call", now=MORNING)] == [ben]
    assert looking.taken("call", now=MORNING)[0].address.startswith("+49")
    assert looking.counts_of("campaign:spring/1") == {"open": 2, "taken": 1}
    assert looking.sources_of_cards(now=MORNING) == ["campaign:spring/1"]
    assert looking.numbers_to_print(now=MORNING, most=9, source="campaign:spring/1") == [ada.pk]
    assert looking.numbers_to_print(now=MORNING, most=9, source="campaign:other/1") == []
    end = MORNING + 3 * DAY
    assert looking.to_do("card", now=end) == looking.taken("call", now=end) == []
    assert {one.task.pk for one in looking.missed(now=end)} == {ada.pk, ben.pk, later.pk}
    assert all(one.late for one in looking.missed(now=end))


def test_a_call_for_somebody_merged_since_leads_to_who_they_are_now(small_shop):
    task = call()
    Identifier.objects.filter(pk=task.identifier_id).update(customer_id=5)
    assert looking.rows([task], now=MORNING)[0].customer_id == 5
