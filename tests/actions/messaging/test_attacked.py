"""Merged, split and erased while they wait: still once, still to an address that said yes, and nobody holds up the others."""

import pytest

from actions.messaging.post import HOUR, account, letter, mail_server, planned, worker
from cast import MORNING, PROOF, person, wish
from regulars import merge
from regulars.actions.messaging.models import Message
from regulars.actions.messaging.plan import Errand, send
from regulars.customers import pausing, suppressing
from regulars.customers.consenting import say
from regulars.customers.models import Identifier, MergeEvent, Pause, Suppression
from regulars.decisions.gate import Request, decide
from regulars.decisions.models import Decision, Reservation


@pytest.fixture()
def post():
    with mail_server() as found:
        yield found


def unite(left, right):
    merge.merge(left, right, actor="staff", reason="the same person", at=MORNING)


def addresses(box):
    return sorted(to for to, _from, _raw in box.letters)


@pytest.mark.parametrize("end", ["says no", "unsubscribes"])
def test_a_yes_of_another_address_does_not_let_a_letter_leave(small_shop, post, end):
    port, box = post
    account()
    one, two = person("Ada"), person("Ada Two", yes=False)
    unite(one, two)
    planned([one])
    say(two, "email", {"": True}, proof=PROOF, at=MORNING)
    if end == "says no":
        say(one, "email", {"": False}, proof=PROOF, at=MORNING + HOUR)
    else:
        because = suppressing.Because(Suppression.Why.UNSUBSCRIBED, "person")
        suppressing.suppress("email", "ada@customer.example", because, at=MORNING)
    worker(port, now=MORNING + HOUR).run()
    assert (box.letters, Message.objects.get().state) == ([], "refused")


@pytest.mark.parametrize("lanes", [1, 2])
def test_two_who_turn_out_to_be_one_get_the_letter_once(small_shop, post, lanes):
    port, box = post
    account()
    one, two = person("Ada"), person("Ada Two")
    planned([one, two])
    unite(one, two)
    worker(port, lanes=lanes).run()
    assert len(box.letters) == 1
    assert sorted(Message.objects.values_list("state", flat=True)) == ["cancelled", "sent"]
    assert Reservation.objects.filter(state="used").count() == 1


def test_an_address_that_was_erased_does_not_hold_up_the_others(small_shop, post):
    port, box = post
    account()
    ada, ben = person("Ada"), person("Ben")
    planned([ada, ben])
    Identifier.objects.filter(pk=ada).delete()
    worker(port).run()
    assert addresses(box) == ["ben@customer.example"]
    assert Message.objects.get(identifier_id=ada).reason == "no_address"


def test_whom_a_merge_renamed_is_still_called_by_name(small_shop, post):
    port, box = post
    account()
    one, two = person("Ada"), person("Ada Two", yes=False)
    letter_id = letter("Dear {{ customer.first_name }}")
    loser = max(one, two)
    say(loser, "email", {"": True}, proof=PROOF, at=MORNING)
    decide([Request(loser, wish(), todo={"letter": letter_id})], now=MORNING)
    planned([], letter_id=letter_id)
    unite(one, two)
    worker(port).run()
    assert box.parsed()["Subject"] == "Dear Ada"


def test_an_order_is_confirmed_once_though_its_customer_was_merged(small_shop, post):
    port, box = post
    account()
    one, two = person("Ada"), person("Ada Two")
    receipt = Errand(max(one, two), "order:receipt", "8812", letter())
    send(receipt, now=MORNING)
    unite(one, two)
    send(receipt, now=MORNING)
    worker(port).run()
    assert len(box.letters) == 1


def test_who_is_taken_apart_again_can_be_decided_about(small_shop):
    one, two = person("Ada", yes=False), person("Ben")
    unite(one, two)
    both = decide([Request(one, wish())], now=MORNING)[0]
    merge.undo(MergeEvent.objects.get(), actor="staff", at=MORNING)
    for each in (one, two):
        decide([Request(each, wish())], now=MORNING)
    assert both.identifier_id == two
    treated = Decision.objects.filter(arm="treated")
    assert [decision.identifier_id for decision in treated] == [two]


def test_a_letter_about_an_order_overtakes_a_campaign(small_shop, post):
    port, box = post
    account()
    who = [person(f"P{number}") for number in range(30)]
    planned(who)
    receipt = Errand(who[0], "order:receipt", "8812", letter())
    box.at_data = lambda number: send(receipt, now=MORNING) and None if number == 2 else None
    found = worker(port)
    found._most = 4
    found.run()
    subjects = [place for place in range(len(box.letters)) if b"orders@shop.example" in box.letters[place][2]]
    assert subjects
    assert subjects[0] < 20


def test_a_pause_and_its_end_while_a_letter_waits(small_shop, post):
    port, box = post
    account()
    ada, ben = person("Ada"), person("Ben")
    planned([ada, ben])
    for each in (ada, ben):
        pausing.pause(each, pausing.Grounds(Pause.Why.CASE, "desk", "8"), at=MORNING)
    pausing.end(ada, Pause.Why.CASE, at=MORNING, key="8")
    worker(port).run()
    assert addresses(box) == ["ada@customer.example"]
