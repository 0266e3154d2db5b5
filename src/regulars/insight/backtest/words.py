"""What the back-test says, in sentences. English, marked for translation; `translate` turns it into another language."""

from collections.abc import Callable

from regulars.insight.backtest.run import Backtest, Trial

Translate = Callable[[str], str]


def _(text: str) -> str:
    """Marks a text for translation."""
    return text


def verdict(test: Backtest, translate: Translate = str) -> list[str]:
    """Which forecast is used and why, how far off it was, and whether a rule of thumb is as good."""
    choice = test.choice
    if not choice.proven:
        text = _(
            "The history is too short to check a forecast on {n} past days: {name} is used, unproven in this shop."
        )
        return [translate(text).format(n=2, name=choice.orders)]
    chosen, rule = test.of(choice.orders), test.of(choice.naive_orders)
    text = _("In this shop {name} did best: on {n} past days its total was between {low} and {high} off.")
    found = [translate(text).format(name=choice.orders, n=len(chosen), **_off(chosen))]
    text = _("The best rule of thumb ({name}) was between {low} and {high} off.")
    found.append(translate(text).format(name=choice.naive_orders, **_off(rule)))
    if choice.naive_as_good:
        found.append(translate(_("For single customers that rule is as good as any model here.")))
    return found


def _off(trials: tuple[Trial, ...]) -> dict[str, str]:
    """The lowest and the highest bias, as shares with a sign."""
    return {"low": f"{min(t.orders.bias for t in trials):+.0%}", "high": f"{max(t.orders.bias for t in trials):+.0%}"}
