"""How do customers take what is done to them today? Lift, goodwill, fatigue, unsubscribing, sleeping dogs, discounts,
referral and remedies; and what it costs."""

import numpy as np

from regulars.simulator.arrays import Booleans, Floats, Integers
from regulars.simulator.reacting.crowd import DISTURBED, STAYS
from regulars.simulator.reacting.effects import basket_lift, lifts
from regulars.simulator.reacting.luck import Process
from regulars.simulator.reacting.plays import (
    BIRTHDAY,
    BUNDLE,
    CONTACT,
    DISCOUNT,
    DISTURBS,
    GIFT,
    PLAYS,
    REFERRAL,
    REMEDY,
    REMEDY_WITHIN_DAYS,
    WINDOWS,
)
from regulars.simulator.reacting.shop import Shop
from regulars.simulator.reacting.traits import friend_of
from regulars.simulator.reacting.world import DAYS_A_YEAR


def react(shop: Shop, rows: Integers, plays: Integers, day: int) -> None:
    """Do these plays to these customers (rows of the crowd), one each, all of whom may be reached."""
    contact = CONTACT[plays]
    contacted = rows[contact]
    felt = shop.crowd.hidden.felt[contacted].copy()
    _lift(shop, rows, plays, day)
    _give(shop, rows, plays, day)
    _answer(shop, contacted, felt, day)
    _tire(shop, contacted, felt, day)
    _disturb(shop, rows[DISTURBS[plays]], day)
    _refer(shop, rows[plays == REFERRAL], day)
    _mend(shop, rows[plays == REMEDY], day)
    shop.crowd.facts.play_day[rows, plays] = day
    _remember(shop, contacted, day)


def _lift(shop: Shop, rows: Integers, plays: Integers, day: int) -> None:
    """The last play wins, its dip to come included."""
    world, hidden = shop.world, shop.crowd.hidden
    with_window = WINDOWS[plays] > 0
    rows, plays = rows[with_window], plays[with_window]
    ends = day + WINDOWS[plays]
    lift = lifts(world, shop.crowd, (rows, plays), day)
    hidden.lift[rows] = np.maximum(lift, -1.0)
    hidden.basket_lift[rows] = np.where(plays == BUNDLE, basket_lift(world, day), 0.0)
    hidden.lift_until[rows], hidden.dip_from[rows] = ends, ends
    hidden.dip_until[rows] = ends + WINDOWS[plays]
    hidden.dip[rows] = world.pull * np.maximum(lift, 0.0)
    shop.quiet_from = max(shop.quiet_from, int((ends + WINDOWS[plays]).max(initial=0)))


def _give(shop: Shop, rows: Integers, plays: Integers, day: int) -> None:
    """Wishes, gifts and price cuts."""
    world, hidden, facts = shop.world, shop.crowd.hidden, shop.crowd.facts
    wished = rows[plays == BIRTHDAY]
    hidden.goodwill[wished] += world.goodwill_birthday * (facts.birthday[wished] == day % DAYS_A_YEAR)
    given = rows[plays == GIFT]
    warmth = np.where(facts.orders[given] > 1, world.gift_later, world.gift_first)
    hidden.goodwill[given] += warmth * hidden.gift[given]
    shop.books.cost["gifts"][day] += world.cost_gift * len(given)
    cut = rows[plays == DISCOUNT]
    hidden.discount_until[cut] = day + PLAYS[DISCOUNT].window
    hidden.habit[cut] += world.habit_step


def _tire(shop: Shop, rows: Integers, felt: Floats, day: int) -> None:
    """felt: before this contact."""
    world, hidden, facts = shop.world, shop.crowd.hidden, shop.crowd.facts
    hidden.felt[rows] += 1.0
    hidden.goodwill[rows] -= world.annoys * np.maximum(felt - world.annoys_from, 0.0)
    chance = world.unsubscribe * np.exp(hidden.fatigue[rows] * felt)
    gone = rows[_luck(shop, Process.UNSUBSCRIBE, rows, day) < chance]
    facts.consent[gone] = False
    facts.unsubscribed_day[gone] = day
    hidden.order_rate[gone] *= 1 - world.unsubscribed_loss
    shop.books.cost["contacts"][day] += world.cost_contact * len(rows)


def _answer(shop: Shop, rows: Integers, felt: Floats, day: int) -> None:
    """A line in reply: the shop sees it, and nothing else follows."""
    world, hidden, facts = shop.world, shop.crowd.hidden, shop.crowd.facts
    chance = world.answers * 2 * hidden.message[rows] * np.exp(-world.response_decay * felt)
    answering = rows[_luck(shop, Process.ANSWER, rows, day) < chance]
    facts.answers[answering] += 1
    facts.answer_day[answering] = day


def _disturb(shop: Shop, rows: Integers, day: int) -> None:
    asleep = rows[shop.crowd.hidden.dog[rows] & _live(shop, rows)]
    woken = asleep[_luck(shop, Process.SLEEPING_DOG, asleep, day) < shop.world.dogs_leave]
    shop.crowd.leave(woken, DISTURBED, day)


def _refer(shop: Shop, rows: Integers, day: int) -> None:
    """The friend comes tomorrow; only who still is a customer brings one."""
    hidden = shop.crowd.hidden
    rows = rows[_live(shop, rows)]
    chance = shop.world.referral * np.clip(1 + hidden.goodwill[rows], 0, 2)
    bringing = rows[_luck(shop, Process.REFERRAL, rows, day) < chance]
    if len(bringing):
        shop.friends.append(friend_of(shop.crowd.facts.customer[bringing], hidden.friends[bringing]))
        hidden.friends[bringing] += 1
        shop.books.cost["friends"][day] += shop.world.cost_friend * len(bringing)


def _mend(shop: Shop, rows: Integers, day: int) -> None:
    """A remedy in time gives back a part of what the complaint cost, once."""
    world, hidden, facts = shop.world, shop.crowd.hidden, shop.crowd.facts
    shop.books.cost["remedies"][day] += world.cost_remedy * len(rows)
    owed = rows[day - facts.complaint_day[rows] <= REMEDY_WITHIN_DAYS]
    part = world.remedy_low + (world.remedy_high - world.remedy_low) * _luck(shop, Process.REMEDY, owed, day)
    hidden.goodwill[owed] += part * hidden.wrong[owed]
    hidden.wrong[owed] = 0.0
    facts.remedied[rows] = True


def _remember(shop: Shop, rows: Integers, day: int) -> None:
    """In the shop's own tables."""
    facts = shop.crowd.facts
    facts.contacts[rows] += 1
    facts.contacts_30[rows] |= np.uint32(1)
    facts.remembered[rows] += 1.0
    shop.touched = shop.touched or len(rows) > 0


def _live(shop: Shop, rows: Integers) -> Booleans:
    return np.asarray(shop.crowd.hidden.fate[rows] == STAYS)


def _luck(shop: Shop, process: Process, rows: Integers, day: int) -> Floats:
    return shop.luck.uniform(process, day, shop.crowd.hidden.luck[rows])
