"""The gate: every rule asked in its order, one answer written, slots held, used, displaced and given back."""

import datetime as dt

import pytest

from cast import MORNING, PROOF, person, wish
from regulars.customers import pausing, suppressing
from regulars.customers.consenting import say
from regulars.customers.models import Attestation, Consent, Identifier, Pause, Suppression
from regulars.decisions import stopping
from regulars.decisions.gate import Request, confirm, decide, weigh
from regulars.decisions.models import ContactRules, Decision, Reservation
from regulars.decisions.standing import Question
from regulars.decisions.taking_back import release, take_back
from regulars.policy.hold_out import HoldOut
from regulars.shop import current
from regulars.shop.keys import key_id

DAY = dt.timedelta(days=1)


def decided(who, now=MORNING, **rest):
    return decide([Request(who, wish(**rest))], now=now)[0]


def confirmed(decision, now, **rest):
    with current.atomic():
        asked = wish(decision.source, **({"not_before": decision.not_before} | rest))
        return confirm([Question(decision.identifier_id, asked, decision.pk)], now=now)[0]


def test_whoever_said_yes_is_treated_and_holds_a_slot(shop):
    found = decided(person("Ada"))
    assert (found.arm, found.reason, found.not_before) == ("treated", "", MORNING)
    assert Reservation.objects.get().state == "held"
    assert Consent.objects.get(pk=found.consent_id).wording == PROOF.wording


def suppress(who, why):
    suppressing.suppress("email", Identifier.objects.get(pk=who).value, suppressing.Because(why, "test"), at=MORNING)


NO = {
    "no_basis": lambda _ada: None,
    "objected": lambda ada: say(ada, "email", {"": True, "news": False}, proof=PROOF, at=MORNING),
    "suppressed": lambda ada: suppress(ada, Suppression.Why.UNSUBSCRIBED),
    "paused_person": lambda ada: pausing.pause(
        ada, pausing.Grounds(Pause.Why.PERSON, "Ada"), at=MORNING, until=MORNING + 30 * DAY
    ),
    "paused_case": lambda ada: pausing.pause(ada, pausing.Grounds(Pause.Why.CASE, "desk", "8"), at=MORNING),
    "paused_bereavement": lambda ada: pausing.pause(ada, pausing.Grounds(Pause.Why.BEREAVEMENT, "staff"), at=MORNING),
    "paused_return": lambda ada: pausing.pause(ada, pausing.Grounds(Pause.Why.RETURN, "desk"), at=MORNING),
    "paused_complaint": lambda ada: pausing.pause(ada, pausing.Grounds(Pause.Why.COMPLAINT, "provider"), at=MORNING),
    "bad_address": lambda ada: Identifier.objects.filter(pk=ada).update(blocked="shared"),
    "claimed_only": lambda ada: Consent.objects.create(
        pk=1, identifier_id=ada, channel="email", state="claimed", provenance="list", at=MORNING
    ),
}


@pytest.mark.parametrize("reason", NO)
def test_a_no_has_its_reason_and_holds_no_slot(small_shop, reason):
    ada = person("Ada", yes=reason not in ("no_basis", "claimed_only"))
    NO[reason](ada)
    found = decided(ada)
    assert (found.arm, found.reason) == ("refused", reason)
    assert not Reservation.objects.exists()
    assert Decision.objects.get().reason == reason


def test_a_channel_without_an_address_is_refused(small_shop):
    ada = person("Ada", street="")
    assert decided(ada, channel="sms").reason == "no_basis"
    say(ada, "sms", {"": True}, proof=PROOF, at=MORNING)
    assert decided(ada, channel="sms", source="campaign:b/1").reason == "no_address"
    assert decided(ada, channel="card", source="campaign:c/1").reason == "no_address"


def test_what_an_export_claims_opens_nothing_until_the_owner_vouches_for_it(small_shop):
    ada = person("Ada", yes=False)
    NO["claimed_only"](ada)
    assert decided(ada).reason == "claimed_only"
    Attestation.objects.create(
        kind="claimed", channel="email", wording="tick box in the checkout", actor="owner", at=MORNING
    )
    assert decided(ada, source="campaign:second/1").arm == "treated"


@pytest.mark.parametrize("vouched", [True, False])
def test_a_list_that_still_claims_a_yes_changes_nothing_of_what_a_person_said(small_shop, vouched):
    ada, eve, zoe = person("Ada"), person("Eve", yes=False), person("Zoe", yes=False)
    say(eve, "email", {"": False}, proof=PROOF, at=MORNING - DAY)
    say(zoe, "email", {"news": False, "care": True}, proof=PROOF, at=MORNING - DAY)
    for who in (ada, eve, zoe):
        Consent.objects.create(
            pk=who, identifier_id=who, channel="email", state="claimed", provenance="list 2", at=MORNING
        )
    if vouched:
        Attestation.objects.create(kind="claimed", channel="email", wording="tick box", actor="owner", at=MORNING)
    assert [decided(who).reason for who in (ada, eve, zoe)] == ["", "objected", "objected"]


