"""Who writes a review, and how good is it? Some orders are reviewed days later; the product that brings few people
back and refunded orders are rated worse."""

from dataclasses import dataclass

import numpy as np

from regulars.simulator import review_words
from regulars.simulator.arrays import Booleans, Integers
from regulars.simulator.fates import CANCELLED, PARTLY, REFUNDED, SAMPLE, TEST, Fates
from regulars.simulator.goods import BEANS, ENTRY_THAT_BRINGS_FEW, TEA, catalogue, place_of
from regulars.simulator.money import Lines
from regulars.simulator.orders import Orders
from regulars.simulator.review_words import BAD, COFFEE, DETAILS, GOOD, MIDDLING, OPENINGS, THINGS
from regulars.simulator.spellings import Spelled
from regulars.simulator.streams import pick_columns, stream

REVIEW_SHARE = 0.085  # of orders; a few fall after the end and are not written yet
REVIEW_DAYS_MIN, REVIEW_DAYS_MAX = 4, 26
PENDING_SHARE = 0.05
CONTENT, UPSET = 0, 1
RATING_WEIGHTS = np.array([[3.0, 4.0, 9.0, 26.0, 58.0], [30.0, 26.0, 22.0, 14.0, 8.0]])  # stars 1 to 5
LANGUAGE_SHARES = {"DE": (0.74, 0.25, 0.01), "AT": (0.70, 0.29, 0.01)}  # English, German, Chinese
LANGUAGE_SHARES_ELSEWHERE = (0.97, 0.02, 0.01)
LANGUAGE_SHARES_CHINESE_NAME = (0.20, 0.10, 0.70)
WORDS_FOR = {BEANS: COFFEE, TEA: review_words.TEA}
LANGUAGES = ("en", "de", "zh")
DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Reviews:
    """One entry per review, by order, each of shape (reviews,).

    line: place of the line reviewed; rating: 1 to 5; instant: seconds since 1970; pending: not yet published.
    """

    order: Integers
    line: Integers
    rating: Integers
    instant: Integers
    pending: Booleans


def draw_reviews(seed: int, orders: Orders, *, lines: Lines, fates: Fates, end: int) -> Reviews:
    """Ratings of the first line of some fulfilled orders, given before `end` (seconds since 1970)."""
    luck, size = stream(seed, "reviews"), orders.person.size
    lot, star_lot, pending_lot = luck.random(size), luck.random(size), luck.random(size)
    after = luck.integers(REVIEW_DAYS_MIN, REVIEW_DAYS_MAX, size) * DAY_SECONDS + luck.integers(DAY_SECONDS, size=size)
    served = (fates.fulfilled > 0) & ~np.isin(fates.fate, (CANCELLED, SAMPLE, TEST))
    order = np.flatnonzero((lot < REVIEW_SHARE) & served & (orders.instant + after <= end)).astype(np.int64)
    line = np.searchsorted(lines.order, order, side="left").astype(np.int64)
    upset = np.isin(fates.fate[order], (REFUNDED, PARTLY)) | (lines.variant[line] == place_of(ENTRY_THAT_BRINGS_FEW))
    rating = 1 + pick_columns(RATING_WEIGHTS, np.where(upset, UPSET, CONTENT), uniforms=star_lot[order])
    return Reviews(order, line, rating, (orders.instant + after)[order], pending_lot[order] < PENDING_SHARE)


def review_texts(seed: int, reviews: Reviews, *, lines: Lines, contacts: list[Spelled]) -> list[str]:
    """The words of each review. contacts: one for each order, whose name and country hint at the language."""
    luck = stream(seed, "review words")
    category = [catalogue()[variant].category for variant in lines.variant[reviews.line].tolist()]
    written = zip(reviews.order.tolist(), category, reviews.rating.tolist(), strict=True)
    return [_write(luck, contacts[order], category=kind, rating=stars) for order, kind, stars in written]


def _write(luck: np.random.Generator, spelled: Spelled, *, category: int, rating: int) -> str:
    """A sentence on the whole and one on the detail, in a language the person may well speak."""
    language = LANGUAGES[luck.choice(len(LANGUAGES), p=_language_shares(spelled))]
    mood = GOOD if rating >= 4 else MIDDLING if rating == 3 else BAD
    openings = OPENINGS[language, mood]
    details = DETAILS[language, mood, WORDS_FOR.get(category, THINGS)]
    pair = openings[luck.integers(len(openings))], details[luck.integers(len(details))]
    return ("" if language == "zh" else " ").join(pair)


def _language_shares(spelled: Spelled) -> tuple[float, ...]:
    if any("\u4e00" <= letter <= "\u9fff" for letter in spelled.contact.name):
        return LANGUAGE_SHARES_CHINESE_NAME
    return LANGUAGE_SHARES.get(spelled.contact.address.country, LANGUAGE_SHARES_ELSEWHERE)
