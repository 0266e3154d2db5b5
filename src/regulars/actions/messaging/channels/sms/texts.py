"""From a filled letter to a text message: its words without a footer, and what the person's market asks to stand there."""

import datetime as dt

from regulars.actions.messaging.channels.port import Item, Parcel, ParcelRefused
from regulars.actions.messaging.channels.sms.parts import parts, plain
from regulars.policy.markets import Label, MarketError, rules_of

PARTS_MAX = 10


def parcel(item: Item, signature: str, *, at: dt.datetime) -> Parcel:
    """The message as it leaves, `raw` being the text in UTF-8. Raises ParcelRefused for one longer than PARTS_MAX parts."""
    text = labelled(plain(item.letter.text).strip(), item, signature, on=at.date())
    size = parts(text)
    if not 1 <= size.parts <= PARTS_MAX:
        raise ParcelRefused(f"a text message of {size.parts} parts; {PARTS_MAX} are the limit, and one is needed")
    return Parcel(item.message_id, item.address, "", text.encode(), {}, item.letter, at)


def labelled(text: str, item: Item, signature: str, *, on: dt.date) -> str:
    """The text with the labels of the market of its number; what its author wrote there already is not repeated.

    A signature stands on every message, other labels only on marketing.
    """
    try:
        labels = rules_of(_country(item.address), "", "sms", on=on).labels
    except MarketError:
        return text
    for label in labels:
        if item.marketing or any("{signature}" in one for one in label.any_of):
            text = _with(text, label, signature)
    return text


def _with(text: str, label: Label, signature: str) -> str:
    wanted = [one.replace("{signature}", signature) for one in label.any_of]
    if label.place == "text_start":
        return text if text.startswith(tuple(wanted)) else f"{wanted[0]}{text}"
    if label.place == "text_end":
        return text if text.endswith(tuple(wanted)) else f"{text} {wanted[0]}"
    return text


def _country(number: str) -> str:
    """The country of a phone number, as DE; empty when it is not known."""
    import phonenumbers

    try:
        found = phonenumbers.region_code_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return ""
    return found if found and len(found) == 2 and found.isalpha() else ""
