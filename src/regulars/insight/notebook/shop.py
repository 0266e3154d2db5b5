"""A shop in a notebook: each question is a method, each answer a `Result`."""

from dataclasses import asdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from regulars.insight import charts, words
from regulars.insight.forecast import NEAR_DAYS
from regulars.insight.notebook import questions
from regulars.insight.notebook.opened import Opened
from regulars.insight.notebook.result import Result

if TYPE_CHECKING:
    from regulars.insight.backtest import Backtest, Outlook
    from regulars.insight.backtest.measures import Bin
    from regulars.insight.came_back import CameBack
    from regulars.insight.kept import Kept
    from regulars.insight.periods import Period


class Shop(Opened):
    """What `insight.open` returns. Numbers are as of `dates.complete`; money in tables is in minor units."""

    def __repr__(self) -> str:
        counts = self.summary.counts
        return (
            f"{counts.orders:,} orders of {counts.customers:,} customers, {self.dates.history.begins} to "
            f"{self.dates.complete}, {self.money(counts.net_revenue)} net"
        )

    def two_numbers(self) -> Result:
        """N1, the share who came back in time, and N2, the net revenue kept; or why they cannot be told yet.

        numbers: a pair of `insight.came_back.CameBack` and `insight.kept.Kept`.
        """
        n1, n2 = self.summary.n1, self.summary.n2
        first = f"Came back within {n1.horizon} days: {_share(n1)} (n = {n1.n:,})" if n1.value is not None else ""
        second = f"net revenue kept: {_share(n2)} (n = {n2.n:,})" if n2.value is not None else ""
        said = [first or f"Came back: {words.n1_why_not(n1)}", second or f"net revenue kept: {words.n2_why_not(n2)}"]
        rows = [{"number": name, "value": found.value, "low": found.low, "high": found.high, "n": found.n}
                for name, found in (("came_back", n1), ("kept", n2))]  # fmt: skip
        return Result("; ".join(said) + ".", questions.table(rows, NUMBERS), (n1, n2))

    def customers(self) -> Result:
        """The profile of everybody: one row a customer, the columns of docs/profile.md."""
        found = self.summary.profiles
        n = int(found.count().to_pyarrow().as_py())
        return Result(f"{n:,} customers have a profile as of {self.dates.as_of}.", self.named(found))

    def cohorts(self) -> Result:
        """By month of the first order: how many ordered in later months, and their net revenue."""
        rows = self.summary.cohorts.to_pyarrow().to_pylist()
        cells = [
            {**row, "cohort": f"{row['cohort'] // 12}-{row['cohort'] % 12 + 1:02d}", "share": row["customers"] / row["size"]}
            for row in rows
        ]  # fmt: skip
        said = f"{len({cell['cohort'] for cell in cells})} cohorts, months of the first order."
        asked = {"cohort": "month of the first order", "age": "months later", "share": "ordered in that month"}
        return Result(said, self.summary.cohorts, draw=lambda: charts.cohort_chart(cells, asked))

    def survival(self) -> Result:
        """How long until the second order. numbers: `insight.survival.Survival`."""
        found = self.summary.survival
        said = (
            "nobody who is surely new has been watched for 90 days yet"
            if found.by(90) is None
            else f"{found.by(90):.1%} within 90 days"
        )
        rows = [
            dict(zip(("day", "came_back", "low", "high"), row, strict=True))
            for row in zip(found.days, found.came_back, found.low, found.high, strict=True)
        ]
        asked = {"days": "days since the first order", "share": "came back"}
        return Result(
            f"Second order: {said} (n = {found.n:,}).",
            questions.table(rows, SURVIVAL),
            found,
            lambda: charts.survival_chart(found, asked),
        )

    def concentration(self) -> Result:
        """The shop's own 80/20 curve. numbers: `insight.value.Concentration`."""
        found = self.summary.concentration
        said = f"The best fifth of {found.n:,} customers brings {found.top_fifth or 0:.1%} of net revenue."
        rows = [{"people": x, "revenue": y} for x, y in zip(found.people, found.revenue, strict=True)]
        asked = {
            "people": "customers, best first",
            "revenue": "share of net revenue",
            "top_fifth": f"best fifth: {found.top_fifth or 0:.0%}",
        }
        return Result(said, questions.table(rows, CURVE), found, lambda: charts.concentration_chart(found, asked))

    def backtest(self, *, days: int = NEAR_DAYS) -> Result:
        """Which forecast this shop can trust: every candidate on past days, against what came.

        numbers: `insight.backtest.Backtest`. The chart is the calibration of P(order).
        """
        from regulars.insight.backtest.words import calibrated, verdict

        found = self._tested.get(days) or self._test(days)
        bins = [asdict(each) | dict(zip(("low", "high"), _wilson(each), strict=True)) for each in found.bins]
        asked = {"said": "chance that was said", "came": "share who ordered", "true": "as said"}
        said = " ".join([*verdict(found), *calibrated(found)])
        return Result(
            said, questions.table(found.standing(), STANDING), found, lambda: charts.calibration_chart(bins, asked)
        )

    def forecast(self, *, days: int = NEAR_DAYS) -> Result:
        """What each customer will do in the next days, with intervals, by what won the back-test; or why nobody can tell.

        numbers: `insight.backtest.Outlook`. table: customer_id, p_order, orders, net, margin, each with _low and _high (margin NaN without costs).
        """
        from regulars.insight.backtest import outlook

        found = outlook(self.engine, self.facts, self.dates, self.choices, horizon=days)
        if found.why_not:
            said = words.forecast_why_not(found.why_not, found.have, found.need)
            return Result(f"Too early to say: {said}.", questions.table([], FORECAST), found)
        orders, net = found.total_orders, found.total_net
        said = (
            f"The {days} days after {found.day}: {orders.value:,.0f} orders ({orders.low:,.0f} to {orders.high:,.0f}), "
            f"{self.money(net.value)} net ({self.money(net.low)} to {self.money(net.high)}), four times of five."
        )
        return Result(said, self.named(self.engine.stage(questions.table(_rows(found), FORECAST), "outlook")), found)

    def growth(self, then: "Period | None" = None, now: "Period | None" = None) -> Result:
        """What lies between the net revenue of two periods; of the last two years unless given."""
        return questions.growth(self, then, now)

    def deciles(self) -> Result:
        """Tenths of the customers, best first."""
        return questions.deciles(self)

    def next_orders(self) -> Result:
        """How soon and how surely the next order comes after the first, second, third."""
        return questions.next_orders(self)

    def affinity(self) -> Result:
        """Which products the same customers buy."""
        return questions.affinity(self)

    def next_best(self) -> Result:
        """For each customer the product to show next."""
        return questions.next_best(self)

    def bundles(self) -> Result:
        """What is bought together in one basket."""
        return questions.bundles(self)

    def replenishment(self) -> Result:
        """When what is used up is bought again."""
        return questions.replenishment(self)

    def discounts(self) -> Result:
        """How far customers, and the shop, depend on discounts."""
        return questions.discounts(self)

    def price_grades(self) -> Result:
        """Whether customers buy the low, the middle or the high of what there is."""
        return questions.price_grades(self)

    def triangle(self) -> Result:
        """What cohorts have brought and will have brought."""
        return questions.triangle(self)

    def changes(self) -> Result:
        """What changed that is worth knowing."""
        return questions.changes(self)

    def close(self) -> None:
        """Drop the tables that were built on the engine; of use on a warehouse or on Spark."""
        self.engine.close()

    @cached_property
    def _tested(self) -> "dict[int, Backtest]":
        return {}

    def _test(self, days: int) -> "Backtest":
        from regulars.insight.backtest import backtest

        self._tested[days] = backtest(self.engine, self.facts, self.dates, self.choices, horizon=days)
        return self._tested[days]


