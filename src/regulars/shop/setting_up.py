"""Change what a merchant chose about the shop; every change that moves numbers raises `settings_version`."""

import re
from typing import Any
from zoneinfo import available_timezones

from django.utils.translation import gettext as _

from regulars.shop import current
from regulars.shop.models import WEB_ADDRESS, Shop, the_shop

NUMBERS_DEPEND_ON = ("zone", "currency", "opened", "margin_percent", "horizon_days", "excluded_tags")
RATE_MAX = 1e9
MAY_BE_EMPTY = ("opened", "margin_percent")


class NotUsable(ValueError):
    """A choice that cannot be used; the message says what can."""


def set_up(**choices: Any) -> Shop:
    """Save the given choices. None empties what may be empty and leaves anything else as it is.

    Raises NotUsable for an unknown zone or currency; then nothing is changed.
    """
    usable = {
        name: _usable(name, value) for name, value in choices.items() if value is not None or name in MAY_BE_EMPTY
    }
    with current.atomic():
        shop = the_shop()
        changed = {name for name, value in usable.items() if getattr(shop, name) != value}
        for name in changed:
            setattr(shop, name, usable[name])
        if changed & set(NUMBERS_DEPEND_ON):
            shop.settings_version += 1
            shop.refreshed_on = None
        shop.currency_chosen = shop.currency_chosen or "currency" in usable
        shop.set_up = True
        shop.save()
    return shop


def _usable(name: str, value: Any) -> Any:
    if name == "zone" and value not in available_timezones():
        raise NotUsable(
            _("{zone} is not a time zone. Write it like Europe/Berlin or Asia/Shanghai.").format(zone=repr(value))
        )
    if name == "currency":
        code = str(value).upper()
        if len(code) != 3 or not code.isascii() or not code.isalpha():
            raise NotUsable(
                _("{code} is not a currency. Write its three letters, like EUR, GBP or CNY.").format(code=repr(value))
            )
        return code
    if name == "website":
        return _website(str(value))
    if name == "rates":
        return {_usable("currency", currency): _rate(rate) for currency, rate in dict(value).items()}
    return value


def _website(said: str) -> str:
    """As a person types or pastes it: without https:// and without a slash at the end."""
    text = said.strip().removeprefix("https://").removeprefix("http://").rstrip("/")
    if text and not re.match(WEB_ADDRESS, text):
        raise NotUsable(_("{text} is no web address. Write it like shop.example.").format(text=repr(text)))
    return text


def _rate(said: Any) -> float:
    try:
        rate = float(said)
    except ValueError:
        rate = 0.0
    if not 0 < rate < RATE_MAX:
        raise NotUsable(_("{rate} is not a rate. Write a number above zero, like 0.92.").format(rate=repr(said)))
    return rate
