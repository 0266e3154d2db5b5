"""The club in a real browser, without a log-in: what a person chooses is kept, and a yes counts once it is confirmed."""

from collections.abc import Callable
from typing import Any

from browser_servers import Server
from playwright.sync_api import Page, expect

Visit = Callable[..., Page]
Demo = tuple[Server, dict[str, Any]]


def test_choices_and_days_are_kept_and_taken_back(demo: Demo, visit: Visit):
    server, facts = demo
    page = visit(server.address)
    page.goto(f"/p/{facts['prefer']}")
    page.get_by_label("Less often, please").check()
    page.get_by_role("button", name="Keep").first.click()
    expect(page.get_by_role("status")).to_contain_text("Kept.")
    expect(page.get_by_label("Less often, please")).to_be_checked()
    page.get_by_text("Tell us a day").click()
    page.get_by_label("Month", exact=True).fill("2")
    page.get_by_label("Day of the month").fill("29")
    page.locator("button[value=day]").click()
    expect(page.locator("main")).to_contain_text("You told us:")
    page.get_by_role("button", name="forget").click()
    expect(page.locator("main")).not_to_contain_text("You told us:")


def test_whoever_asks_for_letters_is_told_to_look_into_the_mailbox(demo: Demo, visit: Visit):
    page = visit(demo[0].address)
    page.goto("/join")
    page.get_by_label("Your e-mail address").fill("zoe@customer.example")
    page.locator("input[name=agreed]").check()
    page.get_by_role("button", name="Write to me").click()
    expect(page.get_by_role("status")).to_contain_text("Look into your mailbox")
