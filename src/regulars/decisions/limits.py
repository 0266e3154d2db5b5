"""Stocks, budgets and caps: taken with the decision, in its transaction, and given back when nothing comes of it."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.db.models import F

from regulars.decisions.models import Decision, Limit, Taken
from regulars.policy.contact import Wish
from regulars.shop import current
from regulars.shop.inserting import insert


def register(key: str, most: int, *, actor: str, at: dt.datetime) -> None:
    """Say how much there is; said again, what was taken stays taken."""
    if most < 0:
        raise ValueError(f"a limit is not below 0: {most}")
    Limit.objects.update_or_create(pk=key, defaults={"most": most, "actor": actor, "at": at})


def room(wishes: Iterable[Wish], *, lock: bool = True) -> dict[str, int]:
    """What is left of each limit that these wishes would take from; held until the transaction ends, in the order of the
    keys. A limit that nobody registered has no room."""
    keys = sorted({key for wish in wishes for key, _amount in wish.takes})
    if not keys:
        return {}
    rows = Limit.objects.filter(pk__in=keys).order_by("pk")
    rows = rows.select_for_update() if lock else rows
    return dict.fromkeys(keys, 0) | {row.pk: row.most - row.used for row in rows}


def left(keys: Iterable[str]) -> dict[str, int]:
    """What is left of those of these limits that are registered, unlocked."""
    return {row.pk: row.most - row.used for row in Limit.objects.filter(pk__in=list(keys))}


def take(wish: Wish, left: dict[str, int]) -> str:
    """Take it out of what is left; returns the limit that is reached, and then nothing was taken."""
    for key, amount in wish.takes:
        if left.get(key, 0) < amount:
            return key
    for key, amount in wish.takes:
        left[key] -= amount
    return ""


def write(made: Sequence[tuple[Decision, Wish]]) -> None:
    """Write what these new decisions took."""
    rows = [(decision.pk, key, amount, False) for decision, wish in made for key, amount in wish.takes]
    if rows:
        insert(Taken, ("decision_id", "key", "amount", "given_back"), rows)
        _change(((key, amount) for _decision, key, amount, _back in rows), 1)


def give_back(decisions: Sequence[int]) -> None:
    """Nothing comes of these decisions: what they took is free again. Twice is once."""
    with current.atomic():
        mine = Taken.objects.select_for_update().filter(decision_id__in=decisions, given_back=False)
        rows = list(mine.order_by("pk"))
        if rows:
            Taken.objects.filter(pk__in=[row.pk for row in rows]).update(given_back=True)
            _change(((row.key, row.amount) for row in rows), -1)


def _change(taken: Iterable[tuple[str, int]], sign: int) -> None:
    amounts: Counter[str] = Counter()
    for key, amount in taken:
        amounts[key] += sign * amount
    for key in sorted(amounts):
        Limit.objects.filter(pk=key).update(used=F("used") + amounts[key])


def balances() -> Mapping[str, tuple[int, int, int]]:
    """By limit: most, used as it is kept, and as it follows from the decisions; the last two are equal."""
    sums: dict[str, int] = defaultdict(int)
    for key, amount in Taken.objects.filter(given_back=False).values_list("key", "amount").iterator():
        sums[key] += amount
    return {row.pk: (row.most, row.used, sums[row.pk]) for row in Limit.objects.order_by("pk")}
