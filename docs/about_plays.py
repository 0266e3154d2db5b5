"""The tables of docs/plays.md and docs/decisions.md that follow from the code; docs/generate.py puts them in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

from regulars.plays import folders, form, reading
from regulars.policy import choose, value

Table = tuple[str, Sequence[str], Sequence[Sequence[str]]]
"""A heading or "", the names of the columns, and the rows."""
PLAY_KEYS: Mapping[str, Mapping[str, str]] = {
    "play": {
        "name": "what it is called for good: small letters, digits and hyphens; decisions and results name it",
        "title": "what pages call it",
        "because": "why these people, in one sentence, for you; it stands with each decision",
        "told": "why, in one sentence, [for the people themselves](#what-the-customer-is-told)",
        "audience": "a [condition](segments.md) on the profile; without one, everybody",
        "on": "what makes it act, see [below](#when-a-play-acts)",
        "once_every": "days in which nobody meets it twice; those held out wait as long",
        "priority": "whose contact keeps its slot when two want it: 1 an apology, 5 news. It does not enter the choice",
        "purpose": "what the contact is for, which decides what [consent](messages.md#purposes) it needs. `service` is owed: never weighed, never held out. `order` belongs to orders, not to plays",
        "mode": "how it is to act; whoever switches it on decides that anew",
        "family": "plays that are akin; their figures are [told together](decisions.md#similar-plays)",
        "occasions": 'which days, for `on = "occasion"`',
        "festivals": 'which festivals, for `on = "festival"`, by the codes of `src/regulars/policy/festivals.toml`',
        "days_before": "how many days ahead of the day, for those two",
        "goodbye": "`true`: whoever got it is left in peace from then on, until they order or answer; letters about orders still come",
    },
    "action": {
        "kind": "what is done. A message or a task can be done today, the others wait",
        "channel": "of a message: `email`, `sms`, `inbox`, `webhook`; of a task: `card`, `phone`",
        "words": "name of its files in `words/`: `letter` for `letter.en.md`; or a list of names that [compete](#versions-that-compete)",
        "cost": "of one, in the shop's currency; without it, what the way [usually costs](decisions.md#value)",
    },
    "goal": {
        "outcome": "what it is for, as its page says. Results always tell who came back, and money",
        "within": "what people do in so many days after the play met them first counts",
    },
    "hold_out": {
        "share": 'of people held out by lot. `"auto"` begins with half and [falls](decisions.md#hold-outs); a number stays',
    },
    "limits": {
        "per_day": "people on one day at most",
        "budget": "money for contacts in a calendar month, in the shop's currency",
        "stock": "contacts in all, for ever",
    },
    "value": {
        "lift": "of buying while it lasts, as a share of what would come anyway",
        "spread": "how unsure that is (standard deviation)",
        "days": "how long it lasts",
        "goodwill": "share of all margin still to come that it adds",
        "basket": "by how much orders become larger meanwhile",
        "discount": "share of the price that is given away",
        "worth": "of an answer or a kind goodbye, as a share of the margin of a usual order",
        "like": "the play of the [invented shop](simulate.md) that it is rehearsed as",
        "habit": "share of the margin that a price cut costs later",
    },
    "evidence": {
        "source": 'what the figures rest on; say "assumption" where they rest on nothing',
        "expect": "what may honestly be expected",
    },
}
"""What each key of a play.toml means; a key that is missing here stops the documentation."""


def plays() -> list[Table]:
    """Every play that is brought along."""
    rows = []
    for name, made in _shipped().items():
        where = f" ({', '.join(made.occasions + made.festivals)})" if made.occasions + made.festivals else ""
        way = made.contact.channel or made.contact.kind
        later = ", ".join(made.waits_for)
        rows.append((f"`{name}`", f"{made.on}{where}", way, made.because.of("en"), later))
    return [("", ("play", "acts on", "by", "what for", "waits for"), rows)]


def play_keys() -> list[Table]:
    """Every key of a play.toml."""
    least = form.Form("", form.Said({}), form.Said({}), "", (form.Action(""),))
    defaults = {
        "play": vars(least), "action": asdict(least.contact), "goal": asdict(least.goal), "hold_out": {"share": "auto"},
        "limits": asdict(least.limits), "value": asdict(least.value), "evidence": {"source": "", "expect": ""},
    }  # fmt: skip
    parts = []
    for part, keys in reading.KEYS.items():
        rows = [
            (f"`{name}`", _kind(key, reading.WRITTEN.get(key.type, key.type)),
             "required" if key.required else _kept(defaults[part][name]), PLAY_KEYS[part][name])
            for name, key in keys.items()
        ]  # fmt: skip
        heading = "[[action]]" if part == "action" else f"[{part}]"
        parts.append((f"### `{heading}`\n\n", ("key", "what", "default", "meaning"), rows))
    return parts


def _kind(key: reading.Key, what: str) -> str:
    if key.among and key.type != "texts":
        return "one of " + ", ".join(f"`{one}`" for one in key.among)
    if key.among:
        what += " of " + ", ".join(f"`{one}`" for one in key.among)
    if key.least is None:
        return what
    return f"{what}, from {key.least}" + (f" to {key.most}" if key.most is not None else "")


def _kept(value: object) -> str:
    return "none" if value in (None, "", (), form.Said({})) else f"`{value}`"


def formula() -> list[Table]:
    """Every symbol of the value, with the figure it starts with."""
    slot = f"{100 * choose.SLOT_SHARE:.2f} % of the margin of a usual order"
    rows = [
        ("m", f"forecast margin of the next {value.HORIZON_DAYS:.0f} days if nothing is done", "from the forecast in use"),
        ("V", f"margin still to come, {choose.REMAINING_DAYS} days ahead", "from the forecast in use"),
        ("F", "contacts still remembered, planned ones too", f"each fades as exp(-days / {value.REMEMBERED_DAYS:.0f})"),
        ("lift", "how much more somebody buys while the play lasts, as a share", "the [table](#assumptions)"),
        ("days", "how long it lasts", "the [table](#assumptions)"),
        ("fades", "how fast people stop listening", f"{value.FADES}"),
        ("pulled", "share of a lift that is only pulled forward", f"{value.PULLED_FORWARD}"),
        ("goodwill, basket", "share of V; share of the margin meanwhile", "the [table](#assumptions)"),
        ("worth", "of an answer or a kind goodbye, beside orders", "the [table](#assumptions), of the margin of a usual order"),
        ("cost", "of the contact", "what the play says, else " + ", ".join(f"{way} {100 * share:g} %" for way, share in value.COST_SHARES.items()) + " of the margin of a usual order"),
        ("annoyance", "the chance that this contact makes somebody leave x what is lost then",
         f"{value.UNSUBSCRIBES} exp({value.UNSUBSCRIBES_GROW} F) x {value.LOST_SHARE} V"),
        ("slot", "what the contact is worth elsewhere in the coming weeks", slot),
    ]  # fmt: skip
    return [("", ("symbol", "means", "starts with"), rows)]


def assumptions() -> list[Table]:
    """What each play is assumed to change, and what that rests on."""
    rows = []
    for name, made in _shipped().items():
        if made.owed:
            continue
        said = made.value
        more = {
            "goodwill": said.goodwill,
            "basket": said.basket,
            "worth": said.worth,
            "discount": said.discount,
            "habit": said.habit,
        }
        also = ", ".join(f"{key} {share}" for key, share in more.items() if share)
        rows.append((f"`{name}`", f"{said.lift} ± {said.spread}", str(said.days), also, made.evidence.source))
    return [("", ("play", "lift", "days", "also", "rests on"), rows)]


def _shipped() -> Mapping[str, form.Form]:
    return {name: reading.read(written.text) for name, written in folders.shipped().items()}


TABLES: Mapping[str, Callable[[], list[Table]]] = {
    "plays": plays, "play-keys": play_keys, "formula": formula, "assumptions": assumptions,
}  # fmt: skip
