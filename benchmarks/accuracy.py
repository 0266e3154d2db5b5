"""How good are forecasts of the next 90 days, on public orders, beside other libraries and rules of thumb?

On past days, 90 days apart, every candidate of our own back-test, what it had chosen by then, lifetimes and
pymc-marketing say who orders and how often; then we look. All see the same histories; what a library offers as the
chance of an order is scored, be it P(alive), or, of BG/NBD in pymc-marketing 0.19, a chance to have left after the first
order that the model has for later ones only. Then the 80 % intervals: how often totals and customers lay inside, over
rolling days. `python -m benchmarks.accuracy [SET ...] --cuts 2 --rolling 8`.
"""

import argparse
import datetime as dt
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import made, peers
from benchmarks.public_shops import HORIZON, SETS, Shop, opened

ROLLING = 8
SECONDS_MAX = 300.0
"""For a peer's fit and forecast of one shop; beyond, it has not answered."""
SHOWN = ("RMSE", "bias %", "log", "Brier", "ECE", "AUC")
MODELS = {"lifetimes": ("BG/NBD", "MBG/NBD", "Pareto/NBD"), "pymc": ("BG/NBD", "Pareto/NBD")}
ONLY_ALIVE = ("lifetimes BG/NBD", "lifetimes MBG/NBD")
"""They offer no chance of an order within days: their P(alive) is scored in its place."""
CHOSEN = "regulars, as chosen by then"

Rows = dict[str, list[tuple[float, ...]]]
"""By who forecast, the numbers of SHOWN on each cut."""


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(prog="benchmarks.accuracy", description=__doc__)
    parser.add_argument("sets", nargs="*", help=f"of {', '.join(SETS)} (a beginning is enough)")
    parser.add_argument("--cuts", type=int, default=2, help="past days in the tables; 0 for no tables")
    parser.add_argument(
        "--rolling", type=int, default=ROLLING, help="cuts of each set for the intervals, at most; 0 for none"
    )
    said = parser.parse_args()
    names = [name for name in SETS if not said.sets or any(name.lower().startswith(s.lower()) for s in said.sets)]
    measure(names, cuts=said.cuts, rolling=said.rolling)


def run(*, lines: int, runs: int) -> None:
    """All sets; `runs`: past days in the tables; `lines` makes no difference."""
    measure(list(SETS), cuts=runs, rolling=ROLLING)


def measure(names: Sequence[str], *, cuts: int, rolling: int) -> None:
    """Print a table for each set, then the coverage of the intervals."""
    covered = []
    with peers.started(*(peers.NAMES if cuts else ())) as found:
        for name in names:
            with opened(name) as shop:
                if cuts:
                    compare(shop, found, cuts)
                if rolling:
                    covered.append(coverage(shop, rolling))
                    cover(covered[-1:])
    if covered:
        cover(covered)
    for name in peers.missing():
        print(f"  MISSING: {name} was not measured; `make peers` makes its environment")


def compare(shop: Shop, others: Mapping[str, peers.Peer], cuts: int) -> None:
    """Print how everybody did on the last days that can be checked."""
    from regulars.insight.backtest import backtest
    from regulars.insight.profile import Choices

    test = backtest(shop.engine, shop.facts, shop.dates(shop.last), Choices(), horizon=HORIZON)
    days = test.days[-cuts:]
    rows: Rows = {}
    for day in days:
        for trial in (trial for trial in test.trials if trial.day == day):
            numbers = (trial.orders.rmse, 100 * trial.orders.bias, *_of_chance(trial.chance))
            rows.setdefault(f"{'rule: ' if trial.naive else ''}{trial.name}", []).append(numbers)
        said = _chosen(shop, day)
        if said is not None:
            rows.setdefault(CHOSEN, []).append(score(shop, day, *said))
        for name, foreseen in asked(shop, day, others).items():
            rows.setdefault(name, []).append(score(shop, day, *foreseen))
    report(shop, days, rows)


def report(shop: Shop, days: Sequence[dt.date], rows: Rows) -> None:
    """Means over the days, the best of each column marked."""
    whole = {name: np.mean(found, axis=0) for name, found in rows.items() if len(found) == len(days)}
    best = {place: min(abs(numbers[place]) for numbers in whole.values()) for place in range(len(SHOWN) - 1)}
    lines: list[list[object]] = [["", *SHOWN]]
    for name, numbers in whole.items():
        cells = [f"{value:.4f}" if place != 1 else f"{value:+.1f}" for place, value in enumerate(numbers)]
        marked = [f"{cell}{'*' if abs(numbers[place]) == best.get(place) else ' '}" for place, cell in enumerate(cells)]
        lines.append([f"{name}{' (P alive)' if name in ONLY_ALIVE else ''}", *marked])
    made.table(f"{shop.name}: {HORIZON} days after {', '.join(map(str, days))} (means; * the best)", lines)
    for name in rows.keys() - whole.keys():
        print(f"  {name}: only on {len(rows[name])} of {len(days)} days")


