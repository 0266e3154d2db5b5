"""A report in the terminal: two numbers large, the shape of the base, then people."""

from typing import Any

from rich.console import Console, Group
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from regulars.cli.figures import people_to_care_for
from regulars.insight.came_back import CameBack
from regulars.insight.kept import Kept
from regulars.insight.money import written
from regulars.insight.words import STAGES, VERDICTS, n1_why_not, n2_why_not, next_step, why_on_the_list
from regulars.reading import Answer
from regulars.sources.explain import note_text

BAR_WIDTH = 28


def show(answer: Answer, found: dict[str, Any]) -> None:
    """Print the report."""
    console = Console(highlight=False)
    summary = answer.summary
    console.print(_heading(answer, found))
    console.print(Group(_n1(summary.n1), _n2(summary.n2)))
    console.print(_shape(answer, found))
    console.print(_people(answer))
    for note in answer.notes:
        console.print(Padding(Text("· " + note_text(note), style="dim"), (0, 1)))
    if found["rejected_rows"]:
        text = f"· {found['rejected_rows']:,} rows were left out; see them with --rejects FILE."
        console.print(Padding(Text(text, style="yellow"), (0, 1)))


def _heading(answer: Answer, found: dict[str, Any]) -> Padding:
    names = ", ".join(f"{part.sheet.file} ({part.format})" for part in answer.parts)
    money = lambda name: written(getattr(answer.summary.counts, name), found["currency"])  # noqa: E731
    lines = [
        f"{found['orders']:,} orders of {found['customers']:,} customers, {found['history_from']} to {found['as_of']}",
        f"gross {money('gross_total')}, refunded {money('refunded_total')}, net {money('net_total')}",
    ]
    return Padding(Group(Text(names, style="dim"), *(Text(line) for line in lines)), (1, 1))


def _number(title: str, value: str, below: list[str]) -> Panel:
    body = Group(Text(value, style="bold green"), *(Text(line, style="dim") for line in below if line))
    return Panel(body, title=Text(title), title_align="left", border_style="dim", padding=(0, 2), width=92)


def _n1(n1: CameBack) -> Panel:
    title = f"Came back within {n1.horizon} days"
    early = f"estimate from customers still on their way: {n1.early_read:.1%}" if n1.early_read is not None else ""
    if n1.value is None:
        return _number(title, n1_why_not(n1), [early])
    interval = (
        f"{n1.low:.1%} to {n1.high:.1%} (95 %), n = {n1.n:,} new customers of {n1.window.first} to {n1.window.last}"
    )
    verdict = f"{n1.last_year.value:.1%} a year before: {VERDICTS[n1.verdict]}" if n1.verdict and n1.last_year else ""
    return _number(title, f"{n1.value:.1%}", [interval, verdict, early])


def _n2(n2: Kept) -> Panel:
    title = "Kept from last year's customers"
    if n2.value is None:
        return _number(title, n2_why_not(n2), [])
    parts = f"{n2.rebuy_rate:.1%} bought again" if n2.rebuy_rate is not None else ""
    return _number(title, f"{n2.value:.1%}", [f"{n2.low:.1%} to {n2.high:.1%} (95 %), n = {n2.n:,}", parts])


def _shape(answer: Answer, found: dict[str, Any]) -> Padding:
    table = Table(box=None, show_header=False, padding=(0, 1))
    total = sum(found["stages"].values()) or 1
    for stage, name in STAGES.items():
        count = found["stages"].get(stage, 0)
        table.add_row(name, f"{count:,}", Text("█" * round(BAR_WIDTH * count / total), style="green"))
    top = found["top20_share"]
    lines: list[Any] = [Text("The customer base", style="bold"), table]
    if top is not None:
        lines.append(
            Text(f"The best fifth brings {top:.1%} of net sales; {found['repeat_customers']:,} ordered more than once.")
        )
    rhythm = answer.summary.yardsticks.rhythm
    if rhythm.gaps:
        lines.append(Text(f"The usual gap between orders is {rhythm.usual_days:.0f} days (n = {rhythm.gaps:,} gaps)."))
    return Padding(Group(*lines), (1, 1))


def _people(answer: Answer) -> Padding:
    people, currency = people_to_care_for(answer), answer.cleaned.currency
    slipping = any(person.row["stage"] == "slipping" for person in people)
    title = "Slipping away, worth most first" if slipping else "Nobody is slipping away. Thank your best customers"
    table = Table(box=None, padding=(0, 1), header_style="dim")
    table.add_column("", justify="right", style="dim")
    table.add_column("customer", max_width=34)
    table.add_column("a year", justify="right")
    table.add_column("why, and what to do", max_width=74)
    for place, person in enumerate(people, start=1):
        why = Text.assemble(why_on_the_list(person.row), " ", (next_step(person.row), "green"))
        label = Text(person.label + (f"\n{person.contact}" if person.contact else ""))
        table.add_row(str(place), label, written(person.row["net_a_year"], currency, cents=False), why)
    return Padding(Group(Text(title, style="bold"), table), (0, 1, 1, 1))
