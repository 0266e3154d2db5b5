"""B15 lifetime forecasts: from orders in memory to the scores of everybody, beside lifetimes and pymc-marketing.

Here `--lines` is the number of customers (2.35 orders each). Every library runs in its own process and environment, in
turns, one thread each; medians of the rounds after one that does not count. Processor seconds count, which other work on the machine disturbs least.
Peers are asked up to PEERS_MAX customers, and for Pareto/NBD up to PARETO_MAX.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks import made, order_days, peers

PEERS_MAX = 2_000_000
PARETO_MAX = 20_000
OURS = ("summary", "fits and scores")
THEIRS = ("summary", "BG/NBD fit", "Gamma-Gamma fit", "chance, orders", "value")
TARGETS = {"lifetimes": 50, "pymc": 20}
SAME = {"fits": 2e-3, "orders": 1e-3, "value": 1e-3}
"""How far optima and sums may differ, relative: the peers stop their searches a little early."""

Answer = dict[str, Any]


def run(*, lines: int, runs: int) -> None:
    """Print the tables."""
    customers = max(lines, 1000)
    folder = order_days.folder_of(customers)
    wanted = ("regulars", *peers.NAMES) if customers <= PEERS_MAX else ("regulars",)
    asked = {"orders": str(folder), "end": order_days.DAYS - 1, "pareto": customers <= PARETO_MAX}
    with peers.started(*wanted) as found:
        for peer in found.values():
            peer.ask("speed", **{**asked, "pareto": False})  # not counted: compiles, and touches its memory
        rounds = [{name: peer.ask("speed", **asked) for name, peer in found.items()} for _round in range(runs)]
    report(rounds, customers)
    for name in peers.missing():
        print(f"  MISSING: {name} was not measured; `make peers` makes its environment")


def report(rounds: Sequence[Mapping[str, Answer]], customers: int) -> None:
    """Ratios first, then what was compared, then every stage."""
    first = rounds[0]
    ours = total(rounds, "regulars", OURS)
    rows: list[list[object]] = [["", "cpu s", "wall s", "times ours", "target"]]
    rows.append(["regulars", ours["cpu"], ours["s"], 1.0, limit_of(customers)])
    for name in (name for name in first if name != "regulars"):
        theirs = total(rounds, name, THEIRS)
        rows.append([name, theirs["cpu"], theirs["s"], theirs["cpu"] / ours["cpu"], f">= {TARGETS[name]}"])
    raw = total(rounds, "regulars", ["raw limit: one group-by"])
    rows.append(["raw limit: one group-by", raw["cpu"], raw["s"], raw["cpu"] / ours["cpu"], ""])
    size = first["regulars"]["made"]
    made.table(
        f"B15: {customers:,} customers, {size['orders']:,} orders, {size['histories']:,} distinct histories; "
        f"median of {len(rounds)} rounds in turns, one thread each",
        rows,
    )
    optima(first)
    made.table("Stages (the lines of regulars from NBD on are its parts again)", stages(rounds))


def limit_of(customers: int) -> str:
    """The target of our own time and memory."""
    return {1_000_000: "<= 1", 10_000_000: "<= 15, 2,048 MB"}.get(customers, "")


def total(rounds: Sequence[Mapping[str, Answer]], name: str, stages: Sequence[str]) -> dict[str, float]:
    """Median over the rounds of the sum of these stages: processor seconds and wall seconds."""
    sums = {
        unit: [sum(each[name]["stages"][stage][unit] for stage in stages) for each in rounds] for unit in ("cpu", "s")
    }
    return {unit: made.median(values) for unit, values in sums.items()}


def optima(first: Mapping[str, Answer]) -> None:
    """All reach the same optimum and the same sums; raises AssertionError when they do not."""
    names = list(first["regulars"]["fits"])
    rows: list[list[object]] = [["", *names, "sum of orders, 365 d", "sum of value, 12 x 30 d"]]
    for name, answer in first.items():
        fits, sums = answer["fits"], answer["sums"]
        rows.append([name, *(f"{fits[each]:.4f}" for each in names), f"{sums['orders']:,.1f}", f"{sums['value']:,.0f}"])
    made.table("The same optimum", rows)
    print(f"  Over 365 days, each discounted to its day, regulars says {first['regulars']['sums']['exact']:,.0f}")
    for name, answer in first.items():
        for each in names:
            off = abs(answer["fits"][each] / first["regulars"]["fits"][each] - 1)
            assert off < SAME["fits"], f"{name} ends at another {each}: {off:.1e} off"
        for each in ("orders", "value"):
            off = abs(answer["sums"][each] / first["regulars"]["sums"][each] - 1)
            assert off < SAME[each], f"{name} has another sum of {each}: {off:.1e} off"


def stages(rounds: Sequence[Mapping[str, Answer]]) -> list[list[object]]:
    """Every stage of everybody: median seconds, and the highest peak of memory."""
    rows: list[list[object]] = [["", "stage", "cpu s", "wall s", "peak MB"]]
    for name in rounds[0]:
        for stage in rounds[0][name]["stages"]:
            each = [answers[name]["stages"][stage] for answers in rounds]
            seconds = [made.median([cost[unit] for cost in each]) for unit in ("cpu", "s")]
            rows.append([name, stage, *(f"{value:.3f}" for value in seconds), round(max(cost["mb"] for cost in each))])
    return rows
