"""A letter as bytes keeps the rules of mail: RFC 5322, 2045-2047, 2369, 2919 and 8058, whatever words are in it."""

import datetime as dt
import re
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.actions.messaging.channels.email.build import Sender, parcel
from regulars.actions.messaging.channels.email.mime import HeaderRefused
from regulars.actions.messaging.channels.port import Item
from regulars.words.letters import Filled

AT = dt.datetime(2026, 11, 18, 10, 0, tzinfo=dt.UTC)
SENDER = Sender(
    "The Tea House", "Ming's 茶馆", "hello@news.shop.example", "orders@shop.example", "ada@shop.example", "bounce.shop.example",
    "Lindenweg 5, 10115 Berlin", "https://club.shop.example",
)  # fmt: skip
LONG = "https://shop.example/" + "a-long-path/" * 30 + "?token=" + "x" * 90 + "&b=2"


def built(subject="News", text="Words", name="Ada", page="<html><body><p>Words</p></body></html>", **rest):
    language = rest.pop("language", "en")
    about = {"purpose": "news", "marketing": True, "address": "ada@customer.example"} | rest
    letter = Filled(subject, "", page, text, language)
    return parcel(Item(12345678901, name=name, letter=letter, **about), SENDER, at=AT)


def parsed(raw):
    return message_from_bytes(raw, policy=policy.default)


def by_the_rules(raw):
    """What RFC 5322 and 2045 ask of every message: CRLF alone, short lines, ASCII, each header once."""
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert raw.isascii()
    head = raw.partition(b"\r\n\r\n")[0].decode()
    names = [line.split(":")[0].lower() for line in head.split("\r\n") if not line.startswith((" ", "\t"))]
    assert len(names) == len(set(names))
    assert {"from", "to", "subject", "date", "message-id", "mime-version"} <= set(names)


def test_the_ways_out_are_the_ones_of_rfc_8058_in_one_raw_line():
    raw = built().raw
    by_the_rules(raw)
    head = raw.partition(b"\r\n\r\n")[0].decode()
    line = re.search(r"^List-Unsubscribe: (.*)$", head.replace("\r\n ", " "), re.MULTILINE)[1]
    found = re.fullmatch(r"<(https://\S+)>, <mailto:(\S+)\?subject=unsubscribe>", line.strip())
    assert found
    assert len(found[1]) < 74
    assert "=?" not in line
    assert "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in f"\r\n{head}\r\n"
    assert re.search(r"^List-Id: .*<news\.news\.shop\.example>", head, re.MULTILINE)


def test_a_letter_about_an_order_has_no_list_and_says_that_a_machine_wrote_it():
    message = parsed(built(purpose="order", marketing=False).raw)
    assert not any(name.lower().startswith("list-") for name in message.keys())  # noqa: SIM118 headers repeat
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["From"].addresses[0].addr_spec == "orders@shop.example"


def test_the_text_comes_before_the_page_and_both_say_the_same_ways_out():
    message = parsed(built().raw)
    assert message.get_content_type() == "multipart/alternative"
    kinds = [part.get_content_type() for part in message.iter_parts()]
    assert kinds == ["text/plain", "text/html"]
    out = re.search(r"<(https://[^>]+)>", message["List-Unsubscribe"])[1]
    for part in message.iter_parts():
        assert out in part.get_content()
        assert "Lindenweg 5" in part.get_content()


def test_long_links_survive_in_text_and_page():
    page = f'<html><body><a href="{LONG.replace("&", "&amp;")}">see</a></body></html>'
    text, html = (part.get_content() for part in parsed(built(text=f"See {LONG} now", page=page).raw).iter_parts())
    assert LONG in text
    assert LONG.replace("&", "&amp;") in html


def test_date_and_number_are_of_the_form_that_is_asked_for():
    message = parsed(built().raw)
    assert parsedate_to_datetime(message["Date"]) == AT
    assert re.fullmatch(r"<[A-Za-z0-9_.~-]+@news\.shop\.example>", message["Message-ID"])


@given(
    subject=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=200),
    name=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=80),
    text=st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=500),
)
@settings(max_examples=150, deadline=None)
def test_any_words_make_a_letter_by_the_rules_that_says_them(subject, name, text):
    try:
        raw = built(subject=subject, name=name, text=text).raw
    except HeaderRefused:
        return
    by_the_rules(raw)
    message = parsed(raw)
    assert " ".join(str(message["Subject"]).split()) == " ".join(subject.split())
    assert message["To"].addresses[0].addr_spec == "ada@customer.example"
    said = next(message.iter_parts()).get_content().replace("\r\n", "\n")
    assert " ".join(text.split()) in " ".join(said.split())


@pytest.mark.parametrize("wrong", ["News\r\nBcc: all@customer.example", "News\nX: y", "a\rb"])
def test_no_header_can_be_brought_in(wrong):
    for given_ in ({"subject": wrong}, {"name": wrong}, {"address": f"ada@customer.example{wrong}"}):
        try:
            message = parsed(built(**given_).raw)
        except HeaderRefused:
            continue
        assert message["Bcc"] is None
        assert message["X"] is None


def test_the_footer_says_why_above_the_way_out_and_changes_in_nothing_else():
    for language, told in (("en", "You ordered from us before."), ("zh-hans", "您在我们这里买过东西。")):
        for marketing in (True, False):
            bare, said = (parsed(built(told=why, language=language, marketing=marketing).raw) for why in ("", told))
            for kind, comma in (("plain", "\n"), ("html", "<br>")):
                old, new = (one.get_body((kind,)).get_content() for one in (bare, said))
                line = next(one for one in re.split(r"\n|<br>|</div>", new) if told in one)
                assert new.replace(comma + line, "", 1) == old
                assert not marketing or new.index(told) < new.index("/u/")


def test_a_hostile_reason_is_only_words():
    told = 'You <script>alert(1)</script> & "<img src=x onerror=y>"\r\nBcc: eve@evil.example'
    raw = built(told=told).raw
    by_the_rules(raw)
    assert parsed(raw)["Bcc"] is None
    page = parsed(raw).get_body(("html",)).get_content()
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp;" in page
