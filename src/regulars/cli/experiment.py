"""`regulars experiment FILE`: what a finished test changed, arm by arm, and whether that may be believed."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click


def _shares(_context: click.Context, _option: click.Parameter, said: tuple[str, ...]) -> dict[str, float]:
    found = {}
    for text in said:
        name, _equals, share = text.rpartition("=")
        try:
            found[name] = float(share)
        except ValueError as error:
            raise click.BadParameter(f"write it as ARM=0.5, not {text!r}") from error
        if not name or not 0 < found[name] < 1:
            raise click.BadParameter(f"a share lies between 0 and 1: {text!r}")
    return found


@click.command("experiment")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--arm", required=True, metavar="COLUMN", help="The column that says which arm somebody was in.")
@click.option("--control", required=True, metavar="VALUE", help="The arm to compare with.")
@click.option(
    "--outcome", "outcomes", multiple=True, required=True, metavar="COLUMN", help="What they did; repeatable."
)
@click.option(
    "--covariate", "covariates", multiple=True, metavar="COLUMN", help="A number known before the test; repeatable."
)
@click.option(
    "--share",
    "shares",
    multiple=True,
    metavar="ARM=SHARE",
    callback=_shares,
    help="Planned share of an arm; equal if not said.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print figures for programs (docs/experiments.md) instead of text."
)
def experiment_command(file: Path, as_json: bool, **options: Any) -> None:
    """Compare the arms of a finished experiment: one row a person, in CSV, TSV or Parquet.

    Prints the difference to the control with its standard error, an interval for one look and one that holds at any
    look, whether the arms are as large as planned, and the smallest change that could have been seen.
    """
    from regulars.cli.console import fail
    from regulars.experiment_file import Columns, NotAnExperiment, read
    from regulars.insight.lift.experiment import analyse

    try:
        columns = Columns(
            options["arm"], options["control"], options["outcomes"], options["covariates"], options["shares"]
        )
        split, effects = analyse(read(file, columns))
    except NotAnExperiment as error:
        fail(str(error))
    if as_json:
        click.echo(json.dumps({"split": asdict(split), "effects": [asdict(each) for each in effects]}, indent=2))
    else:
        _print(split, effects, options["control"])


SPLITS = {
    "fine": "The arms are as large as planned",
    "uneven": "The arms are not quite as large as planned: no verdict until that is explained",
    "broken": "The arms are NOT as large as planned: believe none of these numbers until that is explained",
}
STATES = {
    "collecting": "too few did it at all for a verdict (100 in each arm are needed)",
    "no_verdict": "it could be nothing",
    "more": "more than the control",
    "fewer": "fewer than the control",
    "do_not_trust": "no verdict: the arms are not as large as planned",
}


def _print(split: Any, effects: list[Any], control: str) -> None:
    from regulars.insight.lift.experiment import HEAVY_SHARE

    counts = ", ".join(f"{arm} {n:,} ({split.shares[arm]:.1%} planned)" for arm, n in split.counts.items())
    click.echo(f"{counts}\n{SPLITS[split.state]} (chi-square {split.chi_square:.3f}, p = {split.p:.4g}).")
    for each in effects:
        click.echo(f"\n{each.arm} against {control}, {each.outcome}: {STATES[each.state]}")
        click.echo(f"  mean {each.mean:.6g} (n = {each.n:,}) against {each.mean_control:.6g} (n = {each.n_control:,})")
        _interval("difference", each.raw)
        if each.adjusted is not None:
            _interval("with covariates", each.adjusted)
        if each.capped is not None:
            _interval(f"above {each.cap:.6g} cut off", each.capped)
        if each.visible is not None:
            one, any_time = each.visible
            click.echo(f"  seen with 80 %: {one:.1%} of the control at one look, {any_time:.1%} at any look")
        if each.heaviest_share > HEAVY_SHARE:
            click.echo(
                f"  one person made {each.heaviest_share:.1%} of it all: look at the figure with the largest cut off"
            )


def _interval(name: str, found: Any) -> None:
    fixed, always = found.fixed, found.always
    click.echo(
        f"  {name:<20} {found.value:+.6f}  standard error {found.error:.6f}  95 % at one look {fixed[0]:+.6f} .. {fixed[1]:+.6f}"
        f"  at any look {always[0]:+.6f} .. {always[1]:+.6f}  evidence {found.e:.4g}"
    )
