"""Names, notes, titles, file names and columns are text wherever they are shown, whatever stands in them."""

import html

import pytest
from console_rows import DAY, NOW, order, people, profile
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from regulars import day
from regulars.customers.models import (
    Attribute,
    AttributeValue,
    Consent,
    Customer,
    Event,
    Identifier,
    MergeEvent,
    Relation,
    Suggestion,
)
from regulars.orders.models import Order, Refund
from regulars.profiles.models import Answer, Profile, Segment
from regulars.shop.setting_up import set_up
from regulars.sources.models import Import

EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7|add:7 }}{% now 'Y' %}"
SHAPE = {
    "orders": 3, "orders_without_customer": 1, "stages": {"slipping": {"n": 2, "net": 10}}, "grades": {}, "history_from": "2026-01-01",
}  # fmt: skip


@pytest.fixture()
def poisoned(owner: Client) -> Client:
    """A shop in which every text is an attack."""
    set_up(name=EVIL)
    contact = {
        "name": EVIL,
        "company": EVIL,
        "city": EVIL,
        "address": EVIL,
        "postcode": EVIL[:30],
        "country": EVIL[:80],
        "phone": EVIL[:30],
    }
    people([1, 2], **contact, tags=EVIL)
    texts = {
        "first_product": EVIL,
        "last_product": EVIL,
        "favourite_product": EVIL,
        "country": EVIL,
        "channel_first": EVIL,
    }
    Profile.objects.filter(pk=1).delete()
    profile(1, **texts).save()
    Identifier.objects.filter(pk=1).update(name=EVIL, address=EVIL, city=EVIL, value=EVIL)
    Identifier.objects.create(id=3, kind="phone", value=EVIL, customer_id=1)
    MergeEvent.objects.create(kind="merge", left_id=1, right_id=3, rule=EVIL[:40], evidence=EVIL, actor=EVIL, at=NOW)
    Order.objects.filter(pk=1).delete()
    order(1, 1, name=EVIL, channel=EVIL[:60]).save()
    Refund.objects.create(
        id=1,
        order_id=1,
        source="t",
        source_key="1",
        known_at=NOW,
        amount=5,
        currency="EUR",
        reason=EVIL,
        payload_hash="",
        import_id=1,
    )
    for number, kind in enumerate(("note", "review")):
        Event.objects.create(
            id=number,
            kind=kind,
            identifier_id=1,
            happened_at=NOW,
            known_at=NOW,
            actor=EVIL,
            data={"text": EVIL, "rating": 5},
        )
    Consent.objects.create(id=1, identifier_id=1, channel="email", state="claimed", provenance=EVIL, at=NOW)
    attribute = Attribute.objects.create(key="k", label=EVIL, switched_on=True)
    AttributeValue.objects.create(id=1, identifier_id=1, attribute=attribute, value=EVIL, provenance=EVIL)
    Suggestion.objects.create(left_id=1, right_id=2, score=0.9, evidence=[[EVIL, EVIL]], at=NOW)
    Relation.objects.create(left_id=1, right_id=2, kind="household", evidence=EVIL)
    Segment.objects.create(
        name=EVIL, condition=f"first_product = '{EVIL.replace(chr(39), chr(39) * 2)}'", created_at=NOW
    )
    User.objects.create_user(username=EVIL)
    Import.objects.create(pk=1, state="done", files=[f"/x/{EVIL.replace('/', '')}"], actor=EVIL, created_at=NOW,
                          summary={"notes": [{"code": "unknown_status", "status": EVIL, "orders": 1}],
                                   "files": [{"file": EVIL, "format": "csv", "rows": 1, "unused": [EVIL]}]})  # fmt: skip
    Import.objects.create(pk=2, state="failed", files=[], actor=EVIL, created_at=NOW, error=EVIL)
    row = {"title": EVIL, "category": EVIL, "newcomers": 20, "came_back": 5, "first_low": 0.1, "first_high": 0.4, "net": 5, "buyers": 2,
           "repeat_rate": 0.1, "gaps": 0, "return_share": 0.1}  # fmt: skip
    Answer.objects.create(question="shape", as_of=DAY, computed_at=NOW, data=SHAPE)
    Answer.objects.create(
        question="products",
        as_of=DAY,
        computed_at=NOW,
        data={"rows": [row], "first_n_min": 1, "baskets": 9, "baskets_back": 3},
    )
    return owner


PAGES = [
    "/", "/customers", "/customers?q=script", "/customers/1", "/customers/1/merge?with=2", "/suggestions", "/segments", "/products", "/settings",
    "/import", "/import/1", "/import/2",
]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_a_text_with_markup_is_shown_as_it_is_written(path: str, poisoned: Client):
    page = poisoned.get(path).content.decode()
    assert "<script>alert" not in page
    assert "<img" not in page
    assert html.escape("<script>alert(1)</script>") in page
    assert "{{ 7|add:7 }}" in page


@pytest.mark.parametrize("path", ["/customers?q={}", "/customers?condition={}", "/segments/trial?condition={}", "/customers/1/merge?with={}",
                                  "/log-in?next={}", "/customers?stage={}&sort={}&grade={}"])  # fmt: skip
def test_what_an_address_says_is_shown_as_it_is_written(path: str, poisoned: Client):
    page = poisoned.get(
        path.replace("{}", "%22%27%3E%3Cscript%3Ealert(1)%3C/script%3E%3Cimg%20src=x%3E")
    ).content.decode()
    assert "<script>alert" not in page
    assert "<img" not in page


def test_a_name_and_a_header_of_a_file_are_shown_as_they_are_written(owner: Client):
    header = f'"{EVIL.replace(chr(34), chr(34) * 2)}",Bought on,Mail'
    file = SimpleUploadedFile(
        '"><script>alert(1)<b>.csv', f"{header}\n1,2026-01-01,<script>alert(3)</script>\n".encode()
    )
    answer = owner.post("/import", {"files": [file]})
    day.collect(now=timezone.now(), say=str)
    page = owner.get(answer["Location"]).content.decode()
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_messages_about_what_was_typed_are_text(owner: Client):
    for path, form in {
        "/settings": {"name": "x", "currency": "<b>", "zone": "UTC"},
        "/settings/users": {"username": "<b>x", "password": "short"},
    }.items():
        page = owner.post(path, form, follow=True).content.decode()
        assert "<b>" not in page


def test_an_odd_name_leaves_its_customer_where_it_is(poisoned: Client):
    assert Customer.objects.get(pk=1).name == EVIL
    assert poisoned.get("/customers/1/merge?with=2").status_code == 200
