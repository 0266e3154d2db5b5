import pytest

from regulars.insight.money import digits_of, major, written


@pytest.mark.parametrize(("currency", "digits"), [("EUR", 2), ("JPY", 0), ("KWD", 3)])
def test_each_currency_has_its_own_digits(currency, digits):
    assert digits_of(currency) == digits


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (123_456, "EUR", "1,234.56 EUR"),
        (1_234, "JPY", "1,234 JPY"),
        (1_234_567, "KWD", "1,234.567 KWD"),
        (-50, "EUR", "-0.50 EUR"),
        (5, "XXX", "0.05"),
    ],
)
def test_money_is_written_with_the_digits_of_its_currency(amount, currency, text):
    assert written(amount, currency) == text


def test_money_without_cents_is_rounded_to_whole_units():
    assert written(123_456, "EUR", cents=False) == "1,235 EUR"


def test_minor_units_become_a_number_of_the_currency():
    assert (major(123_456, "EUR"), major(123_456, "JPY"), major(123_456, "KWD")) == (1234.56, 123_456, 123.456)
