"""Every page, wide and narrow, by day and by night, in both languages: whole, readable, and quiet in the console."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe, AxeResults
from browser_servers import Server
from playwright.sync_api import Page, expect

WIDTHS = (1280, 360)
MORE_OF_THE_SAME = {
    "exclude": [["tbody tr:nth-child(n+6)"], ["ol.people li:nth-child(n+6)"], ["dl.facts > :nth-child(n+12)"]]
}
ALL_RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], "resultTypes": ["violations"],
}  # fmt: skip
# The dark changes colours and nothing else; another language changes everything but colours.
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"], "resultTypes": ["violations"]}
ALL_BUT_COLOURS = ALL_RULES | {"rules": {"color-contrast": {"enabled": False}}}
LOOKS: dict[str, dict[str, Any]] = {
    "en": {"light": ALL_RULES, "dark": COLOURS},
    "zh-hans": {"light": ALL_BUT_COLOURS, "dark": None},
}
SHOP_PAGES = {
    "today": "/", "customers": "/customers", "nobody": "/customers?q=nobody-of-this-name", "a mistaken condition": "/customers?condition=ordrs>1",
    "customer": "/customers/{united}", "segments": "/segments", "retention": "/retention", "value": "/value", "products": "/products", "trust": "/trust",
    "import": "/import", "import preview": "/import/{preview}", "import of unknown columns": "/import/{unknown}",
    "import progress": "/import/{queued}", "import result": "/import/1", "failed import": "/import/{failed}", "suggestions": "/suggestions",
    "merge": "/customers/{people[0]}/merge?with={people[1]}", "merge with nobody": "/customers/{people[0]}/merge?with=nobody",
    "settings": "/settings", "definition": "/numbers/came-back", "dictionary": "/dictionary",
    "messages": "/messages", "new campaign": "/campaigns/new", "a draft": "/campaigns/{draft}", "a campaign": "/campaigns/{launched}",
    "viewer": "/messages/viewer", "a letter": "/messages/viewer/{viewed}", "consent": "/messages/consent", "rules": "/messages/rules",
    "mail account": "/messages/account", "mail by a provider": "/messages/account?way=provider&provider=mailgun",
    "text messages": "/messages/account/sms?way=provider&provider=twilio", "webhook": "/messages/account/webhook", "cards": "/messages/account/cards", "occasions": "/occasions", "tasks": "/tasks", "plays": "/plays", "a play": "/plays/slipping-away", "a play not available": "/plays/package",
    "decisions": "/decisions?who={people[0]}", "results": "/results", "fairness": "/fairness", "a call": "/tasks/{call}", "a print": "/tasks/batches/{batch}",
}  # fmt: skip
EMPTY_PAGES = {
    "today": "/", "customers": "/customers", "segments": "/segments", "retention": "/retention", "value": "/value", "products": "/products", "trust": "/trust",
    "import": "/import", "suggestions": "/suggestions", "settings": "/settings", "messages": "/messages", "viewer": "/messages/viewer",
    "consent": "/messages/consent", "occasions": "/occasions", "tasks": "/tasks", "plays": "/plays", "a play": "/plays/welcome",
    "decisions": "/decisions", "results": "/results", "fairness": "/fairness",
}  # fmt: skip
Visit = Callable[..., Page]
Demo = tuple[Server, dict[str, Any]]


@pytest.mark.parametrize("language", LOOKS)
@pytest.mark.parametrize(
    ("shop", "pages"), [("demo", SHOP_PAGES), ("own", EMPTY_PAGES)], ids=["full shop", "empty shop"]
)
def test_every_page_is_whole_in_every_light(
    shop: str, pages: dict[str, str], language: str, demo: Demo, visit: Visit, subtests: pytest.Subtests
):
    server, facts = demo
    page = visit(server.address, facts["state"], cookies={"shop": shop, "django_language": language})
    for name, path in pages.items():
        with subtests.test(name):
            look(page, path.format(**facts), language)


@pytest.mark.parametrize("language", LOOKS)
def test_the_door_is_whole_in_every_light(language: str, demo: Demo, visit: Visit):
    look(visit(demo[0].address, cookies={"django_language": language}), "/log-in", language)


@pytest.mark.parametrize("language", LOOKS)
@pytest.mark.parametrize("path", ["/u/{leave}", "/p/{prefer}"], ids=["leaving", "preferences"])
def test_the_clubs_pages_need_no_log_in_and_are_whole(path: str, language: str, demo: Demo, visit: Visit):
    server, facts = demo
    page = visit(server.address, cookies={"django_language": language})
    look(page, path.format(**facts), language, of="Willow & Bean")


@pytest.mark.parametrize("language", LOOKS)
def test_the_page_to_ask_for_letters_is_whole(language: str, demo: Demo, visit: Visit):
    look(visit(demo[0].address, cookies={"django_language": language}), "/join", language, of="My shop")


@pytest.mark.parametrize("language", LOOKS)
def test_a_page_that_does_not_exist_says_so_and_leads_back(language: str, demo: Demo, visit: Visit):
    server, facts = demo
    page = visit(
        server.address,
        facts["state"],
        cookies={"shop": "demo", "django_language": language},
        expected="404 (Not Found)",
    )
    look(page, "/customers/1", language)
    page.locator("main a").click()
    expect(page).to_have_url(f"{server.address}/")


def look(page: Page, path: str, language: str, *, of: str = "Regulars") -> None:
    """Open a page once and check it in both widths and both schemes."""
    page.set_viewport_size({"width": WIDTHS[0], "height": 800})
    page.emulate_media(color_scheme="light")
    page.goto(path)
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("h1")).to_have_count(1)
    assert page.title().endswith(f"· {of}")
    assert len(page.title()) > len(f"· {of}")
    page.evaluate(Axe().axe_script)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert too_wide <= 0, f"{path} is {too_wide} px too wide at {width} px"
        for scheme, rules in LOOKS[language].items():
            if rules is not None:
                page.emulate_media(color_scheme=scheme)
                found = AxeResults(
                    page.evaluate("([where, rules]) => axe.run(where, rules)", [MORE_OF_THE_SAME, rules])
                )
                assert not found.violations_count, f"{path} at {width} px, {scheme}:\n{found.generate_report()}"
