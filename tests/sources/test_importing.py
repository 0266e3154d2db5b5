"""Importing is idempotent, independent of order, safe to kill, and can be undone as a whole."""

import datetime as dt
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections

import facts
from regulars.customers.consenting import Proof, say
from regulars.customers.models import Consent, Customer, Identifier
from regulars.orders.models import Order, Refund
from regulars.shop.keys import key_id
from regulars.sources import importing, looking, undo
from regulars.sources.models import Import
from regulars.sources.source import CannotRead

ROOT = Path(__file__).resolve().parents[2]


def test_the_same_file_twice_writes_no_fact(shop, tmp_path, now):
    path = facts.write(tmp_path / "orders.csv", facts.shopify_rows(1))
    first = facts.load(path, now=now)
    before = facts.dump()
    second = facts.load(path, now=now + dt.timedelta(hours=1))
    assert first.summary["new"] == 60
    assert (second.summary["new"], second.summary["changed"], second.summary["unchanged"]) == (0, 0, 60)
    assert second.summary["refunds"] == second.summary["identifiers"] == second.summary["variants"] == 0
    assert facts.dump() == before


@pytest.mark.parametrize("seed", [2, 3, 4])
def test_overlapping_files_in_any_order_give_the_database_of_the_whole(shop, tmp_path, now, seed):
    groups = facts.by_order(facts.shopify_rows(seed))
    luck = random.Random(seed)
    pieces = [[row for group in luck.sample(groups, 40) for row in group] for _piece in range(3)]
    pieces.append([row for group in groups for row in group])
    luck.shuffle(pieces)
    for number, piece in enumerate(pieces):
        facts.load(facts.write(tmp_path / f"{number}.csv", piece), now=now)
    found = facts.dump()
    undone = [job for job in Import.objects.all() if job.summary["new"] + job.summary["unchanged"] < 60]
    for job in undone:
        undo.undo(job, now=now)
    assert facts.dump() == found
    assert len(found["orders"]) == 60


def test_an_undone_import_leaves_the_facts_as_if_it_had_never_been(shop, tmp_path, now):
    one, two = facts.shopify_rows(5, orders=40), facts.shopify_rows(6, orders=30, first_id=1020)
    facts.load(facts.write(tmp_path / "one.csv", one), now=now)
    before = facts.dump()
    job = facts.load(facts.write(tmp_path / "two.csv", two), now=now)
    assert facts.dump() != before
    undo.undo(job, now=now)
    assert facts.dump() == before
    with pytest.raises(CannotRead, match="undone before"):
        undo.undo(Import.objects.get(pk=job.pk), now=now)


def test_undoing_everything_leaves_an_empty_shop(shop, tmp_path, now):
    job = facts.load(facts.write(tmp_path / "one.csv", facts.shopify_rows(7)), now=now)
    undo.undo(job, now=now)
    assert not any(facts.dump().values())


def test_orders_of_somebody_who_had_only_asked_for_letters_are_their_first_facts(shop, tmp_path, now):
    key = key_id("email", "ben@shop.example")
    Identifier.objects.create(pk=key, kind="email", value="ben@shop.example", customer_id=key, name="Ben", seen_at=now)
    rows = [row | {"Billing Name": "", "Billing Country": "", "Phone": ""} for row in facts.shopify_rows(9)]
    facts.load(facts.write(tmp_path / "orders.csv", rows), now=now)
    assert Identifier.objects.get(pk=key).changed > 0
    assert Customer.objects.get(pk=key).name == "Ben"


def test_what_people_said_outlives_the_import_that_brought_their_address(shop, tmp_path, now):
    job = facts.load(facts.write(tmp_path / "one.csv", facts.shopify_rows(7)), now=now)
    ada, eve = Identifier.objects.filter(kind="email").values_list("pk", flat=True).order_by("pk")[:2]
    for who, yes in ((ada, True), (eve, False)):
        say(who, "email", {"": yes}, proof=Proof("Write to me", "page of the club", "person"), at=now)
    undo.undo(job, now=now)
    assert set(Consent.objects.values_list("identifier_id", "state")) == {(ada, "granted"), (eve, "denied")}
    assert set(Identifier.objects.values_list("pk", "customer_id")) == {(ada, ada), (eve, eve)}
    assert set(Customer.objects.values_list("pk", flat=True)) == {ada, eve}
    assert not Order.objects.exists()


def test_the_version_that_came_furthest_wins_whatever_comes_last(shop, tmp_path, now):
    rows = facts.shopify_rows(8, orders=1)
    later = [dict(row) for row in rows]
    later[0] |= {"Refunded Amount": "1.00", "Financial Status": "partially_refunded", "Cancelled at": ""}
    rows[0] |= {"Refunded Amount": "0.00", "Cancelled at": ""}
    facts.load(facts.write(tmp_path / "later.csv", later), now=now)
    stale = facts.load(facts.write(tmp_path / "earlier.csv", rows), now=now)
    assert stale.summary["stale"] == 1
    assert Refund.objects.get().amount == 100


