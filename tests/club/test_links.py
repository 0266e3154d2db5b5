"""Links of a letter: counted for the letter, never for the person, and never leading anywhere but where the letter says."""

import datetime as dt
import fcntl
import re
import time
from threading import Timer

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from actions.messaging.post import BLOCKS, account, letter, mail_server, planned, worker
from cast import MORNING, person
from regulars.actions.messaging import clicks, links, machines
from regulars.actions.messaging.machines import Bursts, Click, is_machine
from regulars.actions.messaging.models import LinkCount, Message, MessageEvent
from regulars.customers.models import Consent, Event, Suppression
from regulars.shop import current
from regulars.words.links import replaced, targets
from regulars.words.models import Letter, Version

BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36",
    "Accept": "text/html,application/xhtml+xml", "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate",
}  # fmt: skip
TEA, NEW = "https://shop.example/tea?a=1&b=2", "https://shop.example/new"


@pytest.fixture(autouse=True)
def quiet_second(monkeypatch):
    """Nobody has clicked yet, and all of a test's clicks fall into one second."""
    monkeypatch.setattr(clicks, "_bursts", Bursts())
    monkeypatch.setattr(timezone, "now", lambda: MORNING)


def counted(blocks=BLOCKS):
    """A letter whose clicks are counted."""
    pk = letter(blocks=blocks)
    Letter.objects.filter(pk=pk).update(count_clicks=True)
    return pk


def address(number=0):
    return f"/l/{clicks.token(Version.objects.get().pk, number)}"


def browser(ip="10.0.0.1"):
    return Client(headers={"host": "localhost", **BROWSER}, REMOTE_ADDR=ip)


def told():
    return [(row.number, row.people, row.machines) for row in LinkCount.objects.order_by("number")]


def sent(who, letter_id):
    """The letters these people get."""
    account()
    planned(who, letter_id=letter_id)
    with mail_server() as (port, box):
        worker(port).run()
        return [box.parsed(place) for place in range(len(box.letters))]


def bodies(mail):
    return [mail.get_body((kind,)).get_content() for kind in ("html", "plain")]


def test_links_are_counted_only_where_the_shop_says_so(shop):
    [mail] = sent([person("Ada")], letter())
    assert all(TEA in body.replace("&amp;", "&") and "/l/" not in body for body in bodies(mail))
    assert clicks.by_link(Letter.objects.values_list("pk", flat=True)) == []


def test_everybody_gets_the_same_link_and_the_way_out_is_left_alone(shop):
    mails = sent([person("Ada"), person("Ben")], counted())
    found = [
        [set(re.findall(r"https://club\.shop\.example/l/[\w-]+", body)) for body in bodies(mail)] for mail in mails
    ]
    assert found[0] == found[1]
    assert found[0][0] == found[0][1] == {f"https://club.shop.example{address(number)}" for number in (0, 1)}
    for mail in mails:
        html, text = bodies(mail)
        assert "shop.example/tea" not in html + text
        assert "/u/" in html
        assert "/u/" in mail["List-Unsubscribe"]
    outs = {re.search(r"/u/([\w-]+)", mail["List-Unsubscribe"])[1] for mail in mails}
    assert len(outs) == 2


def test_a_letter_without_a_public_address_keeps_its_links(small_shop):
    account(public_url="")
    planned([person("Ada")], letter_id=counted())
    with mail_server() as (port, box):
        worker(port).run()
        assert "/l/" not in bodies(box.parsed())[0]


def test_a_link_leads_where_the_letter_says_and_is_counted(shop):
    counted()
    answer = browser().get(address())
    assert (answer.status_code, answer["Location"], answer["Referrer-Policy"]) == (302, TEA, "no-referrer")
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies
    browser("10.0.0.2").get(address())
    browser("10.0.0.3").get(address(1))
    assert told() == [(0, 2, 0), (1, 1, 0)]
    [first, second] = clicks.by_link([Letter.objects.get().pk])
    assert ((first.target, first.people), (second.target, second.people)) == ((TEA, 2), (NEW, 1))
    assert [n for _day, n in clicks.by_day([Letter.objects.get().pk])] == [3]


