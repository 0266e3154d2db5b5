"""Asking for letters: nothing comes before the question is answered, nobody is flooded, nobody learns who is a customer."""

import datetime as dt
import re

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from actions.messaging.post import account, letter, mail_server, worker
from cast import person, wish
from regulars import day
from regulars.actions.messaging import asking, links
from regulars.actions.messaging.asking import NoAddress, Wanted, ask, confirm, forget_unanswered
from regulars.actions.messaging.deliver import Worker
from regulars.actions.messaging.models import Message, Viewed
from regulars.customers.models import Consent, Customer, Identifier, Suppression
from regulars.customers.suppressing import Because, suppress
from regulars.decisions.gate import Request, decide

FORM = {"address": "Zoe@customer.example", "name": "Zoe", "agreed": "yes"}
NOW = dt.datetime(2026, 11, 18, 10, 0, tzinfo=dt.UTC)
WANTED = Wanted(("news",), "I want letters", "page of the club")
DAY = dt.timedelta(days=1)


@pytest.fixture()
def page(small_shop):
    cache.clear()
    return Client(HTTP_HOST="localhost")


def may_write(who, now):
    wanted = wish(f"campaign:{now:%d%H%M%S%f}/1", not_before=now, expires_at=now + DAY)
    return decide([Request(who, wanted, todo={"letter": letter()})], now=now)[0].reason != "no_basis"


def test_a_yes_counts_once_the_letter_that_asks_back_is_answered(shop):
    account()
    asked = ask("zoe@customer.example", "Zoe", WANTED, now=NOW)
    assert not Customer.objects.exists()
    assert not may_write(asked.identifier_id, NOW)
    with mail_server() as (port, box):
        worker(port).run()
        text = box.parsed().get_body(("plain",)).get_content()
    token = re.search(r"https://club\.shop\.example/j/([\w-]{22})", text)[1]
    assert links.message_of(token, links.CONFIRM) == asked.pk
    for _twice in range(2):
        assert confirm(Message.objects.get(), at=NOW + DAY)
    row = Consent.objects.get()
    assert (row.purpose, row.state, row.wording) == ("news", "granted", "I want letters")
    assert f"letter {asked.pk}" in row.provenance
    assert Customer.objects.get().email == "zoe@customer.example"
    assert may_write(asked.identifier_id, NOW + DAY)


def test_looking_at_the_link_changes_nothing_and_one_click_says_yes(page):
    assert "Look into your mailbox" in page.post("/join", FORM).content.decode()
    link = f"/j/{links.token(Message.objects.get().pk, links.CONFIRM)}"
    for look in (page.get, page.head):
        assert look(link).status_code == 200
    assert not Consent.objects.exists()
    assert "Thank you" in page.post(link).content.decode()
    assert Consent.objects.filter(state="granted").count() == 3


def test_a_customer_who_had_left_is_welcome_again(page):
    ada = person("Ada", yes=False)
    suppress(
        "email", "ada@customer.example", Because(Suppression.Why.UNSUBSCRIBED, "person", "link"), at=timezone.now()
    )
    page.post("/join", FORM | {"address": "ada@customer.example"})
    page.post(f"/j/{links.token(Message.objects.get().pk, links.CONFIRM)}")
    assert may_write(ada, timezone.now())


def test_known_and_unknown_addresses_get_the_same_answer(page):
    person("Ada")
    answers = {page.post("/join", FORM | {"address": who}).content for who in ("ada@customer.example", "zoe@x.example")}
    assert len({re.sub(rb'value="[^"]*"', b"", each) for each in answers}) == 1


def test_nobody_is_flooded_with_questions(small_shop):
    asked = [ask("zoe@customer.example", "", WANTED, now=NOW + place * DAY / 2) for place in range(12)]
    assert Message.objects.count() == 3
    assert asked[-1] is None
    assert ask("zoe@customer.example", "", WANTED, now=NOW + 40 * DAY) is not None


def test_each_address_of_a_person_is_asked_by_a_letter_of_its_own(small_shop):
    ada, other = person("Ada"), person("Ada Private")
    Identifier.objects.filter(pk=other).update(customer_id=ada)
    for name in ("ada", "ada.private"):
        asked = ask(f"{name}@customer.example", "", WANTED, now=NOW)
        link = asked.data["confirm"]["link"]
        assert links.message_of(link.rpartition("/")[2], links.CONFIRM) == asked.pk
    assert set(Message.objects.values_list("identifier_id", flat=True)) == {ada, other}


