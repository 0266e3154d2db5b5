"""A shop that lives in the product, in a process of its own, so that it can be killed anywhere and begun again."""

import datetime as dt
import json
import math
import time
import traceback
from collections import defaultdict
from pathlib import Path

from regulars.decisions.models import Reservation
from regulars.living.calendar import MORNING, Calendar
from regulars.living.life import NO_TROUBLES, Life, Settings
from regulars.living.opening import Terms
from regulars.measurement import nightly
from regulars.plays.people_today import order_margin
from regulars.profiles import refresh as refreshing
from regulars.profiles.models import Profile
from regulars.simulator.reacting.run import step
from regulars.simulator.reacting.shop import opened
from regulars.simulator.reacting.troubles import Troubles
from regulars.simulator.reacting.world import World

BEGINS = dt.date(2023, 1, 1)
FADES_DAYS = 14
ROUNDS = (MORNING, dt.time(21))
FIGURES = ("net_next_90d", "net_next_365d", "margin_next_365d", "order_days", "usual_gap_days")


def world_of(told):
    """told: customers, burn_in and horizon, and what else differs from the default world."""
    return World.of({"run_off": 0, "base_spread": told["burn_in"]} | told)


def settings_of(folder, terms=None, troubles=NO_TROUBLES):
    """Where people live in three zones, and the shop's clock changes twice a year."""
    calendar = Calendar(BEGINS, "Europe/Berlin")
    return Settings(calendar, Terms("a shop for stories", **(terms or {})), Path(folder), ROUNDS, troubles=troubles)


def live_on(folder, told, seed, *, quick, terms=None):
    """From wherever it ended to the end; each day's seconds and figures are kept below the folder."""
    try:
        _live_on(Path(folder), told, seed, quick, terms)
    except Exception:
        traceback.print_exc()
        raise


def _live_on(folder, told, seed, quick, terms):
    if quick:
        from story import quick_profiles

        refreshing.refresh, nightly.measure = quick_profiles.refresh, lambda *, now: 0
    measured = refreshing.refresh

    def refresh(*, now, **rest):
        found = measured(now=now, **rest)
        _keep_figures(folder, now)
        return found

    refreshing.refresh = refresh
    world = world_of(told)
    shop = opened(world, seed)
    life = Life(shop.books, world.burn_in, settings_of(folder, terms, Troubles.of(world, seed)))
    for day in range(world.days):
        began, busy = time.perf_counter(), time.process_time()
        new = not (folder / "did" / f"{day:05}.json").exists()
        step(shop, life, day)
        if new and day >= world.burn_in:
            with (folder / "took").open("a") as file:
                file.write(f"{day} {time.perf_counter() - began:.3f} {time.process_time() - busy:.3f}\n")


def _keep_figures(folder, now):
    """What the product expected of everybody on this morning."""
    people = {pk: figures for pk, *figures in Profile.objects.values_list("customer_id", *FIGURES)}
    counting = Reservation.objects.exclude(state="released").values_list("identifier_id", "counts_at")
    heard = defaultdict(float)
    for who, at in counting:
        heard[who] += math.exp(-max(0.0, (now - at) / dt.timedelta(days=FADES_DAYS)))
    path = folder / "figures" / f"{now.date()}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".partial").write_text(json.dumps({"order": order_margin(), "people": people, "heard": heard}))
    path.with_suffix(".partial").replace(path)
