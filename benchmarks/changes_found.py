"""Does the search for changes keep its promise, and does it find what is there?

Shops in which nothing changes may show anything at most as often as promised; of each planted fact the share found.
The engine's queries are made once and asked of every shop. Try `python -m benchmarks changes_found --runs 1000`.
"""

from collections import Counter
from collections.abc import Collection
from typing import Any

from benchmarks import made

ALARM = 0.05
NAMES = {
    "product": ("comes_back", "product", "4"), "cohort": ("comes_back", "cohort", str(2023 * 12 + 4)),
    "season": ("season", "month_of_year", "12"), "addicts": ("always_discounted", "shop", ""),
    "channel": ("share_of_buyers", "channel", "app"),
}  # fmt: skip


class Search:
    """The counts of `change_counts` as SQL, made for the first shop."""

    def __init__(self) -> None:
        import ibis

        self.con: Any = ibis.duckdb.connect(":memory:", threads=1)
        self.sql: dict[str, tuple[str, Any]] = {}

    def ask(self, seed: int, planted: Collection[str] = (), newcomers_a_day: float = 5.0) -> Any:
        """The changes of one shop."""
        from regulars.insight.came_back import History
        from regulars.insight.change_counts import Look, counts
        from regulars.insight.changes import judged
        from regulars.insight.valid import customer_days, starts
        from regulars.simulator.changing import change

        shop = change(seed, planted=planted, newcomers_a_day=newcomers_a_day)
        for name in ("valid", "bought"):
            self.con.con.register(name, getattr(shop, name))
        look = Look(shop.last_day, History(shop.first_day, opened=True))
        if not self.sql:
            self.began = str(self.con.compile(starts(customer_days(self.con.table("valid")))))
            self.con.con.execute(f"CREATE OR REPLACE TABLE began AS {self.began}")
            tables = [self.con.table(name) for name in ("valid", "began", "bought")]
            for name, table in counts(*tables, look=look).items():
                self.sql[name] = str(self.con.compile(table)), table.schema().to_pyarrow()
        self.con.con.execute(f"CREATE OR REPLACE TABLE began AS {self.began}")
        rows = {
            name: self.con.con.sql(sql).to_arrow_table().cast(schema).to_pylist()
            for name, (sql, schema) in self.sql.items()
        }
        return judged(rows, look=look, alarm=ALARM)


def run(*, lines: int, runs: int) -> None:
    """Print the table. `runs`: shops of each kind; `lines` makes no difference."""
    search = Search()
    quiet = [search.ask(seed) for seed in range(runs)]
    alarms = [answer for answer in quiet if answer.findings]
    found: Counter[str] = Counter()
    for seed in range(runs):
        for fact, named in NAMES.items():
            findings = search.ask(seed, {fact}).findings
            found[fact] += named in {(one.kind, one.about, one.name) for one in findings}
    rows: list[list[Any]] = [["", "share", "target"], ["quiet shops with an alarm", len(alarms) / runs, f"<= {ALARM}"]]
    rows += [[f"planted {fact} found", found[fact] / runs, ">= 0.8"] for fact in NAMES]
    made.table(f"Changes: {runs} shops of each kind, {quiet[0].tested} tests a look", rows)
