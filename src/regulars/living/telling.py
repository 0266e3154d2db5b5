"""What happened in the invented shop, told to the product as any shop tells it: a file of orders, a yes, a birthday, a no.

Only what a shop can know is told. Told twice, it is told once, so a day that was cut short is told again.
"""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from regulars import merge
from regulars.actions.messaging import feedback
from regulars.actions.messaging.feedback import News as Reply
from regulars.actions.messaging.models import Message
from regulars.customers import consenting, leaving, occasions, pausing
from regulars.customers.consenting import Proof
from regulars.customers.models import Identifier, MergeEvent, Pause
from regulars.customers.pausing import Grounds
from regulars.living.calendar import EVENING
from regulars.living.exports import News, Order, identifier, identifiers, orders_made, write
from regulars.shop import current
from regulars.simulator.arrays import Integers
from regulars.simulator.reacting.policies.policy import owed_a_remedy
from regulars.simulator.reacting.world import DAYS_A_YEAR
from regulars.sources import importing
from regulars.sources.models import Import

PEOPLE_AT_ONCE = 200
DOUBTED = 5
SAID_YES = Proof("Yes, write to me (a box at the check-out, not ticked before)", "check-out", "person")
SAID_NO = Proof("Unsubscribe", "link in a letter", "person")
TOLD_US = Proof("My birthday", "check-out", "person")


def tell(news: News, *, countries: tuple[str, ...], folder: Path, now: dt.datetime) -> None:
    """Everything of these days, in the order in which it happened."""
    made = orders_made(news)
    told = [one for one in made if news.first < one.known <= news.day]
    paths = write(news, told, made, countries, folder)
    if paths:
        _import(paths, now=now)
    _greet(news)
    _greet_again(news, told)
    _answer(news)
    _leave(news)
    _complain(news)
    _doubt(now)


def _import(paths: list[Path], *, now: dt.datetime) -> None:
    """By the same import as everybody's. Raises RuntimeError for files that cannot be read."""
    begun = Import.objects.filter(files=[str(path) for path in paths]).first()
    job = begun or importing.create(paths, actor="living", state=Import.State.READY)
    if job.state != Import.State.DONE and importing.run(job, now=now).state == Import.State.FAILED:
        raise RuntimeError(job.error)


def _greet(news: News) -> None:
    """Who came for the first time told a birthday, and perhaps agreed to be written to."""
    seen = news.seen
    for row in _chunks(np.flatnonzero((seen.first_day >= news.first) & (seen.first_day < news.day))):
        with current.atomic():
            for one in row.tolist():
                who, at = identifier(int(seen.customer[one])), news.calendar.at(int(seen.first_day[one]), EVENING)
                born = _next_birthday(news, int(seen.birthday[one]))
                occasions.tell(who, occasions.Day("birthday", born.month, born.day), proof=TOLD_US, at=at)
                if seen.consent[one] or seen.unsubscribed_day[one] >= 0:
                    consenting.say(who, "email", {"": True}, proof=SAID_YES, at=at)


def _greet_again(news: News, told: list[Order]) -> None:
    """Who gave another address agreed there too, unless they want no letters any more."""
    agreed = set(news.seen.customer[news.seen.consent].tolist())
    with current.atomic():
        for one in told:
            if one.second and one.customer in agreed:
                who, at = identifier(one.customer, second=True), news.calendar.at(one.day, EVENING)
                consenting.say(who, "email", {"": True}, proof=SAID_YES, at=at)


def _next_birthday(news: News, day_of_year: int) -> dt.date:
    """The invented shop's years have 365 days: what is told is the date on which its next birthday falls."""
    return news.calendar.date(news.day + (day_of_year - news.day) % DAYS_A_YEAR)


def _answer(news: News) -> None:
    """Who replied to a letter: to the last one that reached them by that evening."""
    seen = news.seen
    for row in np.flatnonzero((seen.answer_day >= news.first) & (seen.answer_day < news.day)).tolist():
        customer, day = int(seen.customer[row]), int(seen.answer_day[row])
        at = news.calendar.at(day, EVENING)
        last = _last_letter(customer, at)
        if last is not None:
            feedback.happened(last.pk, Reply("reply", f"reply:{customer}:{day}"), at=at)


def _last_letter(customer: int, at: dt.datetime) -> Message | None:
    letters = Message.objects.filter(identifier_id__in=identifiers(customer), state=Message.State.SENT, sent_at__lte=at)
    return letters.order_by("-sent_at").first()


def _leave(news: News) -> None:
    """Who unsubscribed after a letter, under the address to which it went."""
    seen = news.seen
    for row in np.flatnonzero((seen.unsubscribed_day >= news.first) & (seen.unsubscribed_day < news.day)).tolist():
        customer, at = int(seen.customer[row]), news.calendar.at(int(seen.unsubscribed_day[row]), EVENING)
        last = _last_letter(customer, at)
        who = Identifier.objects.get(pk=last.identifier_id if last else identifier(customer))
        leaving.leave(who, "email", SAID_NO, at=at)


def _complain(news: News) -> None:
    """Whoever is owed a remedy today is left in peace until this evening."""
    over, today = str(news.last), str(news.day)
    for who in Pause.objects.filter(why=Pause.Why.CASE, key=over, ended_at=None).values_list(
        "identifier_id", flat=True
    ):
        pausing.end(who, Pause.Why.CASE, at=news.calendar.at(news.last, EVENING), key=over)
    for customer in news.seen.customer[owed_a_remedy(news.seen, news.day)].tolist():
        grounds = Grounds(Pause.Why.CASE, "service desk", today)
        pausing.pause(identifier(customer), grounds, at=news.calendar.at(news.last, EVENING))


def _doubt(now: dt.datetime) -> None:
    """Of what the product united this morning, somebody takes a fifth apart."""
    for event in MergeEvent.objects.filter(kind=MergeEvent.Kind.MERGE, actor="system", at=now):
        if event.left_id % DOUBTED == 0 and not event.undone_by.exists():
            merge.undo(event, actor="owner", at=now)


def _chunks(rows: Integers) -> Iterator[Integers]:
    for start in range(0, len(rows), PEOPLE_AT_ONCE):
        yield rows[start : start + PEOPLE_AT_ONCE]
