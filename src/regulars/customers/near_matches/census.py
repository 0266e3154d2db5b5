"""How much does it say that two records share a value? The rarer the value among all records, the more.

Weights are log2(m/u) in bits (Fellegi and Sunter, "A Theory for Record Linkage", JASA 64, 1969, section 2), u counted
in the records given (as in Winkler, "Frequency-Based Matching in Fellegi-Sunter Model", 2000).
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import inf, log2

from rapidfuzz.distance import OSA

from regulars.customers.near_matches.records import Values, doors, whole_address

DUPLICATES_PER_RECORD = 0.1  # expected before looking: the prior odds
IMAGINED_RECORDS = 200  # strangers added to every count, so that in a list of ten not everything looks common
SAME_IF_ONE_PERSON = 0.9
SLIP_IF_ONE_PERSON = 0.1 / 200  # one word in ten is misspelt, as any one of some two hundred near spellings
UNSEEN_RECORDS = 0.05  # expected to hold a spelling that nobody else has
# With another letter a short word is mostly another word, Dan and Don, unless many hold the one and nobody the other.
SHORT_WORD_CHARS = 4
KNOWN_RECORDS = 3


@dataclass(frozen=True, slots=True)
class Census:
    """How many of `total` records hold each value, by field."""

    total: int
    counts: Mapping[str, Counter[str]]

    def prior_bits(self) -> float:
        """The log odds of one person before looking."""
        return log2(DUPLICATES_PER_RECORD / (self.total + IMAGINED_RECORDS))

    def same_bits(self, field: str, value: str) -> float:
        """What it weighs that both hold this value."""
        others = max(self.counts[field][value] - 2, 0)
        return log2(SAME_IF_ONE_PERSON * (self.total + IMAGINED_RECORDS) / (others + 1))

    def is_known_against_unseen(self, field: str, x: str, y: str) -> bool:
        """Whether many hold the one spelling and nobody else the other."""
        rarer, commoner = sorted((self.counts[field][x], self.counts[field][y]))
        return rarer <= 1 and commoner >= KNOWN_RECORDS

    def slip_bits(self, field: str, x: str, y: str) -> float:
        """A slip makes a word nobody else has: the better known the rarer of the two, the less it is one."""
        rarer = min(self.counts[field][x], self.counts[field][y])
        short = max(len(x), len(y)) <= SHORT_WORD_CHARS and sorted(x) != sorted(y)
        if (rarer > 1 and OSA.distance(x, y) > 1) or (short and not self.is_known_against_unseen(field, x, y)):
            return -inf
        bits = log2(SLIP_IF_ONE_PERSON * (self.total + IMAGINED_RECORDS) / (max(rarer - 1, 0) + UNSEEN_RECORDS))
        return min(bits, self.same_bits(field, x) - 1, self.same_bits(field, y) - 1)


def take_census(all_values: Collection[Values]) -> Census:
    """Count who holds what; beside the fields also first names and doors."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for values in all_values:
        for field, held in values.items():
            counts[field].update(set(held))
        counts["address"].update(whole_address(values) - set(values["address"]))
        counts["first_name"].update(values["name"][:1])
        counts["door"].update(doors(values))
    return Census(len(all_values), counts)
