"""The numbers again, slow and plain: dicts and loops, written from the reference "metrics" and not from the code."""

import datetime as dt
import math
from collections import defaultdict
from fractions import Fraction
from itertools import pairwise

from insight.shops import Order, Refund, Shop
from regulars.insight.valid import Rule

DAY = dt.timedelta(days=1)
GRACE, SWAP, WINDOW, TRUNCATION = 14, 30, 91, 180
Z = 1.959964

Days = dict[int, dict[dt.date, int]]


def known_refunds(shop: Shop, as_of: dt.date, known_by: dt.date) -> list[Refund]:
    return [
        refund
        for refund in shop.refunds
        if not refund.failed and refund.known_day <= known_by and (refund.day is None or refund.day <= as_of)
    ]


def known_orders(shop: Shop, as_of: dt.date, known_by: dt.date) -> list[Order]:
    return [order for order in shop.orders if order.day <= as_of and (order.known or order.day) <= known_by]


def reasons(shop: Shop, order: Order, *, as_of: dt.date, known_by: dt.date, rule: Rule) -> set[str]:
    """Every reason why an order does not count; empty when it does."""
    back = [refund for refund in known_refunds(shop, as_of, known_by) if refund.order == order.id]
    early = sum(r.amount for r in back if (r.day or r.known_day) - order.day <= rule.grace_days * DAY)
    cancelled = order.cancelled is not None and order.cancelled <= as_of
    later = order.cancelled is not None and order.cancelled > as_of
    in_grace = order.cancelled is None or order.cancelled - order.day <= rule.grace_days * DAY
    tags = {tag.lower().replace(" ", "") for tag in order.tags.split(",")}
    found = [
        ("test", order.test),
        ("cancelled", in_grace and (cancelled or (order.status == "cancelled" and order.cancelled is None))),
        ("voided", order.status == "voided" and not later),
        ("failed", order.status == "failed"),
        ("unpaid", order.status == "unpaid"),
        ("unknown", order.status == "unknown"),
        ("renewal", order.renewal),
        ("gift_card", order.gift_card_only),
        ("zero_value", order.paid <= 0),
        ("refunded", order.paid > 0 and early >= order.paid),
        ("left_out", any(tag.lower().replace(" ", "") in tags for tag in rule.tags_left_out)),
        ("swap", is_swap(shop, order, as_of, known_by)),
    ]
    return {reason for reason, holds in found if holds}


def is_swap(shop: Shop, order: Order, as_of: dt.date, known_by: dt.date) -> bool:
    """Whether each product was given back by the same person at most 30 days before."""
    owner = {known.id: shop.customer(known.who) for known in known_orders(shop, as_of, known_by)}
    product = {variant.id: variant.product or variant.id for variant in shop.variants}
    me = shop.customer(order.who)
    returned = [
        (product.get(refund.variant, refund.variant), refund.day)
        for refund in known_refunds(shop, as_of, known_by)
        if refund.variant is not None and refund.day is not None and refund.order != order.id and me is not None
        and (shop.customer(refund.who) if refund.order is None else owner.get(refund.order)) == me
    ]  # fmt: skip

    def exchanged(variant: int | None) -> bool:
        return variant is not None and any(
            product.get(variant, variant) == what and 0 <= (order.day - when).days <= SWAP for what, when in returned
        )

    return bool(order.goods) and all(exchanged(variant) for variant, _units, _net in order.goods)


def net_after_refunds(shop: Shop, order: Order, *, as_of: dt.date, known_by: dt.date) -> int:
    """Net revenue less the share of it that was given back, rounded half up, never below 0."""
    back = sum(refund.amount for refund in known_refunds(shop, as_of, known_by) if refund.order == order.id)
    if order.paid == 0:
        return max(0, order.net)
    given = math.floor(Fraction(min(back, order.paid) * order.net, order.paid) + Fraction(1, 2))
    return max(0, order.net - min(given, order.net))


def order_days(shop: Shop, *, as_of: dt.date, known_by: dt.date | None = None, rule: Rule | None = None) -> Days:
    """Net revenue of each customer on each day with an order that counts."""
    known, rule = {"as_of": as_of, "known_by": known_by or as_of}, rule or Rule()
    found: Days = defaultdict(lambda: defaultdict(int))
    for order in known_orders(shop, **known):
        who = shop.customer(order.who)
        if who is not None and not reasons(shop, order, **known, rule=rule):
            found[who][order.day] += net_after_refunds(shop, order, **known)
    return {who: dict(sorted(days.items())) for who, days in sorted(found.items())}


def wilson(k: int, n: int) -> tuple[float, float]:
    p = k / n
    centre = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z * math.sqrt(p * (1 - p) / n + Z**2 / (4 * n * n)) / (1 + Z**2 / n)
    return centre - half, centre + half