def test_a_machine_that_fills_the_hidden_field_is_thanked_and_ignored(page):
    assert "Look into your mailbox" in page.post("/join", FORM | {"website": "x"}).content.decode()
    assert not Message.objects.exists()


def test_one_place_cannot_ask_for_many(page):
    answers = [page.post("/join", FORM | {"address": f"a{one}@x.example"}).status_code for one in range(12)]
    assert answers[:10] == [200] * 10
    assert answers[10:] == [429] * 2


def test_behind_a_proxy_each_visitor_has_a_place_of_their_own(page, monkeypatch):
    monkeypatch.setattr(settings, "SECURE_PROXY_SSL_HEADER", ("HTTP_X_FORWARDED_PROTO", "https"))

    def asked(one, said):
        return page.post(
            "/join", FORM | {"address": f"a{one}@x.example"}, headers={"x-forwarded-for": said}
        ).status_code

    assert {asked(one, f"10.0.0.{one}") for one in range(12)} == {200}
    assert [asked(one, f"{one}.1.1.1, 192.0.2.7") for one in range(11)][-1] == 429


@pytest.mark.parametrize(
    "wrong", [{"agreed": ""}, {"address": "zoe"}, {"address": "noreply@x.example"}, {"address": "a@x.example\r\nBcc: b@x.example"}]
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_sent(page, wrong):
    assert page.post("/join", FORM | wrong).status_code == 422
    assert not Message.objects.exists()


def test_a_link_for_another_deed_or_a_forged_one_does_nothing(page):
    page.post("/join", FORM)
    number = Message.objects.get().pk
    for token in (links.token(number, links.UNSUBSCRIBE), links.token(number, links.CONFIRM)[:-1] + "_", "A" * 22):
        assert page.post(f"/j/{token}").status_code == 404
    assert not Consent.objects.exists()


def test_a_question_runs_out_and_its_address_is_forgotten(shop):
    asked = ask("zoe@customer.example", "", WANTED, now=NOW)
    ada = person("Ada")
    ask("ada@customer.example", "", WANTED, now=NOW)
    late = NOW + 15 * DAY
    assert not confirm(asked, at=late)
    assert forget_unanswered(now=late) == 1
    assert list(Identifier.objects.values_list("pk", flat=True)) == [ada]


def test_a_letter_that_was_only_shown_is_forgotten_with_its_address(shop):
    ask("zoe@customer.example", "", WANTED, now=NOW)
    person("Ada")
    ask("ada@customer.example", "", WANTED, now=NOW)
    Worker("w1", lambda: NOW, 1).run()
    assert set(Viewed.objects.values_list("to", flat=True)) == {"zoe@customer.example", "ada@customer.example"}
    forget_unanswered(now=NOW + 15 * DAY)
    assert Viewed.objects.get().to == "ada@customer.example"


def test_an_address_is_not_forgotten_while_a_later_question_stands(small_shop):
    ask("zoe@customer.example", "", WANTED, now=NOW)
    again = ask("zoe@customer.example", "", WANTED, now=NOW + 13 * DAY)
    assert forget_unanswered(now=NOW + 15 * DAY) == 0
    assert confirm(again, at=NOW + 16 * DAY)


def test_who_answered_is_not_forgotten(small_shop):
    confirm(ask("zoe@customer.example", "", WANTED, now=NOW), at=NOW + DAY)
    assert forget_unanswered(now=NOW + 20 * DAY) == 0


@pytest.mark.parametrize("purposes", [(), ("order",), ("nonsense",)])
def test_only_marketing_is_asked_for(purposes):
    with pytest.raises(ValueError, match="purposes"):
        Wanted(purposes, "w", "x")


def test_the_question_comes_in_the_language_of_the_page(small_shop):
    account()
    ask("zoe@customer.example", "", Wanted(("news",), "w", "x", "zh-hans"), now=NOW)
    with mail_server() as (port, box):
        worker(port).run()
        assert box.parsed()["Subject"] != "Shall {{ shop.name }} write to you?"
        assert asking._words("en").subject != str(box.parsed()["Subject"])
        assert re.search("[\u4e00-\u9fff]", str(box.parsed()["Subject"]))


def test_what_is_no_address_is_refused():
    with pytest.raises(NoAddress):
        asking._checked("zoe")


def test_a_shop_without_facts_forgets_too(small_shop):
    ask("zoe@customer.example", "", WANTED, now=NOW)
    for later in (NOW, NOW + 20 * DAY, NOW + 20 * DAY):
        assert day.refresh(now=later, say=str) is None
    assert not Identifier.objects.exists()
