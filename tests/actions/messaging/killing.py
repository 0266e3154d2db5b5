"""Send and plan while workers are killed; and count afterwards. Small in the tests, large in `benchmarks.messages`."""

import random
import time
import traceback
from collections import Counter

import cast
from actions.messaging.keeper import keeping
from actions.messaging.post import account, letter
from cast import MORNING, wish
from hatchery import Hatchery, ended, kill
from regulars.actions.messaging import claim
from regulars.actions.messaging.deliver import Worker
from regulars.actions.messaging.models import Message
from regulars.actions.messaging.plan import Errand, plan, send
from regulars.decisions import gate
from regulars.decisions.models import Decision, Reservation


def work(name, lanes):
    """In a process of its own: send until nothing waits."""
    try:
        Worker(name, lambda: MORNING, lanes).run()
    except Exception:
        traceback.print_exc()
        raise


def fan_out(who, letter_id, at_once):
    """In a process of its own: decide for everybody, in chunks of so many, and plan."""
    gate.PEOPLE_AT_ONCE = at_once
    gate.decide([gate.Request(one, wish(), todo={"letter": letter_id}) for one in who], now=MORNING)
    plan(now=MORNING)


def send_and_kill(folder, *, letters, orders, workers, lanes, kills, seconds=0.15, seed=1):
    """So many letters by so many workers, of which every so many seconds at most one is killed and followed by another."""
    luck, killed = random.Random(seed), 0
    with keeping(folder / "taken") as port, Hatchery("actions.messaging.killing") as hatchery:
        prepare(port, letters, orders)
        running = {f"w{number}": hatchery.start("work", name=f"w{number}", lanes=lanes) for number in range(workers)}
        for number in range(workers, workers + kills):
            time.sleep(0.02 + luck.random() * seconds)
            name = luck.choice(sorted(running))
            killed += kill(running.pop(name))
            claim.settle(now=MORNING, left_by=[name])
            running[f"w{number}"] = hatchery.start("work", name=f"w{number}", lanes=lanes)
        ended(running.values(), seconds=600)
        ended([hatchery.start("work", name="last", lanes=lanes)])
    return counted(folder / "taken") | {"killed": killed}


def prepare(port, letters, orders):
    account(host="127.0.0.1", port=port, security="none", per_minute=10_000_000)  # the clock stands still
    who, words = cast.people(letters), letter()
    gate.decide([gate.Request(one, wish(), todo={"letter": words}) for one in who], now=MORNING)
    plan(now=MORNING)
    for one in who[:orders]:
        send(Errand(one, "order:receipt", "8812", words), now=MORNING)


def counted(path):
    """How many were lost, doubled, unknown; and the states of all."""
    taken = Counter(tuple(line.split()) for line in path.read_text().splitlines())
    by_id = {message.pk: message for message in Message.objects.all()}
    left = Counter(known(message_id) for (_to, message_id), times in taken.items() for _time in range(times))
    states = Counter(message.state for message in by_id.values())
    sent = [pk for pk, message in by_id.items() if message.state == "sent"]
    return {
        "lost": sum(not left[pk] for pk in sent) + sum(states[state] for state in ("planned", "ready", "sending")),
        "doubled": sum(times > 1 and by_id[pk].marketing for pk, times in left.items()),
        "orders again": sum(times > 1 and not by_id[pk].marketing for pk, times in left.items()),
        "untold": sum(by_id[pk].state not in ("sent", "unknown") for pk in left),
        "unknown": states["unknown"],
        "unknown that left": sum(by_id[pk].state == "unknown" for pk in left),
        "states": dict(states),
        "rows": len(by_id),
    }


def known(message_id):
    """Which message this Message-ID belongs to; an order that is sent again has the same."""
    from regulars.actions.messaging import links

    return links.message_of(message_id.strip("<>").partition("@")[0], links.BOUNCE)


def plan_and_kill(*, people, at_once, kills, seconds, seed=1):
    """Begin a fan-out, kill it, begin it anew; what is there at the end."""
    luck, killed = random.Random(seed), 0
    who, words = cast.people(people), letter()
    with Hatchery("actions.messaging.killing") as hatchery:
        for _kill in range(kills):
            running = hatchery.start("fan_out", who=who, letter_id=words, at_once=at_once)
            time.sleep(luck.random() * seconds)
            killed += kill(running)
        ended([hatchery.start("fan_out", who=who, letter_id=words, at_once=at_once)], seconds=600)
    persons = Counter(Message.objects.values_list("person_id", flat=True))
    return {
        "killed": killed, "lost": len(set(who) - set(persons)), "doubled": sum(times > 1 for times in persons.values()),
        "decisions": Decision.objects.count(), "slots": Reservation.objects.filter(state="held").count(),
    }  # fmt: skip
