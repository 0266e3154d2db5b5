"""What a shop knows of customers beside the usual: each kind is typed, has a sensitivity, and is off until switched on."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from regulars.customers.models import Attribute, AttributeValue

LABEL_CHARACTERS_MAX = 200
YES, NO = ("yes", "true", "1", "y"), ("no", "false", "0", "n")


class NotUsable(ValueError):
    """A choice that does not fit the values; the message says which."""


@dataclass(frozen=True)
class Choice:
    """What a person chose about a kind of fact. occasion: which day of theirs its dates are ("birthday"), or ""."""

    label: str
    type: str
    sensitivity: str
    switched_on: bool
    occasion: str = ""


def change(attribute: Attribute, chosen: Choice) -> None:
    """Save what a person chose. Raises NotUsable for unknown words, or a type that a value does not fit."""
    if chosen.type not in Attribute.Type.values or chosen.sensitivity not in Attribute.Sensitivity.values:
        raise NotUsable(_("Choose a type and a sensitivity of the list."))
    wrong = _misfit(attribute, chosen.type)
    if wrong is not None:
        text = _("The value {value} is not of the type {type}; nothing was changed.")
        raise NotUsable(text.format(value=repr(wrong), type=Attribute.Type(chosen.type).label))
    attribute.label = chosen.label.strip()[:LABEL_CHARACTERS_MAX] or attribute.label
    attribute.type, attribute.sensitivity = chosen.type, chosen.sensitivity
    attribute.switched_on = chosen.switched_on
    attribute.occasion = chosen.occasion if attribute.may_be(chosen.occasion) else ""
    attribute.save()


def _misfit(attribute: Attribute, type: str) -> str | None:
    """The first value that cannot be read as this type; None when all can."""
    if type in (Attribute.Type.TEXT, Attribute.Type.CHOICE):
        return None
    values = AttributeValue.objects.filter(attribute=attribute).order_by("value").values_list("value", flat=True)
    return next((value for value in values.distinct().iterator() if not _reads(READERS[type], value)), None)


def _reads(reader: Callable[[str], Any], value: str) -> bool:
    try:
        reader(value.strip())
    except ValueError:
        return False
    return True


def _boolean(text: str) -> bool:
    if text.lower() not in (*YES, *NO):
        raise ValueError(text)
    return text.lower() in YES


READERS: dict[str, Callable[[str], Any]] = {
    Attribute.Type.NUMBER: float,
    Attribute.Type.DATE: dt.date.fromisoformat,
    Attribute.Type.BOOLEAN: _boolean,
}
