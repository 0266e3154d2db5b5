"""The keyboard alone is enough, and so is a browser that runs no script."""

from collections.abc import Callable
from typing import Any

from browser_servers import Server
from playwright.sync_api import Page, expect

Visit = Callable[..., Page]
Demo = tuple[Server, dict[str, Any]]
TABS_MAX = 90


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until this element has the focus."""
    for _press in range(TABS_MAX):
        page.keyboard.press("Tab")
        if page.locator(f"{selector}:focus").count():
            return
    raise AssertionError(f"{selector} was not reached within {TABS_MAX} presses of Tab")


def test_the_keyboard_alone_opens_a_customer_and_writes_a_note(demo: Demo, visit: Visit):
    server, facts = demo
    page = visit(server.address, facts["state"])
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    expect(page.locator("a.skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.reload()
    tab_to(page, 'nav a[href="/customers"]')
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{server.address}/customers")
    tab_to(page, "tbody a")
    page.keyboard.press("Enter")
    expect(page.locator("h2", has_text="Timeline")).to_be_visible()
    tab_to(page, "textarea#text")
    page.keyboard.type("Likes to be called in the evening.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".message")).to_have_text("The note is kept.")
    expect(page.locator(".timeline .note").first).to_contain_text("Likes to be called in the evening.")


def test_what_has_the_focus_shows_it(demo: Demo, visit: Visit):
    server, facts = demo
    page = visit(server.address, facts["state"])
    page.goto("/")
    tab_to(page, 'nav a[href="/value"]')
    assert page.locator("nav a:focus").evaluate("element => getComputedStyle(element).outlineStyle") == "solid"


def test_without_script_the_list_is_searched_narrowed_and_turned_over(demo: Demo, visit: Visit):
    server, facts = demo
    page = visit(server.address, facts["state"], java_script_enabled=False)
    page.goto("/customers")
    everybody = page.locator("[role=status]").inner_text()
    page.locator("#stage").select_option("loyal")
    page.locator("#sort").select_option("recent")
    page.locator("form.filter button").click()
    assert page.locator("[role=status]").inner_text() != everybody
    assert set(page.locator("tbody .tag").all_inner_texts()) == {"loyal"}
    first = page.locator("tbody a").first.inner_text()
    page.locator("nav.pages a", has_text="Next").click()
    assert "stage=loyal" in page.url
    assert page.locator("tbody a").first.inner_text() != first
    page.goto("/customers")
    page.locator("#q").fill(facts["mails"][0])
    page.locator("form.filter button").click()
    assert page.locator("tbody tr").count() == 1


def test_without_script_the_numbers_of_the_charts_are_still_told(demo: Demo, visit: Visit):
    server, facts = demo
    page = visit(server.address, facts["state"], java_script_enabled=False)
    page.goto("/retention")
    expect(page.locator("main")).to_contain_text("came back within 90 days")
    expect(page.locator("details table tbody tr").first).to_be_attached()
    page.goto("/value")
    expect(page.locator("main")).to_contain_text("The best fifth of")
