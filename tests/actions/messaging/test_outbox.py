"""The outbox over a real mail server: each message once, each outcome in a named state, nothing without the gate."""

import datetime as dt

import pytest

from actions.messaging.post import BLOCKS, HOUR, account, letter, mail_server, planned, worker
from cast import MORNING, PROOF, person, wish
from regulars.actions.messaging import claim, journal
from regulars.actions.messaging.accounts import show, way_of
from regulars.actions.messaging.deliver import Worker
from regulars.actions.messaging.models import Account, Message, Viewed
from regulars.actions.messaging.plan import Errand, plan, send
from regulars.customers.consenting import say
from regulars.customers.models import Preference, Suppression
from regulars.decisions import stopping
from regulars.decisions.gate import Request, decide
from regulars.decisions.models import Decision, Reservation
from regulars.words.letters import Draft, write
from regulars.words.models import Letter

DAY = dt.timedelta(days=1)


@pytest.fixture()
def post():
    with mail_server() as found:
        yield found


def states():
    return sorted(Message.objects.values_list("state", flat=True))


def test_a_letter_leaves_once_and_is_marked_sent(shop, post):
    port, box = post
    account()
    planned([person("Ada Lovelace")])
    assert worker(port).run() == 1
    assert worker(port).run() == 0
    assert states() == ["sent"]
    assert Message.objects.get().provider_id == "queued as 1"
    assert box.parsed()["Subject"] == "News for Ada"
    assert Reservation.objects.get().state == "used"


def test_planning_twice_is_planning_once(shop):
    ada, letter_id = person("Ada"), letter()
    for _time in range(2):
        decide([Request(ada, wish(), todo={"letter": letter_id})], now=MORNING)
        assert plan(now=MORNING) in (0, 1)
    Decision.objects.update(performed_at=None)
    plan(now=MORNING)
    assert Message.objects.count() == 1


REPLIES = {
    "451 4.2.0 come back later": ("planned", False, None),
    "452 4.2.2 mailbox full": ("planned", False, None),
    "550 5.1.1 no such user": ("failed", True, None),
    "550 nobody here": ("failed", True, None),
    "552 5.2.2 mailbox full": ("planned", False, None),
    "554 5.6.0 this letter is not liked": ("failed", False, None),
    "550 5.7.1 you are on a block list": ("planned", False, "paused"),
    "535 5.7.8 log in first": ("planned", False, "paused"),
}


@pytest.mark.parametrize("stage", ["rcpt", "data"])
@pytest.mark.parametrize("reply", REPLIES)
def test_each_reply_means_what_it_says(small_shop, post, reply, stage):
    port, box = post
    account()
    planned([person("Ada")])
    setattr(box, f"at_{stage}", lambda _what: reply)
    worker(port).run()
    state, gone, paused = REPLIES[reply]
    assert states() == [state]
    assert Suppression.objects.exists() == gone
    assert (Account.objects.get().paused_until is not None) == (paused is not None)
    assert not box.letters
    if state == "failed":
        assert Reservation.objects.get().state == "released"


def test_a_cut_after_the_final_dot_is_unknown_and_never_sent_again(shop, post):
    port, box = post
    account()
    planned([person("Ada")])
    box.at_data = lambda _number: "cut"
    worker(port).run()
    assert states() == ["unknown"]
    box.at_data = lambda _number: None
    assert worker(port, now=MORNING + DAY).run() == 0
    assert not box.letters
    assert Reservation.objects.get().state == "used"


def test_a_server_that_is_away_loses_nothing(small_shop, post):
    port, box = post
    account()
    planned([person("Ada")])
    worker(1).run()
    assert states() == ["planned"]
    assert worker(port, now=MORNING + HOUR).run() == 1
    assert len(box.letters) == 1


def test_what_is_tried_in_vain_ends_as_failed(small_shop, post):
    port, box = post
    account()
    planned([person("Ada")], expires_at=MORNING + 60 * DAY)
    box.at_data = lambda _number: "451 later"
    for day in range(20):
        worker(port, now=MORNING + day * DAY).run()
    assert states() == ["failed"]
    assert Message.objects.get().attempts == 8


