"""Whose luck is it? Common random numbers: each draw has an address (seed, process, day, customer) and is computed from it
alone, so that two policies meet the same luck, in any order, on any platform.

The address is mixed to 64 bits (the finalizer of splitmix64 in Stafford's variant 13); its upper 53 make the uniform.
"""

from enum import IntEnum, auto

import numpy as np
import numpy.typing as npt

from regulars.simulator.arrays import Floats

Mixed = npt.NDArray[np.uint64]
BITS = 2**64 - 1
FIRST, SECOND, STEP = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0x9E3779B97F4A7C15
_FIRST, _SECOND, _STEP = np.uint64(FIRST), np.uint64(SECOND), np.uint64(STEP)
_BY_30, _BY_27, _BY_31, _BY_11 = (np.uint64(by) for by in (30, 27, 31, 11))
UNIT = 2.0**-53


class Process(IntEnum):
    """One stream each: a draw more in one never shifts another. New ones go to the end."""

    BUY = auto()
    BASKET = auto()
    LEAVE = auto()
    COMPLAINT = auto()
    COMPLAINT_SIZE = auto()
    FILED = auto()
    REMEDY = auto()
    REFERRAL = auto()
    SLEEPING_DOG = auto()
    UNSUBSCRIBE = auto()
    RETURNS = auto()
    RETURN_DAY = auto()
    ARRIVAL = auto()
    ORDER_RATE = auto()
    LEAVING_RATE = auto()
    AT_ONCE = auto()
    MEAN_BASKET = auto()
    PRICE = auto()
    GIFT = auto()
    MESSAGE = auto()
    DOG = auto()
    FATIGUE = auto()
    CYCLE = auto()
    CYCLE_DAYS = auto()
    BIRTHDAY = auto()
    CONSENT = auto()
    GROUP = auto()
    PRICE_SEEN = auto()
    GIFT_SEEN = auto()
    MESSAGE_SEEN = auto()
    ANSWER = auto()
    LATE = auto()
    LATE_DAYS = auto()
    SECOND_ADDRESS = auto()
    MISTAKEN = auto()


class Luck:
    """All draws of one seed.

    >>> luck = Luck(7)
    >>> who = mixed(np.array([0, 1, 2]))
    >>> luck.uniform(Process.BUY, 3, who).round(6).tolist()
    [0.918076, 0.260437, 0.509156]
    """

    def __init__(self, seed: int) -> None:
        if not 0 <= seed < 2**63:
            raise ValueError(f"a seed is a whole number from 0 on, not {seed}")
        self._seed = _mix(seed * STEP + 1)

    def uniform(self, process: Process, day: int, who: Mixed) -> Floats:
        """Of each customer on this day, in [0, 1). who: customer numbers, `mixed`; shape kept."""
        offset = _mix(self._seed ^ _mix(process * STEP ^ _mix(day * STEP + 3)))
        drawn = who ^ np.uint64(offset)
        _mix_all(drawn)
        drawn >>= _BY_11
        return np.asarray(drawn * UNIT)


def mixed(customer: npt.NDArray[np.integer]) -> Mixed:
    """Customer numbers (from 0 on), spread over 64 bits: what `Luck.uniform` asks for."""
    spread = customer.astype(np.uint64)
    spread += np.uint64(1)
    spread *= _STEP
    _mix_all(spread)
    return spread


def _mix_all(bits: Mixed) -> None:
    """In place."""
    bits ^= bits >> _BY_30
    bits *= _FIRST
    bits ^= bits >> _BY_27
    bits *= _SECOND
    bits ^= bits >> _BY_31


def _mix(bits: int) -> int:
    bits &= BITS
    bits = (bits ^ bits >> 30) * FIRST & BITS
    bits = (bits ^ bits >> 27) * SECOND & BITS
    return bits ^ bits >> 31
