"""Why did I get this letter? The page behind its link says it in words for its reader, whatever the merchant wrote."""

import pytest
from django.test import Client

from actions.messaging.post import letter, planned
from cast import person
from regulars.actions.messaging import links
from regulars.actions.messaging.models import Message
from regulars.decisions.models import Decision
from regulars.words.models import Letter

INSIDE = "They are slipping away & worth much."
SOURCE = "play:slipping-away/1"


def shown(told, language="en"):
    """The page of somebody whose letter says this of why it was written."""
    number = letter()
    Letter.objects.filter(pk=number).update(told=told)
    planned([person("Ada")], letter_id=number, source=SOURCE, purpose="care")
    Decision.objects.update(because=INSIDE)
    page = Client(HTTP_HOST="localhost", headers={"accept-language": language})
    return page.get(f"/p/{links.token(Message.objects.get().pk, links.PREFERENCES)}").content.decode()


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "You ordered from us before."),
        ("zh-hans", "您在我们这里买过东西。"),
        ("fr", "You ordered from us before."),
    ],
)
def test_the_reason_is_told_in_the_readers_language_or_in_english(small_shop, language, told):
    page = shown({"en": "You ordered from us before.", "zh-hans": "您在我们这里买过东西。"}, language)
    assert f"<p>{told}</p>" in page
    assert "slipping away" not in page


def test_a_reason_in_one_language_is_better_than_none(small_shop):
    assert "<p>您在我们这里买过东西。</p>" in shown({"zh-hans": "您在我们这里买过东西。"})


def test_without_one_the_page_says_what_kind_of_message_it_was_and_never_what_the_merchant_reads(small_shop):
    page = shown({})
    assert "<p>It was one of our personal messages: a wish, a reminder or a word of thanks.</p>" in page
    assert "slipping" not in page


def test_a_hostile_reason_is_only_words_on_the_page(small_shop):
    page = shown({"en": "<script>alert(1)</script>"})
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
