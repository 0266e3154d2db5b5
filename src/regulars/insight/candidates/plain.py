"""What candidates have learned, as plain numbers and arrays that can be written down, and back again."""

import datetime as dt
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt

from regulars.insight.candidates.lifetimes import Lifetime
from regulars.insight.candidates.naive import AsBefore, AverageCustomer, OwnRate, Silence
from regulars.insight.candidates.registry import Learned
from regulars.insight.candidates.seasonal import Seasonal
from regulars.insight.candidates.seen import Foresee, Lesson, Seen
from regulars.insight.candidates.trees import Trees
from regulars.insight.lifetime import models

Arrays = dict[str, npt.NDArray[Any]]
RULES = {rule.__name__: rule for rule in (AverageCustomer, OwnRate, AsBefore, Silence)}
COLUMNS = ("x", "t_x", "T", "recent", "features")


def to_plain(learned: Learned) -> tuple[dict[str, Any], Arrays]:
    """By the candidate's name: its kind and its numbers, ready for JSON; and the arrays of the lesson, if any learned it."""
    said: dict[str, Any] = {}
    arrays: Arrays = {}
    for name, found in learned.found.items():
        if isinstance(found, Lifetime):
            said[name] = {"kind": "Lifetime", "fit": asdict(found.fit)}
        elif isinstance(found, Seasonal):
            said[name] = {"kind": "Seasonal", **asdict(found), "end": found.end.isoformat()}
        elif isinstance(found, Trees):
            before = found.lesson.before
            said[name] = {"kind": "Trees", "horizon": before.horizon}
            arrays = {column: getattr(before, column) for column in COLUMNS} | {"came": found.lesson.came}
        else:
            said[name] = {"kind": type(found).__name__, **asdict(found)}  # type: ignore[call-overload]
    return said, arrays


def from_plain(said: dict[str, Any], arrays: Arrays) -> Learned:
    """The same candidates. Raises KeyError for a name or a kind that is not known."""
    return Learned({name: _found(name, dict(numbers), arrays) for name, numbers in said.items()})


def _found(name: str, numbers: dict[str, Any], arrays: Arrays) -> Foresee:
    kind = numbers.pop("kind")
    if kind == "Lifetime":
        return Lifetime(name, _fit(name, numbers["fit"]))
    if kind == "Seasonal":
        model, end = numbers["name"], dt.date.fromisoformat(numbers["end"])
        return Seasonal(model, _fit(model, numbers["fit"]), tuple(numbers["factors"]), end)
    if kind == "Trees":
        before = Seen(numbers["horizon"], *(np.asarray(arrays[column]) for column in COLUMNS))
        return Trees(Lesson(before, np.asarray(arrays["came"])))
    rule: Any = RULES[kind]
    return rule(**{key: tuple(value) if isinstance(value, list) else value for key, value in numbers.items()})


def _fit(model: str, fit: dict[str, Any]) -> Any:
    module: Any = models.FORECASTERS[model]
    return module.Fit(**fit | {"state": module.State(fit["state"])})
