"""A batch of cards on paper: the tasks are taken, and their cards and address labels come as PDF."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from regulars.actions.messaging.channels.card.formats import Sheet
from regulars.actions.messaging.channels.card.postal import Address, Incomplete, lines
from regulars.actions.messaging.channels.card.print import CARDS_MAX, Card, Design, TooMany, cards, labels
from regulars.actions.tasks.carry_out import take_all
from regulars.actions.tasks.models import Task
from regulars.customers.models import Identifier
from regulars.shop import current
from regulars.shop.models import the_shop


@dataclass(frozen=True)
class Batch:
    """Cards and labels in the same order as `tasks`; incomplete: task numbers that stay open, with what their address lacks."""

    tasks: tuple[int, ...]
    cards: bytes
    labels: bytes
    incomplete: dict[int, tuple[str, ...]]


def print_cards(numbers: Sequence[int], design: Design, sheet: Sheet, *, by: str, at: dt.datetime) -> Batch:
    """Take these card tasks and print them; what the gate refuses, or somebody else has, is not printed.

    Raises what `card.print.cards` raises (a text too long, a glyph no font has, too many); then nothing was taken.
    """
    if len(numbers) > CARDS_MAX:
        raise TooMany(f"{len(numbers)} cards; {CARDS_MAX} fit in one file")
    with current.atomic():
        found = Task.objects.filter(pk__in=numbers, kind=Task.Kind.CARD).in_bulk()
        known = [found[number] for number in dict.fromkeys(numbers) if number in found]
        written, incomplete = _addresses(known)
        taken = take_all([task.pk for task in known if task.pk in written], by=by, at=at)
        batch = [Card(task.text, written[task.pk] if design.profile.address else ()) for task in taken]
        on_cards = cards(design, batch, made=at) if batch else b""
        on_labels = labels(sheet, [written[task.pk] for task in taken], made=at, design=design) if batch else b""
    return Batch(tuple(task.pk for task in taken), on_cards, on_labels, incomplete)


def _addresses(tasks: Sequence[Task]) -> tuple[dict[int, tuple[str, ...]], dict[int, tuple[str, ...]]]:
    """The address lines of each task, and of which an address is not complete, what it lacks."""
    home = the_shop().country
    known = Identifier.objects.in_bulk([task.identifier_id for task in tasks])
    written: dict[int, tuple[str, ...]] = {}
    incomplete: dict[int, tuple[str, ...]] = {}
    for task in tasks:
        one = known.get(task.identifier_id, Identifier())
        address = Address(one.name, one.company, one.address, one.city, one.postcode, one.region, one.country)
        try:
            written[task.pk] = lines(address, country_name=one.country if home and one.country != home else "")
        except Incomplete as error:
            incomplete[task.pk] = error.missing
    return written, incomplete