def test_buyers_who_could_refuse_may_be_written_to_where_the_owner_says_so(small_shop):
    ada, eve = person("Ada", yes=False), person("Eve", yes=False)
    say(eve, "email", {"": False}, proof=PROOF, at=MORNING)
    Attestation.objects.create(kind="soft_opt_in", channel="email", wording="checkout text", actor="owner", at=MORNING)
    assert [decided(who).reason for who in (ada, eve)] == ["", "objected"]


def test_a_yes_that_ended_is_none(small_shop):
    from dataclasses import replace

    ada = person("Ada", yes=False)
    say(ada, "email", {"": True}, proof=replace(PROOF, valid_until=MORNING + DAY), at=MORNING)
    assert decided(ada).arm == "treated"
    assert decided(ada, now=MORNING + DAY, source="campaign:later/1", expires_at=MORNING + 9 * DAY).reason == "no_basis"


def test_the_newest_word_counts_and_a_word_about_everything_overrides_single_ones(small_shop):
    ada = person("Ada")
    say(ada, "email", {"news": False}, proof=PROOF, at=MORNING)
    assert decided(ada).reason == "objected"
    say(ada, "email", {"": True}, proof=PROOF, at=MORNING + DAY)
    assert decided(ada, source="campaign:second/1").arm == "treated"


def test_a_letter_about_an_order_passes_everything_but_an_address_that_is_gone(small_shop):
    ada = person("Ada", yes=False)
    pausing.pause(ada, pausing.Grounds(Pause.Why.BEREAVEMENT, "staff"), at=MORNING)
    suppress(ada, Suppression.Why.UNSUBSCRIBED)
    receipt = {"purpose": "order", "source": "order:receipt/1", "expires_at": None}
    assert decided(ada, **receipt, occurrence="8812").arm == "treated"
    suppress(ada, Suppression.Why.BOUNCE)
    assert decided(ada, **receipt, occurrence="8813").reason == "suppressed"
    assert not Reservation.objects.exists()


def test_a_second_contact_in_the_week_waits_for_its_slot_or_is_refused(shop):
    ada = person("Ada")
    decided(ada)
    short = decided(ada, source="campaign:second/1")
    assert (short.reason, short.arm) == ("budget_used", "refused")
    long = decided(ada, source="campaign:third/1", expires_at=MORNING + 8 * DAY)
    assert (long.arm, long.not_before) == ("treated", MORNING + 7 * DAY)


def test_cards_and_calls_use_the_same_budget_and_the_inbox_none(small_shop):
    ada = person("Ada", phone="+4930123456")
    say(key_id("phone", "+4930123456"), "phone", {"": True}, proof=PROOF, at=MORNING)
    assert decided(ada, channel="inbox", source="campaign:i/1").arm == "treated"
    assert decided(ada, channel="card", source="campaign:c/1").arm == "treated"
    assert decided(ada, channel="phone", source="campaign:p/1").reason == "budget_used"


def test_what_matters_more_takes_the_slot_of_what_has_not_begun(shop):
    ada = person("Ada")
    news = decided(ada, priority=5)
    birthday = decided(ada, purpose="care", source="play:birthday/1", priority=2)
    assert birthday.arm == "treated"
    assert Reservation.objects.get(pk=news.pk).state == "released"
    assert confirmed(news, MORNING).reason == "lower_priority"
    assert confirmed(birthday, MORNING, purpose="care", priority=2).yes
    assert Decision.objects.get(pk=news.pk).reason == "lower_priority"


def test_what_has_been_sent_is_not_displaced(small_shop):
    ada = person("Ada")
    news = decided(ada, priority=5)
    assert confirmed(news, MORNING).yes
    assert decided(ada, purpose="care", source="play:birthday/1", priority=2).reason == "budget_used"


def test_the_same_wish_twice_is_one_decision(shop):
    ada = person("Ada")
    assert decided(ada).pk == decided(ada).pk == Decision.objects.get().pk
    suppress(ada, Suppression.Why.STAFF)
    refused = decided(ada, source="campaign:second/1")
    assert decided(ada, source="campaign:second/1").pk == refused.pk


def test_of_two_addresses_the_one_that_said_yes_is_written_to(small_shop):
    ada, other = person("Ada", yes=False), person("Ada2")
    Identifier.objects.filter(pk=other).update(customer_id=ada)
    assert decided(ada).identifier_id == other


