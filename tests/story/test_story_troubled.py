"""A shop that hears of orders late and whose customers have two addresses: what is promised holds for people, as far as they are known."""

import datetime as dt
from collections import Counter

import pyarrow.parquet as pq
import pytest

import databases
from regulars.orders.models import Order
from story.story_checked import checked, rows
from story.story_killed import live_and_kill
from story.story_people import Ledger

WORLD = {"customers": 200, "arrivals": 0.005, "order_scale": 3.0, "burn_in": 420, "horizon": 40, "complaints": 0.5, "filed": 1.0, "unsubscribe": 0.03,
         "late": 0.4, "returned_within": 90, "second_address": 0.6}  # fmt: skip
SEED, KILLS = 1, 2
BEGUN = dt.date(2023, 1, 1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    home = tmp_path_factory.mktemp("troubled")
    with databases.fresh("sqlite", home):
        terms = {"share": 0.3, "per_day": 3}
        assert live_and_kill(home / "life", WORLD, SEED, kills=KILLS, day_seconds=0.3, quick=True, terms=terms) == KILLS
        yield home / "life"


def test_every_promise_is_kept(folder):
    told, broken = checked()
    assert told["letters that left"] > 60
    assert {name: times for name, times in broken.items() if times} == {}


def test_people_were_found_to_be_one_and_taken_apart_again(folder):
    ledger = Counter(row["kind"] for row in rows("SELECT kind FROM customers_mergeevent"))
    assert ledger["merge"] > 10
    assert ledger["undo"] > 0
    assert len(rows("SELECT DISTINCT identifier_id FROM messaging_message WHERE state = 'sent'")) > 40
    others = "SELECT id FROM customers_identifier WHERE value LIKE '%.other@%'"
    assert rows(f"SELECT id FROM messaging_message WHERE state = 'sent' AND identifier_id IN ({others})")


def test_late_orders_are_in_the_books_once(folder):
    late, keys = 0, []
    for path in sorted((folder / "facts").glob("*-orders.parquet")):
        morning = BEGUN + dt.timedelta(days=int(path.name[:5]))
        told = pq.read_table(path, columns=["order_key", "ordered_at"]).to_pylist()
        keys += [row["order_key"] for row in told]
        if path.name[:5] != "00420":
            late += sum(
                morning - dt.datetime.fromisoformat(row["ordered_at"]).date() > dt.timedelta(days=1) for row in told
            )
    assert late > 5
    assert len(keys) == len(set(keys)) == Order.objects.count()


def test_the_ledger_knows_who_was_one_person_when():
    day = [dt.datetime(2024, 3, number, tzinfo=dt.UTC) for number in range(1, 8)]
    entries = [("merge", 1, 9, 1), ("merge", 2, 9, 3), ("undo", 1, 9, 5)]
    ledger = Ledger(
        [{"kind": kind, "left_id": left, "right_id": right, "at_at": day[at]} for kind, left, right, at in entries]
    )
    assert [ledger.same(1, 2, day[at]) for at in range(7)] == [False, False, False, True, True, False, False]
    assert sorted(ledger.others(2)) == [1, 2, 9]
    assert not ledger.same(1, 3, day[6])
