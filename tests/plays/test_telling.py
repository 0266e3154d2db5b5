"""What customers are told of why they hear from the shop: true, in their language, and never in the merchant's words."""

import re

import pytest
from play_shops import a_day, customers, on, play

from cast import MORNING, person, wish
from regulars.actions.messaging import hand_over
from regulars.actions.messaging.models import Message
from regulars.actions.messaging.plan import plan
from regulars.customers.models import Customer
from regulars.decisions.gate import Request, decide
from regulars.decisions.models import Decision
from regulars.plays import kind_words, switching, telling
from regulars.plays.folders import Written, shipped
from regulars.plays.models import Campaign
from regulars.plays.reading import PlayMistakes, read
from regulars.plays.why import why

REPROACH = re.compile(
    r"(?i)\b(you (?:have|had|did|do) ?n[o']t|haven't|didn't|you (?:stopped|never|forgot|left)(?! us a review)|miss(?:ed)? you|silent|come-?back|why not|"
    r"should|must|offer|discount)\b|不来|没有再|没来|忘了|想念|应该|必须|优惠|折"
)
CREEPY = re.compile(
    r"(?i)\b(we (?:know|noticed|saw|think)|address(?:es)?|grade|carry the shop|at home|your data)\b|留意|发现|知道您"
)


def with_told(told, **rest):
    """A play whose people are told this, as TOML writes it."""
    written = play(**rest)
    return Written(written.text.replace("audience =", f"told = {told}\naudience =", 1), written.words)


BOTH = '{ en = "You ordered from us before.", zh-hans = "您在我们这里买过东西。" }'


@pytest.mark.parametrize("name", sorted(shipped()))
def test_every_play_that_is_shipped_tells_people_a_short_fact_in_both_languages(name):
    made = read(shipped()[name].text)
    assert set(made.told.texts) == {"en", "zh-hans"}
    for language, text in made.told.texts.items():
        assert list(kind_words.mistakes(text)) == []
        assert not REPROACH.search(text)
        assert not CREEPY.search(text)
        assert text.endswith("。" if language == "zh-hans" else ".")
        assert len(text) <= (40 if language == "zh-hans" else 120)
        assert re.search("您" if language == "zh-hans" else r"(?i)\byou", text)
        assert text != made.because.texts[language]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("You are slipping away.", "5:17: No customer should read this of themselves: 'slipping'"),
        ("You are in this segment.", "5:25: No customer should read this of themselves: 'segment'"),
        ("You were not held out.", "5:22: No customer should read this of themselves: 'held out'"),
        ("You are of great value.", "5:26: No customer should read this of themselves: 'value'"),
        ("您的价值很高。", "5:11: No customer should read this of themselves: '价值'"),
        ("We noticed that you like tea.", "5:9: Nobody likes to be watched; tell what they did themselves: 'We noticed'"),
        ("You bought {{ customer.last_product }}.", "5:20: Here nothing is filled in and no link works: '{{'"),
        ("You bought tea, see https://tea.example", "5:34: Here nothing is filled in and no link works: '://'"),
        ("You bought tea. Last chance", "5:25: false_urgency: Last chance"),
        ("You bought tea.\\nTwice.", "5:1: This is one line of plain text."),
        ("You bought tea. " * 13, "5:1: 200 characters at most."),
    ],
)  # fmt: skip
def test_a_word_that_no_customer_should_read_is_a_mistake_with_its_place(text, why):
    with pytest.raises(PlayMistakes) as caught:
        read(with_told(f'"{text}"').text)
    assert [str(one) for one in caught.value.mistakes] == [why]


def test_each_language_is_read_and_told_where_it_stands():
    told = 'told.en = "You came."\ntold.zh-hans = "您在对照组。"'
    with pytest.raises(PlayMistakes, match=r"^6:19: No customer"):
        read(play().text.replace("audience =", f"{told}\naudience =", 1))
    with pytest.raises(PlayMistakes, match=r"^5:1: No customer"):  # of several on one line
        read(with_told('{ en = "You came.", zh-hans = "您在对照组。" }').text)
    with pytest.raises(PlayMistakes, match="told is a text, or one for each language"):
        read(with_told('""').text)


def decided(written):
    """A day of this play for one person; their message."""
    customers(1)
    on(written)
    a_day()
    plan(now=MORNING)
    return Message.objects.get()


def test_a_letter_carries_the_sentence_in_its_own_language(small_shop):
    message = decided(with_told(BOTH, share=0))
    assert [item.told for item in hand_over.items([message])[0]] == ["You ordered from us before."]
    for language, text in (("zh-hans", "您在我们这里买过东西。"), ("fr", "You ordered from us before.")):
        assert telling.told([message.letter_id], message.source, language) == text


def test_what_was_decided_keeps_its_sentence_when_the_play_changes(small_shop):
    message = decided(with_told(BOTH, share=0))
    switching.keep(with_told('"Something else."', share=0), by="owner", now=MORNING)
    assert [item.told for item in hand_over.items([message])[0]] == ["You ordered from us before."]
    assert telling.told([message.letter_id], message.source, "en") == "You ordered from us before."


def test_without_a_sentence_of_theirs_nobody_reads_the_merchants(small_shop):
    message = decided(play(share=0))
    assert [item.told for item in hand_over.items([message])[0]] == [""]
    said = telling.told_or_neutral([message.letter_id], message.source, message.purpose, "en")
    assert said == "It was one of our personal messages: a wish, a reminder or a word of thanks."


def test_a_campaigns_sentence_is_read_and_its_name_is_not(small_shop):
    given = {"purpose": "news", "at": MORNING}
    written = Campaign.objects.create(name="A grades, spring", because="You had tea from us.", **given)
    unwritten = Campaign.objects.create(name="A grades, autumn", **given)
    assert telling.told_or_neutral([], written.source, "news", "en") == "You had tea from us."
    for source in (unwritten.source, "campaign:next/1", "campaign:²/1", "order:7", ""):
        assert (
            telling.told_or_neutral([], source, "news", "en") == "It was one of our messages with news from the shop."
        )


def test_staff_see_what_the_customer_is_told(small_shop):
    message = decided(with_told(BOTH, share=0))
    customer = Customer.objects.get(pk=message.person_id)
    assert why(customer, MORNING.date())[1:] == [f"{customer} is told: “You ordered from us before.”"]


def test_whoever_gets_nothing_is_told_nothing(small_shop):
    ada, ben = person("Ada"), person("Ben", yes=False)
    for one in decide([Request(ada, wish()), Request(ben, wish())], now=MORNING):
        told = [" is told: " in sentence for sentence in why(Customer.objects.get(pk=one.person_id), MORNING.date())]
        assert told == ([False, True] if one.person_id == ada else [False])
    Decision.objects.filter(person_id=ada).update(ended_at=MORNING)  # it was cancelled, and reached nobody
    assert len(why(Customer.objects.get(pk=ada), MORNING.date())) == 1