def _share(found: "CameBack | Kept") -> str:
    ends = "" if found.low is None or found.high is None else f" ({found.low:.1%} to {found.high:.1%})"
    return f"{found.value:.1%}{ends}"


def _wilson(found: "Bin") -> tuple[float, float]:
    from regulars.insight.shares import wilson

    return wilson(round(found.came * found.n), found.n)


def _rows(found: "Outlook") -> list[dict[str, Any]]:
    parts = {"p_order": found.p_order, "orders": found.orders, "net": found.net, "margin": found.margin}
    columns = {f"{name}{end}": getattr(part, which) for name, part in parts.items() for end, which in ENDS}
    values = zip(found.customer.tolist(), *(column.tolist() for column in columns.values()), strict=True)
    return [dict(zip(("customer_id", *columns), row, strict=True)) for row in values]


NUMBERS = {"number": "string", "value": "float64", "low": "float64", "high": "float64", "n": "int64"}
ENDS = (("", "value"), ("_low", "low"), ("_high", "high"))
FORECAST = {"customer_id": "int64"} | {
    f"{name}{end}": "float64" for name in ("p_order", "orders", "net", "margin") for end, _w in ENDS
}
STANDING = {
    "name": "string",
    "naive": "boolean",
    "n": "int64",
    "low": "float64",
    "high": "float64",
    "rmse": "float64",
    "brier": "float64",
}
SURVIVAL = {"day": "int64", "came_back": "float64", "low": "float64", "high": "float64"}
CURVE = {"people": "float64", "revenue": "float64"}
