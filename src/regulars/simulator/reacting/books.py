"""What is written down while a world runs? Money by day, every order, every decision: tables of plain columns."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from regulars.simulator.arrays import Booleans, Floats, Integers

Small = npt.NDArray[np.int8]
COSTS: Final = ("contacts", "gifts", "remedies", "friends", "discounts")


@dataclass(frozen=True)
class Orders:
    """One row an order, by day. customer: number; net, margin: before refunds; full_margin: without any discount;
    anyway: it would have come without the lift of a play (hidden truth)."""

    day: Integers
    customer: Integers
    net: Floats
    margin: Floats
    full_margin: Floats
    anyway: Booleans


@dataclass(frozen=True)
class Refunds:
    """One row a return, by day."""

    day: Integers
    customer: Integers
    net: Floats
    margin: Floats


@dataclass(frozen=True)
class Decisions:
    """One row for each play done or withheld, by day. layer: NOTHING where it was done, else which hold-out withheld it;
    refused: it could not be done, for want of consent."""

    day: Integers
    customer: Integers
    play: Small
    layer: Small
    refused: Booleans


class Table:
    """Columns that grow by parts."""

    def __init__(self, shape: type, kinds: dict[str, type]) -> None:
        self._shape, self._kinds = shape, kinds
        self._parts: dict[str, list[np.ndarray[Any, Any]]] = {name: [np.zeros(0, kind)] for name, kind in kinds.items()}

    def add(self, day: int, **columns: np.ndarray[Any, Any]) -> None:
        """These rows, all of one day."""
        columns["day"] = np.full(len(columns["customer"]), day)
        for name, kind in self._kinds.items():
            self._parts[name].append(columns[name].astype(kind, copy=False))

    def between(self, first: int, last: int) -> Any:
        """The rows of these days so far, the last one included; the table stays and grows on."""
        days = self._parts["day"]
        chosen = [0, *(place for place, part in enumerate(days) if len(part) and first <= part[0] <= last)]
        return self._shape(
            **{name: np.concatenate([parts[place] for place in chosen]) for name, parts in self._parts.items()}
        )

    def whole(self) -> Any:
        """The table; the parts are gone then."""
        return self._shape(**{name: np.concatenate(self._parts.pop(name)) for name in self._kinds})


class Books:
    """full_margin: by day, at full prices, less refunds; costs: by day and kind of COSTS."""

    def __init__(self, days: int) -> None:
        whole, number, truth = np.int64, np.float64, np.bool_
        self.full_margin = np.zeros(days)
        self.cost = {kind: np.zeros(days) for kind in COSTS}
        self.orders = Table(Orders, {"day": whole, "customer": whole, "net": number, "margin": number,
                                     "full_margin": number, "anyway": truth})  # fmt: skip
        self.refunds = Table(Refunds, {"day": whole, "customer": whole, "net": number, "margin": number})
        self.decisions = Table(Decisions, {"day": whole, "customer": whole, "play": np.int8, "layer": np.int8,
                                           "refused": truth})  # fmt: skip