def test_what_expired_is_not_sent(small_shop, post):
    port, box = post
    account()
    planned([person("Ada")])
    worker(port, now=MORNING + 3 * DAY).run()
    assert (states(), box.letters) == (["expired"], [])


def test_a_withdrawal_between_planning_and_hand_over_is_obeyed(shop, post):
    port, box = post
    account()
    ada = person("Ada")
    planned([ada])
    say(ada, "email", {"": False}, proof=PROOF, at=MORNING)
    worker(port).run()
    message = Message.objects.get()
    assert (message.state, message.reason, box.letters) == ("refused", "objected", [])


def test_quiet_hours_hold_a_letter_until_the_morning(small_shop, post):
    port, _box = post
    account()
    late = MORNING.replace(hour=22)
    planned([person("Ada", country="DE")], now=MORNING)
    worker(port, now=late).run()
    message = Message.objects.get()
    assert (message.state, message.reason) == ("planned", "quiet_hours")
    assert message.not_before == dt.datetime(2026, 11, 19, 7, 0, tzinfo=dt.UTC)
    assert worker(port, now=message.not_before).run() == 1


def test_the_red_button_stops_the_next_letter_and_going_on_doubles_none(shop, post):
    port, box = post
    account()
    planned([person("Ada"), person("Ben"), person("Cleo")])
    box.at_data = lambda number: (
        number == 1 and stopping.stop("everything", why="typo", actor="owner", at=MORNING) and None
    )
    found = worker(port)
    found.run()
    taken = len(box.letters)
    assert taken == 2
    stopping.go_on("everything", actor="owner", at=MORNING)
    worker(port, now=MORNING + HOUR).run()
    assert sorted(to for to, _from, _raw in box.letters) == [
        "ada@customer.example",
        "ben@customer.example",
        "cleo@customer.example",
    ]


def test_a_stopped_campaign_does_not_hold_back_another(small_shop, post):
    port, box = post
    account()
    planned([person("Ada")])
    planned([person("Ben")], source="campaign:other/1")
    stopping.stop("campaign:spring", why="typo", actor="owner", at=MORNING)
    worker(port).run()
    assert [to for to, _from, _raw in box.letters] == ["ben@customer.example"]


def test_a_dead_workers_claims_go_back_and_what_it_was_sending_is_unknown(shop):
    account()
    ada, ben = person("Ada"), person("Ben")
    planned([ada, ben])
    send(Errand(ada, "order:receipt", "8812", letter()), now=MORNING)
    Message.objects.filter(person_id=ada).update(state="sending", claimed_by="dead", lease_until=MORNING)
    Message.objects.filter(person_id=ben).update(state="ready", claimed_by="dead", lease_until=MORNING)
    assert claim.settle(now=MORNING + HOUR) == 3
    found = {(m.person_id, m.marketing): m.state for m in Message.objects.all()}
    assert found == {(ada, True): "unknown", (ada, False): "planned", (ben, True): "planned"}


def test_a_claim_belongs_to_one_worker(shop):
    planned([person(f"P{number}") for number in range(6)])
    one = claim.claim("one", marketing=True, most=4, now=MORNING)
    two = claim.claim("two", marketing=True, most=4, now=MORNING)
    assert (len(one), len(two), set(one) & set(two)) == (4, 2, set())


def test_a_late_answer_settles_what_had_become_unknown(small_shop, post):
    from regulars.actions.messaging.channels.port import SENT, Outcome
    from regulars.actions.messaging.hand_over import Given, record

    planned([person("Ada")])
    Message.objects.update(state="unknown", claimed_by="w1")
    record([Given(Message.objects.get(), Outcome(SENT, provider_id="x"))], "w1", now=MORNING)
    assert states() == ["sent"]


