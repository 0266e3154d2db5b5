"""An interesting change as one sentence. English, marked for translation; `translate` turns it into another language."""

from collections.abc import Callable, Mapping

from regulars.insight.findings import Finding

Translate = Callable[[str], str]


def _(text: str) -> str:
    """Marks a text for translation."""
    return text


SENTENCES: Mapping[str, str] = {
    "comes_back": _("Of {n} who began with {group}, {value} came back in time; usual are {usual} ({basis})."),
    "share_of_buyers": _("{value} of the month's {n} buyers: {group}; usual are {usual} ({basis})."),
    "discounted": _("{value} of the month's {n} buyers bought with a discount; usual are {usual} ({basis})."),
    "active": _("Of {n} customers of {group}, {value} bought in the month; usual are {usual} ({basis})."),
    "season": _("In {group} there are {value} order days a day; without the season it would be {usual}."),
    "always_discounted": _("Of {n} with four orders or more ({group}), {value} buy with a discount only; {usual} would be usual ({basis})."),
}  # fmt: skip
GROUPS: Mapping[str, str] = {
    "product": _("product {name}"), "channel": _("channel {name}"), "country": _("country {name}"), "cohort": _("an order in {name}"),
    "grade": _("grade {name}"), "month_of_year": _("month {name} of the year"), "shop": _("the whole shop"),
}  # fmt: skip
BASES: Mapping[str, str] = {
    "others of the same months": _("others of the same months"), "same month last year": _("same month last year"),
    "month before": _("month before"), "other months": _("other months"), "both years": _("both years"), "chance": _("chance"),
    "others": _("others"),
}  # fmt: skip


def told(found: Finding, *, titles: Mapping[str, str], translate: Translate = str) -> str:
    """The sentence. titles: of variants, by their number as text."""
    name = titles.get(found.name, found.name) if found.about == "product" else _dated(found)
    group = translate(GROUPS[found.about]).format(name=name)
    value, usual = (f"{x:.0%}" if found.unit == "share" else f"{x:,.1f}" for x in (found.value, found.usual))
    basis = translate(BASES[found.basis]) if found.basis in BASES else found.basis
    return translate(SENTENCES[found.kind]).format(n=f"{found.n:,}", group=group, value=value, usual=usual, basis=basis)


def _dated(found: Finding) -> str:
    """Months as 2026-03."""
    return f"{int(found.name) // 12}-{int(found.name) % 12 + 1:02d}" if found.about == "cohort" else found.name
