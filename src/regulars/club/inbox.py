"""The club inbox: messages that need no address, shown on the customer's own page until they expire."""

import datetime as dt

from regulars.actions.messaging.models import Message
from regulars.club.leaving import Letter
from regulars.customers.models import Identifier
from regulars.shop.models import the_shop
from regulars.words import letters
from regulars.words.fields import values
from regulars.words.sandbox import WordsRefused

SHOWN_MAX = 50


def of(letter: Letter, *, now: dt.datetime) -> list[letters.Filled]:
    """What stands in this person's inbox, newest first."""
    person = letter.address.customer_id
    members = list(Identifier.objects.filter(customer_id=person).values_list("pk", flat=True))
    rows = Message.objects.filter(
        identifier_id__in=members, channel="inbox", state=Message.State.SENT, expires_at__gt=now
    )
    about = values([person], shop=the_shop())[person]
    found = []
    for message in rows.order_by("-sent_at", "-pk")[:SHOWN_MAX]:
        try:
            version = letters.chosen(letters.newest(message.letter_id or 0), about["customer"]["language"])
            found.append(letters.filled(version, about | message.data))
        except WordsRefused:
            continue
    return found
