"""The product in one function: what happens each day, for one shop. Safe to kill anywhere and to run again."""

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

from regulars import goodbyes, suggest
from regulars.actions.messaging import asking, braking, journal
from regulars.actions.messaging import looking as outbox
from regulars.actions.messaging import plan as messages
from regulars.actions.messaging.deliver import Worker
from regulars.actions.tasks import carry_out
from regulars.actions.tasks import plan as tasks
from regulars.customers import occasions
from regulars.decisions import stopping
from regulars.measurement import nightly
from regulars.plays import campaigns, deciding, planning
from regulars.profiles import checking, trust
from regulars.profiles import refresh as refreshing
from regulars.shop.models import Shop, the_shop
from regulars.sources import importing, looking
from regulars.sources.models import Import

Say = Callable[[str], None]
CHUNKS_A_TURN = 20
"""Of campaigns.PEOPLE_AT_ONCE people, decided about between two rounds of sending."""


def run(*, now: dt.datetime, say: Say) -> None:
    """Everything a day needs. Running twice for one day changes nothing the second time."""
    collect(now=now, say=say)
    refresh(now=now, say=say)
    check(now=now, say=say)
    decide(now=now, say=say)
    perform(now=now, say=say)
    if nightly.due():
        measure(now=now, say=say)


def send(worker: Worker, *, say: Say) -> int:
    """Decide about the people of running campaigns, make messages and tasks of what was decided, and send what is due:
    in turns, so that the first letters of a large campaign leave while the last are not decided yet."""
    clock, sent, more = worker.clock, 0, True
    while more and not worker.ended():
        more = sum(campaigns.go_on(now=clock()) for _chunk in range(CHUNKS_A_TURN)) > 0
        planned = messages.plan(now=clock())
        made, missed = tasks.plan(now=clock()), carry_out.miss(now=clock())
        handed = worker.run()
        sent += handed
        if planned or handed:
            say(f"messages: {planned:,} planned, {handed:,} handed over")
        if made or missed:
            say(f"tasks: {made:,} new, {missed:,} too late")
        for stop in braking.brake(now=clock()):
            say(f"stopped {stop.scope}: {stop.why}")
    return sent


def notice_restored_backup(*, now: dt.datetime, say: Say) -> None:
    """After a backup was restored, messages that left since wait again: then all marketing stops until somebody looks."""
    forgotten = journal.forgotten(now=now)
    if forgotten:
        why = f"A backup seems to have been restored: {len(forgotten):,} messages that had left wait again."
        stopping.stop(stopping.EVERYTHING, why=why, actor="journal", at=now)
        say(why)


def collect(*, now: dt.datetime, say: Say) -> int:
    """Look at the imports that wait for it, and carry out those that were let go. Returns how many of these there were."""
    done = 0
    while (job := importing.claim(now=now)) is not None:
        if job.state == Import.State.LOOKING:
            looking.look(job, now=now)
            continue
        say(f"import {job.pk}: {', '.join(path.rsplit('/', 1)[-1] for path in job.files)}")
        finished = importing.run(job, now=now)
        say(
            f"import {job.pk}: {finished.state}{' - ' + finished.error if finished.state == Import.State.FAILED else ''}"
        )
        done += 1
    return done


def refresh(*, now: dt.datetime, say: Say, full: bool = False) -> refreshing.Refreshed | None:
    """Recompute profiles and numbers when facts came in or a new day began; None when nothing was due."""
    shop = the_shop()
    today = now.astimezone(ZoneInfo(shop.zone)).date()
    if full or shop.refreshed_on != today:
        forget(now=now, today=today)
    if not full and not refreshing.due(shop, now=now):
        Shop.objects.filter(pk=shop.pk).exclude(refreshed_on=today).update(refreshed_on=today)  # one without facts
        return None
    found = refreshing.refresh(now=now, full=full)
    suggest.run(at=now)
    say(f"refresh: {found.customers:,} customers, {found.written:,} profiles written, {found.removed:,} removed")
    return found


def decide(*, now: dt.datetime, say: Say) -> planning.Planned | None:
    """Choose who gets which play today, once a day, and ask the gate about everybody who is agreed."""
    begun, ended = goodbyes.keep(now=now)
    if begun or ended:
        say(f"decide: {begun:,} were told goodbye, {ended:,} of those told so came back")
    over = deciding.clear(now=now)
    if over:
        say(f"decide: {over:,} that nobody agreed to are over")
    planned = planning.plan(now=now)
    if planned is not None and planned.meant:
        say(
            f"decide: {planned.meant:,} people could be cared for, {planned.chosen:,} chosen, {planned.alone:,} left in peace"
        )
        for why, count in sorted(planned.refused.items()):
            say(f"decide: {count:,} may not be reached ({why})")
    decided = deciding.everybody(now=now)
    waiting = sum(deciding.waiting().values())
    if decided or (planned is not None and waiting):
        say(f"decide: {decided:,} decided, {waiting:,} wait for a yes")
    return planned


def perform(*, now: dt.datetime, say: Say) -> None:
    """Make messages and tasks of what was decided; `send` hands them over."""
    planned, made = messages.plan(now=now), tasks.plan(now=now)
    if planned or made:
        say(f"perform: {planned:,} messages and {made:,} tasks made")


def measure(*, now: dt.datetime, say: Say) -> None:
    """What did it change? Kept for the pages, and learned from."""
    found = nightly.measure(now=now)
    if found:
        say(f"measure: {found:,} answers kept")


def forget(*, now: dt.datetime, today: dt.date) -> None:
    """Once a day: what was only kept for a time goes."""
    occasions.forget_ended(today=today)
    asking.forget_unanswered(now=now)
    outbox.forget_viewed(now=now)


def check(*, now: dt.datetime, say: Say) -> None:
    """Check the forecast against the shop's past where that is due; after another choice, measure everybody by it."""
    if checking.due(the_shop(), now=now):
        checking.check(now=now)
        say(f"forecast: checked, {trust.chosen().orders}")
    if not trust.is_used():
        refreshing.refresh(now=now)
