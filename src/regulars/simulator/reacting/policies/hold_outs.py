"""Who is held out of a policy's plays? The product's own salted hash, around any policy: the whole shop's layer and each play's."""

from collections.abc import Callable, Mapping

import numpy as np

from regulars.policy.hold_out import EVERYTHING, HoldOut, held_out
from regulars.simulator.arrays import Integers
from regulars.simulator.reacting.plays import NAMES, NEVER, NOTHING, OF_EVERYTHING, OF_PLAY, REMEDY, withheld
from regulars.simulator.reacting.policies.policy import Policy
from regulars.simulator.reacting.seen import Seen

Codes = np.ndarray[tuple[int, int], np.dtype[np.int8]]
UNKNOWN, TREATED, BY_PLAY, BY_EVERYTHING = -1, 0, 1, 2


class HeldOut:
    """The policy with some of its plays withheld; a remedy never is. One object for one run, for it remembers.

    A play withheld starts its own waiting time as if it had been done: else it would propose itself again every day and
    block the slot for the others, which costs a third more (reference "decisions", section 9).
    everybody: plays whose own layer is set aside, given to everybody (True) or withheld from everybody (False): how
    the truth of a play is found. scope: what the lot of a play is called.
    """

    def __init__(
        self, policy: Policy, rule: HoldOut, *, everybody: Mapping[int, bool] | None = None,
        scope: Callable[[int], str] = NAMES.__getitem__, unit: Callable[[int], int] = int,
    ) -> None:  # fmt: skip
        self._policy, self._rule, self._everybody, self._scope, self._unit = policy, rule, everybody or {}, scope, unit
        self._arm: Codes = np.zeros((0, len(NAMES)), np.int8)
        self._day: Integers = np.zeros((0, len(NAMES)), np.int64)

    def __call__(self, seen: Seen, day: int) -> Integers:
        """What the policy would do, with the code of `withheld` where it is not to be done."""
        self._grow(len(seen))
        choice = self._policy(seen.waiting_since(np.maximum(seen.play_day, self._day)), day).copy()
        rows = np.flatnonzero(choice > NOTHING)
        rows = rows[choice[rows] != REMEDY]
        arm = self._arms(seen, rows, choice[rows])
        held, arm = rows[arm != TREATED], arm[arm != TREATED]
        self._day[held, choice[held]] = day
        choice[held] = withheld(choice[held], np.where(arm == BY_EVERYTHING, OF_EVERYTHING, OF_PLAY))
        return choice

    def _arms(self, seen: Seen, rows: Integers, plays: Integers) -> Codes:
        """Asked of the hash once for each customer and play."""
        new = self._arm[rows, plays] == UNKNOWN
        for row, play in zip(rows[new].tolist(), plays[new].tolist(), strict=True):
            self._arm[row, play] = self._lot(int(seen.customer[row]), play)
        return np.asarray(self._arm[rows, plays])

    def _lot(self, customer: int, play: int) -> int:
        layer = held_out(self._unit(customer), self._scope(play), self._rule)
        if layer == EVERYTHING:
            return BY_EVERYTHING
        if play in self._everybody:
            return TREATED if self._everybody[play] else BY_PLAY
        return BY_PLAY if layer else TREATED

    def _grow(self, size: int) -> None:
        more = size - len(self._arm)
        if more:
            self._arm = np.concatenate([self._arm, np.full((more, len(NAMES)), UNKNOWN, np.int8)])
            self._day = np.concatenate([self._day, np.full((more, len(NAMES)), NEVER)])
