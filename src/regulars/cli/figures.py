"""The figures of a report for programs, and the people to care for. Documented in docs/report.md."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from regulars.insight.came_back import CameBack
from regulars.insight.kept import MONTHS_NEEDED, Kept
from regulars.insight.money import major
from regulars.insight.words import forecast_why_not, n1_why_not, n2_why_not
from regulars.reading import Answer
from regulars.sources.explain import note_text, reject_reason

PEOPLE_SHOWN = 20


def of(answer: Answer) -> dict[str, Any]:
    """The figures as plain JSON values; money in major units of `currency`."""
    summary, currency = answer.summary, answer.cleaned.currency
    counts = summary.counts
    return {
        "currency": currency,
        "as_of": summary.dates.as_of.isoformat(),
        "last_complete_day": summary.dates.complete.isoformat(),
        "history_from": summary.dates.history.begins.isoformat(),
        "orders": counts.orders,
        "cancelled_orders": counts.cancelled_orders,
        "orders_not_counted": counts.orders_not_counted,
        "orders_without_customer": counts.orders_without_customer,
        "customers": counts.customers,
        "gross_total": major(counts.gross_total, currency),
        "refunded_total": major(counts.refunded_total, currency),
        "net_total": major(counts.net_total, currency),
        "net_revenue": major(counts.net_revenue, currency),
        "repeat_customers": counts.repeat_customers,
        "top20_share": None if counts.top20_share is None else round(counts.top20_share, 4),
        "n1": _n1(summary.n1),
        "n2": _n2(summary.n2, currency),
        "forecast": _forecast(answer),
        "stages": _counted(answer, "stage"),
        "grades": _counted(answer, "value_grade"),
        "rejected_rows": answer.cleaned.rejected,
        "notes": [note_text(note) for note in answer.notes],
    }


def _n1(n1: CameBack) -> dict[str, Any]:
    return {
        "value": n1.value, "n": n1.n, "k": n1.k, "low": n1.low, "high": n1.high,
        "why_not": n1_why_not(n1) or None, "horizon_days": n1.horizon,
        "window": [n1.window.first.isoformat(), n1.window.last.isoformat()],
        "early_read": n1.early_read, "unknown_new_or_old": n1.unknown,
        "same_season_last_year": n1.last_year.value if n1.last_year else None, "verdict": n1.verdict or None,
    }  # fmt: skip


def _n2(n2: Kept, currency: str) -> dict[str, Any]:
    return {
        "value": n2.value, "n": n2.n, "low": n2.low, "high": n2.high, "why_not": n2_why_not(n2) or None,
        "rebuy_rate": n2.rebuy_rate if n2.value is not None else None,
        "net_then": major(n2.then, currency), "net_now": major(n2.now, currency),
        "new_last_year": n2.new_last_year, "already_old": n2.already_old, "months_needed": MONTHS_NEEDED,
    }  # fmt: skip


def _forecast(answer: Answer) -> dict[str, Any]:
    model, profiles = answer.summary.yardsticks.forecast, answer.summary.profiles
    if model.why_not:
        return {
            "why_not": forecast_why_not(model.why_not, model.have, model.need),
            "have": model.have,
            "need": model.need,
        }
    row = profiles.aggregate(
        orders_next_90d=profiles.orders_next_90d.sum(), net_next_365d=profiles.net_next_365d.sum()
    ).to_pyarrow().to_pylist()[0]  # fmt: skip
    return {
        "orders_next_90d": round(row["orders_next_90d"] or 0, 1),
        "net_next_365d": major(row["net_next_365d"] or 0, answer.cleaned.currency),
        "model": model.choice.orders,
        "leaving_known": model.leaving_known,
    }


def _counted(answer: Answer, column: str) -> dict[str, int]:
    profiles = answer.summary.profiles
    table = profiles.group_by(column).aggregate(n=profiles.count()).order_by(column).to_pyarrow().to_pydict()
    return dict(zip(table[column], table["n"], strict=True))


@dataclass(frozen=True)
class Person:
    """A customer as a list shows them."""

    label: str
    contact: str
    row: Mapping[str, Any]


def people_to_care_for(answer: Answer, limit: int = PEOPLE_SHOWN) -> list[Person]:
    """Customers slipping away, worth most first; when nobody slips, the most valuable regulars, to be thanked."""
    profiles = answer.summary.profiles
    slipping = profiles.filter(profiles.stage == "slipping")
    rows = slipping.order_by([slipping.net_a_year.desc(), slipping.customer_id]).limit(limit).to_pyarrow().to_pylist()
    if not rows:
        best = profiles.order_by([profiles.net_total.desc(), profiles.customer_id]).limit(min(limit, 5))
        rows = best.to_pyarrow().to_pylist()
    names = _names(answer, [row["customer_id"] for row in rows])
    return [Person(*names.get(row["customer_id"], (f"#{row['customer_id']}", "")), row) for row in rows]


def _names(answer: Answer, customers: list[int]) -> dict[int, tuple[str, str]]:
    if not customers:
        return {}
    con = answer.engine.con.con
    con.execute("CREATE OR REPLACE TEMP TABLE wanted (customer_id BIGINT)")
    con.executemany("INSERT INTO wanted VALUES (?)", [(customer,) for customer in customers])
    rows = con.execute(
        "SELECT w.customer_id, max(i.name), coalesce(max(CASE WHEN i.kind = 'email' THEN i.value END), "
        "max(CASE WHEN i.kind = 'phone' THEN i.value END), max(split_part(i.value, ':', 2))) "
        f"FROM wanted w JOIN people p USING (customer_id) JOIN read_parquet('{answer.cleaned.path('identifiers')}') i "
        "ON i.id = p.identifier_id GROUP BY w.customer_id"
    ).fetchall()
    return {customer: (name or contact, contact if name else "") for customer, name, contact in rows}


def write_rejects(answer: Answer, path: Path) -> None:
    """The rejected rows as CSV: file, row, column, value, reason, remedy."""
    con = answer.engine.con.con
    rows = con.execute(f"SELECT file, row, col, value, reason FROM read_parquet('{answer.cleaned.path('reject')}')")
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "row", "column", "value", "reason", "remedy"])
        for name, number, column, value, code in rows.fetchall():
            writer.writerow([name, number, column, value, *reject_reason(code)])
