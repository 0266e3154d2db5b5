"""What speaks for one person behind two records, and what against? Names say who, the rest whether they are the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import fsum, inf

from rapidfuzz.distance import OSA

from regulars.customers.near_matches.alignment import IDEOGRAPHS_FROM, Alignment, align, resemble
from regulars.customers.near_matches.census import Census
from regulars.customers.near_matches.records import Values, digits_of, doors, whole_address

SLIP_BITS_MIN = 0.0  # below it both spellings are well-known names: Jaden and Jayden
INITIAL_BITS, EXTRA_NAME_BITS, CHANGED_NAME_BITS = 2.0, -1.0, -6.0
GIVEN_NAME_RECORDS_MIN, GIVEN_NAME_FIRST_SHARE_MIN = 4, 0.75
RESIDENTS_MAX = 2  # with more records behind one door, one given name twice is chance
ADDRESS_SHARE_MIN, WHOLE_ADDRESS_SHARE_MIN = 0.6, 0.85  # of the shorter one's letters
OTHER_ADDRESS_BITS = -4.0
OTHER_BITS = {"house_number": -3.0, "postcode": -3.0, "city": -2.0, "region": -1.0, "phone": -1.5, "email": -1.5}
SIMILAR_BITS = {"house_number": 0.0, "postcode": 0.0, "city": 2.0, "email": 3.0}
BITS_BESIDE_NAME_MIN = 4.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One comparison: `bits` above 0 speak for one person, below 0 against."""

    level: str
    field: str
    bits: float


def compare(a: Values, b: Values, census: Census) -> list[Finding]:
    """What speaks for and against one person; nothing if the names contradict or too little is alike beside them."""
    name = _compare_names(a["name"], b["name"], census)
    if name is None:
        return []
    beside = (_compare_addresses(a, b, census), *(_compare_field(field, a, b, census) for field in OTHER_BITS))
    found = [name, *filter(None, beside)]
    levels = {finding.field: finding.level for finding in found}
    if not name.level:
        enough = "same" in (levels.get("phone"), levels.get("email"))
    elif name.level == "changed":
        private = max(census.counts["door"][door] for door in doors(a) | doors(b)) <= RESIDENTS_MAX
        enough = private and levels.get("address", "other") != "other" and levels.get("house_number") != "other"
    else:
        enough = fsum(max(finding.bits, 0) for finding in found[1:]) >= BITS_BESIDE_NAME_MIN
    return found if enough else []


def _compare_names(a: Sequence[str], b: Sequence[str], census: Census) -> Finding | None:
    """The names in any word order: None when they contradict each other, an empty level when one is blank."""
    if not a or not b:
        return Finding("", "name", 0.0)
    both = align(a, b)
    slips = {(x, y): _name_slip_bits(x, y, x == a[0] or y == b[0], census) for x, y in both.near}
    weights = [bits for bits in slips.values() if bits >= SLIP_BITS_MIN]
    weights += [census.same_bits("name", word) for word in both.same]
    rest_a = [*both.rest_a, *(x for (x, _), bits in slips.items() if bits < SLIP_BITS_MIN)]
    rest_b = [*both.rest_b, *(y for (_, y), bits in slips.items() if bits < SLIP_BITS_MIN)]
    if not weights or (rest_a and rest_b and len(rest_a) + len(rest_b) > 2):
        return None
    if not rest_a or not rest_b:
        extra = [EXTRA_NAME_BITS for _ in (*rest_a, *rest_b)]
        return Finding("similar" if slips or extra else "same", "name", fsum((*weights, *extra)))
    if _is_initial(*rest_a, *rest_b):
        return Finding("initial", "name", fsum((*weights, INITIAL_BITS)))
    given = len(weights) == 1 and any(_is_given_name(word, census) and word in (a[0], b[0]) for word in both.same)
    return Finding("changed", "name", fsum((*weights, CHANGED_NAME_BITS))) if given else None


def _name_slip_bits(x: str, y: str, first: bool, census: Census) -> float:
    """A slip's weight, -inf for relatives: Paul and Paula never are one, Julia and Julian at the front hardly ever."""
    if x.rstrip("aeo") == y.rstrip("aeo"):
        return -inf
    if first and x.rstrip("aeons") == y.rstrip("aeons") and not census.is_known_against_unseen("name", x, y):
        return -inf
    return census.slip_bits("name", x, y)


def _is_initial(x: str, y: str) -> bool:
    short, long = sorted((x, y), key=len)
    return len(short) == 1 and long.startswith(short) and short < IDEOGRAPHS_FROM


def _is_given_name(word: str, census: Census) -> bool:
    """Whether others have it too, and as a first word: what a family shares must not pass."""
    held, first = census.counts["name"][word], census.counts["first_name"][word]
    return held >= GIVEN_NAME_RECORDS_MIN and first >= GIVEN_NAME_FIRST_SHARE_MIN * held


def _compare_addresses(a: Values, b: Values, census: Census) -> Finding | None:
    x, y = a["address"], b["address"]
    if not x or not y:
        return None
    both = align(x, y)
    if _shared(both, x, y) < ADDRESS_SHARE_MIN:  # perhaps parts of it stand in the city
        x, y = (tuple(sorted(whole_address(values))) for values in (a, b))
        both = align(x, y)
        if _shared(both, x, y) < WHOLE_ADDRESS_SHARE_MIN:
            return Finding("other", "address", OTHER_ADDRESS_BITS)
    bits = [census.same_bits("address", word) for word in both.same]
    bits += [census.slip_bits("address", *pair) for pair in both.near]
    return Finding("same" if x == y else "similar", "address", max(0.0, *bits))


def _shared(both: Alignment, x: Sequence[str], y: Sequence[str]) -> float:
    """How much of the shorter text the other has too, as a share of its letters (0..1)."""
    agreed = (*both.same, *(min(pair, key=len) for pair in both.near))
    return len("".join(agreed)) / min(len("".join(x)), len("".join(y)))


def _compare_field(field: str, a: Values, b: Values, census: Census) -> Finding | None:
    x, y = a[field], b[field]
    if not x or not y:
        return None
    if shared := [value for value in x if value in y]:
        return Finding("same", field, max(census.same_bits(field, value) for value in shared))
    if any(_alike(field, *pair) for pair in product(x, y)):
        return Finding("similar", field, SIMILAR_BITS[field])
    return Finding("other", field, OTHER_BITS[field])


def _alike(field: str, x: str, y: str) -> bool:
    if field in ("house_number", "postcode"):
        return min(len(x), len(y)) > 1 and OSA.distance(x, y) == 1
    if field == "email":  # one mailbox name at two hosts, or a slip outside the digits: ada1 is not ada2
        one_mailbox = x.partition("@")[0] == y.partition("@")[0]
        return one_mailbox or (digits_of(x) == digits_of(y) and OSA.normalized_similarity(x, y) >= 0.9)
    return field == "city" and resemble(x, y)
