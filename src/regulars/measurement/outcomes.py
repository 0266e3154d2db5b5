"""What a play changed, outcome by outcome, as a table shows it; and what harm there may be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.insight.money import written
from regulars.insight.shares import wilson
from regulars.measurement.told import SURE
from regulars.shop.models import the_shop

NO_BREAK = "\u00a0"


@dataclass(frozen=True)
class Outcome:
    """One line: what it is counted in, and between what the change lies; forecast: whether part of it has not happened yet."""

    name: str
    change: str
    forecast: bool = False


@dataclass(frozen=True)
class Guardrail:
    """One line: how many of each side, their shares, and between what the difference lies; "" where nothing may be said."""

    name: str
    treated: int
    held_out: int
    shares: tuple[float | None, float | None]
    change: str


def outcomes(data: Mapping[str, Any]) -> list[Outcome]:
    """Every outcome that was counted; none before anything can be said of who came back."""
    if data["came_back"]["state"] not in SURE:
        return []
    currency = the_shop().currency

    def money(amount: float) -> str:
        return written(amount, currency).replace(" ", NO_BREAK)

    lines: dict[str, tuple[str, Callable[[float], str]]] = {
        "came_back": (_("came back, of 100 people"), of_hundred),
        "orders": (_("orders of 100 people"), of_hundred),
        "net_revenue": (_("net revenue a person"), money),
        "margin": (_("margin a person, after all costs"), money),
        "long_run": (_("that margin, and what is forecast of the year after"), money),
    }  # fmt: skip
    found = {name: data[name] for name in lines if data.get(name) and data[name]["low"] is not None}
    return [
        Outcome(lines[name][0], between(one["low"], one["high"], lines[name][1]), forecast=name == "long_run")
        for name, one in found.items()
    ]


def answered(data: Mapping[str, Any]) -> str:
    """How many of those asked answered, in a sentence; "" for plays that ask nothing, or before anybody's days are over."""
    found = data.get("answers")
    if not found or not found["asked"]:
        return ""
    low, high = (f"{end:.0%}" for end in wilson(found["answered"], found["asked"]))
    return ngettext(
        "{yes} of {n} person asked answered within {days} days: {low} to {high}.",
        "{yes} of {n} people asked answered within {days} days: {low} to {high}.",
        found["asked"],
    ).format(yes=found["answered"], n=found["asked"], days=found["days"], low=low, high=high)


def guardrails(data: Mapping[str, Any]) -> list[Guardrail]:
    """Every kind of harm that was counted; none before anybody's days are over on both sides."""
    found = data.get("guardrails")
    if not found or not min(found["n"].values()):
        return []
    names = {
        "unsubscribed": _("said no to something"), "complained": _("reported a message as unwanted"),
        "returned": _("gave something back"),
    }  # fmt: skip
    trusted = data["came_back"]["state"] != "do_not_trust"
    n = found["n"]
    return [
        Guardrail(
            names[name], one["treated"], one["held_out"],
            (one["treated"] / n["treated"], one["held_out"] / n["held_out"]),
            between(one["low"], one["high"]) if trusted else "",
        )
        for name, one in ((name, found[name]) for name in names)
    ]  # fmt: skip


def of_hundred(share: float) -> str:
    """So many more of 100 people, or fewer."""
    return f"{100 * share:+.1f}".replace("-", "−")


def between(low: float, high: float, say: Callable[[float], str] = of_hundred) -> str:
    """An interval, with both ends as they are said."""
    return _("{low} to {high}").format(low=say(low), high=say(high))
