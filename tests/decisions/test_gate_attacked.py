"""The gate under attack: slots that need not be given up, words that end, people nobody has described yet."""

import datetime as dt
from dataclasses import replace

from cast import MORNING, PROOF, person, wish
from regulars.customers.consenting import say
from regulars.customers.models import Attestation
from regulars.decisions.gate import Request, decide
from regulars.decisions.models import Reservation

DAY = dt.timedelta(days=1)


def decided(who, now=MORNING, **rest):
    return decide([Request(who, wish(**rest))], now=now)[0]


def test_only_the_contact_in_the_way_gives_up_its_slot(small_shop):
    ada = person("Ada")
    far = decided(ada, source="play:news/1", not_before=MORNING + 20 * DAY, expires_at=MORNING + 25 * DAY, priority=5)
    near = decided(ada, source="play:refill/1", not_before=MORNING + DAY, expires_at=MORNING + 2 * DAY, priority=4)
    assert decided(ada, source="play:wish/1", priority=2).arm == "treated"
    states = dict(Reservation.objects.values_list("decision_id", "state"))
    assert (states[near.pk], states[far.pk]) == ("released", "held")


def test_a_no_stands_again_when_the_yes_that_followed_it_has_ended(small_shop):
    ada = person("Ada", yes=False)
    say(ada, "email", {"": False}, proof=PROOF, at=MORNING - 2 * DAY)
    say(ada, "email", {"": True}, proof=replace(PROOF, valid_until=MORNING), at=MORNING - DAY)
    Attestation.objects.create(kind="soft_opt_in", channel="email", wording="checkout", actor="owner", at=MORNING - DAY)
    assert decided(ada, now=MORNING + DAY).reason == "objected"
