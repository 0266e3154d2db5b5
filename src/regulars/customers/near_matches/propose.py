"""Which customer records may belong to one person although no identifier says so?

Suggestions for a person to judge; nothing merges. Names say who: a household or an office shares its place, so a place
alone never suggests. Pairs that share a key are compared field by field; each likeness weighs what `census` says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

from regulars.customers.near_matches.candidates import candidates
from regulars.customers.near_matches.census import Census, take_census
from regulars.customers.near_matches.compare import Finding, compare
from regulars.customers.near_matches.records import Record, comparable

SCORE_MIN = 0.9
PAIRS_MAX = 2_500_000
PLACE = ("address", "postcode", "city", "region")
MOVED_BITS_MIN = -6.0  # one move explains every difference of place


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Records `a` < `b` may be one person: `score` is a probability (0..1), `evidence` what speaks for it and against.

    Each piece of evidence is (code, value_a, value_b), the values as recorded. The code is `same_`, `similar_` or
    `other_` and `name`, `address`, `house_number`, `postcode`, `city`, `region`, `phone` or `email`, or else
    `initial_name` (the one has only a letter) or `changed_name` (one given name and one home, another surname).
    """

    a: int
    b: int
    score: float
    evidence: tuple[tuple[str, str, str], ...]


def propose(records: Sequence[Record], *, score_min: float = SCORE_MIN, pairs_max: int = PAIRS_MAX) -> list[Suggestion]:
    """Pairs of records that may be one person, the likeliest first, each once with a < b.

    `score_min` is a probability (0..1); at most `pairs_max` pairs are compared, the most specific likenesses first. The
    order of `records` does not matter. Raises ValueError when two records have one id.
    """
    values = {record.id: comparable(record) for record in records}
    if len(values) != len(records):
        raise ValueError("two records have the same id")
    ranked = sorted(records, key=lambda r: (sorted(values[r.id]["name"]), values[r.id]["address"], r.id))
    census = take_census(values.values())
    found = []
    for pair in candidates([values[record.id] for record in ranked], pairs_max):
        a, b = sorted((ranked[position] for position in pair), key=lambda record: record.id)
        findings = compare(values[a.id], values[b.id], census)
        score = 1 / (1 + 2 ** -_total_bits(findings, census)) if findings else 0.0
        if findings and score >= score_min:
            evidence = tuple(_evidence(finding, a, b) for finding in findings if finding.level)
            found.append(Suggestion(a.id, b.id, round(score, 4), evidence))
    return sorted(found, key=lambda suggestion: (-suggestion.score, suggestion.a, suggestion.b))


def _total_bits(found: Sequence[Finding], census: Census) -> float:
    """Log odds of one person. Street, postcode, city and region mostly imply each other: the second counts half."""
    place = sorted((f.bits for f in found if f.field in PLACE and f.bits > 0), reverse=True)
    moved = fsum(f.bits for f in found if f.field in (*PLACE, "house_number") and f.bits < 0)
    rest = [f.bits for f in found if f.field not in PLACE and (f.field != "house_number" or f.bits > 0)]
    second = fsum(place[1:2]) / 2
    return fsum((census.prior_bits(), *place[:1], second, max(moved, MOVED_BITS_MIN), *rest))


def _evidence(finding: Finding, a: Record, b: Record) -> tuple[str, str, str]:
    field = "address" if finding.field == "house_number" else finding.field
    return (f"{finding.level}_{finding.field}", getattr(a, field), getattr(b, field))
