"""What the shop's last back-test said, as it was kept: which forecast is used, how good it was, what is usual beside it."""

import datetime as dt
import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from regulars.insight.candidates.choice import UNWATCHED, Choice
from regulars.insight.candidates.recalibration import Recalibration
from regulars.profiles.models import Answer

if TYPE_CHECKING:
    from regulars.insight.backtest import Backtest, Trial

QUESTION = "backtest"


def kept() -> Answer | None:
    """The last back-test; its data are those of `to_plain`, and what `checking` adds."""
    return Answer.objects.filter(question=QUESTION).first()


def chosen() -> Choice:
    """What forecasts this shop."""
    found = kept()
    return choice_of(found.data["choice"]) if found else UNWATCHED


def is_used() -> bool:
    """Whether the profiles were made by the choice of the last back-test."""
    forecast = Answer.objects.filter(question="forecast").first()
    found = kept()
    return forecast is None or found is None or forecast.data.get("chosen") == found.data["choice"]


def version() -> str:
    """Changes with every back-test."""
    found = kept()
    return found.computed_at.isoformat() if found else ""


def usual(row: dict[str, Any]) -> dict[str, tuple[float, float]]:
    """What is usual beside one customer's forecast (a profile): low and high of chance, orders and net revenue in 90 days.

    Empty without a forecast, or without past days to learn it from.
    """
    import numpy as np

    found = kept()
    if found is None or row["p_order_90d"] is None:
        return {}
    ranges = from_plain(found.data).ranges
    if not ranges.log_misses:
        return {}
    asked = {"chance": (ranges.of_chance, "p_order_90d"), "orders": (ranges.of_orders, "orders_next_90d"),
             "net": (ranges.of_net, "net_next_90d")}  # fmt: skip
    ends = {name: of(np.array([float(row[column])])) for name, (of, column) in asked.items()}
    return {name: (float(low[0]), float(high[0])) for name, (low, high) in ends.items()}


def choice_of(data: dict[str, Any]) -> Choice:
    """The choice that was written down by `asdict`."""
    correct = data["recalibration"]
    return Choice(**data | {"recalibration": correct and Recalibration(**correct)})


def to_plain(test: "Backtest") -> dict[str, Any]:
    """A back-test ready for JSON."""
    from regulars.insight.backtest.ranges import Ranges

    ranges = {name: _plain(getattr(test.ranges, name)) for name in Ranges.__dataclass_fields__}
    trials = [_told(asdict(trial)) | {"day": trial.day.isoformat()} for trial in test.trials]
    return {"horizon": test.horizon, "why_not": test.why_not, "choice": asdict(test.choice), "trials": trials,
            "bins": [asdict(each) for each in test.bins], "ranges": ranges}  # fmt: skip


def from_plain(data: dict[str, Any]) -> "Backtest":
    """The back-test that was written down."""
    from regulars.insight.backtest import Backtest
    from regulars.insight.backtest.measures import Bin
    from regulars.insight.backtest.ranges import Ranges

    bins, trials = tuple(Bin(**each) for each in data["bins"]), tuple(_trial(each) for each in data["trials"])
    ranges = Ranges(**{name: _arrays(name, value) for name, value in data["ranges"].items()})
    return Backtest(data["horizon"], trials, choice_of(data["choice"]), bins, ranges, data["why_not"])


def _trial(data: dict[str, Any]) -> "Trial":
    from regulars.insight.backtest import Trial
    from regulars.insight.backtest.measures import ChanceScore, OrdersScore

    orders, chance = (
        {name: float("nan") if value is None else value for name, value in data[part].items()}
        for part in ("orders", "chance")
    )
    scores = {"orders": OrdersScore(**orders), "chance": ChanceScore(**chance)}
    return Trial(**data | scores | {"day": dt.date.fromisoformat(data["day"])})


def _told(trial: dict[str, Any]) -> dict[str, Any]:
    """Without numbers that JSON does not know: the AUC where nobody ordered, the bias of a total of nothing."""
    for part in ("orders", "chance"):
        trial[part] = {name: value if math.isfinite(value) else None for name, value in trial[part].items()}
    return trial


def _plain(value: Any) -> Any:
    """Arrays and tuples of arrays as lists."""
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value.tolist() if hasattr(value, "tolist") else value


def _arrays(name: str, value: list[Any]) -> Any:
    import numpy as np

    if name.endswith("misses"):
        return tuple(value)
    nested = bool(value) and isinstance(value[0], list)
    return tuple(np.array(part, dtype=float) for part in value) if nested else np.array(value, dtype=float)