def score(shop: Shop, day: dt.date, orders: Any, chance: Any) -> tuple[float, ...]:
    """The numbers of SHOWN for what was said of everybody known on this day, in the order of their numbers."""
    from regulars.insight.backtest.measures import chance_score, orders_score

    came = shop.came(day)
    found = orders_score(orders, came)
    return (found.rmse, 100 * found.bias, *_of_chance(chance_score(chance, (came > 0).astype(np.int64))))


def _of_chance(found: Any) -> tuple[float, ...]:
    return found.log, found.brier, found.ece, found.auc


def _chosen(shop: Shop, day: dt.date) -> tuple[Any, Any] | None:
    """What the product would have said that day, of everybody; None where it could not tell."""
    from regulars.insight.backtest import outlook
    from regulars.insight.profile import Choices

    found = outlook(shop.engine, shop.facts, shop.dates(day), Choices(), horizon=HORIZON)
    return None if found.why_not else (found.orders.value, found.p_order.value)


def asked(shop: Shop, day: dt.date, others: Mapping[str, peers.Peer]) -> dict[str, tuple[Any, Any]]:
    """What the peers say, by their name and the model's."""
    known = shop.known(day)
    rows = {name: getattr(known.histories, name)[known.row] for name in ("x", "t_x", "T")}
    place = Path(tempfile.mkdtemp(dir=made.FOLDER))
    np.savez(place / "question.npz", **rows)
    said = {}
    for peer, model in [(each, model) for each in others.values() for model in MODELS[each.name]]:
        found, trouble = _answer(peer, model, place)
        if found is None:
            print(f"  {shop.name}, {day}: {peer.name} {model}: {trouble}")
        else:
            said[f"{peer.name} {model}"] = found
    shutil.rmtree(place)
    return said


def _answer(peer: peers.Peer, model: str, place: Path) -> tuple[tuple[Any, Any] | None, str]:
    """Expected orders and chances, or None and what was wrong."""
    files = {"file": str(place / "question.npz"), "answer": str(place / "answer.npz")}
    try:
        state = peer.ask("foresee", seconds=SECONDS_MAX, **files, days=HORIZON, models=[model])["fits"][model]
    except TimeoutError as late:
        return None, str(late)
    if state != "ok":
        return None, " ".join(state.split())
    with np.load(place / "answer.npz") as numbers:
        orders, chance = numbers[f"{model} orders"], numbers[f"{model} chance"]
    whole = bool(np.isfinite(orders).all() and np.isfinite(chance).all())
    return ((orders, chance), "") if whole else (None, f"{int((~np.isfinite(orders + chance)).sum())} not finite")


def coverage(shop: Shop, rolling: int) -> tuple[str, int, int, int, list[float]]:
    """Of rolling days: the set, how many could be told and not, totals inside, and the share of customers inside."""
    from regulars.insight.backtest import outlook
    from regulars.insight.profile import Choices

    silent, inside, shares = 0, 0, []
    for day in shop.cuts(rolling):
        found = outlook(shop.engine, shop.facts, shop.dates(day), Choices(), horizon=HORIZON)
        if found.why_not:
            silent += 1
            continue
        came = shop.came(day)
        inside += bool(found.total_orders.low <= came.sum() <= found.total_orders.high)
        shares.append(float(((found.orders.low <= came) & (came <= found.orders.high)).mean()))
    return shop.name, len(shares), silent, inside, shares


def cover(found: Sequence[tuple[str, int, int, int, list[float]]]) -> None:
    """Print how often the intervals held what came."""
    rows: list[list[object]] = [
        ["", "cuts", "could not tell", "totals inside", "share", "customers inside, mean share"]
    ]
    every_share = [share for each in found for share in each[4]]
    sums = [sum(each[place] for each in found) for place in (1, 2, 3)]  # type: ignore[misc]
    for name, cuts, silent, inside, shares in (*found, ("all", *sums, every_share)):
        rows.append([name, cuts, silent, inside, inside / max(cuts, 1), float(np.mean(shares or [0.0]))])
    made.table(f"80 % intervals of the orders of the next {HORIZON} days, on rolling cuts (windows may overlap)", rows)


if __name__ == "__main__":
    main()
