"""Why not? Every reason for which a contact does not happen, or not yet, as a code; its sentences are decisions/words.py."""

from enum import StrEnum


class Reason(StrEnum):
    """In the order in which the questions are asked; the first that holds is told."""

    EXPIRED = "expired"
    ALREADY_DONE = "already_done"
    MERGED = "merged"
    STOPPED = "play_stopped"
    PAUSED_SHOP = "paused_shop"
    SUPPRESSED = "suppressed"
    OBJECTED = "objected"
    CLAIMED_ONLY = "claimed_only"
    NO_BASIS = "no_basis"
    NO_ADDRESS = "no_address"
    BAD_ADDRESS = "bad_address"
    PAUSED_BEREAVEMENT = "paused_bereavement"
    PAUSED_PERSON = "paused_person"
    PAUSED_CASE = "paused_case"
    PAUSED_RETURN = "paused_return"
    PAUSED_COMPLAINT = "paused_complaint"
    PAUSED_STAFF = "paused_staff"
    PAUSED_GOODBYE = "paused_goodbye"
    HELD_OUT = "held_out"
    BUDGET_USED = "budget_used"
    LOWER_PRIORITY = "lower_priority"
    QUIET_HOURS = "quiet_hours"
    HOLIDAY = "holiday"
    ZONE_UNKNOWN = "zone_unknown"
    NO_ALLOWED_TIME = "no_allowed_time"
    LIMIT_REACHED = "limit_reached"
    RATE = "rate"
    WARM_UP = "warm_up"
    CONTENT_REFUSED = "content_refused"
    CANCELLED = "cancelled"
    OVERTAKEN = "overtaken"
    GATE_ERROR = "gate_error"


OURS = frozenset({Reason.STOPPED, Reason.PAUSED_SHOP, Reason.CLAIMED_ONLY, Reason.CONTENT_REFUSED, Reason.GATE_ERROR})
"""What the shop itself can mend."""
AFTER_THE_LOT = frozenset({
    Reason.BUDGET_USED, Reason.LOWER_PRIORITY, Reason.QUIET_HOURS, Reason.HOLIDAY, Reason.ZONE_UNKNOWN, Reason.NO_ALLOWED_TIME,
    Reason.LIMIT_REACHED,
})  # fmt: skip
"""Asked once it is known who is held out: whoever is refused for these belongs to those meant to be reached, or the held
out, of whom nobody was asked these, would be compared with a chosen part of them."""
