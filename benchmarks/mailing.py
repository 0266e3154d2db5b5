"""The processes that `benchmarks.messages` measures: each gets ready, says so, waits for a line, works, and tells."""

import datetime as dt
import json
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from benchmarks import made

NOW = dt.datetime(2026, 11, 18, 10, 0, tzinfo=dt.UTC)
"""A Wednesday morning: nobody's quiet hours."""
BLOCKS = [
    {"kind": "heading", "words": "Hello {{ customer.first_name | default: 'friend' }}"},
    {
        "kind": "text",
        "words": "Your **green tea** is back, picked in April. [See it](https://shop.example/tea?a=1&b=2)",
    },
    {"kind": "text", "words": "It is best within the year.\n\nWrite to us if you have a question; a person answers."},
    {"kind": "button", "words": "Look", "link": "https://shop.example/new"},
]
SUBJECT = "News for {{ customer.first_name | default: 'you' }}"
PLAY = "campaign:spring/1"
PEOPLE_AT_ONCE = 10_000


def measured(work: Callable[[], Any]) -> dict[str, Any]:
    """Wait for the word to begin; then the result, when it began and ended on this machine's clock, and what it cost."""
    print("ready", flush=True)
    sys.stdin.readline()
    began, cpu = time.monotonic(), time.process_time()
    result = work()
    spent = {"began": began, "ended": time.monotonic(), "cpu": time.process_time() - cpu}
    return {"result": result, **spent, "peak_mb": made.peak_mb()}


def people(count: int) -> Iterator[list[int]]:
    """Customers who said yes to e-mail; their numbers, PEOPLE_AT_ONCE at a time."""
    from regulars.customers.models import Consent, Customer, Identifier
    from regulars.shop.inserting import insert_all
    from regulars.shop.keys import key_id

    for start in range(0, count, PEOPLE_AT_ONCE):
        numbers = range(start, min(count, start + PEOPLE_AT_ONCE))
        rows = [(key_id("email", value), value) for value in (f"p{number}@customer.example" for number in numbers)]
        about = {"name": "Ada Lovelace", "country": "DE", "seen_at": NOW}
        insert_all([Identifier(pk=pk, kind="email", value=value, customer_id=pk, **about) for pk, value in rows])
        insert_all([Customer(pk=pk, email=value, **about) for pk, value in rows])
        said = {"channel": "email", "state": "granted", "basis": "express", "provenance": "benchmark"}
        insert_all([Consent(pk=pk, identifier_id=pk, at=NOW - dt.timedelta(days=100), **said) for pk, _value in rows])
        yield [pk for pk, _value in rows]


def shop(count: int, port: int) -> dict[str, Any]:
    """A shop with a letter for so many people, decided and planned; the seconds of both."""
    from regulars.actions.messaging.models import Account, Message
    from regulars.actions.messaging.plan import plan
    from regulars.decisions.gate import Request, decide
    from regulars.policy.contact import Wish
    from regulars.shop import current
    from regulars.words.letters import Draft, write
    from regulars.words.models import Letter, Version

    letter = Letter.objects.create(name="spring", at=NOW)
    write(letter, Draft("en", SUBJECT, BLOCKS), by="benchmark", at=NOW)
    Account.objects.create(
        channel="email", way="smtp", host="127.0.0.1", port=port, security="none", allowed="*", from_name="The Tea House",
        from_address="hello@news.shop.example", bounce_host="bounce.shop.example", postal_address="Lindenweg 5, Berlin",
        public_url="https://club.shop.example", warm_up=False, per_minute=10_000_000,
    )  # fmt: skip
    wish = Wish("email", "news", PLAY, "once", NOW, NOW + dt.timedelta(days=3))
    decided = 0.0
    for who in people(count):
        asked = [Request(one, wish, todo={"letter": letter.pk}) for one in who]
        decided += made.timed(partial(decide, asked, now=NOW))[0]
    planned = made.timed(lambda: plan(now=NOW))[0]
    assert Message.objects.filter(state="planned").count() == count
    if current.connection().vendor == "postgresql":
        with current.connection().cursor() as cursor:
            cursor.execute("ANALYZE")  # as the server does by itself within a minute
    version = Version.objects.get()
    words = {"subject": version.subject, "text": version.text, "html": version.html}
    return {"decide": decided, "plan": planned, "words": words, "peak_mb": made.peak_mb()}


def work(name: str, lanes: int) -> dict[str, Any]:
    """One worker, until nothing waits."""
    from regulars.actions.messaging.deliver import Worker

    return measured(Worker(name, lambda: NOW, lanes).run)


def raw(port: int, count: int) -> dict[str, Any]:
    """The same letter, made once, through the standard library's smtplib over one kept connection."""
    import smtplib

    from regulars.actions.messaging.channels.email.mime import message

    html = f"<html><body>{'<p>words</p>' * 400}</body></html>"
    letter = message({"From": "a@shop.example", "Subject": "News"}, text="words " * 60, html=html, boundary="b")
    connection = smtplib.SMTP("127.0.0.1", port)

    def send() -> int:
        for number in range(count):
            connection.sendmail("a@shop.example", [f"p{number}@customer.example"], letter)
        return count

    return measured(send) | {"bytes": len(letter)}


def commits(count: int) -> dict[str, Any]:
    """Single rows, each in a durable transaction of its own, with nothing above the driver."""
    from regulars.shop import current

    connection = current.connection()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS one_by_one (id BIGINT PRIMARY KEY, state TEXT)")
        cursor.execute("DELETE FROM one_by_one")

    def write() -> int:
        with connection.cursor() as cursor:
            for number in range(count):
                cursor.execute("INSERT INTO one_by_one VALUES (%s, 'sending')", [number])
        return count

    return measured(write)


def profile(name: str, lanes: int) -> dict[str, Any]:
    """Where a worker's processor time goes, printed to the errors."""
    import cProfile
    import pstats

    watched = cProfile.Profile()
    found = watched.runcall(work, name, lanes)
    pstats.Stats(watched, stream=sys.stderr).sort_stats("tottime").print_stats(45)
    pstats.Stats(watched, stream=sys.stderr).sort_stats("cumulative").print_stats(70)
    return found


if __name__ == "__main__":
    from regulars.cli.setting_up import ready

    verb, *rest = sys.argv[1:]
    ready(migrate=verb == "shop")
    verbs: dict[str, Callable[..., dict[str, Any]]] = {
        "shop": shop, "work": work, "raw": raw, "commits": commits, "profile": profile,
    }  # fmt: skip
    print(json.dumps(verbs[verb](*(int(each) if each.isdigit() else each for each in rest))))
