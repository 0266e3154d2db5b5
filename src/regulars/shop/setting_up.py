"""Change what a merchant chose about the shop; every change that moves numbers raises `settings_version`."""

from typing import Any
from zoneinfo import available_timezones

from regulars.shop import current
from regulars.shop.models import Shop, the_shop

NUMBERS_DEPEND_ON = ("zone", "currency", "opened", "margin_percent", "horizon_days", "excluded_tags", "rates")


class NotUsable(ValueError):
    """A choice that cannot be used; the message says what can."""


def set_up(**choices: Any) -> Shop:
    """Save the given choices (None leaves one as it is). Raises NotUsable for an unknown zone or currency."""
    with current.atomic():
        shop = the_shop()
        changed = {name: value for name, value in choices.items() if value is not None and getattr(shop, name) != value}
        for name, value in changed.items():
            setattr(shop, name, _usable(name, value))
        if changed.keys() & set(NUMBERS_DEPEND_ON):
            shop.settings_version += 1
            shop.refreshed_on = None
        shop.currency_chosen = shop.currency_chosen or choices.get("currency") is not None
        shop.set_up = True
        shop.save()
    return shop


def _usable(name: str, value: Any) -> Any:
    if name == "zone" and value not in available_timezones():
        raise NotUsable(f"{value!r} is not a time zone. Write it like Europe/Berlin or Asia/Shanghai.")
    if name == "currency":
        code = str(value).upper()
        if len(code) != 3 or not code.isascii() or not code.isalpha():
            raise NotUsable(f"{value!r} is not a currency. Write its three letters, like EUR, GBP or CNY.")
        return code
    return value
