"""The competing versions of a campaign's letter, while it is a draft: one more, one less, and people to look at them as."""

import datetime as dt
from dataclasses import dataclass

from regulars.customers.models import Customer
from regulars.plays.campaigns import rows_of
from regulars.plays.models import Campaign
from regulars.shop import current
from regulars.words import letters
from regulars.words.letters import Draft
from regulars.words.models import Letter

LETTERS = "ABCD"
"""What the versions are called."""
VERSIONS_MAX = len(LETTERS)
PEOPLE_SHOWN = 8


@dataclass(frozen=True)
class Words:
    """What is written for one of the versions, by its place."""

    place: int
    draft: Draft
    count_clicks: bool = False


def keep(campaign: Campaign, words: Words, *, by: str, now: dt.datetime) -> bool:
    """Keep the campaign and the words of one version; returns whether it was still a draft: whoever launches it has seen
    these words. Raises WordsRefused."""
    with current.atomic():
        draft = Campaign.objects.select_for_update().filter(pk=campaign.pk, state=Campaign.State.DRAFT).first()
        if draft is None:
            return False
        known = Letter.objects.filter(pk__in=draft.letters[words.place : words.place + 1]).first()
        letter = known or Letter(name=campaign.name, made_by=by, at=now)
        letter.count_clicks = words.count_clicks
        letter.save()
        letters.write(letter, words.draft, by=by, at=now)
        campaign.letters = draft.letters or [letter.pk]
        campaign.save()
    return True


def add(campaign: Campaign, *, by: str, now: dt.datetime) -> int:
    """One more version, with the words of the first; returns its place, or the last where there are enough."""
    with current.atomic():
        mine = Campaign.objects.select_for_update().get(pk=campaign.pk)
        if mine.state == Campaign.State.DRAFT and 0 < len(mine.letters) < VERSIONS_MAX:
            mine.letters = [*mine.letters, letters.copied(mine.letters[0], by=by, at=now).pk]
            mine.save(update_fields=["letters"])
    return max(0, len(mine.letters) - 1)


def leave_out(campaign: Campaign, place: int, language: str = "") -> None:
    """One version less, or one language of it; the last words of a campaign stay."""
    with current.atomic():
        mine = Campaign.objects.select_for_update().get(pk=campaign.pk)
        if mine.state != Campaign.State.DRAFT or place not in range(len(mine.letters)):
            return
        languages = letters.newest(mine.letters[place])
        if language in languages and len(languages) > 1:
            letters.leave_out(mine.letters[place], language)
        elif not language and len(mine.letters) > 1:
            mine.letters = mine.letters[:place] + mine.letters[place + 1 :]
            mine.save(update_fields=["letters"])


def some_people(campaign: Campaign) -> list[tuple[int, str]]:
    """A few of those it is meant for, number and name, to look at the letter as. Raises segments.ConditionMistake."""
    ids = list(rows_of(campaign).order_by("customer_id").values_list("customer_id", flat=True)[:PEOPLE_SHOWN])
    names = dict(Customer.objects.filter(pk__in=ids).values_list("pk", "name"))
    return [(pk, names.get(pk) or str(pk)) for pk in ids]
