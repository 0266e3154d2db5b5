"""How is money written? Whole minor units to text, with the digits of the currency."""

NO_CURRENCY = "XXX"
"""ISO 4217: no currency involved."""
NO_DIGITS = frozenset(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "MGA",
        "PYG",
        "RWF",
        "UGX",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ]
)
THREE_DIGITS = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])


def digits_of(currency: str) -> int:
    """Digits after the decimal point in a currency: 0, 2 or 3."""
    if currency in NO_DIGITS:
        return 0
    return 3 if currency in THREE_DIGITS else 2


def major(amount: float, currency: str) -> float:
    """Minor units as a number of the currency, rounded to its digits.

    >>> major(123456, "EUR"), major(123456, "JPY")
    (1234.56, 123456.0)
    """
    digits = digits_of(currency)
    return round(amount / float(10**digits), digits)


def written(amount: float, currency: str, *, cents: bool = True) -> str:
    """`1,234.56 EUR`; without cents rounded to whole units."""
    digits = digits_of(currency) if cents else 0
    name = "" if currency == NO_CURRENCY else f" {currency}"
    return f"{amount / 10 ** digits_of(currency):,.{digits}f}{name}"
