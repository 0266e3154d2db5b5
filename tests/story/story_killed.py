"""A shop lives on while it is killed, at moments spread over its days."""

import random
import time

from hatchery import Hatchery, alive, ended, kill

LOOK_SECONDS = 0.005


def live_and_kill(folder, told, seed, *, kills=0, day_seconds=1.0, **rest):
    """To the end, whatever happens; returns how often it was killed at work. day_seconds: about what a day takes."""
    luck, killed, did = random.Random(seed), 0, folder / "did"
    days = sorted(luck.sample(range(told["horizon"]), kills))
    given = {"folder": str(folder), "told": told, "seed": seed} | rest
    with Hatchery("story.story_there") as hatchery:
        for day in days:
            pid = hatchery.start("live_on", **given)
            while alive(pid) and lived(did) < day:
                time.sleep(LOOK_SECONDS)
            time.sleep(luck.random() * day_seconds)
            killed += kill(pid)
        ended([hatchery.start("live_on", **given)], seconds=86_400)
    if lived(did) < told["horizon"]:
        raise RuntimeError(f"it ended after {lived(did)} of {told['horizon']} days")
    return killed


def lived(did):
    """How many days are over."""
    return len(list(did.glob("*.json"))) if did.exists() else 0