def n1(found: Days, last: dt.date, *, begins: dt.date, opened: bool, horizon: int = 90, n_min: int = 100) -> dict:
    """N1 as of the last complete day `last`, its counts and why it is missing."""
    window = (last - (horizon + GRACE + WINDOW - 1) * DAY, last - (horizon + GRACE) * DAY)
    n = k = unknown = 0
    for days in found.values():
        first = min(days)
        if not window[0] <= first <= window[1]:
            continue
        if not opened and (first - begins).days < TRUNCATION:
            unknown += 1
            continue
        n += 1
        k += any(DAY <= other - first <= horizon * DAY for other in days)
    long_enough = (last - begins).days + 1 >= (195 if opened else 375) - 90 + horizon
    why_not = "" if long_enough and n >= n_min else "too_few" if long_enough else "too_short"
    value, interval = (None, (None, None)) if why_not else (k / n, wilson(k, n))
    return {"k": k, "n": n, "unknown": unknown, "window": window, "why_not": why_not, "value": value, "ends": interval}


def n2(found: Days, last: dt.date, *, n_min: int = 100) -> dict:
    """N2 of a long enough history as of the last complete day, with its parts and its split by tenure."""
    t = last - GRACE * DAY
    then, now, old = {}, {}, {}
    for who, days in found.items():
        a_year_ago = {d: net for d, net in days.items() if 365 <= (t - d).days < 730}
        if a_year_ago:
            then[who] = sum(a_year_ago.values())
            now[who] = {d: net for d, net in days.items() if 0 <= (t - d).days < 365}
            old[who] = min(days) <= t - 730 * DAY
    kept = {who: sum(nets.values()) for who, nets in now.items()}
    rebuyers = [who for who in then if now[who]]

    def ratio(who: list[int]) -> float | None:
        before = sum(then[one] for one in who)
        return sum(kept[one] for one in who) / before if before > 0 and len(who) >= n_min else None

    return {
        "n": len(then), "then": sum(then.values()), "now": sum(kept.values()), "rebuyers": len(rebuyers),
        "rebuyers_then": sum(then[who] for who in rebuyers), "value": ratio(list(then)),
        "already_old": ratio([who for who in then if old[who]]),
        "new_last_year": ratio([who for who in then if not old[who]]),
    }  # fmt: skip


def cohorts(found: Days, last: dt.date) -> dict[tuple[str, int], tuple[int, int, int, bool]]:
    """(month of the first order, months later) -> size, customers, net, whether the month and its grace are over."""
    cells: dict = defaultdict(lambda: [set(), 0])
    members = defaultdict(set)
    for who, days in found.items():
        first = min(days)
        members[first.strftime("%Y-%m")].add(who)
        for when, net in days.items():
            cell = cells[first.strftime("%Y-%m"), 12 * (when.year - first.year) + when.month - first.month]
            cell[0].add(who)
            cell[1] += net
    answer = {}
    for (month, age), (customers, net) in cells.items():
        year, number = int(month[:4]), int(month[5:]) + age
        after = dt.date(year + number // 12, number % 12 + 1, 1)
        mature = after - DAY + GRACE * DAY <= last
        answer[month, age] = (len(members[month]), len(customers), net, mature)
    return answer


def kaplan_meier(lives: list[tuple[int, bool]], horizon: int) -> float:
    """Share who came back by `horizon`, from (days observed, came back)."""
    surviving = 1.0
    for at in sorted({days for days, came in lives if came and days <= horizon}):
        at_risk = sum(days >= at for days, _came in lives)
        surviving *= 1 - sum(days == at and came for days, came in lives) / at_risk
    return 1 - surviving


def fifths(values: list[float]) -> list[int]:
    """1 + floor(5 x customers with less / all), so ties share a score."""
    return [1 + 5 * sum(other < value for other in values) // len(values) for value in values]


def grades(money: dict[int, int]) -> dict[int, str]:
    """A until the better customers hold 80 % of the money, B until 95 %, C after; C without money."""
    total, found = sum(max(0, m) for m in money.values()), {}
    for who, own in money.items():
        better = sum(m for m in money.values() if m > own) if own > 0 else total
        share = Fraction(100 * better, total) if total else 100
        found[who] = "C" if own <= 0 else "A" if share < 80 else "B" if share < 95 else "C"
    return found


def top_fifth(money: list[int]) -> float | None:
    """Share of all money that the best fifth brings, their number rounded up."""
    best = sorted(money, reverse=True)[: math.ceil(Fraction(len(money), 5))]
    return sum(best) / sum(money) if sum(money) > 0 else None


def gaps(days: dict[dt.date, int]) -> list[int]:
    return [(later - earlier).days for earlier, later in pairwise(sorted(days))]
