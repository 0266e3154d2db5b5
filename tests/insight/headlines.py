"""Both headline numbers of a shop of plain rows: facts, orders that count, N1 and N2."""

from functools import cache

from insight.questions import Question
from insight.shops import Shop, beginnings, day, valid_orders
from regulars.insight.came_back import CameBack, History, came_back
from regulars.insight.kept import Kept, kept
from regulars.insight.valid import Rule, counting, customer_days, net_orders

# The last complete day. N1 counts customers who began on days 806..896, N2 the years that end on days 621 and 986.
T = 1000
N1_FIRST, N1_LAST = T - 90 - 14 - 91 + 1, T - 90 - 14
THEN, NOW = T - 14 - 500, T - 14 - 200


@cache
def orders(cut: int = T, known: int | None = None) -> Question:
    def build(engine, facts):
        known_by = None if known is None else day(known)
        found = net_orders(facts, as_of=day(cut), known_by=known_by, rule=Rule(tags_left_out=("staff",)))
        staged = engine.stage(found, "orders")
        return {"orders": staged, "days": customer_days(counting(staged))}

    return Question(build)


def ask(found: Shop, *, last: int = T, cut: int | None = None, opened: bool = True) -> tuple[CameBack, Kept]:
    """N1 and N2 as of the day numbered `last`, from the facts up to `cut` (the same day unless given)."""
    days: dict = {}
    for row in orders(last if cut is None else cut).ask(found)["days"]:
        days.setdefault(row["customer_id"], {})[row["day"]] = row["net"]
    history = History(day(0), opened=opened)
    began, valid = beginnings(days), valid_orders(days)
    return (
        came_back(began, as_of=day(last), history=history, compare=False),
        kept(valid, began, as_of=day(last), history=history),
    )