def test_following_a_link_changes_nothing_about_a_person(small_shop):
    planned([person("Ada")], letter_id=counted())
    before = [list(model.objects.order_by("pk").values()) for model in (Message, Consent)]
    browser().get(address())
    assert [list(model.objects.order_by("pk").values()) for model in (Message, Consent)] == before
    assert not any(model.objects.exists() for model in (MessageEvent, Event, Suppression))
    assert {field.name for field in LinkCount._meta.fields} == {
        "id",
        "version_id",
        "number",
        "day",
        "people",
        "machines",
    }


@pytest.mark.parametrize("query", ["?to=https://evil.example", "?next=//evil.example", "?url=javascript:alert(1)"])
def test_an_address_cannot_say_where_to_go(small_shop, query):
    counted()
    assert browser().get(address() + query)["Location"] == TEA


def test_a_forged_link_leads_nowhere_and_counts_nothing(small_shop):
    counted()
    good, version = address().removeprefix("/l/"), Version.objects.get().pk
    forged = [
        good[:-1], good[:-1] + ("A" if good[-1] != "A" else "B"), "A" * 22, "https://evil.example", good + "%0d%0aX", "é" * 22,
        links.token(version << 16, links.UNSUBSCRIBE), clicks.token(version, 2), clicks.token(version, 65535),
        clicks.token(version + 1, 0), links.token((1 << 63) | version << 16, links.CLICK),
    ]  # fmt: skip
    for token in forged:
        answer = browser().get(f"/l/{token}")
        assert (answer.status_code, answer.has_header("Location")) == (404, False), token
    assert told() == []
    assert browser().post(address()).status_code in (403, 405)


def test_a_click_token_is_no_way_out(small_shop):
    counted()
    token = address().removeprefix("/l/")
    assert browser().get(f"/u/{token}").status_code == browser().get(f"/p/{token}").status_code == 404


@pytest.mark.parametrize(
    "odd",
    [
        {"Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}, {"X-Moz": "prefetch"}, {"X-Purpose": "preview"},
        {"Sec-Fetch-Dest": "empty"}, {"Sec-Fetch-Mode": "no-cors"}, {"User-Agent": ""}, {"User-Agent": "curl/8.5"},
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}, {"User-Agent": "python-requests/2.32"}, {"Accept": "*/*"},
        {"User-Agent": "Barracuda Sentinel (EE)"}, {"User-Agent": "facebookexternalhit/1.1"},
    ],
)  # fmt: skip
def test_what_shows_itself_as_a_machine_is_led_on_but_counted_apart(small_shop, odd):
    counted()
    client = Client(headers={"host": "localhost", **BROWSER, **odd})
    assert client.get(address())["Location"] == TEA
    assert told() == [(0, 0, 1)]


def test_a_look_at_the_head_counts_for_nothing(small_shop):
    counted()
    assert browser().head(address())["Location"] == TEA
    assert told() == []


def test_a_telephone_whose_name_ends_in_bot_is_a_persons():
    assert not is_machine(BROWSER | {"User-Agent": "Mozilla/5.0 (Linux; Android 13; CUBOT P80) Mobile Safari/537.36"})


def test_a_burst_of_links_is_a_machines_also_those_counted_before(small_shop):
    counted()
    scanner = browser()
    for number in (0, 1):
        scanner.get(address(number))
    assert told() == [(0, 0, 1), (1, 0, 1)]


def test_one_visitor_counts_once_in_ten_seconds(small_shop):
    counted()
    one = browser()
    for _time in range(3):
        one.get(address())
    assert told() == [(0, 1, 0)]


