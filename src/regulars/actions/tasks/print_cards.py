"""A batch of cards on paper: the tasks are taken, and their cards and address labels come as PDF."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from regulars.actions.messaging.channels.card.faces import installed
from regulars.actions.messaging.channels.card.formats import PROFILES, SHEETS
from regulars.actions.messaging.channels.card.postal import Address, Incomplete, lines
from regulars.actions.messaging.channels.card.print import CARDS_MAX, Card, Design, TooMany, cards, labels, misfits
from regulars.actions.tasks.carry_out import take_all
from regulars.actions.tasks.models import Batch, Task
from regulars.customers.models import Identifier
from regulars.shop import current
from regulars.shop.models import the_shop


@dataclass(frozen=True)
class Printed:
    """Cards and labels in the same order as `tasks`. These stay open: incomplete, task numbers with what their address
    lacks; misfits, those whose words do not fit or that no font prints (TooLong, MissingGlyphs)."""

    tasks: tuple[int, ...]
    cards: bytes
    labels: bytes
    incomplete: dict[int, tuple[str, ...]]
    misfits: dict[int, ValueError]


def print_cards(numbers: Sequence[int], batch: Batch) -> Printed:
    """Take these card tasks for `batch.by` and print them, as a batch that is kept when anything was printed.

    What the gate refuses, somebody else has, or cannot be printed, is not. Raises TooMany, and ValueError for a start that
    is not on the sheet; then nothing was taken.
    """
    if len(numbers) > CARDS_MAX:
        raise TooMany(f"{len(numbers)} cards; {CARDS_MAX} fit in one file")
    with current.atomic():
        waiting = Task.objects.select_for_update().filter(kind=Task.Kind.CARD, state=Task.State.OPEN)
        known = list(waiting.filter(pk__in=numbers).order_by("pk"))
        written, incomplete = addresses(known)
        odd = _misfits(batch, [task for task in known if task.pk in written], written)
        fit = [task.pk for task in known if task.pk in written and task.pk not in odd]
        taken = take_all(fit, by=batch.by, at=batch.at)
        if not taken:
            return Printed((), b"", b"", incomplete, odd)
        batch.save()
        Task.objects.filter(pk__in=[task.pk for task in taken]).update(batch_id=batch.pk)
        on_cards, on_labels = _cards(batch, taken, written), _labels(batch, taken, written)
    return Printed(tuple(task.pk for task in taken), on_cards, on_labels, incomplete, odd)


def cards_again(batch: Batch) -> bytes:
    """The cards of this batch that are still in the hands of who printed it; b"" when none are. Raises as `print_cards`."""
    tasks, written = _still(batch)
    return _cards(batch, tasks, written) if tasks else b""


def labels_again(batch: Batch) -> bytes:
    """Their labels, in the same order."""
    tasks, written = _still(batch)
    return _labels(batch, tasks, written) if tasks else b""


def in_hand(batch: Batch) -> list[Task]:
    """The tasks of a batch that who printed it still has, in the order they were printed."""
    rows = Task.objects.filter(batch_id=batch.pk, state=Task.State.TAKEN, by=batch.by)
    return list(rows.order_by("pk"))


def design_of(batch: Batch) -> Design:
    """How the cards of a batch look. A font that is gone since is left to choice."""
    profile = PROFILES[batch.profile]
    if batch.bleed is not None:
        profile = replace(profile, bleed=batch.bleed)
    font = installed().get(batch.font)
    return Design(profile, signed_by=batch.signed_by, sender=batch.sender, fonts=(font,) if font else ())


def addresses(tasks: Sequence[Task]) -> tuple[dict[int, tuple[str, ...]], dict[int, tuple[str, ...]]]:
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


def _still(batch: Batch) -> tuple[list[Task], dict[int, tuple[str, ...]]]:
    tasks = in_hand(batch)
    written, _incomplete = addresses(tasks)
    return [task for task in tasks if task.pk in written], written


def _card(design: Design, task: Task, address: tuple[str, ...]) -> Card:
    return Card(task.text, address if design.profile.address else ())


def _misfits(batch: Batch, tasks: Sequence[Task], written: dict[int, tuple[str, ...]]) -> dict[int, ValueError]:
    design = design_of(batch)
    both = [(_card(design, task, written[task.pk]), written[task.pk]) for task in tasks]
    return {tasks[place].pk: why for place, why in misfits(design, SHEETS[batch.sheet], both).items()}


def _cards(batch: Batch, tasks: Sequence[Task], written: dict[int, tuple[str, ...]]) -> bytes:
    design = design_of(batch)
    return cards(design, [_card(design, task, written[task.pk]) for task in tasks], made=batch.at)


def _labels(batch: Batch, tasks: Sequence[Task], written: dict[int, tuple[str, ...]]) -> bytes:
    sheet = SHEETS[batch.sheet]
    said = [written[task.pk] for task in tasks]
    return labels(sheet, said, made=batch.at, start=batch.start, design=design_of(batch))
