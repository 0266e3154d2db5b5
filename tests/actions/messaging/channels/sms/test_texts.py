"""A text message holds the letter's words and what its market asks for, and is never longer than somebody would pay for."""

import pytest

from cast import MORNING
from regulars.actions.messaging.channels.port import Item, ParcelRefused
from regulars.actions.messaging.channels.sms.texts import parcel
from regulars.words.letters import Filled

GERMANY, CHINA, KOREA = "+4915112345678", "+8613812345678", "+821012345678"


def text(words, to=GERMANY, *, marketing=True):
    item = Item(7, "news", marketing=marketing, address=to, name="Ada", letter=Filled("", "", "", words, "en"))
    return parcel(item, "茶馆", at=MORNING).raw.decode()


CASES = [
    ("Tea is “back” – look", GERMANY, True, 'Tea is "back" - look'),
    ("茶来了", CHINA, True, "【茶馆】茶来了 拒收请回复R"),
    ("【茶馆】茶来了 拒收请回复R", CHINA, True, "【茶馆】茶来了 拒收请回复R"),
    ("已发货", CHINA, False, "【茶馆】已发货"),
    ("차", KOREA, True, "(광고)차"),
    ("차", KOREA, False, "차"),
    ("Tea", "no number", True, "Tea"),
]


@pytest.mark.parametrize(("words", "to", "marketing", "said"), CASES)
def test_the_labels_of_the_numbers_market_stand_in_their_places_once(words, to, marketing, said):
    assert text(words, to, marketing=marketing) == said


def test_a_letter_of_more_than_ten_parts_is_refused_and_so_is_an_empty_one():
    assert len(text("x" * 1530)) == 1530
    for words in ("x" * 1531, "茶" * 671, " "):
        with pytest.raises(ParcelRefused):
            text(words)
