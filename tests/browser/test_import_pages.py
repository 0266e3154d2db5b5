"""Importing through the page: dropped files, columns named by hand and remembered, files that cannot be read."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser_servers import Home, Server, copy_of, logged_in, serving
from playwright.sync_api import Browser, Page, expect

Visit = Callable[..., Page]
ODD = "No,Wann,Wer,Wieviel\nA1,2026-01-05 10:00,ada@shop.example,12.50\nA2,2026-02-05 11:00,ben@shop.example,20.00\n"


@pytest.fixture(scope="module")
def place(
    browser: Browser, installed: Home, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Server, object]]:
    """A server with an empty shop for the tests of this file, and the cookies of its owner."""
    with serving(copy_of(installed, tmp_path_factory.mktemp("imports") / "home")) as server:
        yield server, logged_in(browser, server.link("own"))


@pytest.fixture()
def page(place: tuple[Server, object], visit: Visit) -> Page:
    """The import page."""
    page = visit(place[0].address, place[1])
    page.goto("/import")
    return page


@pytest.fixture()
def look(place: tuple[Server, object], page: Page) -> Callable[[str], None]:
    """Clicks a button after which a worker looks at the files; the page waits for it by itself."""

    def clicked(button: str) -> None:
        page.get_by_role("button", name=button).click()
        expect(page.locator("#progress")).to_contain_text("being read")
        place[0].home.regulars("work", "--once")
        expect(page.locator("h1")).to_have_text("Look before importing")

    return clicked


@pytest.fixture()
def upload(page: Page, look: Callable[[str], None]) -> Callable[[str, bytes], None]:
    """Chooses a file and looks at it."""

    def chosen(name: str, content: bytes) -> None:
        page.goto("/import")
        page.locator("#files").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
        look("Look at them")

    return chosen


def test_a_dropped_file_is_looked_at(page: Page, look):
    dropped = page.evaluate_handle(
        """text => { const held = new DataTransfer(); held.items.add(new File([text], "orders.csv", { type: "text/csv" })); return held; }""",
        "order_id,order_date,email,total\n1,2026-01-05 10:00,ada@shop.example,12.50\n",
    )
    page.dispatch_event(".drop", "dragover", {"dataTransfer": dropped})
    expect(page.locator(".drop.over")).to_be_visible()
    page.dispatch_event(".drop", "drop", {"dataTransfer": dropped})
    look("Look at them")
    expect(page.locator("main")).to_contain_text("1 orders from 2026-01-05 to 2026-01-05.")
    expect(page.locator("tbody").first).to_contain_text("ada@shop.example")


def test_columns_named_by_hand_are_remembered_for_the_next_file(page: Page, look, upload):
    upload("kasse.csv", ODD.encode())
    expect(page.locator(".message.error")).to_contain_text("no column was found for ordered_at")
    for ours, theirs in {"order_key": "No", "ordered_at": "Wann", "email": "Wer", "total": "Wieviel"}.items():
        page.locator(f"select[name=column-{ours}]").select_option(theirs)
    look("Remember and look again")
    expect(page.locator("main")).to_contain_text("2 orders from 2026-01-05 to 2026-02-05.")
    expect(page.locator("tbody").first).to_contain_text("ben@shop.example")
    page.get_by_role("button", name="Forget these files").click()
    upload("kasse-next.csv", ODD.replace("A2", "A3").encode())
    expect(page.locator(".message.error")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("2 orders from 2026-01-05 to 2026-02-05.")


def test_a_wrong_column_can_be_corrected_again(page: Page, look, upload):
    upload("kasse.csv", ODD.replace("Wann", "Wann genau").encode())
    page.locator("select[name=column-order_key]").select_option("No")
    page.locator("select[name=column-ordered_at]").select_option("Wer")
    look("Remember and look again")
    expect(page.locator("main")).to_contain_text("2 rows left out")
    page.locator("main details summary").first.click()
    page.locator("select[name=column-ordered_at]").select_option("Wann genau")
    look("Remember and look again")
    expect(page.locator("main")).to_contain_text("2 orders from 2026-01-05 to 2026-02-05.")


@pytest.mark.parametrize(
    ("name", "content"),
    [("empty.csv", b""), ("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(200)), ("broken.xlsx", b"PK\x03\x04 not a book")],
)
def test_a_file_that_cannot_be_read_says_why_and_is_forgotten_with_one_click(
    name: str, content: bytes, page: Page, place, upload
):
    upload(name, content)
    expect(page.locator(".message.error")).to_contain_text(name)
    number = page.url.rsplit("/", 1)[-1]
    folder = Path(place[0].home.folder) / "shop" / "uploads" / number
    assert folder.exists()
    page.get_by_role("button", name="Forget these files").click()
    expect(page).to_have_url(f"{place[0].address}/import")
    assert not folder.exists()
