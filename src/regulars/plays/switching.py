"""Switch a play on and off, choose how it acts, and keep each version of what it says and writes."""

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from regulars.decisions import stopping, taking_back
from regulars.decisions.models import ONLY_ROW, ContactRules, Decision
from regulars.decisions.taking_back import NOT_GONE
from regulars.plays import folders
from regulars.plays.folders import Written
from regulars.plays.form import Form
from regulars.plays.models import Play, PlayVersion, Switch
from regulars.plays.reading import PlayMistakes, read
from regulars.profiles import people, segments
from regulars.profiles.models import Profile
from regulars.profiles.select import matching
from regulars.shop import current
from regulars.shop.models import the_shop
from regulars.words import letters, lint, sandbox
from regulars.words.models import Letter

WHY_CHARACTERS_MAX = 300
PLANNED_MIN = 200
LEFT_OUT = 0.05
"""Of everything, from the first play on, unless the merchant has said otherwise before."""


class CannotSwitchOn(ValueError):
    """Why a play cannot be on; the message says what to do."""


@dataclass(frozen=True)
class Known:
    """A play as the merchant sees it: its form, what was chosen about it (None: never touched), its newest text."""

    form: Form
    play: Play | None
    written: Written
    own: bool

    @property
    def on(self) -> bool:
        """Whether it acts."""
        return self.play is not None and self.play.state == Play.State.ON


def newest(name: str) -> tuple[Written, bool] | None:
    """What a play says now, and whether the merchant wrote it: their newest version, else the product's; None for no such play."""
    own = PlayVersion.objects.filter(play_id=name, own=True).order_by("-number").first()
    if own is not None:
        return Written(own.text, own.words), True
    shipped = folders.shipped().get(name)
    return (shipped, False) if shipped is not None else None


def known(name: str) -> Known | None:
    """A play by name. Raises PlayMistakes when the merchant's own text does not fit this release any more."""
    found = newest(name)
    if found is None:
        return None
    return Known(_read(found[0].text, people.minor_per_major()), Play.objects.filter(pk=name).first(), *found)


def all_known() -> list[Known]:
    """Every play there is, by name; but for those of the merchant's that fit this release no more."""
    unit, plays = people.minor_per_major(), Play.objects.in_bulk()
    written = {name: (shipped, False) for name, shipped in folders.shipped().items()}
    for own in PlayVersion.objects.filter(own=True).order_by("number"):
        written[own.play_id] = Written(own.text, own.words), True
    found = []
    for name, (text, own_text) in sorted(written.items()):
        with suppress(PlayMistakes):
            found.append(Known(_read(text.text, unit), plays.get(name), text, own_text))
    return found


@lru_cache(maxsize=512)
def _read(text: str, minor_per_major: int) -> Form:
    return read(text, minor_per_major=minor_per_major)


def keep(written: Written, *, by: str, now: dt.datetime) -> Play:
    """A play that the merchant wrote or changed. The same again changes nothing; one that is on goes on with the new words.

    Raises PlayMistakes."""
    made = folders.check(written, minor_per_major=people.minor_per_major())
    with current.atomic():
        play = _play(made, now)
        if newest(made.name) != (written, True):
            _version(play, written, own=True, by=by, now=now)
        if play.state == Play.State.ON:
            _bring_in(play, by=by, now=now)
    return play


def switch_on(name: str, *, by: str, now: dt.datetime, mode: str = Play.Mode.ASK) -> Play:
    """Let a play act from the next plan on; again, to change how. Raises CannotSwitchOn, PlayMistakes."""
    found = known(name)
    if found is None:
        raise CannotSwitchOn(_("There is no play called {name}.").format(name=repr(name)))
    folders.check(found.written, minor_per_major=people.minor_per_major())
    if why := why_not(found):
        raise CannotSwitchOn(why)
    with current.atomic():
        play = Play.objects.select_for_update().get(pk=_play(found.form, now).pk)
        _bring_in(play, by=by, now=now)
        _begin(play, found.form, now)
        if (play.state, play.mode) != (Play.State.ON, mode):
            Play.objects.filter(pk=name).update(state=Play.State.ON, mode=mode, at=now)
            _note(play, "on" if play.state == Play.State.OFF else mode, by=by, now=now)
    return Play.objects.get(pk=name)


def switch_off(name: str, *, by: str, now: dt.datetime, why: str = "") -> None:
    """Let it rest: nothing more is planned, and what has not left is cancelled. Twice is once."""
    with current.atomic():
        play = Play.objects.select_for_update().filter(pk=name, state=Play.State.ON).first()
        if play is None:
            return
        Play.objects.filter(pk=name).update(state=Play.State.OFF, at=now)
        _note(play, "off", by=by, now=now, why=why)
        waiting = Decision.objects.filter(NOT_GONE, source__startswith=f"{play.scope}/")
        taking_back.take_back(waiting.values_list("pk", flat=True), why="cancelled", at=now)


