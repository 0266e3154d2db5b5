"""Customers: found, united and taken apart, put into segments, taken home as a file."""

import csv
import re
from collections.abc import Callable
from typing import Any

import pytest
from browser_servers import Server
from playwright.sync_api import Page, expect

Visit = Callable[..., Page]
Demo = tuple[Server, dict[str, Any]]


@pytest.fixture()
def page(demo: Demo, visit: Visit) -> Page:
    """A page of the demo shop, logged in."""
    server, facts = demo
    return visit(server.address, facts["state"])


def test_the_list_follows_what_is_typed_and_the_way_back_is_a_whole_page(page: Page, demo: Demo):
    mail = demo[1]["mails"][1]
    page.goto("/customers")
    page.locator("#q").press_sequentially(mail, delay=5)
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page).to_have_url(re.compile("q="))
    page.locator("tbody a").click()
    expect(page.locator("h2", has_text="Timeline")).to_be_visible()
    page.go_back()
    expect(page.locator("h1")).to_have_text("Customers")
    expect(page.locator("tbody tr")).to_have_count(1)


def test_two_customers_are_compared_united_and_taken_apart_again(page: Page, demo: Demo):
    one, two = demo[1]["people"][:2]
    addresses = page.locator("ul.lines").first.locator("li")
    page.goto(f"/customers/{one}")
    before = addresses.count()
    page.locator("#with").fill(demo[1]["mails"][1])
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("section.card")).to_have_count(2)
    expect(page.locator("section.card").nth(1)).to_contain_text(demo[1]["mails"][1])
    page.locator("#reason").fill("Told us on the phone")
    page.get_by_role("button", name="Unite").click()
    expect(page.locator(".message")).to_contain_text("United.")
    expect(page.locator("main")).to_contain_text("Told us on the phone")
    expect(addresses).to_have_count(before + 1)
    page.goto(f"/customers/{two}")
    page.get_by_role("button", name="Undo Told us on the phone").click()
    expect(page.locator(".message")).to_have_text("Taken apart.")
    page.goto(f"/customers/{two}")
    assert page.url.endswith(f"/{two}")


def test_a_suggested_pair_is_refused_and_does_not_come_back(page: Page, demo: Demo):
    page.goto("/suggestions")
    cards = page.locator("section.card")
    many = cards.count()
    name = cards.first.locator("h2").first.inner_text()
    cards.first.get_by_role("button", name="Two people").click()
    expect(page.locator(".message")).to_have_text("Noted: two different people.")
    expect(cards).to_have_count(many - 1)
    assert cards.first.locator("h2").first.inner_text() != name


def test_a_mistaken_condition_is_shown_with_its_place_and_a_better_word(demo: Demo, visit: Visit):
    page = visit(demo[0].address, demo[1]["state"], expected="422 (Unprocessable")
    page.goto("/segments")
    page.locator("#condition").press_sequentially("ordrs > 3")
    expect(page.locator("#trial")).to_contain_text("There is no column 'ordrs'. (at character 1) Did you mean orders?")
    page.locator("#name").fill("Mistaken")
    page.get_by_role("button", name="Keep segment").click()
    expect(page.locator(".mistake[role=alert]")).to_contain_text("Did you mean orders?")
    expect(page.locator("#condition")).to_have_value("ordrs > 3")


def test_a_condition_is_counted_while_it_is_written_and_kept_under_a_name(page: Page):
    page.goto("/segments")
    page.locator("#condition").press_sequentially("orders > 3 and stage = 'loyal'")
    expect(page.locator("#trial a").first).to_be_visible()
    count = page.locator("#trial").inner_text().split(" of ")[0].strip()
    page.locator("#name").fill("Loyal many times")
    page.get_by_role("button", name="Keep segment").click()
    row = page.locator("tr", has_text="Loyal many times")
    expect(row.locator("td.n")).to_have_text(count)
    row.locator("a").click()
    expect(page.locator("[role=status]")).to_contain_text(f"{count} customers")
    page.goto("/segments")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Remove Loyal many times").click()
    expect(page.locator("tr", has_text="Loyal many times")).to_have_count(0)


def test_everybody_comes_back_when_the_segment_is_let_go(page: Page):
    page.goto("/customers")
    everybody = page.locator("[role=status]").inner_text()
    page.locator("#segment").select_option(label="Regulars & friends")
    expect(page.locator("[role=status]")).not_to_have_text(everybody)
    page.reload()
    page.locator("#segment").select_option("")
    expect(page.locator("[role=status]")).to_have_text(everybody)


def test_the_list_is_taken_home_as_a_file_in_which_nothing_runs(page: Page, tmp_path):
    page.goto("/customers?grade=A")
    count = int(page.locator("[role=status]").inner_text().split()[0].replace(",", ""))
    with page.expect_download() as started:
        page.get_by_role("link", name="Export as CSV").click()
    path = tmp_path / "customers.csv"
    started.value.save_as(path)
    rows = list(csv.DictReader(path.open(encoding="utf-8-sig", newline="")))
    assert len(rows) == count
    assert {row["value_grade"] for row in rows} == {"A"}
    assert {row["currency"] for row in rows} == {"EUR"}
    assert any(row["name"].startswith("'=HYPERLINK") for row in rows)
    assert not [cell for row in rows for cell in row.values() if cell[:1] in ("=", "+", "@")]


def test_a_name_that_looks_like_markup_or_a_formula_is_only_text(page: Page, demo: Demo):
    page.goto(f"/customers/{demo[1]['people'][2]}")
    expect(page.locator("h1")).to_contain_text("<b onclick='x'>pay</b>")
    assert page.locator("h1 b").count() == 0


def test_the_own_shop_and_the_demo_are_one_click_apart(page: Page):
    page.goto("/")
    expect(page.locator(".banner")).to_contain_text("demo shop")
    page.get_by_role("button", name="Go to my own shop").click()
    expect(page.locator("h1")).to_have_text("Welcome")
    expect(page.locator(".banner")).to_have_count(0)
    page.get_by_role("button", name="Look at the demo shop").click()
    expect(page.locator("#n1")).to_be_visible()
    expect(page.locator(".banner")).to_be_visible()


def test_a_page_left_open_after_log_out_leads_to_the_door(demo: Demo, visit: Visit):
    server = demo[0]
    page = visit(server.address)
    page.goto(server.link("demo"))
    page.goto("/customers")
    page.context.request.post(
        "/log-out", form={"csrfmiddlewaretoken": page.locator("[name=csrfmiddlewaretoken]").first.input_value()}
    )
    page.locator("#q").press_sequentially("Ada")
    expect(page.locator("#password")).to_be_visible()
