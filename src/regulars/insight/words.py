"""Sentences about numbers: why one is missing, and why a customer is on the list.

English texts marked for translation; `translate` turns one into the reader's language.
"""

from collections.abc import Callable, Mapping
from typing import Any

from regulars.insight.came_back import N_MIN, CameBack
from regulars.insight.first_spend import FirstSpend
from regulars.insight.kept import MONTHS_NEEDED, Kept

Translate = Callable[[str], str]


def _(text: str) -> str:
    """Marks a text for translation."""
    return text


def n1_why_not(n1: CameBack, translate: Translate = str) -> str:
    """Why N1 has no value, and what is missing; empty when it has one."""
    if n1.why_not == "too_short":
        text = _("not enough history yet: {have} of {need} days of orders")
        return translate(text).format(have=max(0, n1.have_days), need=n1.need_days)
    if n1.why_not == "too_few":
        text = _("{k} of {n} new customers came back: a rate needs {needed}")
        return translate(text).format(k=n1.k, n=n1.n, needed=N_MIN)
    return ""


def n2_why_not(n2: Kept, translate: Translate = str) -> str:
    """Why N2 has no value, and what is missing; empty when it has one."""
    if n2.why_not == "too_short":
        text = _("not enough history yet: have {have} of {need} months")
        return translate(text).format(have=min(max(0, n2.have_months), MONTHS_NEEDED), need=MONTHS_NEEDED)
    if n2.why_not == "too_few":
        return translate(_("only {n} customers bought last year: a share needs {needed}")).format(n=n2.n, needed=N_MIN)
    if n2.why_not == "nothing_spent":
        return translate(_("last year's customers spent nothing"))
    return ""


def n2_meanwhile(spend: FirstSpend, amount: str, translate: Translate = str) -> str:
    """What to show while there is no N2; empty when there are too few new customers. `amount`: the value as money."""
    if spend.value is None:
        return ""
    text = _("meanwhile: {amount} net revenue per new customer in the first {days} days (n = {n})")
    return translate(text).format(amount=amount, days=spend.horizon, n=spend.n)


NO_FORECAST: Mapping[str, str] = {
    "no_customers": _("nobody has ordered yet"),
    "short_history": _("there are {have:.0f} of {need:.0f} days of history"),
    "few_customers": _("there are {have:.0f} of {need:.0f} customers"),
    "few_repeat_buyers": _("{have:.0f} of {need:.0f} customers came back"),
    "no_frequent_buyer": _("nobody has three orders yet"),
}


def forecast_why_not(why_not: str, have: float, need: float, translate: Translate = str) -> str:
    """Why there is no forecast, and what is missing; empty when there is one."""
    text = NO_FORECAST.get(why_not, _("the history does not allow it yet"))
    return translate(text).format(have=have, need=need) if why_not else ""


def why_on_the_list(row: Mapping[str, Any], translate: Translate = str) -> str:
    """One sentence about a customer's rhythm."""
    if row["order_days"] == 1:
        text = _("Ordered once, {since} days ago; those who come again mostly do within {late}.")
    elif row["stage"] in ("slipping", "lost"):
        text = _("Used to order about every {usual} days; now silent for {since}, late since day {late}.")
    else:
        text = _("Orders about every {usual} days, last {since} days ago.")
    return translate(text).format(
        since=row["days_since_last_order"], usual=row["usual_gap_days"], late=row["late_after_days"]
    )


def next_step(row: Mapping[str, Any], translate: Translate = str) -> str:
    """What a person can do for this customer today."""
    if row["stage"] not in ("slipping", "lost"):
        return translate(_("Say thank you."))
    product = row.get("last_product") or translate(_("the last order"))
    if row["order_days"] == 1:
        text = _("Ask how {product} was, and whether anything was missing.")
    elif row["value_grade"] == "A":
        text = _("Call, or write a card by hand; ask how {product} was.")
    else:
        text = _("Write, and show what is new since {product}.")
    return translate(text).format(product=product)


STAGES: Mapping[str, str] = {
    "new": _("new"),
    "active": _("active"),
    "loyal": _("loyal"),
    "returned": _("returned"),
    "slipping": _("slipping away"),
    "lost": _("lost"),
}
VERDICTS: Mapping[str, str] = {
    "noise": _("inside the noise against the same season last year"),
    "up": _("more than in the same season last year"),
    "down": _("less than in the same season last year"),
}
