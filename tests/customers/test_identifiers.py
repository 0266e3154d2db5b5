"""When are two spellings one identifier, and which identify nobody?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.customers.identifiers import blocked, phone, phones


@pytest.mark.parametrize(
    ("said", "country", "normal"),
    [
        ("+49 30 1234567", "", "+49301234567"), ("0049 30 1234567", "", "+49301234567"), ("030 1234567", "DE", "+49301234567"),
        ("'+4930-1234567", "de", "+49301234567"), ("+49 (0)30 1234567", "", "+49301234567"), ("(030) 123 45 67", "DE", "+49301234567"),
        ("+8801712345678", "", "+8801712345678"), ("+88001712345678", "", "+8801712345678"), ("01712345678", "BD", "+8801712345678"),
        ("138 0013 8000", "CN", "+8613800138000"), ("(555) 555-5555", "US", "+15555555555"), ("07400 123456", "GB", "+447400123456"),
    ],
)  # fmt: skip
def test_phones_have_one_spelling(said: str, country: str, normal: str):
    assert phone(said, country) == normal


def test_a_national_number_without_a_country_is_kept_apart_by_its_digits():
    assert phone("030 / 1234567", "") == phone("0301234567", "nowhere") == "~0301234567"


@pytest.mark.parametrize("said", ["", "12345", "none", "call me", "12345678901234567890"])
def test_what_is_no_phone_is_empty(said: str):
    assert phone(said, "DE") == ""


@given(st.integers(20_000_000, 899_999_999), st.sampled_from(["+49 {}", "0049{}", "0{}", "0 {}", "(0){}"]))
def test_the_same_number_in_any_spelling_is_one(number: int, spelling: str):
    plain = phone(f"+49{number}", "DE")
    if plain.startswith("+"):
        assert phone(spelling.format(number), "DE") == plain


@given(st.text(max_size=20), st.text(max_size=3))
def test_no_text_stops_the_reading(said: str, country: str):
    assert phones([(said, country)])[0][2] == phone(said, country)


@pytest.mark.parametrize(
    "value", ["", "0", "000-000", "-1", "null", "NONE", "n/a", "unknown", "anonymous", "guest", "test", "noreply@shop.example",
              "no-reply@shop.example", "admin@shop.example", "marketplace@shop.example", "x@localhost", "x@test"],
)  # fmt: skip
def test_values_that_stand_for_nobody(value: str):
    assert blocked(value) == "placeholder"


@pytest.mark.parametrize(
    "value", ["1", "test-7", "guesthouse@shop.example", "ada@test.example", "nullmann@shop.example", "+49301234567"]
)
def test_values_that_stand_for_somebody(value: str):
    assert blocked(value) == ""
