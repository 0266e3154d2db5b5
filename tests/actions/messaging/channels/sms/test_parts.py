import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.actions.messaging.channels.sms.parts import BASIC, EXTENDED, parts, plain


@pytest.mark.parametrize(
    ("text", "encoding", "units", "count", "left"),
    [
        ("", "GSM-7", 0, 0, 160),
        ("a" * 160, "GSM-7", 160, 1, 0),
        ("a" * 161, "GSM-7", 161, 2, 145),
        ("a" * 306, "GSM-7", 306, 2, 0),
        ("a" * 307, "GSM-7", 307, 3, 152),
        ("€" * 80, "GSM-7", 160, 1, 0),
        ("好" * 70, "UCS-2", 70, 1, 0),
        ("好" * 71, "UCS-2", 71, 2, 63),
        ("好" * 135, "UCS-2", 135, 3, 66),
    ],
)
def test_a_text_takes_as_many_parts_as_the_standard_says(text, encoding, units, count, left):
    found = parts(text)
    assert (found.encoding, found.units, found.parts, found.left) == (encoding, units, count, left)


def test_one_curly_quote_switches_the_whole_text_and_is_named_once():
    found = parts("It’s Ada’s day 🎂")
    assert (found.encoding, found.culprits) == ("UCS-2", ("’", "🎂"))


def test_an_escape_is_never_split_between_parts():
    text = "a" * 152 + "€" + "b" * 152  # the euro sign does not fit the one unit left in the first part
    found = parts(text)
    assert (found.units, found.parts, found.left) == (306, 3, 152)


def test_a_surrogate_pair_is_never_split_between_parts():
    found = parts("好" * 66 + "🎂" + "好" * 66)
    assert (found.units, found.parts, found.left) == (134, 3, 66)


def test_toll_free_numbers_carry_less_in_each_part():
    assert parts("a" * 305, toll_free=True).parts == 3
    assert parts("好" * 133, toll_free=True).parts == 3


def test_the_alphabet_has_every_place_of_the_standard():
    assert (len(BASIC), len(EXTENDED)) == (127, 10)  # 128 places, one of them the escape


def test_plain_brings_typography_back_into_gsm7_and_leaves_letters():
    assert plain("“Ada’s” – day…\u00a0e\u0301 ç") == '"Ada\'s" - day... é ç'
    assert parts(plain("“Ada’s” – day…\u202f!")).encoding == "GSM-7"


@given(st.text(max_size=600), st.booleans())
def test_units_and_parts_always_add_up(text, toll_free):
    found = parts(text, toll_free=toll_free)
    each = {"GSM-7": 152, "UCS-2": 66}[found.encoding] + (not toll_free)
    if found.parts > 1:
        wasted = found.parts * each - found.units - found.left
        assert 0 <= wasted < found.parts
    assert found.left >= 0
    assert (found.encoding == "UCS-2") == bool(found.culprits)
