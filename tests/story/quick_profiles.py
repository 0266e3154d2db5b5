"""Profiles by plain counting, in milliseconds: for stories that are about what is decided, not about what is forecast."""

from collections import defaultdict
from zoneinfo import ZoneInfo

from django.db.models import F

from regulars.orders.models import Order
from regulars.profiles.models import Profile
from regulars.profiles.refresh import Refreshed
from regulars.shop import current
from regulars.shop.models import Shop, the_shop

MARGIN = 0.4


def refresh(*, now, full=False, progress=None):
    """In the place of `profiles.refresh.refresh`. Who bought again is counted anew; of the others, only the days pass."""
    shop = the_shop()
    today = now.astimezone(ZoneInfo(shop.zone)).date()
    news = Order.objects.filter(changed__gt=shop.refreshed_version).values_list("identifier_id", flat=True)
    again = set(news)
    with current.atomic():
        Profile.objects.filter(customer_id__in=again).delete()
        if shop.refreshed_on and (passed := (today - shop.refreshed_on).days):
            Profile.objects.update(
                days_since_first_order=F("days_since_first_order") + passed,
                days_since_last_order=F("days_since_last_order") + passed,
            )
        Profile.objects.bulk_create(_counted(again, ZoneInfo(shop.zone), today))
        Shop.objects.filter(pk=shop.pk).update(refreshed_version=shop.facts_version, refreshed_on=today)
    return Refreshed(len(again), len(again), 0, today, incremental=False)


def _counted(people, zone, today):
    bought = defaultdict(list)
    rows = Order.objects.filter(identifier_id__in=people).order_by("ordered_at")
    for who, at, net, country in rows.values_list("identifier_id", "ordered_at", "base_net", "country"):
        bought[who].append((at.astimezone(zone).date(), net, country))
    return [_profile(who, theirs, today) for who, theirs in sorted(bought.items())]


def _profile(who, orders, today):
    first, last = orders[0][0], orders[-1][0]
    net = sum(amount for _day, amount, _country in orders)
    a_day = net / ((last - first).days + 90)
    return Profile(
        customer_id=who, orders=len(orders), order_days=len(orders), first_day=first, last_day=last, stage="active",
        days_since_first_order=(today - first).days, days_since_last_order=(today - last).days, net_total=net,
        margin_total=round(net * MARGIN), country=orders[-1][2],
        usual_gap_days=(last - first).days / (len(orders) - 1) if len(orders) > 1 else None,
        net_next_90d=round(90 * a_day), net_next_365d=round(365 * a_day), margin_next_365d=round(365 * a_day * MARGIN),
    )  # fmt: skip