def pause(name: str, *, why: str, by: str, now: dt.datetime) -> None:
    """Stop it at once, as a brake does; a person lets it go on."""
    stopping.stop(f"play:{name}", why=why, actor=by, at=now)


def limit(name: str, per_day: int | None, *, by: str, now: dt.datetime) -> bool:
    """So many people a day at most; None: as the play says. Returns whether there is such a play to change."""
    found = known(name)
    if found is None:
        return False
    with current.atomic():
        play = _play(found.form, now)
        if play.per_day != per_day:
            Play.objects.filter(pk=name).update(per_day=per_day)
            _note(play, f"per day {per_day or '-'}", by=by, now=now)
    return True


def set_share(play: Play, share: float, *, why: str, by: str, now: dt.datetime) -> None:
    """Hold out another share of people from now on; those who were drawn stay where they are."""
    with current.atomic():
        if Play.objects.filter(pk=play.pk).exclude(share=share).update(share=share, at=now):
            _note(play, f"share {share:.0%}", by=by, now=now, why=why)


def why_not(found: Known) -> str:
    """Why a play cannot be switched on; "" when it can."""
    if found.form.waits_for:
        return _("It needs {what}, which is not available yet.").format(what=", ".join(found.form.waits_for))
    drafts = [draft for words in found.form.contact.words for draft in found.written.drafts(words).values()]
    texts = [letters.compiled(draft)[1] for draft in drafts]
    if any(lint.unfinished(text) for text in texts):
        return _("Something in its letter is still to be filled in: [[...]].")
    asked = [path for text in texts for path in sandbox.names(text)]
    if ("shop", "website") in asked and not the_shop().website:
        return _("Its letter leads to your shop: first say the shop's web address under Settings.")
    return ""


def _play(made: Form, now: dt.datetime) -> Play:
    return Play.objects.get_or_create(pk=made.name, defaults={"mode": made.mode, "at": now})[0]


def _bring_in(play: Play, *, by: str, now: dt.datetime) -> None:
    """Make the newest text the version in force; the same text stays the version that it is."""
    found = newest(play.name)
    assert found is not None
    written, own = found
    running = PlayVersion.objects.filter(play=play, number=play.version).first()
    if running is not None and Written(running.text, running.words) == written:
        return
    version = PlayVersion.objects.filter(play=play, own=own).order_by("-number").first()
    if version is None or Written(version.text, version.words) != written:
        version = _version(play, written, own=own, by=by, now=now)
    version.letters = _letters(play, written, by=by, now=now)
    version.save(update_fields=["letters"])
    Play.objects.filter(pk=play.pk).update(version=version.number)
    play.version = version.number


def _begin(play: Play, form: Form, now: dt.datetime) -> None:
    """The first time: how many it will meet in a year, roughly twice those it is meant for today."""
    if play.began is not None:
        return
    condition = (
        segments.parse(form.audience, minor_per_major=people.minor_per_major()) if form.audience.strip() else None
    )
    today = (Profile.objects.all() if condition is None else matching(condition)).count()
    planned = planned_for(form, today)
    if not Play.objects.exclude(began=None).exists() and not ContactRules.objects.exists():
        ContactRules.objects.create(pk=ONLY_ROW, held_out_of_everything=LEFT_OUT)
    Play.objects.filter(pk=play.pk).update(began=now.astimezone(ZoneInfo(the_shop().zone)).date(), planned=planned)


def planned_for(form: Form, today: int) -> int:
    """Roughly how many a play meets in a year that is meant for so many today."""
    planned = max(PLANNED_MIN, 2 * today)
    return planned if form.limits.per_day is None else min(planned, 365 * form.limits.per_day)


def _version(play: Play, written: Written, *, own: bool, by: str, now: dt.datetime) -> PlayVersion:
    number = PlayVersion.objects.filter(play=play).count() + 1
    words = dict(written.words)
    return PlayVersion.objects.create(
        play=play, number=number, text=written.text, words=words, own=own, made_by=by, at=now
    )


def _letters(play: Play, written: Written, *, by: str, now: dt.datetime) -> dict[str, int]:
    """A letter for each of the words that an action names, in every language they have."""
    made = folders.check(written, minor_per_major=people.minor_per_major())
    found = {}
    for words in dict.fromkeys(name for action in made.actions for name in action.words):
        letter = Letter.objects.create(
            name=f"{made.title.of('en')}"[:200], told=dict(made.told.texts), made_by=by, at=now
        )
        for draft in written.drafts(words).values():
            letters.write(letter, draft, by=by, at=now)
        found[words] = letter.pk
    return found


def _note(play: Play, what: str, *, by: str, now: dt.datetime, why: str = "") -> None:
    Switch.objects.create(play=play, what=what, why=why[:WHY_CHARACTERS_MAX], by=by, at=now)
