"""`regulars forecast FILE...`: from order files straight to what each customer and the shop will do next."""

import csv
import datetime as dt
import json
from pathlib import Path
from typing import Any

import click

from regulars.sources.plan import FAMILIES

SHOWN = 20
COLUMNS = (
    "customer", "p_order", "p_order_low", "p_order_high", "orders", "orders_low", "orders_high", "net_revenue",
    "net_revenue_low", "net_revenue_high",
)  # fmt: skip


@click.command("forecast")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "family", type=click.Choice(FAMILIES), default="auto", help="Layout of the files.")
@click.option("--map", "mapping", type=click.Path(path_type=Path), help="Column mapping (TOML, docs/import.md).")
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Use nothing after this day. Default: the last whole day."
)
@click.option("--days", type=click.IntRange(1, 1095), default=90, show_default=True, help="How far ahead.")
@click.option(
    "--opened", type=click.DateTime(["%Y-%m-%d"]), help="The shop's opening day, when the files reach back to it."
)
@click.option("--zone", default="", help="Time zone of the shop, e.g. Europe/Berlin.")
@click.option("--currency", default="", help="Base currency, e.g. EUR. Default: that of most orders.")
@click.option("--csv", "table", type=click.Path(path_type=Path, dir_okay=False), help="Write one row a customer here.")
@click.option("--json", "as_json", is_flag=True, help="Print figures for programs (docs/forecast.md) instead of text.")
def forecast_command(**options: Any) -> None:
    """Say what each customer will do in the next days, with intervals, by the model that won in this shop's past.

    Several files may be named: orders, customers, refunds.
    """
    from regulars import reading
    from regulars.cli.console import fail, status
    from regulars.cli.report import question_of
    from regulars.insight.backtest.outlook import outlook
    from regulars.sources.source import CannotRead

    try:
        question = question_of(options | {"exclude_tag": (), "horizon": 90})
        now = dt.datetime.now(dt.UTC)
        with status("Reading ...", quiet=options["as_json"]), reading.loaded(question, now=now) as found:
            answer = outlook(found.engine, found.facts, found.dates, question.choices, horizon=options["days"])
            _print(found, answer, options)
    except CannotRead as error:
        fail(str(error))


def _print(found: Any, answer: Any, options: dict[str, Any]) -> None:
    from regulars.insight.words import forecast_why_not

    rows = _rows(found, answer)
    if options["table"]:
        with options["table"].open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(rows)
    if options["as_json"]:
        click.echo(json.dumps(_figures(found, answer, rows), ensure_ascii=False, indent=2))
        return
    if answer.why_not:
        click.echo(f"No forecast yet: {forecast_why_not(answer.why_not, answer.have, answer.need)}.")
        return
    _say(found, answer, rows)


def _rows(found: Any, answer: Any) -> list[dict[str, Any]]:
    """One row a customer, money in major units; those who are worth most first."""
    from regulars.insight.money import major

    labels, currency = _labels(found, answer.customer.tolist()), found.cleaned.currency
    rows = []
    for place in sorted(range(answer.customer.size), key=lambda one: (-answer.net.value[one], one)):
        row: dict[str, Any] = {"customer": labels.get(int(answer.customer[place]), f"#{answer.customer[place]}")}
        for name, values, digits in (("p_order", answer.p_order, 6), ("orders", answer.orders, 6)):
            row |= {f"{name}{end}": round(float(getattr(values, part)[place]), digits) for end, part in ENDS}
        row |= {f"net_revenue{end}": major(float(getattr(answer.net, part)[place]), currency) for end, part in ENDS}
        rows.append({name: row[name] for name in COLUMNS})
    return rows


ENDS = (("", "value"), ("_low", "low"), ("_high", "high"))


def _labels(found: Any, customers: list[int]) -> dict[int, str]:
    """How the files name each customer: the customer number, else the e-mail, the phone."""
    import pyarrow as pa

    con = found.engine.con.con
    con.register("wanted", pa.table({"customer_id": pa.array(customers, pa.int64())}))
    rows = con.execute(
        "SELECT customer_id, coalesce(min(CASE WHEN i.kind = 'account' THEN substr(i.value, strpos(i.value, ':') + 1) END), "
        "min(CASE WHEN i.kind = 'email' THEN i.value END), min(i.value)) FROM wanted JOIN people p USING (customer_id) "
        f"JOIN read_parquet('{found.cleaned.path('identifiers')}') i ON i.id = p.identifier_id GROUP BY customer_id"
    ).fetchall()
    con.unregister("wanted")
    return dict(rows)


def _figures(found: Any, answer: Any, rows: list[dict[str, Any]]) -> dict[str, Any]:
    from regulars.insight.backtest.words import verdict
    from regulars.insight.money import major
    from regulars.insight.words import forecast_why_not

    test, currency = answer.backtest, found.cleaned.currency
    why_not = forecast_why_not(answer.why_not, answer.have, answer.need) or None
    totals: dict[str, Any] = {}
    if why_not is None:
        totals = {f"orders{end}": round(getattr(answer.total_orders, part), 3) for end, part in ENDS}
        totals |= {f"net_revenue{end}": major(getattr(answer.total_net, part), currency) for end, part in ENDS}
    return {
        "as_of": answer.day.isoformat(), "days": answer.horizon, "currency": currency, "why_not": why_not,
        "customers_n": len(rows), "model": test.choice.orders, "model_p_order": test.choice.chance,
        "naive": test.choice.naive_orders, "naive_as_good": test.choice.naive_as_good, "proven": test.choice.proven,
        "why": verdict(test), "interval": 0.8, "totals": totals,
        "backtest": [
            {"day": trial.day.isoformat(), "model": trial.name, "n": trial.n, "said": round(trial.said, 3), "actual": trial.actual,
             "rmse": round(trial.orders.rmse, 6), "brier": round(trial.chance.brier, 6), "ece": round(trial.chance.ece, 6)}
            for trial in test.trials
        ],
        "customers": rows,
    }  # fmt: skip


def _say(found: Any, answer: Any, rows: list[dict[str, Any]]) -> None:
    from regulars.insight.backtest.words import verdict
    from regulars.insight.money import written

    currency, orders, net = found.cleaned.currency, answer.total_orders, answer.total_net
    click.echo(f"The {answer.horizon} days after {answer.day}, {len(rows):,} customers (80 % intervals)")
    click.echo(f"  orders       {orders.value:,.0f}  ({orders.low:,.0f} to {orders.high:,.0f})")
    ends = [written(round(value), currency, cents=False) for value in (net.value, net.low, net.high)]
    click.echo(f"  net revenue  {ends[0]}  ({ends[1]} to {ends[2]})")
    for sentence in verdict(answer.backtest):
        click.echo(sentence)
    click.echo(f"\n{'customer':<32} {'P(order)':>8} {'orders':>14} {'net revenue':>24}")
    for row in rows[:SHOWN]:
        click.echo(
            f"{row['customer'][:32]:<32} {row['p_order']:>8.0%} {row['orders']:>5.1f} ({row['orders_low']:.0f}-{row['orders_high']:.0f})"
            f" {row['net_revenue']:>12,.2f} ({row['net_revenue_low']:,.0f}-{row['net_revenue_high']:,.0f})"
        )
