"""The page Can we trust it? says what was checked, what came of it, and when it does not know yet."""

from dataclasses import asdict
from pathlib import Path

from django.test import Client

import pasts
from regulars import day
from regulars.insight.findings import Finding
from regulars.profiles import trust
from regulars.profiles.models import Answer, Profile


def quiet(_text: str) -> None:
    """Nothing is said."""


def test_the_page_tells_all_of_it(owner: Client, tmp_path: Path):
    assert "There are no orders yet" in owner.get("/trust").content.decode()
    pasts.load(tmp_path)
    day.refresh(now=pasts.NOW, say=quiet)
    assert "has not been checked" in owner.get("/trust").content.decode()
    day.run(now=pasts.NOW, say=quiet)
    page = owner.get("/trust").content.decode()
    assert trust.chosen().orders in page
    assert "four times of five between" in page
    assert owner.get("/charts/backtest").json()["layer"]
    likeliest = Profile.objects.order_by("-p_order_90d").values_list("pk", flat=True)[0]
    assert "next order, if within a year" in owner.get(f"/customers/{likeliest}").content.decode()


def test_a_young_shop_is_told_that_nothing_is_proven(owner: Client, tmp_path: Path):
    pasts.load(tmp_path, days=200)
    day.run(now=pasts.NOW, say=quiet)
    page = owner.get("/trust").content.decode()
    assert "unproven in this shop" in page
    assert "Do chances come true?" not in page


def test_today_tells_what_changed(owner: Client, tmp_path: Path):
    pasts.load(tmp_path)
    day.run(now=pasts.NOW, say=quiet)
    assert "What changed" not in owner.get("/").content.decode()
    finding = Finding("comes_back", "product", "7", 0.5, 0.25, 0.1, 0.4, 120, "others of the same months", 0.001)
    found = Answer.objects.get(question="changes")
    found.data = found.data | {"findings": [asdict(finding)], "titles": {"7": "Tea <b>"}}
    found.save()
    page = owner.get("/").content.decode()
    assert "Of 120 who began with product Tea &lt;b&gt;, 50% came back in time; usual are 25%" in page
