"""Six weeks in a shop whose customers react: everything that is promised holds, though it is killed; and it is what the grid foretells."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.db import transaction
from django.db.models import QuerySet

import databases
from regulars import living
from regulars.actions.messaging.models import Message
from regulars.customers.models import Consent, Identifier, Pause
from regulars.decisions.models import Decision, Limit
from regulars.plays.models import Proposal
from story.story_alike import differences
from story.story_checked import checked, rows
from story.story_killed import live_and_kill
from story.story_there import settings_of, world_of

WORLD = {"customers": 150, "burn_in": 420, "horizon": 40, "complaints": 0.5, "filed": 1.0, "unsubscribe": 0.03}
TERMS = {"share": 0.3, "per_day": 3}
SEED, KILLS = 1, 2


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    home = tmp_path_factory.mktemp("story")
    with databases.fresh("sqlite", home):
        life = home / "life"
        killed = live_and_kill(life, WORLD, SEED, kills=KILLS, day_seconds=0.3, quick=True, terms=TERMS)
        assert killed == KILLS
        yield life


def test_every_promise_is_kept(folder):
    told, broken = checked()
    assert told["letters that left"] > 60
    assert told["decisions"] > 100
    assert {name: times for name, times in broken.items() if times} == {}
    assert rows("SELECT count(*) AS n FROM customers_pause")[0]["n"] > 5
    assert rows("SELECT count(*) AS n FROM customers_consent WHERE state = 'denied'")[0]["n"] > 0


def test_the_shop_decides_what_the_grid_decides_with_the_same_figures(folder):
    different, alike = differences(world_of(WORLD), settings_of(folder, TERMS), SEED)
    assert different == []
    assert alike > 100


def test_the_checker_sees_what_is_wrong(folder):
    with transaction.atomic():
        sent = Message.objects.filter(state="sent").order_by("sent_at", "pk")
        germans = Identifier.objects.filter(country="DE").values("pk")
        first, later = (one(sent.filter(identifier_id__in=germans)) for one in (QuerySet.first, QuerySet.last))
        same = {"person_id": first.person_id, "identifier_id": first.identifier_id}
        Message.objects.filter(pk=later.pk).update(**same, sent_at=first.sent_at + dt.timedelta(hours=14))
        Consent.objects.filter(identifier_id=first.identifier_id).delete()
        Pause.objects.create(identifier_id=first.identifier_id, why="paused_staff", actor="test", at=first.sent_at)
        Limit.objects.update(used=99)
        held = Decision.objects.filter(arm="held_out").order_by("at")
        for layer, source in (("play", "play:words/1"), ("everything", "play:second-order/1")):
            one = held.filter(facts__layer=layer).filter(**({"source": source} if layer == "play" else {})).first()
            other = Decision.objects.filter(arm="treated", source=source, at__gt=one.at + dt.timedelta(days=2)).first()
            Decision.objects.filter(pk=other.pk).update(person_id=one.person_id, identifier_id=one.identifier_id)
        Proposal.objects.filter(state="decided").first().delete()
        _told, broken = checked()
        transaction.set_rollback(True)
    fine = {"more than 3 in 30 days", "days on which a play reached too many", "two plays on a day", "two letters on a day", "proposals left waiting",
            "messages that are not decisions", "yeses never performed", "letters without a yes of the gate"}  # fmt: skip
    assert {name for name, times in broken.items() if not times} <= fine


def test_nothing_hidden_is_told_to_the_product():
    told = "".join(path.read_text() for path in Path(living.__file__).parent.glob("*.py"))
    assert not re.search(r"crowd|hidden|truth|traits|anyway|full_margin", told)
