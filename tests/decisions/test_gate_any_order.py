"""Whatever happens in whatever order: nothing without a yes at that moment, never twice, and every row ends in a state."""

import datetime as dt
import os
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

import databases
from actions.messaging.post import account, letter
from cast import MORNING, PROOF, person, wish
from regulars import merge
from regulars.actions.messaging import claim
from regulars.actions.messaging.accounts import Way, sender_of
from regulars.actions.messaging.channels.port import LATER, SENT, Outcome
from regulars.actions.messaging.deliver import Worker
from regulars.actions.messaging.models import Account, Message
from regulars.actions.messaging.plan import plan
from regulars.customers import pausing
from regulars.customers.consenting import say
from regulars.customers.models import MergeEvent, Pause
from regulars.decisions import stopping
from regulars.decisions.gate import Request, decide

EXAMPLES = int(os.environ.get("REGULARS_EXAMPLES", "12"))
NAMES = ("Ada", "Ben", "Cleo")
PLAYS = ("play:news", "play:wish")
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
who = st.sampled_from(NAMES)
play = st.sampled_from(PLAYS)


class Killed(BaseException):
    """The worker ends here, as if by kill -9: nothing after it runs."""


class Shop(RuleBasedStateMachine):
    """A plain model beside the shop: who said yes, who is left in peace, which two are one, what is stopped."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="regulars-any-")
        self.fresh = databases.fresh("sqlite", Path(self.folder.name))
        self.fresh.__enter__()
        account(way="viewer")
        self.letter, self.now, self.worker = letter(), MORNING, 0
        self.ids = {name: person(name) for name in NAMES}
        self.yes, self.paused, self.stopped = dict.fromkeys(NAMES, True), set(), set()
        self.one_with = {name: name for name in NAMES}
        self.sent, self.left_by_dead = [], 0

    def teardown(self):
        self.fresh.__exit__(None, None, None)
        self.folder.cleanup()

    @rule(name=who, yes=st.booleans())
    def says(self, name, yes):
        self.now += dt.timedelta(seconds=1)
        say(self.ids[name], "email", {"": yes}, proof=PROOF, at=self.now)
        self.yes[name] = yes

    @rule(name=who)
    def complains(self, name):
        pausing.pause(self.ids[name], pausing.Grounds(Pause.Why.COMPLAINT, "desk"), at=self.now)
        self.paused.add(name)

    @rule(name=who)
    def is_reconciled(self, name):
        pausing.end(self.ids[name], Pause.Why.COMPLAINT, at=self.now)
        self.paused -= self.all_of(name)

    @rule(scope=st.sampled_from(("everything", *PLAYS)), go_on=st.booleans())
    def stops(self, scope, go_on):
        if go_on:
            stopping.go_on(scope, actor="owner", at=self.now)
            self.stopped.discard(scope)
        else:
            stopping.stop(scope, why="typo", actor="owner", at=self.now)
            self.stopped.add(scope)

    @rule(hours=st.sampled_from((1, 5, 12, 24, 72, 168)))
    def time_passes(self, hours):
        self.now += hours * HOUR

    @precondition(lambda self: len(set(self.one_with.values())) == len(NAMES))
    @rule(other=st.sampled_from(NAMES[1:]))
    def turn_out_to_be_one(self, other):
        merge.merge(self.ids["Ada"], self.ids[other], actor="staff", reason="same", at=self.now)
        self.one_with[other] = "Ada"

    @precondition(lambda self: len(set(self.one_with.values())) < len(NAMES))
    @rule()
    def are_taken_apart(self):
        merge.undo(MergeEvent.objects.order_by("seq").last(), actor="staff", at=self.now)
        self.one_with = {name: name for name in NAMES}

    @rule(names=st.sets(who, min_size=1), play=play, week=st.integers(0, 2), days=st.sampled_from((1, 3, 9)))
    def plans(self, names, play, week, days):
        asked = wish(f"{play}/1", occurrence=f"w{week}", not_before=self.now, expires_at=self.now + days * DAY,
                     priority=1 + PLAYS.index(play))  # fmt: skip
        decide([Request(self.ids[name], asked, todo={"letter": self.letter}) for name in sorted(names)], now=self.now)
        plan(now=self.now)

    @rule(lanes=st.sampled_from((1, 3)), told=st.sampled_from((SENT, SENT, SENT, LATER)), dies=st.booleans())
    def hands_over(self, lanes, told, dies):
        self.worker += 1
        name = f"w{self.worker}"
        hand = _Hand(self, told, dies)
        sender = sender_of(Account.objects.get(pk="email"))
        worker = Worker(name, lambda: self.now, lanes, lambda _channel: Way(sender, lambda: hand))
        try:
            worker.run()
        except Killed:
            claim.settle(now=self.now, left_by=[name])
        assert not Message.objects.filter(state__in=("ready", "sending")).exists()

    def all_of(self, name):
        return {one for one in NAMES if self.one_with[one] == self.one_with[name]}

    def took(self, address, source, occurrence):
        """What must hold at the moment at which a letter is handed over."""
        name = next(one for one in NAMES if one.lower() == address.partition("@")[0])
        assert self.yes[name]
        assert not self.all_of(name) & self.paused
        assert not self.stopped & {"everything", source.partition("/")[0]}
        local = self.now + HOUR  # Berlin in winter
        assert 8 <= local.hour < 20
        self.sent.append((self.now, frozenset(self.all_of(name)), address, source, occurrence))

    @invariant()
    def nobody_gets_more_than_the_budget_or_one_thing_twice(self):
        for place, (at, together, _address, *thing) in enumerate(self.sent):
            earlier = [each for each in self.sent[:place] if _name(each) in together]
            assert all(at - each[0] >= 7 * DAY for each in earlier)
            assert sum(at - each[0] < 30 * DAY for each in earlier) < 3
            assert all([*each[3:]] != thing for each in earlier)

    @invariant()
    def every_row_is_in_a_named_state(self):
        states = list(Message.objects.values_list("state", flat=True))
        assert set(states) <= set(Message.State.values)
        assert states.count("sent") + states.count("unknown") >= len({each[2:] for each in self.sent})


def _name(sent):
    return next(one for one in NAMES if one.lower() == sent[2].partition("@")[0])


class _Hand:
    """Takes a letter, or not; and may be killed right before or after."""

    def __init__(self, shop, told, dies):
        self.shop, self.told, self.dies = shop, told, dies

    def give(self, parcel):
        if self.told == SENT:
            message = Message.objects.using("default").get(pk=parcel.message_id)
            self.shop.took(parcel.address, message.source, message.occurrence)
        if self.dies:
            raise Killed
        return Outcome(self.told)

    def close(self):
        pass


def test_the_promises_hold_in_any_order():
    run_state_machine_as_test(
        Shop,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