@pytest.mark.parametrize("later", [True, False])
def test_who_said_no_under_one_address_is_not_written_to_under_the_other(small_shop, later):
    """A no after the yes is about the person; a yes after the no stands."""
    ada, other = person("Ada"), person("Ada2")
    said = MORNING - (50 if later else 150) * DAY
    say(ada, "email", {"": False}, proof=PROOF, at=said)
    apart = decided(other, source="campaign:before/1")
    Identifier.objects.filter(pk=other).update(customer_id=ada)
    assert apart.arm == "treated"
    assert (decided(ada).reason == "objected") is later
    assert confirmed(apart, MORNING).yes is not later


def test_a_no_that_a_list_claims_is_about_its_own_address(small_shop):
    ada, other = person("Ada", yes=False), person("Ada2")
    Consent.objects.create(
        pk=ada, identifier_id=ada, channel="email", state="claimed_no", provenance="list 2", at=MORNING
    )
    Identifier.objects.filter(pk=other).update(customer_id=ada)
    assert decided(ada).identifier_id == other


def test_united_people_get_one_of_two_letters(shop):
    ada, other = person("Ada"), person("Ada2")
    first, second = decided(ada), decided(other)
    Identifier.objects.filter(pk=other).update(customer_id=ada)
    assert confirmed(first, MORNING).reason == "already_done"
    assert confirmed(second, MORNING).yes


def test_the_hold_out_is_drawn_last_among_the_final_answers(small_shop):
    dan, eve = person("Dan"), person("Eve", yes=False)
    everybody = {"hold_out": HoldOut("salt", play=1.0)}
    assert [decided(who, **everybody).arm for who in (dan, eve)] == ["held_out", "refused"]
    assert not Reservation.objects.exists()


def test_a_stop_holds_back_and_its_end_lets_go_on_once(shop):
    ada = person("Ada")
    stopping.stop("everything", why="red button", actor="owner", at=MORNING)
    found = decided(ada)
    assert (found.arm, found.reason) == ("treated", "paused_shop")
    asked = confirmed(found, MORNING)
    assert (asked.reason, asked.final) == ("paused_shop", False)
    stopping.go_on("everything", actor="owner", at=MORNING)
    assert confirmed(found, MORNING).yes
    assert Reservation.objects.get().state == "used"


@pytest.mark.parametrize("scope", ["channel:email", "campaign:spring"])
def test_a_channel_or_a_play_can_be_stopped_alone(small_shop, scope):
    ada = person("Ada")
    found = decided(ada)
    stopping.stop(scope, why="typo", actor="owner", at=MORNING)
    stopping.stop(scope, why="typo", actor="owner", at=MORNING)
    assert confirmed(found, MORNING).reason == "play_stopped"
    assert decided(ada, channel="inbox", source="campaign:other/1").arm == "treated"


@pytest.mark.parametrize("reason", [reason for reason in NO if reason not in ("no_basis", "claimed_only")])
def test_what_changes_between_planning_and_hand_over_is_asked_again(shop, reason):
    ada = person("Ada")
    found = decided(ada)
    NO[reason](ada)
    answer = confirmed(found, MORNING)
    assert (answer.reason, answer.final) == (reason, True)
    assert Reservation.objects.get().state == "released"
    assert Decision.objects.get().reason == reason


def test_what_expired_while_it_waited_is_not_handed_over(small_shop):
    found = decided(person("Ada"))
    assert confirmed(found, MORNING + 3 * DAY).reason == "expired"


def test_a_released_slot_is_free_for_another(small_shop):
    ada = person("Ada")
    release([decided(ada).pk], why="cancelled", at=MORNING)
    assert decided(ada, source="campaign:second/1").arm == "treated"


def test_what_is_just_leaving_is_not_taken_back(shop):
    leaving, waiting = decided(person("Ada")), decided(person("Ben"))
    Decision.objects.update(performed_at=MORNING)  # both are messages already
    assert confirmed(leaving, MORNING).yes
    assert take_back([leaving.pk, waiting.pk], why="cancelled", at=MORNING) == 1
    assert dict(Reservation.objects.values_list("decision_id", "state")) == {leaving.pk: "used", waiting.pk: "released"}
    assert Decision.objects.get(pk=leaving.pk).ended_at is None


def test_a_preview_writes_nothing(small_shop):
    ada, eve = person("Ada"), person("Eve", yes=False)
    answers = weigh([Request(ada, wish()), Request(eve, wish())], now=MORNING)
    assert [answer.reason for answer in answers] == ["", "no_basis"]
    assert not Decision.objects.exists()


def test_the_merchant_chooses_the_budget(small_shop):
    ContactRules.objects.create(pk=1, week=2, month=2)
    ada = person("Ada")
    assert [decided(ada, source=f"campaign:{n}/1").arm for n in range(3)] == ["treated", "treated", "refused"]
