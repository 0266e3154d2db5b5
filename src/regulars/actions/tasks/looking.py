"""What a person wants to see of the tasks: what is to do, by when, for whom and why, and whose hands it is in."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count, F, Q, QuerySet

from regulars.actions.tasks.carry_out import IN_HAND
from regulars.actions.tasks.models import Batch, Task
from regulars.actions.tasks.print_cards import addresses
from regulars.customers.models import Customer, Identifier
from regulars.decisions.models import Decision

SHOWN_MAX = 200
MISSED_SHOWN = 20
BATCHES_SHOWN = 10
State, Kind = Task.State, Task.Kind


@dataclass(frozen=True)
class Row:
    """One task as a person needs it. who: a name; address: a telephone number, or the city of a card; missing: what a
    card's address lacks; late: too late, though nobody has said so yet."""

    task: Task
    customer_id: int
    who: str
    address: str
    because: str
    source: str
    missing: tuple[str, ...]
    late: bool


@dataclass(frozen=True)
class Counts:
    """Tasks of one kind: to do now, in somebody's hands (by whom), waiting for their time."""

    now: int = 0
    later: int = 0
    in_hand: dict[str, int] = field(default_factory=dict)


def counts(*, now: dt.datetime) -> dict[str, Counts]:
    """How much is to do, by kind."""
    alive = Q(expires_at=None) | Q(expires_at__gt=now)
    rows = Task.objects.filter(alive, state__in=IN_HAND).values_list("kind", "state", "by")
    told = rows.annotate(
        due=Count("pk", filter=Q(not_before__lte=now)), waits=Count("pk", filter=Q(not_before__gt=now))
    ).order_by("kind", "by")
    found = {str(kind): Counts() for kind in Kind.values}
    for kind, state, by, due, waits in told:
        one = found[kind]
        if state == State.TAKEN:
            one.in_hand[by] = due + waits
        else:
            found[kind] = Counts(one.now + due, one.later + waits, one.in_hand)
    return found


def counts_of(source: str) -> dict[str, int]:
    """Tasks by state, of one source."""
    decided = Decision.objects.filter(source=source, arm=Decision.Arm.TREATED).values("pk")
    rows = Task.objects.filter(decision_id__in=decided)
    return dict(rows.values_list("state").annotate(Count("pk")).order_by("state"))


def to_do(kind: str, *, now: dt.datetime, source: str = "") -> list[Row]:
    """What somebody may take up now, what ends soonest first; of one source, or all."""
    found = _alive(Task.objects.filter(kind=kind).due(now), now)
    if source:
        found = found.filter(decision_id__in=Decision.objects.filter(source=source).values("pk"))
    return rows(found[:SHOWN_MAX], now=now)


def taken(kind: str, *, now: dt.datetime) -> list[Row]:
    """What is in somebody's hands."""
    found = _alive(Task.objects.filter(kind=kind, state=State.TAKEN), now).order_by(
        "by", F("expires_at").asc(nulls_last=True), "pk"
    )
    return rows(found[:SHOWN_MAX], now=now)


def missed(*, now: dt.datetime) -> list[Row]:
    """What came too late, newest first."""
    late = Q(state=State.MISSED) | Q(state__in=IN_HAND, expires_at__lte=now)
    return rows(Task.objects.filter(late).order_by("-expires_at", "pk")[:MISSED_SHOWN], now=now)


def sources_of_cards(*, now: dt.datetime) -> list[str]:
    """Where the cards that may be printed now come from."""
    waiting = _alive(Task.objects.filter(kind=Kind.CARD).due(now), now).order_by()
    return list(
        Decision.objects.filter(pk__in=waiting.values("decision_id"))
        .order_by("source").values_list("source", flat=True).distinct()
    )  # fmt: skip


def numbers_to_print(*, now: dt.datetime, most: int, source: str = "") -> list[int]:
    """The cards that may be printed now, what ends soonest first."""
    found = _alive(Task.objects.filter(kind=Kind.CARD).due(now), now)
    if source:
        found = found.filter(decision_id__in=Decision.objects.filter(source=source).values("pk"))
    return list(found.values_list("pk", flat=True)[:most])


def batches_of(by: str) -> list[tuple[Batch, int, int]]:
    """The newest batches of somebody, with how many cards each has and how many of them are still in hand."""
    found = list(Batch.objects.filter(by=by).order_by("-at", "-pk")[:BATCHES_SHOWN])
    told = Task.objects.filter(batch_id__in=[one.pk for one in found]).values("batch_id")
    told = told.annotate(size=Count("pk"), left=Count("pk", filter=Q(state=State.TAKEN)))
    sizes = {row["batch_id"]: (row["size"], row["left"]) for row in told}
    return [(one, *sizes.get(one.pk, (0, 0))) for one in found]


def rows(tasks: "Sequence[Task] | QuerySet[Task]", *, now: dt.datetime) -> list[Row]:
    """These tasks with whom they are for, and why; asked for together."""
    found = list(tasks)
    known = Identifier.objects.in_bulk({task.identifier_id for task in found})
    people = Customer.objects.in_bulk({one.customer_id for one in known.values()})
    decisions = Decision.objects.in_bulk({task.decision_id for task in found})
    cards = [task for task in found if task.kind == Kind.CARD]
    missing = addresses(cards)[1] if cards else {}
    made = []
    for task in found:
        one, decision = known.get(task.identifier_id, Identifier()), decisions.get(task.decision_id, Decision())
        owner = one.customer_id or task.person_id
        who = str(people[owner]) if owner in people else one.name
        late = task.state in IN_HAND and task.expires_at is not None and task.expires_at <= now
        number = one.value if one.kind == Identifier.Kind.PHONE else ""
        where = number if task.kind == Kind.CALL else one.city
        made.append(Row(task, owner, who, where, decision.because, decision.source, missing.get(task.pk, ()), late))
    return made


def _alive(tasks: "QuerySet[Task]", now: dt.datetime) -> "QuerySet[Task]":
    return tasks.filter(Q(expires_at=None) | Q(expires_at__gt=now))