def judged(steps, *, links=5):
    """What each click is: (seconds, number), by one visitor."""
    bursts = Bursts()
    made = [Click(1, number, MORNING + dt.timedelta(seconds=seconds), counted=False) for seconds, number in steps]
    return [bursts.judge(b"x", click, links=links)[0] for click in made], [click.counted for click in made]


def test_bursts_by_the_clock():
    assert judged([(0, 0), (1, 1), (2, 2), (5, 3)]) == (["person", "person", "machine", "machine"], [False] * 4)
    assert judged([(0, 0), (1.5, 1), (3, 2)]) == (["person"] * 3, [True] * 3)
    assert judged([(0, 0), (9, 0), (20, 0)]) == (["person", "again", "person"], [True, False, True])
    assert judged([(0, 0)], links=1) == (["person"], [True])


def test_visitors_are_forgotten(monkeypatch):
    monkeypatch.setattr(machines, "VISITORS_MAX", 10)
    bursts = Bursts()
    for place in range(50):
        bursts.judge(str(place).encode(), Click(1, 0, MORNING, counted=False), links=1)
    assert len(bursts._recent) <= 11
    bursts.judge(b"late", Click(1, 0, MORNING + dt.timedelta(minutes=1), counted=False), links=1)
    assert list(bursts._recent) == [b"late"]


def test_a_link_with_a_field_in_it_is_never_written_down(small_shop):
    private = "https://shop.example/?who={{ customer.name | default: 'x' }}"
    blocks = [
        {"kind": "button", "words": "Mine", "link": "https://shop.example/hello"},
        {"kind": "text", "words": "[me](mailto:me@shop.example) [call](tel:+4912) [same](https://shop.example/hello)."},
        {"kind": "text", "words": f"Look at {private}"},
    ]
    counted(blocks)
    version = Version.objects.get()
    assert targets(version.html) == ("https://shop.example/hello",)
    html, text = clicks.page(version, "https://club.shop.example/")
    assert text.count("https://club.shop.example/l/") == html.count("https://club.shop.example/l/") == 2
    assert "mailto:me@shop.example" in html
    assert private in text
    assert targets('<a href="{{ shop.name }}"><a href="https://x.example/{{ customer.city }}">') == ()


def test_longer_links_are_not_cut_by_shorter_ones():
    page = '<a href="https://x.example/a">1</a> <a class="b" href="https://x.example/a/b">2</a>'
    html, text = replaced(
        page,
        "https://x.example/a (https://x.example/a/b), https://x.example/a/c",
        {"https://x.example/a": "A", "https://x.example/a/b": "B"},
    )
    assert html == '<a href="A">1</a> <a class="b" href="B">2</a>'
    assert text == "A (B), https://x.example/a/c"


def test_an_older_key_still_leads_on(small_shop, monkeypatch):
    counted()
    old = address()
    monkeypatch.setattr(settings, "SECRET_KEY_FALLBACKS", [settings.SECRET_KEY])
    monkeypatch.setattr(settings, "SECRET_KEY", "another")
    assert browser().get(old)["Location"] == TEA


def test_two_clicks_at_once_are_two(shop):
    from actions.messaging.post import at_once

    counted()
    path = address()
    at_once([lambda ip=ip: browser(f"10.0.1.{ip}").get(path) for ip in range(6)])
    assert told() == [(0, 6, 0)]


def test_whoever_follows_a_link_does_not_wait_until_others_have_written(small_shop, monkeypatch):
    counted()
    monkeypatch.setattr(clicks, "PATIENCE_SECONDS", 0.05)
    current.folder().mkdir(parents=True, exist_ok=True)
    with (current.folder() / "turn.lock").open("ab") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        late = Timer(2.0, fcntl.flock, (turn, fcntl.LOCK_UN))
        late.start()
        began = time.monotonic()
        assert browser().get(address())["Location"] == TEA
        assert time.monotonic() - began < 1.5
        late.cancel()
    assert told() == []
