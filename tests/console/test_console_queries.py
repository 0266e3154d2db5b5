"""How often a page asks the database: as often for a large shop as for a small one, and not too often."""

import pytest
from console_rows import DAY, NOW, much_of_everything
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.profiles.models import Answer
from regulars.shop.setting_up import set_up

MOST = {
    "/": 20, "/customers": 10, "/customers?condition=orders>1": 11, "/customers?q=person": 14, "/customers/1": 26, "/customers/1/merge?with=2": 14,
    "/segments": 8, "/segments/trial?condition=orders>1": 10, "/suggestions": 8, "/import": 8, "/import/1": 7, "/retention": 10, "/value": 7,
    "/products": 7, "/trust": 8, "/settings": 8, "/plays": 15, "/plays/welcome": 17, "/decisions": 11, "/results": 14, "/fairness": 8, "/dictionary": 6, "/numbers/came-back": 6,
}  # fmt: skip
SHAPE = {"orders": 3, "orders_without_customer": 1, "stages": {}, "grades": {}, "history_from": "2026-01-01"}


@pytest.mark.parametrize(("path", "most"), MOST.items())
def test_a_page_asks_as_often_for_many_rows_as_for_few(path: str, most: int, owner: Client):
    set_up(name="Corner shop")
    Answer.objects.create(question="shape", as_of=DAY, computed_at=NOW, data=SHAPE)
    much_of_everything(3)
    few = asked(owner, path)
    for table in ("customers_customer", "customers_identifier", "profiles_profile", "orders_order", "profiles_segment", "customers_suggestion",
                  "customers_relation", "sources_import", "orders_refund", "customers_mergeevent"):  # fmt: skip
        connections["default"].cursor().execute(f"DELETE FROM {table}")
    much_of_everything(40)
    connections["default"].cursor().execute(
        "UPDATE sources_import SET id = 1 WHERE id = (SELECT min(id) FROM sources_import)"
    )
    many = asked(owner, path)
    assert many == few
    assert few <= most


def asked(client: Client, path: str) -> int:
    """How many queries one page makes."""
    client.get(path)
    with CaptureQueriesContext(connections["default"]) as queries:
        answer = client.get(path)
    assert answer.status_code == 200
    return len(queries)


def test_the_file_of_all_customers_is_read_in_pieces(owner: Client, monkeypatch: pytest.MonkeyPatch):
    from regulars.console.views import csv_lines

    monkeypatch.setattr(csv_lines, "ROWS_PER_CHUNK", 10)
    much_of_everything(25)
    with CaptureQueriesContext(connections["default"]) as queries:
        lines = b"".join(owner.get("/customers.csv").streaming_content).splitlines()
    assert len(lines) == 51
    assert sum('FROM "customers_customer"' in query["sql"] for query in queries) == 5
