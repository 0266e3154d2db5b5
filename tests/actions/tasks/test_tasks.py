"""Cards and calls: each once, asked of the gate at the last moment, and on paper only for whom it may be."""

from actions.tasks.hands import DAY, HOUR, decided, paper
from cast import MORNING, PROOF
from regulars import day
from regulars.actions.messaging.channels.card.faces import MissingGlyphs
from regulars.actions.messaging.channels.card.pen import TooLong
from regulars.actions.messaging.deliver import Worker
from regulars.actions.tasks import carry_out
from regulars.actions.tasks.models import Batch, Task
from regulars.actions.tasks.plan import plan
from regulars.actions.tasks.print_cards import print_cards
from regulars.customers.consenting import say
from regulars.customers.models import Identifier
from regulars.decisions import stopping
from regulars.decisions.models import Decision, Reservation


def test_a_decision_is_one_task_however_often_it_is_planned(shop):
    task = decided()
    for _time in range(2):
        Decision.objects.update(performed_at=None)
        plan(now=MORNING)
    assert Task.objects.count() == 1
    assert (task.kind, task.text) == ("card", "Dear Ada, thank you.")
    assert list(Task.objects.due(MORNING)) == [task]


def test_a_call_has_a_script_or_at_least_its_reason(small_shop):
    assert decided(channel="phone", todo={"script": "Ask how the tea was."}).text == "Ask how the tea was."
    assert decided("Ben", channel="phone", todo={"a": 1}).text == "It is time."


def test_words_that_lack_a_value_cancel_the_task_and_free_its_slot(shop):
    task = decided("李雷")
    assert (task.state, task.reason, "first_name" in task.outcome) == ("cancelled", "content_refused", True)
    assert Reservation.objects.get().state == "released"


def test_a_task_belongs_to_who_took_it_and_is_done_once(shop):
    task = decided()
    assert carry_out.take(task.pk, by="mia", at=MORNING).state == "taken"
    assert carry_out.take(task.pk, by="tom", at=MORNING).by == "mia"
    assert Reservation.objects.get().state == "used"
    assert carry_out.done(task.pk, "posted", by="mia", at=MORNING + HOUR).state == "done"
    assert carry_out.done(task.pk, "again", by="tom", at=MORNING + HOUR).outcome == "posted"


def test_a_late_no_closes_the_task_with_its_reason(shop):
    task = decided()
    carry_out.take(task.pk, by="mia", at=MORNING)
    say(task.identifier_id, "card", {"": False}, proof=PROOF, at=MORNING)
    found = carry_out.done(task.pk, by="mia", at=MORNING + HOUR)
    assert (found.state, found.reason) == ("cancelled", "objected")
    assert Reservation.objects.get().state == "released"


def test_not_yet_leaves_a_task_open_until_then(small_shop):
    task = decided()
    stopping.stop("everything", why="typo", actor="owner", at=MORNING)
    for verb in (carry_out.take, carry_out.done):
        found = verb(task.pk, by="mia", at=MORNING)
        assert (found.state, found.reason, found.not_before > MORNING) == ("open", "paused_shop", True)


def test_what_was_taken_by_day_may_be_ticked_off_at_night(small_shop):
    task = decided(channel="phone", todo={"script": "x"})
    late = MORNING.replace(hour=23)
    carry_out.take(task.pk, by="mia", at=MORNING)
    assert carry_out.done(task.pk, "spoke", by="mia", at=late).state == "done"
    other = decided("Ben", channel="phone", todo={"script": "x"}, source="campaign:b/1")
    assert carry_out.take(other.pk, by="mia", at=late).reason == "quiet_hours"


def test_what_nobody_did_in_time_is_missed_and_its_slot_is_free(shop):
    task = decided()
    assert carry_out.miss(now=MORNING) == 0
    assert carry_out.miss(now=MORNING + 3 * DAY) == 1
    task.refresh_from_db()
    assert (task.state, Reservation.objects.get().state) == ("missed", "released")


def test_staff_may_cancel_and_the_slot_is_free(small_shop):
    task = decided()
    assert carry_out.cancel(task.pk, "met them today", by="mia", at=MORNING).state == "cancelled"
    assert Reservation.objects.get().state == "released"


def test_a_batch_is_printed_for_those_who_may_have_it_and_have_an_address(shop):
    ada, ben, cleo = decided("Ada"), decided("Ben"), decided("Cleo")
    Identifier.objects.exclude(name="Cleo").update(city="Berlin", postcode="10115")
    say(ben.identifier_id, "card", {"": False}, proof=PROOF, at=MORNING)
    numbers = [ada.pk, ben.pk, cleo.pk]
    batch = print_cards(numbers, paper())
    assert (batch.tasks, batch.incomplete) == ((ada.pk,), {cleo.pk: ("city",)})
    assert batch.cards.startswith(b"%PDF")
    assert batch.labels.startswith(b"%PDF")
    states = dict(Task.objects.values_list("pk", "state"))
    assert states == {ada.pk: "taken", ben.pk: "cancelled", cleo.pk: "open"}
    assert print_cards([ada.pk], paper("tom")).tasks == ()
    assert Batch.objects.count() == 1


def test_a_card_that_cannot_be_printed_stays_open_and_the_others_are_printed(small_shop):
    ada = decided("Ada")
    long, odd = (decided(name, todo={"script": words}) for name, words in (("Ben", "tea " * 2000), ("Cleo", "مرحبا")))
    Identifier.objects.update(city="Berlin")
    printed = print_cards([ada.pk, long.pk, odd.pk], paper())
    assert printed.tasks == (ada.pk,)
    assert {pk: type(why) for pk, why in printed.misfits.items()} == {long.pk: TooLong, odd.pk: MissingGlyphs}
    assert set(Task.objects.filter(state="open").values_list("pk", flat=True)) == {long.pk, odd.pk}
    assert print_cards([long.pk], paper()).tasks == ()
    assert Batch.objects.count() == 1


def test_an_address_that_fits_no_label_stays_open(small_shop):
    task = decided("Ada")
    Identifier.objects.update(city="Berlin", address="\n".join(["Long street " * 12] * 6))
    assert type(print_cards([task.pk], paper()).misfits[task.pk]) is TooLong


def test_the_day_makes_tasks_and_ends_late_ones(small_shop):
    decided()
    Decision.objects.update(performed_at=None)
    Task.objects.all().delete()
    said = []
    day.send(Worker("w", lambda: MORNING), say=said.append)
    day.send(Worker("w", lambda: MORNING + 3 * DAY), say=said.append)
    assert said == ["tasks: 1 new, 0 too late", "tasks: 0 new, 1 too late"]
