"""`regulars report FILE...`: the two numbers, the shape of the base, and whom to care for first."""

import datetime as dt
import json
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import click

from regulars.sources.plan import FAMILIES


@click.command("report")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "family", type=click.Choice(FAMILIES), default="auto", help="Layout of the files.")
@click.option("--map", "mapping", type=click.Path(path_type=Path), help="Column mapping (TOML, docs/import.md).")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Use nothing after this day; it counts as complete.")
@click.option(
    "--opened", type=click.DateTime(["%Y-%m-%d"]), help="The shop's opening day, when the files reach back to it."
)
@click.option("--zone", default="", help="Time zone of the shop, e.g. Europe/Berlin.")
@click.option("--currency", default="", help="Base currency, e.g. EUR. Default: that of most orders.")
@click.option("--horizon", type=click.IntRange(30, 365), default=90, show_default=True, help="Days to come back in.")
@click.option("--exclude-tag", multiple=True, help="Orders with this tag do not count (staff, wholesale). Repeatable.")
@click.option("--html", "page", type=click.Path(path_type=Path, dir_okay=False), help="Also write one HTML page.")
@click.option(
    "--rejects", type=click.Path(path_type=Path, dir_okay=False), help="Write rejected rows to this CSV file."
)
@click.option("--json", "as_json", is_flag=True, help="Print figures for programs (docs/report.md) instead of text.")
def report_command(**options: Any) -> None:
    """Read order files (Shopify, WooCommerce, Amazon, any CSV, Excel or Parquet) and print who the customers are.

    Several files may be named: orders, customers, products, refunds.
    """
    from regulars import reading
    from regulars.cli.console import fail, status
    from regulars.sources.source import CannotRead

    try:
        question = question_of(options)
        now = dt.datetime.now(dt.UTC)
        with status("Reading ...", quiet=options["as_json"]), reading.answered(question, now=now) as answer:
            _print(answer, options)
    except CannotRead as error:
        fail(str(error))


def question_of(options: dict[str, Any]) -> Any:
    """What is asked, from a command's options."""
    from regulars import reading
    from regulars.cli.console import fail
    from regulars.insight.profile import Choices
    from regulars.insight.valid import Rule
    from regulars.sources import mapping

    if options["zone"] and options["zone"] not in available_timezones():
        fail(f"{options['zone']!r} is not a time zone. Write it like Europe/Berlin or Asia/Shanghai.")
    day = lambda name: options[name].date() if options[name] else None  # noqa: E731
    return reading.Question(
        paths=options["files"],
        family=options["family"],
        mapping=mapping.load(options["mapping"]) if options["mapping"] else None,
        as_of=day("as_of"),
        opened=day("opened"),
        zone=options["zone"],
        currency=options["currency"].upper(),
        choices=Choices(rule=Rule(tags_left_out=options["exclude_tag"]), horizon=options["horizon"]),
    )


def _print(answer: Any, options: dict[str, Any]) -> None:
    from regulars.cli import figures, pages, terminal

    found = figures.of(answer)
    if options["rejects"]:
        figures.write_rejects(answer, options["rejects"])
    if options["page"]:
        people = figures.people_to_care_for(answer)
        options["page"].write_text(pages.html(answer, found, people), encoding="utf-8")
    if options["as_json"]:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    terminal.show(answer, found)
    if options["page"]:
        click.echo(f"\nWritten: {options['page']}")
