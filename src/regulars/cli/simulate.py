"""`regulars simulate`: what policies earn in an invented shop whose customers react, over the same luck."""

import json
import math
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

POLICIES = (
    "nothing", "blast", "discount", "risk", "rules", "rules-without-discounts", "rules-held-out", "regulars", "regulars-held-out",
    "oracle",
)  # fmt: skip
SEEDS_MAX = 1_000


@click.command("simulate")
@click.option("--policy", "policies", multiple=True, type=click.Choice(POLICIES), help="Repeatable. Default: rules.")
@click.option("--seeds", default="1-20", show_default=True, metavar="LIST", help="Such as 1-20, 7 or 1-5,9.")
@click.option("--config", type=click.Path(path_type=Path), help="What the shop is like (TOML, docs/simulate.md).")
@click.option("--customers", type=click.IntRange(1), help="How many it has when plays begin; above what the file says.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print figures for programs (docs/simulate.md) instead of a table."
)
def simulate_command(
    policies: tuple[str, ...], seeds: str, config: Path | None, customers: int | None, as_json: bool
) -> None:
    """Compare policies in an invented shop, by the profit that is left when the plays are over.

    A year without plays, a year and a half with them, a year without. Every policy meets the same customers with the
    same luck, and is compared with doing nothing. It shows that a way of deciding is wrong; never that a play works in
    a real shop.
    """
    from regulars.cli.console import fail

    try:
        chosen, said = seeds_of(seeds), table_of(config)
    except ValueError as error:
        fail(str(error))
    from regulars.simulator.reacting.compare import compare
    from regulars.simulator.reacting.policies.known import POLICIES as KNOWN
    from regulars.simulator.reacting.reading import BadWorld
    from regulars.simulator.reacting.world import World

    try:
        world = World.of(said | ({"customers": customers} if customers else {}))
    except BadWorld as error:
        fail(f"{config}: {error}" if config else str(error))
    asked = dict.fromkeys(policies or ("rules",))
    runs = len(chosen) * len({"nothing", *asked})
    with _progress(runs) as told:
        rows = compare(world, {name: KNOWN[name] for name in asked}, chosen, told=told)
    if as_json:
        click.echo(json.dumps(_figures(world, chosen, rows), indent=2))
    else:
        _print(world, chosen, rows)


def seeds_of(text: str) -> tuple[int, ...]:
    """The seeds of "1-5,9". Raises ValueError for what is no list of whole numbers from 0 on, each once."""
    found: list[int] = []
    for part in text.split(","):
        first, _dash, last = part.strip().partition("-")
        if not (first.isascii() and first.isdigit() and (last or first).isascii() and (last or first).isdigit()):
            raise ValueError(f"--seeds: write seeds as 1-20, 7 or 1-5,9, not {text!r}")
        low, high = int(first), int(last or first)
        if high < low or high >= 2**63:
            raise ValueError(f"--seeds: {part.strip()} is no range of seeds")
        if high - low >= SEEDS_MAX or len(found) + high - low >= SEEDS_MAX:
            raise ValueError(f"--seeds: at most {SEEDS_MAX:,} seeds at once")
        found += range(low, high + 1)
    if len(set(found)) < len(found):
        raise ValueError(f"--seeds: a seed is named twice in {text!r}")
    return tuple(found)


def table_of(config: Path | None) -> dict[str, Any]:
    """What the file says. Raises ValueError when it cannot be read."""
    if config is None:
        return {}
    try:
        return tomllib.loads(config.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{config} is not valid TOML: {error}") from error
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not text in UTF-8"
        raise ValueError(f"{config} cannot be read: {why}") from error


@contextmanager
def _progress(runs: int) -> Iterator[Callable[[str, int], None]]:
    """What is running now, on standard error; nothing where that is no terminal."""
    from rich.console import Console

    console, begun = Console(stderr=True), iter(range(1, runs + 1))
    if not console.is_terminal:
        yield lambda _policy, _seed: None
        return
    with console.status("Opening the shop ...") as status:
        yield lambda policy, seed: status.update(f"Run {next(begun)} of {runs}: {policy}, seed {seed}")


def _figures(world: Any, seeds: tuple[int, ...], rows: tuple[Any, ...]) -> dict[str, Any]:
    from regulars import __version__

    return {
        "version": __version__,
        "seeds": list(seeds),
        "world": asdict(world),
        "policies": [_without_nan(asdict(row)) for row in rows],
    }


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(each) for key, each in value.items()}
    return None if isinstance(value, float) and math.isnan(value) else value


def _print(world: Any, seeds: tuple[int, ...], rows: tuple[Any, ...]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, padding=(0, 1, 0, 0), header_style="dim")
    table.add_column("policy", no_wrap=True)
    for title in ("profit, %", "with plays", "contacts", "no more", "away", "cost"):
        table.add_column(title, justify="right", no_wrap=True)
    for row in rows:
        counts = (row.contacts, row.unsubscribed, row.driven_away, row.cost)
        profit = _percent(row.profit) + ("" if math.isnan(row.profit.error) else f" ±{row.profit.error:.2f}")
        later = _percent(row.profit_horizon) + (" *" if _lost_later(row) else "  ")
        table.add_row(row.policy, profit, later, *(f"{each.value:,.0f}" for each in counts))
    console = Console(highlight=False)
    luck = f"{len(seeds)} seed" + ("s" if len(seeds) > 1 else "")
    console.print(f"{world.customers:,} customers, {world.horizon} days with plays, {luck}\n", style="bold")
    console.print(table)
    console.print("\n" + EXPLAINED, style="dim")
    for row in rows:
        if row.breaches:
            console.print(f"{row.policy}: {row.breaches:,} times beyond a hard limit", style="yellow")


EXPLAINED = (
    "Profit: over doing nothing (standard error), the year after the plays included; then while there were plays alone "
    "(*: lost again later). No more: unsubscribed. Away: driven away."
)


def _percent(mean: Any) -> str:
    return "-" if math.isnan(mean.value) else f"{mean.value:+.2f}"


def _lost_later(row: Any) -> bool:
    return bool(row.profit_horizon.value > 0 > row.profit.value)
