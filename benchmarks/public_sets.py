"""Public sets of real orders, as order days: who bought on which day, and for how much.

Read from ../shared/data, or from the folder named by REGULARS_DATA; nothing of them is kept here. Only orders worth
something count, as in the product, for all who forecast.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks import made

NO_AMOUNT = 100


@dataclass(frozen=True, eq=False)
class OrderDays:
    """Arrays of shape (order days,), sorted by customer and day. customer: 0, 1, 2, ... day: datetime64[D]. cents: net
    value, NO_AMOUNT in sets without amounts. opened: the data reach the shop's opening, or one wave of newcomers."""

    customer: npt.NDArray[np.int64]
    day: npt.NDArray[np.datetime64]
    cents: npt.NDArray[np.int64]
    opened: bool

    @property
    def first(self) -> np.datetime64:
        """The first day of the data."""
        return self.day.min()

    @property
    def last(self) -> np.datetime64:
        """The last day of the data."""
        return self.day.max()


def path_of(name: str) -> Path:
    """Where a file of the public data lies. Raises FileNotFoundError when it does not."""
    path = Path(os.environ.get("REGULARS_DATA") or made.ROOT.parent / "shared" / "data") / name
    if not path.exists():
        raise FileNotFoundError(f"{name} is missing: set REGULARS_DATA to the folder of the public data sets")
    return path


def _asked(sql: str, *, opened: bool) -> OrderDays:
    """The rows (who, day, cents) of a query, merged by customer and day."""
    import duckdb

    found = duckdb.sql(
        f"""SELECT dense_rank() OVER (ORDER BY who) - 1 AS customer, day, sum(cents)::BIGINT AS cents FROM ({sql})
            WHERE who IS NOT NULL AND cents > 0 GROUP BY who, day ORDER BY customer, day"""
    ).fetchnumpy()
    days = np.asarray(found["day"]).astype("datetime64[D]")
    return OrderDays(np.asarray(found["customer"], np.int64), days, np.asarray(found["cents"], np.int64), opened)


def cdnow() -> OrderDays:
    """Music, 1997-01 to 1998-06: all customers began in the first quarter."""
    path = path_of("cdnow/cdnow_without_sample_customers.csv.gz")
    return _asked(
        f"SELECT customer_id AS who, date::DATE AS day, round(dollars * 100) AS cents FROM read_csv('{path}', all_varchar = false)",
        opened=True,
    )


def grocery() -> OrderDays:
    """Organic groceries, 2006 and 2007, without amounts: one wave of newcomers."""
    path = path_of("btyd_small/groceryElog.parquet")
    return _asked(f"SELECT cust AS who, date::DATE AS day, {NO_AMOUNT} AS cents FROM '{path}'", opened=True)


def apparel() -> OrderDays:
    """Clothes, simulated according to its documentation: 600 customers who began in one quarter of 2005."""
    path = path_of("btyd_small/apparelTrans.parquet")
    return _asked(f"SELECT Id AS who, Date::DATE AS day, round(Price * 100) AS cents FROM '{path}'", opened=True)


def wholesale() -> OrderDays:
    """Online Retail: gifts to the trade, 2010-12 to 2011-08; its first customers are old ones. Cancellations left out."""
    path = path_of("online_retail/online_retail_to_2011-08-31.csv.gz")
    return _asked(
        f"""SELECT CustomerID AS who, InvoiceDate::DATE AS day, round(sum(Quantity * UnitPrice) * 100) AS cents
            FROM read_csv('{path}', types = {{'InvoiceNo': 'VARCHAR', 'StockCode': 'VARCHAR'}})
            WHERE NOT starts_with(InvoiceNo, 'C') GROUP BY InvoiceNo, CustomerID, InvoiceDate::DATE""",
        opened=False,
    )


def marketplace() -> OrderDays:
    """Olist, customers of one state, 2016-09 to 2018-10: three in a hundred come back."""
    orders, items, people = (path_of(f"olist_sp/{name}.parquet") for name in ("orders", "order_items", "customers"))
    return _asked(
        f"""SELECT customer_unique_id AS who, order_purchase_timestamp::DATE AS day, round(worth * 100) AS cents
            FROM '{orders}' JOIN '{people}' USING (customer_id) JOIN
            (SELECT order_id, sum(price + freight_value) AS worth FROM '{items}' GROUP BY order_id) USING (order_id)
            WHERE order_status NOT IN ('canceled', 'unavailable')""",
        opened=True,
    )


def members() -> OrderDays:
    """Members of a grocery shop, 2014 and 2015, without amounts; its first customers are old ones."""
    path = path_of("groceries_members/groceries_dataset.parquet")
    return _asked(
        f"""SELECT DISTINCT Member_number AS who, strptime(Date, '%d-%m-%Y')::DATE AS day, {NO_AMOUNT} AS cents
            FROM '{path}'""",
        opened=False,
    )


def invented() -> OrderDays:
    """The invented orders that come with a package for recency, frequency and money."""
    path = path_of("rfm_pkg/rfm_data_orders.parquet")
    return _asked(
        f"SELECT customer_id AS who, order_date::DATE AS day, revenue * 100 AS cents FROM '{path}'", opened=True
    )


SETS: dict[str, Callable[[], OrderDays]] = {
    "CDNOW": cdnow, "grocery": grocery, "apparel": apparel, "Online Retail": wholesale, "Olist": marketplace,
    "members": members, "rfm package": invented,
}  # fmt: skip
