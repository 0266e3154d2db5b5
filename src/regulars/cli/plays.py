"""Commands about plays: list, check, on, off, keep, rehearse."""

import datetime as dt
from pathlib import Path
from typing import Any

import click

from regulars.cli.console import fail
from regulars.cli.setting_up import in_shop, ready, shop_option


@click.group("plays")
def plays_command() -> None:
    """Look at plays, check a file of your own, switch one on or off."""


@plays_command.command("list")
@shop_option
def list_command(shop: str) -> None:
    """Every play: whether it is on, and what it is for."""
    with in_shop(shop):
        from rich.console import Console
        from rich.table import Table

        from regulars.plays.switching import all_known

        table = Table(box=None, pad_edge=False)
        for heading in ("play", "state", "acts on", "what for"):
            table.add_column(heading, no_wrap=heading != "what for")
        for one in all_known():
            later = f"waits for {', '.join(one.form.waits_for)}" if one.form.waits_for else "off"
            state = f"on, {one.play.mode}" if one.on and one.play else later
            table.add_row(one.form.name, state, one.form.on, one.form.because.of("en"))
        Console().print(table)


@plays_command.command("check")
@click.argument("path", type=click.Path(path_type=Path))
def check_command(path: Path) -> None:
    """Read the play in the folder (or play.toml) PATH and tell every mistake with line and column. Needs no shop."""
    ready(migrate=False)
    from regulars.plays import folders
    from regulars.plays.reading import PlayMistakes

    try:
        made = folders.check(folders.open_folder(path))
    except PlayMistakes as error:
        for mistake in error.mistakes:
            click.echo(f"{path}:{mistake}" if mistake.place.line else str(mistake).split(": ", 1)[1], err=True)
        fail(f"{len(error.mistakes)} to mend in this play.")
    click.echo(f"{made.name}: in order.")
    if made.waits_for:
        click.echo(f"It cannot be switched on yet: {', '.join(made.waits_for)} is not available yet.")


@plays_command.command("keep")
@click.argument("path", type=click.Path(path_type=Path))
@shop_option
def keep_command(path: Path, shop: str) -> None:
    """Take the play in the folder PATH into the shop, as a new version if there is one of that name."""
    with in_shop(shop):
        from regulars.plays import folders, switching
        from regulars.plays.reading import PlayMistakes

        try:
            made = switching.keep(folders.open_folder(path), by="command line", now=_now())
        except PlayMistakes as error:
            fail(f"{path}: {error}")
        click.echo(f"{made.name} is kept. Switch it on with: regulars plays on {made.name}")


@plays_command.command("on")
@click.argument("name")
@click.option("--automatic", is_flag=True, help="Let it act without asking you each day.")
@shop_option
def on_command(name: str, automatic: bool, shop: str) -> None:
    """Let the play NAME act, from today's plan on. It asks you first unless told otherwise."""
    with in_shop(shop):
        from regulars.plays import switching
        from regulars.plays.models import Play
        from regulars.plays.reading import PlayMistakes

        mode = Play.Mode.AUTOMATIC if automatic else Play.Mode.ASK
        try:
            play = switching.switch_on(name, by="command line", now=_now(), mode=mode)
        except (switching.CannotSwitchOn, PlayMistakes) as error:
            fail(str(error))
        how = "acts by itself" if automatic else "asks you first"
        known = switching.known(name)
        share = (
            0.0
            if known and known.form.owed
            else known.form.share
            if known and known.form.share is not None
            else play.share
        )
        held = (
            f" {share:.0%} of people are held out, to see whether it helps." if share else " Nobody is held out of it."
        )
        click.echo(f"{play.name} is on and {how}.{held}")


@plays_command.command("off")
@click.argument("name")
@click.option("--why", default="", help="The reason, for whoever looks later.")
@shop_option
def off_command(name: str, why: str, shop: str) -> None:
    """Let the play NAME rest. What has not left yet is cancelled."""
    with in_shop(shop):
        from regulars.plays import switching

        if switching.known(name) is None:
            fail(f"There is no play called {name!r}. See: regulars plays list")
        switching.switch_off(name, by="command line", now=_now(), why=why)
        click.echo(f"{name} is off.")


@plays_command.command("rehearse")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.option("--past-only", is_flag=True, help="Only the shop's own past, without the invented shop.")
@shop_option
def rehearse_command(name: str | None, as_json: bool, past_only: bool, shop: str) -> None:
    """What NAME (a play, or the folder of one) would have done on the shop's own past, and what may come of it; without
    NAME, what all plays that are on would have done together."""
    with in_shop(shop):
        import json

        from regulars import rehearse, rehearse_plan
        from regulars.plays import folders, rehearsed, switching
        from regulars.plays.reading import PlayMistakes

        def say(step: str) -> None:
            click.echo(step, err=True)

        if name is None:
            plan = rehearse_plan.rehearse(now=_now(), say=say, forward=not past_only)
            click.echo(json.dumps(plan, indent=2) if as_json else "\n".join(rehearsed.of_plan(plan)))
            return
        try:
            known = switching.known(name) if "/" not in name else None
            path = Path(name)
            form = known.form if known else folders.check(folders.open_folder(path)) if path.exists() else None
        except PlayMistakes as error:
            fail(f"{name}: {error}")
        if form is None:
            fail(f"There is no play called {name!r}. See: regulars plays list")
        found = rehearse.rehearse(form, now=_now(), say=say, forward=not past_only)
        if as_json:
            click.echo(json.dumps(found, indent=2))
        else:
            _tell(form.name, found)


def _tell(name: str, found: dict[str, Any]) -> None:
    from regulars.plays import rehearsed

    for sentence in rehearsed.sentences(found):
        click.echo(sentence)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
