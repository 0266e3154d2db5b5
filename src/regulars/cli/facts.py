"""Commands about facts: import, undo-import, refresh, day."""

import csv
import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

import click

from regulars.cli.console import fail, status
from regulars.cli.setting_up import in_shop, shop_option
from regulars.sources.plan import FAMILIES


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "family", type=click.Choice(FAMILIES), default="auto", help="Layout of the files.")
@click.option("--map", "mapping", type=click.Path(path_type=Path), help="Column mapping (TOML, docs/import.md).")
@click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing to the shop.")
@click.option(
    "--rejects", type=click.Path(path_type=Path, dir_okay=False), help="Write rejected rows to this CSV file."
)
@shop_option
def import_command(
    files: tuple[Path, ...], family: str, mapping: Path | None, dry_run: bool, rejects: Path | None, shop: str
) -> None:
    """Import order, customer, product, refund or review files. Doing it twice changes nothing."""
    with in_shop(shop):
        from regulars.sources import importing, looking
        from regulars.sources.models import Import
        from regulars.sources.source import CannotRead

        now = dt.datetime.now(dt.UTC)
        try:
            content = _mapping(mapping)
            job = importing.create([path.resolve() for path in files], actor="command line", family=family, mapping=content,
                                   state=Import.State.READY)  # fmt: skip
            with status("Importing ..."):
                if dry_run:
                    found = looking.preview(job, now=now)
                    _say_preview(found)
                    _write_rejects(job, rejects)
                    importing.forget(job)
                    return
                job = importing.run(job, now=now)
        except CannotRead as error:
            fail(str(error))
        _write_rejects(job, rejects)
        if job.state == Import.State.FAILED:
            fail(job.error)
        _say_result(job)


def _mapping(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    from regulars.sources import mapping

    mapping.load(path)
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _say_result(job: Any) -> None:
    from regulars.sources.explain import note_text

    summary = job.summary
    click.echo(
        f"Import {job.pk}: {summary['new']:,} orders new, {summary['changed']:,} changed, {summary['unchanged']:,} unchanged, "
        f"{summary['stale']:,} older than known, {summary['rejected']:,} rows left out."
    )
    for file in summary["files"]:
        click.echo(f"  {file['file']}: {file['format']} {file['table']}, {file['rows']:,} rows")
    for note in summary["notes"]:
        click.echo(f"  · {note_text(note)}")
    click.echo(f"Take it back with: regulars undo-import {job.pk}")


def _say_preview(found: dict[str, Any]) -> None:
    from regulars.insight.money import written
    from regulars.sources.explain import note_text

    click.echo(
        f"Would import {found['orders']:,} orders ({found['new']:,} new, {found['changed']:,} changed, {found['unchanged']:,} "
        f"unchanged), {found['first']} to {found['last']}; {found['nobody']:,} name no customer; {found['rejected']:,} rows left out."
    )
    for row in found["rows"][:5]:
        who = row["contact_name"] or row["email"] or row["account"] or "-"
        click.echo(
            f"  {row['name']}  {row['ordered_at']}  {who}  {written(row['total'], row['currency'])}  {row['status']}"
        )
    for note in found["notes"]:
        click.echo(f"  · {note_text(note)}")
    click.echo("Nothing was written.")


def _write_rejects(job: Any, path: Path | None) -> None:
    from regulars.sources import importing
    from regulars.sources.explain import reject_reason

    rows = importing.rejects(job)
    if path is None:
        return
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "row", "column", "value", "reason", "remedy"])
        for row in rows:
            writer.writerow([row["file"], row["row"], row["column"], row["value"], *reject_reason(row["code"])])
    click.echo(f"{len(rows):,} rejected rows written to {path}")


@click.command("undo-import")
@click.argument("number", type=int)
@shop_option
def undo_import_command(number: int, shop: str) -> None:
    """Take import NUMBER back as a whole, as if it had never been."""
    with in_shop(shop):
        from regulars.sources import undo
        from regulars.sources.models import Import
        from regulars.sources.source import CannotRead

        job = Import.objects.filter(pk=number).first()
        if job is None:
            fail(f"There is no import {number}.")
        try:
            with status("Undoing ..."):
                undo.undo(job, now=dt.datetime.now(dt.UTC))
        except CannotRead as error:
            fail(str(error))
        click.echo(f"Import {number} was taken back.")


@click.command("refresh")
@click.option("--full", is_flag=True, help="Rebuild the lake from the database too.")
@shop_option
def refresh_command(full: bool, shop: str) -> None:
    """Recompute all profiles and both numbers from the facts."""
    with in_shop(shop):
        from regulars.profiles.refresh import refresh
        from regulars.suggest import run

        now = dt.datetime.now(dt.UTC)
        with status("Refreshing ..."):
            found = refresh(now=now, full=full)
            suggestions, relations = run(at=now)
        click.echo(
            f"{found.customers:,} customers as of {found.as_of}, {found.written:,} profiles written, {found.removed:,} removed; "
            f"{suggestions:,} new suggestions, {relations:,} new relations."
        )


@click.command("day")
@shop_option
def day_command(shop: str) -> None:
    """Everything a day needs: waiting imports, profiles and numbers, the day's plays, and what they changed. Safe to run twice, or to kill and run again."""
    with in_shop(shop):
        from regulars import day

        day.run(now=dt.datetime.now(dt.UTC), say=click.echo)
        click.echo("The day is done.")
