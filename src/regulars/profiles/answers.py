"""Answers about the whole shop, saved at refresh as the pages draw them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from regulars.insight.facts import Facts
from regulars.insight.shares import wilson
from regulars.insight.summary import Products, Summary
from regulars.insight.words import STAGES
from regulars.profiles import trust
from regulars.profiles.models import Answer
from regulars.shop import current

PRODUCTS_SHOWN = 200
COHORTS_SHOWN = 36
FIRST_PRODUCT_N_MIN = 10


def save(summary: Summary, facts: Facts, *, now: dt.datetime) -> None:
    """Replace all answers in one transaction; those about products stay where the summary has none."""
    found = {
        "shape": _shape(summary),
        "cohorts": _cohorts(summary),
        "survival": _survival(summary),
        "concentration": _concentration(summary),
        "rfm": _rfm(summary),
        "months": _months(summary),
        "forecast": _forecast(summary),
    }
    if summary.products is not None:
        found["products"] = _products(summary.products, facts)
    with current.atomic():
        for question, data in found.items():
            Answer.objects.update_or_create(
                question=question, defaults={"as_of": summary.dates.as_of, "computed_at": now, "data": data}
            )


def _shape(summary: Summary) -> dict[str, Any]:
    counts, profiles = summary.counts, summary.profiles
    stages = (
        profiles.group_by("stage").aggregate(n=profiles.count(), net=profiles.net_a_year.sum()).to_pyarrow().to_pylist()
    )
    grades = (
        profiles.group_by("value_grade")
        .aggregate(n=profiles.count(), net=profiles.net_total.sum())
        .to_pyarrow()
        .to_pylist()
    )
    return {
        "orders": counts.orders, "cancelled_orders": counts.cancelled_orders, "customers": counts.customers,
        "orders_without_customer": counts.orders_without_customer, "orders_not_counted": counts.orders_not_counted,
        "gross_total": counts.gross_total, "refunded_total": counts.refunded_total, "net_revenue": counts.net_revenue,
        "repeat_customers": counts.repeat_customers, "top20_share": counts.top20_share,
        "stages": _in_order(stages, "stage", STAGES),
        "grades": _in_order(grades, "value_grade", ("A", "B", "C")),
        "rhythm": {"usual_days": round(summary.yardsticks.rhythm.usual_days), "gaps": summary.yardsticks.rhythm.gaps},
        "history_from": summary.dates.history.begins.isoformat(), "opened": summary.dates.history.opened,
    }  # fmt: skip


def _in_order(rows: list[dict[str, Any]], column: str, order: Iterable[str]) -> dict[str, Any]:
    found = {row[column]: {"n": row["n"], "net": row["net"]} for row in rows}
    return {name: found[name] for name in order if name in found}


def _cohorts(summary: Summary) -> list[dict[str, Any]]:
    rows = summary.cohorts.to_pyarrow().to_pylist()
    last = max((row["cohort"] + row["age"] for row in rows), default=0)
    seen = {(row["cohort"], row["age"]): row for row in rows}
    sizes = {row["cohort"]: row["size"] for row in rows}
    cells = []
    for cohort in sorted(sizes)[-COHORTS_SHOWN:]:
        for age in range(last - cohort + 1):
            row = seen.get((cohort, age))
            mature = row["mature"] if row else cohort + age < last
            customers, net = (row["customers"], row["net"]) if row else (0, 0)
            cells.append({"cohort": f"{cohort // 12}-{cohort % 12 + 1:02d}", "age": age, "size": sizes[cohort], "mature": mature,
                          "customers": customers, "net": net, "share": customers / sizes[cohort]})  # fmt: skip
    return cells


def _survival(summary: Summary) -> dict[str, Any]:
    found = summary.survival
    return {"days": found.days, "came_back": found.came_back, "low": found.low, "high": found.high, "n": found.n,
            "by_90": found.by(90), "by_365": found.by(365)}  # fmt: skip


def _concentration(summary: Summary) -> dict[str, Any]:
    found = summary.concentration
    return {"people": found.people, "revenue": found.revenue, "n": found.n, "top_fifth": found.top_fifth}


def _rfm(summary: Summary) -> dict[str, Any]:
    profiles = summary.profiles
    cells = profiles.group_by(["rfm_recency", "rfm_frequency"]).aggregate(
        customers=profiles.count(), net=profiles.net_total.sum()
    )
    rows = cells.order_by(["rfm_recency", "rfm_frequency"]).to_pyarrow().to_pylist()
    corners = profiles.group_by("rfm_segment").aggregate(customers=profiles.count(), net=profiles.net_total.sum())
    top = max((row["customers"] for row in rows), default=1)
    return {
        "cells": [{"recency": r["rfm_recency"], "frequency": r["rfm_frequency"], "customers": r["customers"], "net": r["net"],
                   "share": r["customers"] / top} for r in rows],
        "corners": corners.order_by(corners.net.desc()).to_pyarrow().to_pylist(),
    }  # fmt: skip


def _products(found: Products, facts: Facts) -> dict[str, Any]:
    table = found.repeat
    for part in (found.first, found.returned, facts.variants.select("variant_id", "title", "sku", "category")):
        table = table.left_join(part, "variant_id").drop("variant_id_right")
    rows = table.order_by([table.net.desc(), table.variant_id]).limit(PRODUCTS_SHOWN).to_pyarrow().to_pylist()
    for row in rows:
        row["variant_id"] = str(row["variant_id"])
        row["title"] = row["title"] or row["sku"] or row["variant_id"]
        row["newcomers"], row["came_back"] = row["newcomers"] or 0, row["came_back"] or 0
        row["first_low"], row["first_high"] = (
            wilson(row["came_back"], row["newcomers"]) if row["newcomers"] else (None, None)
        )
        row["return_share"] = (row["units_back"] or 0) / row["units"] if row["units"] else None
        row["repeat_low"], row["repeat_high"] = wilson(row["repeat_buyers"], row["buyers"])
    first = found.first
    all_first = first.aggregate(n=first.newcomers.sum(), k=first.came_back.sum()).to_pyarrow().to_pylist()[0]
    return {
        "rows": rows,
        "first_n_min": FIRST_PRODUCT_N_MIN,
        "baskets": all_first["n"] or 0,
        "baskets_back": all_first["k"] or 0,
    }


def _months(summary: Summary) -> list[dict[str, Any]]:
    """Net revenue a month, of customers in their first month and of those who came again."""
    rows = summary.cohorts.to_pyarrow().to_pylist()
    months: dict[int, dict[str, int]] = {}
    for row in rows:
        month = months.setdefault(row["cohort"] + row["age"], {"new": 0, "old": 0})
        month["new" if row["age"] == 0 else "old"] += row["net"]
    return [{"month": f"{m // 12}-{m % 12 + 1:02d}", **months[m]} for m in sorted(months)[-COHORTS_SHOWN:]]


def _forecast(summary: Summary) -> dict[str, Any]:
    model, profiles = summary.yardsticks.forecast, summary.profiles
    chosen = {"chosen": asdict(trust.chosen())}
    if model.why_not:
        return chosen | {"why_not": model.why_not, "have": model.have, "need": model.need}
    row = profiles.aggregate(
        orders_90=profiles.orders_next_90d.sum(), orders_365=profiles.orders_next_365d.sum(),
        net_90=profiles.net_next_90d.sum(), net_365=profiles.net_next_365d.sum(),
    ).to_pyarrow().to_pylist()[0]  # fmt: skip
    found = {name: value if value is None else float(value) for name, value in row.items()}
    return chosen | found | {"leaving_known": model.leaving_known, "model": model.choice.orders}