def test_a_bad_file_fails_with_its_reason_and_writes_nothing(shop, tmp_path, now):
    path = tmp_path / "notes.csv"
    path.write_text("just some words\nwithout any table\n")
    job = importing.run(importing.create([path], actor="test"), now=now)
    assert job.state == Import.State.FAILED
    assert "one column" in job.error
    assert not Order.objects.exists()


def test_real_orders_give_the_known_answers_also_from_two_halves(shop, tmp_path, now, data):
    import csv
    import gzip

    folder = data / "rendered" / "A_shopify_online_retail_eu"
    with gzip.open(folder / "orders_export.csv.gz", "rt", encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        groups = facts.by_order(list(reader))
        header = list(reader.fieldnames or [])
    halves = [groups[:500], groups[300:]]
    paths = [facts.write(tmp_path / f"{n}.csv", [r for g in half for r in g], header) for n, half in enumerate(halves)]
    for path in (*reversed(paths), folder / "customers_export.csv", *paths):
        facts.load(path, now=now)
    found = facts.dump()
    customer_of = {row[0]: row[3] for row in found["people"]}
    with_orders = {customer_of[row[2]] for row in found["orders"]}
    assert len(found["orders"]) == 855
    assert len(with_orders) == 209
    assert sum(row[7] for row in found["orders"]) == 68358275
    assert sum(row[4] for row in found["refunds"]) == 1717352
    assert sum(1 for row in found["consents"] if row[1:] == ("email", "claimed")) == 148


def _importer(path: Path) -> subprocess.Popen[bytes]:
    """Another process that imports a file into the shop of this test."""
    config = connections["default"].settings_dict
    url = ""
    if config["ENGINE"].endswith("postgresql"):
        url = f"postgresql://{config['USER']}@{config['HOST']}:{config['PORT']}/{config['NAME']}"
    environment = {
        **os.environ,
        "REGULARS_HOME": str(settings.HOME),
        "DATABASE_URL": url,
        "PYTHONPATH": str(ROOT / "src"),
    }
    command = [sys.executable, "-m", "regulars", "import", str(path)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.mark.parametrize("step", ["unite", "describe"])
def test_killed_between_facts_and_people_and_imported_again_gives_the_same_people(
    shop, tmp_path, now, monkeypatch, step
):
    path = facts.write(tmp_path / "orders.csv", facts.shopify_rows(9, orders=100))
    with monkeypatch.context() as broken:
        broken.setattr(importing, step, lambda *_all, **_named: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            facts.load(path, now=now)
    facts.load(path, now=now)
    after_kill = facts.dump()
    undo.undo(Import.objects.get(state=Import.State.DONE), now=now)
    Import.objects.all().delete()
    facts.load(path, now=now)
    assert facts.dump() == after_kill
    assert len(after_kill["customers"]) == 5


def test_killed_in_the_middle_and_started_again_gives_the_same_database(shop, tmp_path, now, monkeypatch):
    rows = facts.shopify_rows(9, orders=3000)
    path = facts.write(tmp_path / "orders.csv", rows)
    luck, killed = random.Random(9), 0
    for _attempt in range(4):
        process = _importer(path)
        time.sleep(1.2 + luck.random() * 1.5)
        killed += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert killed
    facts.load(path, now=now)
    after_kills = facts.dump()
    for job in Import.objects.exclude(state=Import.State.DONE):
        assert job.state in (Import.State.RUNNING, Import.State.READY)  # killed before it had begun
    assert len(after_kills["orders"]) == 3000
    again = facts.load(path, now=now)
    assert again.summary["unchanged"] == 3000
    assert facts.dump() == after_kills


def test_two_imports_of_overlapping_files_at_once_give_the_same_database(shop, tmp_path, now):
    groups = facts.by_order(facts.shopify_rows(10, orders=1200))
    parts = [groups[:800], groups[400:]]
    paths = [facts.write(tmp_path / f"{n}.csv", [r for g in part for r in g]) for n, part in enumerate(parts)]
    processes = [_importer(path) for path in paths]
    for process in processes:
        _out, error = process.communicate(timeout=120)
        assert process.returncode == 0, error.decode()
    found = facts.dump()
    assert len(found["orders"]) == 1200
    facts.load(facts.write(tmp_path / "all.csv", [r for g in groups for r in g]), now=now)
    assert facts.dump() == found


def test_an_import_whose_worker_died_is_claimed_again_by_exactly_one(shop, tmp_path, now):
    path = facts.write(tmp_path / "orders.csv", facts.shopify_rows(11, orders=5))
    job = importing.create([path], actor="test")
    first = importing.claim(now=now)
    assert first is not None
    assert first.pk == job.pk
    assert importing.claim(now=now) is None
    again = importing.claim(now=now + importing.LEASE + dt.timedelta(seconds=1))
    assert again is not None
    assert again.pk == job.pk


def test_a_preview_writes_no_fact(shop, tmp_path, now):
    path = facts.write(tmp_path / "orders.csv", facts.shopify_rows(12, orders=30))
    found = looking.preview(importing.create([path], actor="test", state=Import.State.READY), now=now)
    assert (found["orders"], found["new"], len(found["rows"])) == (30, 30, looking.PREVIEW_ROWS)
    assert not any(facts.dump().values())
