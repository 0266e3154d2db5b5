"""Commands about people: profile, explain, segment."""

import datetime as dt
import json

import click

from regulars.cli.console import fail
from regulars.cli.setting_up import in_shop, shop_option


@click.command("profile")
@click.argument("customer")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@shop_option
def profile_command(customer: str, as_json: bool, shop: str) -> None:
    """Show every column of CUSTOMER's profile. CUSTOMER is a number, an e-mail address or a phone number."""
    with in_shop(shop):
        from regulars.insight.money import written
        from regulars.profiles.dictionary import COLUMNS
        from regulars.profiles.models import Profile
        from regulars.profiles.people import find_customer
        from regulars.shop.models import the_shop

        found = find_customer(customer) or fail(f"No customer is known as {customer!r}.")
        row = Profile.objects.filter(pk=found.pk).values().first()
        if row is None:
            fail(f"{found} has no profile yet: no order that counts, or no refresh since the import.")
        if as_json:
            click.echo(json.dumps(row, default=str, indent=2, ensure_ascii=False))
            return
        click.echo(f"{found}  ({found.email or found.phone})")
        for column in COLUMNS:
            value = row[column.name]
            if value is not None:
                shown = written(value, the_shop().currency) if column.type == "money" else str(value)
                click.echo(f"  {column.name:24} {shown:24} {column.meaning}")


@click.command("explain")
@click.argument("customer")
@click.option(
    "--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="What was decided about them on this day, and why."
)
@shop_option
def explain_command(customer: str, day: dt.datetime | None, shop: str) -> None:
    """Say in sentences who CUSTOMER is, why they are in their stage, and what to do; or what was decided on a day, and why."""
    with in_shop(shop):
        from regulars.plays.why import why
        from regulars.profiles.people import explain, find_customer

        found = find_customer(customer) or fail(f"No customer is known as {customer!r}.")
        for sentence in explain(found) if day is None else why(found, day.date()):
            click.echo(sentence)


@click.command("segment")
@click.argument("condition")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 100_000), help="Customers to list.")
@shop_option
def segment_command(condition: str, limit: int, shop: str) -> None:
    """Count and list the customers that fulfil CONDITION, e.g. "stage = 'slipping' and value_grade = 'A'"."""
    with in_shop(shop):
        from regulars.customers.models import Customer
        from regulars.profiles import segments
        from regulars.profiles.people import minor_per_major
        from regulars.profiles.select import matching

        try:
            found = matching(segments.parse(condition, minor_per_major=minor_per_major()))
        except segments.ConditionMistake as mistake:
            fail(str(mistake))
        click.echo(f"{found.count():,} customers")
        rows = list(found.order_by("-net_total", "customer_id")[:limit].values_list("customer_id", flat=True))
        people = Customer.objects.in_bulk(rows)
        for pk in rows:
            person = people.get(pk)
            click.echo(f"  {pk}  {person or ''}  {person.email if person else ''}")
