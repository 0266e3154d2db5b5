"""Charts: drawn as pictures of lines, never by code from a string, in inks that fit the light; and nothing jumps."""

from collections.abc import Callable
from typing import Any

import pytest
from browser_servers import Server
from playwright.sync_api import Page, expect

Visit = Callable[..., Page]
Demo = tuple[Server, dict[str, Any]]
CHARTS = {"/retention": 3, "/value": 2, "/trust": 1}
SHIFT_MAX = 0.1
WATCH_SHIFTS = """
window.shift = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


def with_charts(page: Page, path: str) -> int:
    """Scroll through a page until every chart is drawn; how many there are."""
    page.goto(path)
    places = page.locator("[data-chart]")
    for place in places.all():
        place.scroll_into_view_if_needed()
        expect(place.locator("svg")).to_be_visible()
    return places.count()


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("path", CHARTS)
def test_charts_are_drawn_under_the_policy_and_nothing_jumps(path: str, width: int, demo: Demo, visit: Visit):
    server, facts = demo
    page = visit(server.address, facts["state"], viewport={"width": width, "height": 800})
    page.add_init_script(WATCH_SHIFTS)
    assert with_charts(page, path) == CHARTS[path]
    assert page.evaluate("window.shift") < SHIFT_MAX
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


@pytest.mark.parametrize(("scheme", "ink"), [("light", "#1f6f5c"), ("dark", "#7fcbb5")])
def test_the_ink_of_a_line_stands_out_in_the_light_and_in_the_dark(scheme: str, ink: str, demo: Demo, visit: Visit):
    server, facts = demo
    page = visit(server.address, facts["state"], color_scheme=scheme)
    with_charts(page, "/value")
    assert page.locator(f'[data-chart$="concentration"] path[stroke="{ink}"]').count() > 0


def test_a_chart_follows_when_night_falls(demo: Demo, visit: Visit):
    server, facts = demo
    page = visit(server.address, facts["state"], color_scheme="light")
    with_charts(page, "/value")
    page.emulate_media(color_scheme="dark")
    expect(page.locator('[data-chart$="concentration"] path[stroke="#7fcbb5"]').first).to_be_visible()


def test_a_phone_shows_only_the_cohorts_it_has_room_for(demo: Demo, visit: Visit):
    server, facts = demo
    months = {}
    for width in (1280, 360):
        page = visit(server.address, facts["state"], viewport={"width": width, "height": 800})
        with_charts(page, "/retention")
        words = page.locator('[data-chart$="cohorts"] text').all_text_contents()
        months[width] = len({word for word in words if len(word) == 7 and word[4] == "-"})
    assert months[360] == 13
    assert months[1280] > 30
