"""The first day: an empty shop, its orders through the page, and a Today that is useful from the start."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
import shops_of_today
from browser_servers import Home, Server, copy_of, serving
from playwright.sync_api import Page, expect

import facts

Visit = Callable[..., Page]
IMPORT = """
import datetime as dt
from pathlib import Path
from regulars.cli.setting_up import ready
ready(migrate=False)
from regulars import day
from regulars.shop.setting_up import set_up
from regulars.sources import importing
set_up(name="Corner shop", zone="Europe/Berlin")
importing.create([Path({path!r})], actor="owner")
day.run(now=dt.datetime.now(dt.UTC), say=print)
"""


def orders_file(folder: Path, sales: Iterable[shops_of_today.Sale]) -> Path:
    """An export of these sales."""
    return facts.write(folder / "orders_export.csv", shops_of_today.rows(sales))


def test_from_an_empty_shop_to_a_useful_today_and_back(own: Server, visit: Visit, tmp_path: Path):
    page = visit(own.address)
    set_up(page, own)
    page.get_by_role("link", name="Today", exact=True).click()
    expect(page.locator("h1")).to_have_text("Welcome")
    page.get_by_role("link", name="Import orders").click()
    page.locator("#files").set_input_files(orders_file(tmp_path, shops_of_today.six_months()))
    page.get_by_role("button", name="Look at them").click()
    own.home.regulars("work", "--once")
    expect(page.locator("h1")).to_have_text("Look before importing")
    expect(page.locator("tbody").first.locator("tr")).to_have_count(20)
    expect(page.locator("main")).to_contain_text("331 new, 0 changed, 0 unchanged; 0 rows left out.")
    page.get_by_role("button", name="Import this").click()
    expect(page.locator("#progress")).to_contain_text("queued")
    own.home.regulars("work", "--once")
    expect(page.get_by_role("button", name="Take this import back")).to_be_visible()
    expect(page.locator("dl.facts").first).to_contain_text("331")
    page.goto("/")
    useful(page, "181 of 375 days")
    page.goto("/import/1")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Take this import back").click()
    expect(page.locator(".tag")).to_have_text("undone")
    own.home.regulars("work", "--once")
    page.goto("/")
    expect(page.locator("h1")).to_have_text("Welcome")


def set_up(page: Page, server: Server) -> None:
    """The first page after the first log-in: name the shop."""
    page.goto(server.link("own"))
    expect(page.locator(".message")).to_contain_text("Welcome. Name your shop")
    page.locator("#name").fill("Corner shop")
    page.locator("#zone").select_option(shops_of_today.ZONE)
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.locator(".message")).to_have_text("Kept. Numbers follow at the next refresh.")
    expect(page.locator(".brand")).to_contain_text("Corner shop")


def useful(page: Page, history: str) -> None:
    """Today says what is missing and until when, and whom to care for or to thank."""
    first = page.locator("section", has=page.locator("#n1"))
    expect(first).to_contain_text(f"not enough history yet: {history} of orders")
    expect(first).to_contain_text("It can be told from")
    expect(page.locator("section", has=page.locator("#n2"))).to_contain_text("It can be told from")
    expect(page.locator("main")).to_contain_text("Thank those who come most")
    assert page.locator("ol.people a").count() >= 5


@pytest.mark.parametrize(
    ("sales", "history"),
    [(shops_of_today.forty_orders, "35 of 375 days"), (shops_of_today.no_repeat_buyer, "238 of 375 days")],
    ids=["forty orders", "no repeat buyer"],
)
def test_today_is_useful_to_a_young_shop(sales, history: str, installed: Home, visit: Visit, tmp_path: Path):
    home = copy_of(installed, tmp_path / "home")
    home.python(IMPORT.format(path=str(orders_file(tmp_path, sales()))))
    with serving(home) as server:
        page = visit(server.address)
        page.goto(server.link("own"))
        useful(page, history)
        for path in ("/retention", "/value", "/products", "/customers"):
            page.goto(path)
            for chart in page.locator("[data-chart]").all():
                chart.scroll_into_view_if_needed()
                expect(chart.locator("svg")).to_be_visible()
