"""Many processes want to contact the same people at once; afterwards everybody's contacts are looked at."""

import datetime as dt
import json
import os
import random
import time
import traceback
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import cast
from cast import MORNING, wish
from hatchery import Hatchery, ended
from regulars.customers import pausing, suppressing
from regulars.customers.models import Identifier, Pause
from regulars.decisions import gate, stopping
from regulars.decisions.models import Decision, Reservation
from regulars.decisions.standing import Question
from regulars.shop import current

PLAYS = {"play:wish": 2, "play:refill": 4, "play:news": 5}
CHANNELS = ("email", "card")
DAYS = 45
DAY = dt.timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")


def crowd(path, seed, seconds, people):
    """In a process of its own: decide, contact, suppress, pause and stop, in any order, for so many seconds."""
    luck = random.Random(seed)
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def tell(what, **rest):
        os.write(file, (json.dumps({"what": what, **rest}) + "\n").encode())

    try:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            _deed(luck, people, tell)
    except Exception:
        tell("error", why=traceback.format_exc())
        raise


def _deed(luck, people, tell):
    now = MORNING + luck.random() * DAYS * DAY
    kind = luck.random()
    if kind < 0.45:
        _ask(luck, people, now, tell)
    elif kind < 0.95:
        _contact(luck, people, tell)
    elif kind < 0.97:
        who = luck.choice(people)
        address = Identifier.objects.get(pk=who).value
        suppressing.suppress("email", address, suppressing.Because("complaint", "test"), at=now)
        tell("suppressed", person=who, real=time.monotonic())
    elif kind < 0.98:
        who = luck.choice(people)
        pausing.pause(who, pausing.Grounds(Pause.Why.CASE, "desk", str(seed_of(luck))), at=now)
        tell("paused", person=who, real=time.monotonic())
    else:
        scope = luck.choice([*PLAYS, "channel:card"])
        stopping.stop(scope, why="look", actor="owner", at=now)
        stopping.go_on(scope, actor="owner", at=now)


def seed_of(luck):
    return luck.randrange(10**9)


def _ask(luck, people, now, tell):
    play = luck.choice(list(PLAYS))
    some = people[: luck.choice([5, len(people)])]  # a few are wanted by all
    who = luck.sample(some, min(len(some), luck.randint(1, 12)))
    week = f"w{(now - MORNING).days // 7}"
    asked = wish(
        f"{play}/1", channel=luck.choice(CHANNELS), occurrence=week, not_before=now, priority=PLAYS[play],
        expires_at=now + luck.choice([1, 4, 9]) * DAY,
    )  # fmt: skip
    found = gate.decide([gate.Request(one, asked) for one in who], now=now)
    tell("asked", keys=[[one, f"{play}/1", week] for one in who], decisions=[one.pk for one in found])


def _contact(luck, people, tell):
    """Hand over one decision, as whoever performs it does: hold the person, claim it, ask again."""
    real, who = time.monotonic(), luck.choice(people[: luck.choice([5, len(people)])])
    waiting = Decision.objects.filter(person_id=who, arm="treated", performed_at=None, ended_at=None).order_by("?")
    decision = waiting.first()
    if decision is None:
        return
    now = max(decision.not_before, decision.at) + luck.random() * luck.choice([0.0, 0.1, 2.0]) * DAY
    with current.atomic():
        asked = wish(
            decision.source, channel=decision.channel, occurrence=decision.occurrence, not_before=decision.not_before,
            priority=decision.priority, expires_at=decision.expires_at,
        )  # fmt: skip
        question = Question(decision.identifier_id, asked, decision.pk)
        held = gate.held([question], now=now)
        if not Decision.objects.filter(pk=decision.pk, performed_at=None, ended_at=None).exists():
            return
        answer = gate.confirm([question], now=now, people=held)[0]
        if answer.yes:
            Decision.objects.filter(pk=decision.pk).update(performed_at=now)
        elif not answer.final:
            Decision.objects.filter(pk=decision.pk).update(not_before=answer.at)
    if answer.yes:
        tell("contact", person=who, at=now.isoformat(), channel=decision.channel, real=real, key=decision.pk)


def crowded(folder, *, processes, people, seconds):
    """What came of so many processes that contact so many people: the wrongs found, and how much was done."""
    path = Path(folder) / "told"
    who = cast.people(people)
    Identifier.objects.update(address="Lindenweg 5")
    with Hatchery("decisions.crowding") as hatchery:
        ended(
            [
                hatchery.start("crowd", path=str(path), seed=seed, seconds=seconds, people=who)
                for seed in range(processes)
            ],
            seconds=seconds + 120,
        )
    told = [json.loads(line) for line in path.read_text().splitlines()]
    return judged(told)


def judged(told):
    by = defaultdict(list)
    for one in told:
        by[one["what"]].append(one)
    asked = {tuple(key) for one in by["asked"] for key in one["keys"]}
    arms = Counter(Decision.objects.values_list("arm", "reason"))
    return {
        "errors": [one["why"] for one in by["error"]],
        "contacts": len(by["contact"]),
        "twice": len(by["contact"]) - len({one["key"] for one in by["contact"]}),
        "over budget": _over_budget(by["contact"]),
        "in quiet hours": sum(not _allowed(one) for one in by["contact"]),
        "suppressed": _after(by["contact"], by["suppressed"], channel="email"),
        "paused": _after(by["contact"], by["paused"]),
        "asked": len(asked),
        "decided": sum(arms.values()),
        "arms": {" ".join(filter(None, key)): count for key, count in sorted(arms.items())},
        "slots used": Reservation.objects.filter(state="used").count(),
    }


def _over_budget(contacts):
    """People who were contacted twice within 7 days, or four times within 30."""
    times = defaultdict(list)
    for one in contacts:
        times[one["person"]].append(dt.datetime.fromisoformat(one["at"]))
    over = 0
    for found in map(sorted, times.values()):
        over += any(later - earlier < 7 * DAY for earlier, later in pairwise(found))
        over += any(found[place + 3] - found[place] < 30 * DAY for place in range(len(found) - 3))
    return over


def _allowed(contact):
    hour = dt.datetime.fromisoformat(contact["at"]).astimezone(BERLIN).hour
    return contact["channel"] != "email" or 8 <= hour < 20


def _after(contacts, ends, channel=""):
    """Contacts whose asking began after the person had been suppressed or paused."""
    first = {}
    for one in ends:
        first[one["person"]] = min(one["real"], first.get(one["person"], one["real"]))
    mine = [one for one in contacts if not channel or one["channel"] == channel]
    return sum(one["person"] in first and one["real"] > first[one["person"]] for one in mine)
