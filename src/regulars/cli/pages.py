"""A report as one HTML page that needs nothing else: no script, no network, charts as SVG."""

import html as escaping
from typing import Any

from regulars.cli.figures import Person
from regulars.insight import charts
from regulars.insight.money import written
from regulars.insight.words import STAGES, VERDICTS, n1_why_not, n2_why_not, next_step, why_on_the_list
from regulars.reading import Answer
from regulars.sources.explain import note_text

STYLE = """
:root{color-scheme:light dark;--ink:#17211d;--quiet:#5c6963;--accent:#1f6f5c;--paper:#fbfaf7;--line:#e3e0d8}
@media (prefers-color-scheme:dark){:root{--ink:#e8ece9;--quiet:#a3afa9;--accent:#7cc7b2;--paper:#141917;--line:#2c3531}}
body{font:16px/1.55 system-ui,'Noto Sans CJK SC',sans-serif;background:var(--paper);color:var(--ink);margin:0}
main{max-width:62rem;margin:auto;padding:1.5rem}h1{font-size:1.5rem}h2{font-size:1.15rem;margin:2.2rem 0 .6rem}
.two{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(16rem,1fr))}
.number{border:1px solid var(--line);border-radius:.8rem;padding:1rem 1.2rem}.number b{display:block;font-size:2.6rem;color:var(--accent)}
.number .text{font-size:1.1rem}.quiet{color:var(--quiet)}table{border-collapse:collapse;width:100%}
td,th{text-align:left;padding:.45rem .5rem;border-bottom:1px solid var(--line);vertical-align:top}td.n{text-align:right;white-space:nowrap}
figure{margin:0;overflow-x:auto;background:#fff;border-radius:.6rem;padding:.5rem}svg{max-width:100%;height:auto}
"""


def html(answer: Answer, found: dict[str, Any], people: list[Person]) -> str:
    """The whole page as text."""
    currency = found["currency"]
    body = [
        f"<h1>{_e(found['orders'])} orders, {_e(found['customers'])} customers</h1>",
        f"<p class=quiet>{_e(found['history_from'])} to {_e(found['as_of'])}, net "
        f"{_e(written(answer.summary.counts.net_total, currency))}</p>",
        f"<div class=two>{_n1(answer)}{_n2(answer)}</div>",
        "<h2>Slipping away, worth most first</h2>"
        if found["stages"].get("slipping")
        else "<h2>Thank your best customers</h2>",
        _people(people, currency),
        "<h2>The customer base</h2>",
        _stages(found),
        *_figures(answer),
        "<h2>About these files</h2><ul class=quiet>"
        + "".join(f"<li>{_e(note_text(note))}</li>" for note in answer.notes),
        f"<li>{_e(found['rejected_rows'])} rows were left out.</li></ul>",
    ]
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width,initial-scale=1'>"
        f"<title>Regulars report</title><style>{STYLE}</style><main>{''.join(body)}</main></html>"
    )


def _e(text: object) -> str:
    return escaping.escape(f"{text:,}" if isinstance(text, int) else str(text))


def _number(title: str, value: str | None, why_not: str, below: list[str]) -> str:
    shown = f"<b>{_e(value)}</b>" if value else f"<p class=text>{_e(why_not)}</p>"
    return f"<section class=number><h2>{_e(title)}</h2>{shown}{''.join(f'<div class=quiet>{_e(b)}</div>' for b in below if b)}</section>"


def _n1(answer: Answer) -> str:
    n1 = answer.summary.n1
    below = []
    if n1.value is not None:
        below = [f"{n1.low:.1%} to {n1.high:.1%}, n = {n1.n:,}", VERDICTS.get(n1.verdict, "")]
    return _number(
        f"Came back within {n1.horizon} days",
        f"{n1.value:.1%}" if n1.value is not None else None,
        n1_why_not(n1),
        below,
    )


def _n2(answer: Answer) -> str:
    n2 = answer.summary.n2
    below = [f"{n2.low:.1%} to {n2.high:.1%}, n = {n2.n:,}"] if n2.value is not None else []
    return _number(
        "Kept from last year's customers", f"{n2.value:.1%}" if n2.value is not None else None, n2_why_not(n2), below
    )


def _people(people: list[Person], currency: str) -> str:
    rows = "".join(
        f"<tr><td>{_e(person.label)}<div class=quiet>{_e(person.contact)}</div></td>"
        f"<td class=n>{_e(written(person.row['net_a_year'], currency, cents=False))}</td>"
        f"<td>{_e(why_on_the_list(person.row))} {_e(next_step(person.row))}</td></tr>"
        for person in people
    )
    return f"<table><thead><tr><th>Customer<th>A year<th>Why, and what to do</thead><tbody>{rows}</tbody></table>"


def _stages(found: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><td>{_e(name)}<td class=n>{_e(found['stages'].get(stage, 0))}</tr>" for stage, name in STAGES.items()
    )
    return f"<table><thead><tr><th>Stage<th>Customers</thead><tbody>{rows}</tbody></table>"


def _figures(answer: Answer) -> list[str]:
    summary, made = answer.summary, []
    if summary.survival.days:
        words = {"days": "days since the first order", "share": "came back"}
        made += ["<h2>Time to the second order</h2>", _figure(charts.survival_chart(summary.survival, words))]
    if summary.concentration.top_fifth is not None:
        words = {
            "people": "customers, best first",
            "revenue": "share of net revenue",
            "top_fifth": f"best fifth: {summary.concentration.top_fifth:.0%}",
        }
        made += ["<h2>Who brings the revenue</h2>", _figure(charts.concentration_chart(summary.concentration, words))]
    return made


def _figure(chart: Any) -> str:
    return f"<figure>{charts.svg(chart)}</figure>"