def test_a_letter_about_an_order_goes_again_with_the_same_message_id(small_shop, post):
    port, box = post
    account()
    send(Errand(person("Ada", yes=False), "order:receipt", "8812", letter()), now=MORNING)
    worker(port).run()
    Message.objects.update(state="sending", lease_until=MORNING)
    worker(port, now=MORNING + HOUR).run()
    assert len(box.letters) == 2
    assert box.parsed(0)["Message-ID"] == box.parsed(1)["Message-ID"]
    assert box.parsed(0)["From"].addresses[0].addr_spec == "orders@shop.example"
    assert box.parsed(0)["List-Unsubscribe"] is None


def test_words_that_lack_a_value_stop_that_message_alone(small_shop, post):
    port, box = post
    account()
    letter_id = letter("Dear {{ customer.first_name }}")
    planned([person("Ada"), person("李雷")], letter_id=letter_id)
    worker(port).run()
    assert len(box.letters) == 1
    refused = Message.objects.get(state="refused")
    assert (refused.reason, "first_name" in refused.detail) == ("content_refused", True)
    assert Reservation.objects.filter(state="released").count() == 1


def test_nothing_leaves_by_accident(small_shop, post):
    port, box = post
    account(host="127.0.0.1", port=port, security="none", allowed="ada@customer.example")
    planned([person("Ada"), person("Ben")])
    Worker("w", lambda: MORNING, 2).run()
    assert [to for to, _from, _raw in box.letters] == ["ada@customer.example"]
    assert Viewed.objects.get().to == "ben@customer.example"
    Account.objects.all().delete()
    assert way_of("email").make_hand is None
    assert show is not None


def test_a_restored_backup_is_noticed(small_shop, post):
    port, _box = post
    account()
    planned([person("Ada"), person("Ben")])
    before = list(Message.objects.values())
    worker(port).run()
    assert journal.forgotten(now=MORNING) == []
    Message.objects.all().delete()
    Message.objects.bulk_create([Message(**row) for row in before])
    assert len(journal.forgotten(now=MORNING)) == 2


def test_a_worker_told_to_end_finishes_the_letter_at_hand_and_leaves_none_unknown(small_shop, post):
    port, box = post
    account()
    planned([person("Ada"), person("Ben"), person("Cleo")])
    found = worker(port)
    found.ended = lambda: len(box.letters) >= 1
    assert found.run() == 1
    assert states() == ["planned", "planned", "sent"]
    assert worker(port).run() == 2
    assert len(box.letters) == 3


@pytest.mark.parametrize(
    ("country", "subject", "purpose", "seen"),
    [
        ("CN", "新茶到了", "news", "广告 新茶到了"),
        ("CN", "AD: new tea", "news", "AD: new tea"),
        ("KR", "새 차", "news", "(광고) 새 차"),
        ("KR", "새 차", "service", "새 차"),
        ("DE", "Neuer Tee", "news", "Neuer Tee"),
        ("Deutschland", "Neuer Tee", "news", "Neuer Tee"),
    ],
)
def test_a_subject_begins_with_the_word_that_the_market_asks_for(small_shop, post, country, subject, purpose, seen):
    port, box = post
    account()
    planned([person("Ada", country=country)], letter_id=letter(subject), purpose=purpose)
    worker(port).run()
    assert box.parsed()["Subject"] == seen


def test_each_person_gets_the_language_they_chose_or_that_is_read_where_they_live(small_shop, post):
    port, box = post
    account()
    made = letter("Hello")
    for language, subject in (("de", "Hallo"), ("zh-hans", "您好")):
        write(Letter.objects.get(pk=made), Draft(language, subject, BLOCKS), by="test", at=MORNING)
    people_ = [person("Ada", country="DE"), person("Ben", country="FR"), person("Cleo", country="GB")]
    Preference.objects.create(pk=people_[2], language="zh-hans", at=MORNING)
    planned(people_, letter_id=made)
    worker(port).run()
    found = {box.letters[place][0].split("@")[0]: str(box.parsed(place)["Subject"]) for place in range(3)}
    assert found == {"ada": "Hallo", "ben": "Hello", "cleo": "您好"}
