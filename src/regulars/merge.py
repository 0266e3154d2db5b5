"""Unite two customers or take one apart by hand, everywhere at once.

Every decision is an entry of the merge ledger with who and why; nothing is rewritten, so each can be taken back.
"""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from regulars.customers.identity import Link
from regulars.customers.models import Evidence, Identifier, MergeEvent, Suggestion
from regulars.customers.unite import describe, unite
from regulars.orders.models import Order
from regulars.shop import current
from regulars.shop.models import the_shop


class CannotMerge(Exception):
    """Why two customers cannot be united or taken apart."""


@dataclass(frozen=True)
class Side:
    """One customer as a preview shows them."""

    customer_id: int
    identifiers: tuple[Identifier, ...]
    orders: int


def preview(left: int, right: int) -> tuple[Side, Side]:
    """Both sides of a possible merge."""
    return _side(left), _side(right)


def _side(customer: int) -> Side:
    identifiers = tuple(Identifier.objects.filter(customer_id=customer).order_by("kind", "pk"))
    return Side(customer, identifiers, Order.objects.filter(identifier_id__in=[i.pk for i in identifiers]).count())


def merge(left: int, right: int, *, actor: str, reason: str, at: dt.datetime) -> None:
    """Unite two customers. Raises CannotMerge when they are one already or one does not exist."""
    if left == right:
        raise CannotMerge(_("These are one customer already."))
    with current.atomic():
        if Identifier.objects.filter(pk__in=(left, right)).count() != 2:
            raise CannotMerge(_("One of these customers does not exist any more."))
        before = the_shop().facts_version
        link = Link(*sorted((left, right)))
        MergeEvent.objects.create(
            kind="merge",
            left_id=link.left,
            right_id=link.right,
            rule="by hand",
            evidence=reason[:400],
            actor=actor,
            at=at,
        )
        Suggestion.objects.filter(left_id=link.left, right_id=link.right).update(
            state=Suggestion.State.ACCEPTED, actor=actor
        )
        unite([left, right], at=at)
        describe(before)


def undo(event: MergeEvent, *, actor: str, at: dt.datetime) -> bool:
    """Take one merge back. Returns whether the two are now apart; False when other evidence still connects them.

    Raises CannotMerge when the entry is not a merge in force.
    """
    newest = MergeEvent.objects.filter(left_id=event.left_id, right_id=event.right_id).order_by("-seq").first()
    if event.kind != MergeEvent.Kind.MERGE or newest is None or newest.pk != event.pk:
        raise CannotMerge(_("This merge is not in force any more."))
    with current.atomic():
        before = the_shop().facts_version
        _append_undo(event, actor, at)
        unite([event.left_id, event.right_id], at=at)
        describe(before)
    return _owner(event.left_id) != _owner(event.right_id)


def split(identifier: int, *, actor: str, at: dt.datetime) -> None:
    """Take one identifier out of its customer. Raises CannotMerge when it stands alone: never a silent no-op."""
    links = [
        Link(event.left_id, event.right_id)
        for event in MergeEvent.objects.filter(left_id=identifier) | MergeEvent.objects.filter(right_id=identifier)
    ]
    in_force = [event for event in map(_in_force, sorted(set(links))) if event is not None]
    if not in_force:
        raise CannotMerge(_("This identifier stands alone already."))
    with current.atomic():
        before = the_shop().facts_version
        for event in in_force:
            _append_undo(event, actor, at)
        unite([identifier, *(end for event in in_force for end in (event.left_id, event.right_id))], at=at)
        describe(before)


def _in_force(link: Link) -> MergeEvent | None:
    newest = MergeEvent.objects.filter(left_id=link.left, right_id=link.right).order_by("-seq").first()
    return newest if newest is not None and newest.kind == MergeEvent.Kind.MERGE else None


def _append_undo(event: MergeEvent, actor: str, at: dt.datetime) -> None:
    MergeEvent.objects.create(
        kind="undo", left_id=event.left_id, right_id=event.right_id, rule="by hand", actor=actor, at=at, undoes=event
    )


def _owner(identifier: int) -> int | None:
    return Identifier.objects.filter(pk=identifier).values_list("customer_id", flat=True).first()


def in_force_of(customer: int) -> list[MergeEvent]:
    """The merges that make up one customer, newest first."""
    members = list(Identifier.objects.filter(customer_id=customer).values_list("pk", flat=True))
    events = MergeEvent.objects.filter(left_id__in=members, right_id__in=members).order_by("-seq")
    seen: set[Link] = set()
    found = []
    for event in events:
        link = Link(event.left_id, event.right_id)
        if link not in seen and event.kind == MergeEvent.Kind.MERGE:
            found.append(event)
        seen.add(link)
    return found


def evidence_of(event: MergeEvent) -> int:
    """On how many imports the two identifiers stood together."""
    pairs = {(event.left_id, event.right_id), (event.right_id, event.left_id)}
    return sum(Evidence.objects.filter(identifier_id=a, other_id=b).count() for a, b in pairs)
