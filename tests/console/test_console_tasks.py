"""Tasks in the console: taken by one, done with what came of them, printed and posted; and nothing of it twice."""

import re

import pytest
from console_users import entered
from django.test import Client
from django.utils import timezone

from actions.tasks.hands import DAY, HOUR, decided
from cast import MORNING, person
from regulars.actions.tasks import carry_out
from regulars.actions.tasks.models import Batch, Task
from regulars.customers.models import Consent, Identifier, Pause
from regulars.plays.models import Campaign
from regulars.profiles.models import Profile

NOBODY = 4_000_000_000_000_000_001
PRINT = {"which": "ticked", "profile": "a6_postcard", "sheet": "a4_3x7", "bleed": "", "font": "", "start": "1"}


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list:
    """The pages' clock: a Wednesday morning, until a test turns it."""
    hands = [MORNING]
    monkeypatch.setattr(timezone, "now", lambda: hands[0])
    return hands


def call(name: str = "Ada", **rest) -> Task:
    return decided(name, channel="phone", todo={"script": "Ask how the tea was."}, **rest)


def cards(*names: str) -> list[Task]:
    found = [decided(name) for name in names]
    Identifier.objects.filter(kind="email").update(city="Berlin", postcode="10115")
    return found


def page(client: Client, path: str) -> str:
    return client.get(path, follow=True).content.decode()


def test_the_page_tells_what_is_to_do_for_whom_and_why(owner: Client):
    task, card = call(), decided("Ben")
    shown = page(owner, "/tasks")
    for part in ("Ada", "It is time.", "Ben", "city", f"/tasks/{task.pk}", f"/tasks/{card.pk}"):
        assert part in shown
    shown = page(owner, f"/tasks/{task.pk}")
    assert "Ask how the tea was." in shown
    assert f"/customers/{task.person_id}" in shown
    assert 'href="tel:+49' in shown


def test_a_call_is_taken_and_done_with_what_came_of_it(owner: Client):
    task = call()
    owner.post(f"/tasks/{task.pk}/taking")
    assert "In hand" in page(owner, "/tasks")
    assert (
        b"Say what came of the call." in owner.post(f"/tasks/{task.pk}/outcome", {"result": "x"}, follow=True).content
    )
    for _time in range(2):
        owner.post(f"/tasks/{task.pk}/outcome", {"result": "no_calls", "words": "<b>no</b>"})
    task.refresh_from_db()
    assert (task.state, task.result, task.outcome) == ("done", "no_calls", "<b>no</b>")
    assert Consent.objects.filter(channel="phone", state="denied").count() == 1
    assert "&lt;b&gt;no" in page(owner, f"/tasks/{task.pk}")


def test_a_complaint_is_shown_until_it_is_settled(owner: Client):
    task = call()
    owner.post(f"/tasks/{task.pk}/taking")
    answer = owner.post(f"/tasks/{task.pk}/outcome", {"result": "complaint", "words": "broken cup"}, follow=True)
    assert b"No marketing goes to them until the complaint is settled." in answer.content
    assert "broken cup" in page(owner, "/tasks")
    owner.post(f"/tasks/{task.pk}/settlement")
    assert Pause.objects.get().ended_at == MORNING
    assert "broken cup" not in page(owner, "/tasks")


def test_what_a_colleague_has_cannot_be_taken_done_or_cancelled(owner: Client):
    task = call()
    carry_out.take(task.pk, by="mia", at=MORNING)
    helper = entered("tom")
    assert "mia has this." in page(helper, f"/tasks/{task.pk}")
    for deed, form in (
        ("taking", {}),
        ("outcome", {"result": "no_calls"}),
        ("cancellation", {"why": "x"}),
        ("return", {}),
    ):
        answer = helper.post(f"/tasks/{task.pk}/{deed}", form, follow=True)
        assert b"mia has this already." in answer.content
    task.refresh_from_db()
    assert (task.state, task.by, task.result) == ("taken", "mia", "")
    owner.post(f"/tasks/{task.pk}/return")
    task.refresh_from_db()
    assert task.state == "open"


def test_a_task_is_cancelled_only_with_a_reason(owner: Client):
    task = call()
    owner.post(f"/tasks/{task.pk}/cancellation", {"why": " "})
    assert Task.objects.get().state == "open"
    owner.post(f"/tasks/{task.pk}/cancellation", {"why": "met them today"})
    assert (Task.objects.get().state, Task.objects.get().outcome) == ("cancelled", "met them today")


def test_what_is_too_late_is_shown_as_missed_before_anybody_said_so(owner: Client, clock: list):
    task = call()
    clock[0] = MORNING + 3 * DAY
    shown = page(owner, "/tasks")
    assert "Missed" in shown
    assert "Nobody is to be called now." in shown
    assert "too late" in page(owner, f"/tasks/{task.pk}")
    assert b"not to be done any more" in owner.post(f"/tasks/{task.pk}/taking", follow=True).content
    assert Task.objects.get().state == "missed"


def test_a_call_at_night_is_not_taken_and_says_why(owner: Client, clock: list):
    task = call()
    clock[0] = MORNING.replace(hour=22)
    assert b"Not now:" in owner.post(f"/tasks/{task.pk}/taking", follow=True).content


def test_cards_are_printed_again_and_posted_by_who_has_them(owner: Client, clock: list):
    ada, ben, cleo = cards("Ada", "Ben", "Cleo")
    Identifier.objects.filter(pk=cleo.identifier_id).update(city="", postcode="")
    form = PRINT | {
        "card": [ada.pk, ben.pk, cleo.pk, ada.pk, NOBODY, "x", "-1"],
        "bleed": "2",
        "start": "4",
        "signed_by": "Mia",
    }
    shown = owner.post("/tasks/batches", form, follow=True).content.decode()
    assert "1 card was not printed" in shown
    batch = Batch.objects.get()
    assert (batch.by, batch.bleed, batch.start, batch.signed_by) == ("owner", 2.0, 4, "Mia")
    for name in ("cards", "labels"):
        answer = owner.get(f"/tasks/batches/{batch.pk}/{name}.pdf")
        assert answer.content.startswith(b"%PDF")
        assert answer["Content-Disposition"] == f'attachment; filename="{name}-{batch.pk}.pdf"'
        assert answer.content == owner.get(f"/tasks/batches/{batch.pk}/{name}.pdf").content
    assert "All 2 cards are posted" in page(owner, f"/tasks/batches/{batch.pk}")
    for _time in range(2):
        owner.post(f"/tasks/batches/{batch.pk}/posting")
    assert dict(Task.objects.values_list("pk", "state")) == {ada.pk: "done", ben.pk: "done", cleo.pk: "open"}
    assert owner.get(f"/tasks/batches/{batch.pk}/cards.pdf").status_code == 404


def test_somebody_elses_print_is_not_found(owner: Client):
    [ada] = cards("Ada")
    owner.post("/tasks/batches", PRINT | {"card": [ada.pk]})
    pk, helper = Batch.objects.get().pk, entered("tom")
    for path in ("", "/cards.pdf", "/labels.pdf"):
        assert helper.get(f"/tasks/batches/{pk}{path}").status_code == 404
    assert helper.post(f"/tasks/batches/{pk}/posting").status_code == 404
    helper.post("/tasks/batches", PRINT | {"card": [ada.pk]})
    assert (Task.objects.get().state, Task.objects.get().by, Batch.objects.count()) == ("taken", "owner", 1)


def test_all_that_wait_are_printed_of_one_campaign_or_of_all(owner: Client):
    decided("Ada", source="campaign:1/1")
    decided("Ben", source="campaign:2/1")
    Identifier.objects.update(city="Berlin")
    Campaign.objects.create(pk=2, name="Winter cards", channel="card", at=MORNING)
    shown = page(owner, "/tasks?source=campaign:2/1")
    assert "Winter cards" in shown
    assert "Ada" not in shown.split("To print and post")[1]
    owner.post("/tasks/batches", PRINT | {"which": "all", "source": "campaign:2/1"})
    owner.post("/tasks/batches", PRINT | {"which": "all"})
    assert list(Batch.objects.values_list("pk", flat=True)) == [
        task.batch_id for task in Task.objects.order_by("-decision_id").order_by("batch_id")
    ]


@pytest.mark.parametrize(
    "wrong", [{"bleed": "99"}, {"bleed": "x"}, {"start": "22"}, {"start": "0"}, {"start": "9" * 50}]
)
def test_a_print_that_cannot_be_takes_nothing(owner: Client, wrong: dict[str, str]):
    [ada] = cards("Ada")
    assert b"message error" in owner.post("/tasks/batches", PRINT | {"card": [ada.pk]} | wrong, follow=True).content
    assert Task.objects.get().state == "open"


def test_words_that_do_not_fit_are_told_and_nothing_is_taken(owner: Client):
    task = decided(todo={"script": "tea " * 2000})
    Identifier.objects.update(city="Berlin")
    answer = owner.post(
        "/tasks/batches",
        PRINT | {"card": [task.pk], "profile": "../etc", "sheet": "x", "font": "/etc/passwd"},
        follow=True,
    )
    assert b"Not printed, for Ada Lovelace: This text does not fit" in answer.content
    assert Task.objects.get().state == "open"


def test_a_test_print_shows_the_edges_of_the_labels(owner: Client):
    for sheet in ("a4_3x7", "letter_3x10", "../x"):
        assert owner.get(f"/tasks/frames.pdf?sheet={sheet}").content.startswith(b"%PDF")


def test_the_page_asks_as_often_for_many_tasks_as_for_few(owner: Client, django_queries):
    cards("Ada", "Ben")
    few = django_queries(lambda: owner.get("/tasks"))
    cards(*[f"P{number}" for number in range(12)])
    assert django_queries(lambda: owner.get("/tasks")) == few <= 32


@pytest.fixture()
def django_queries():
    from django.db import connections
    from django.test.utils import CaptureQueriesContext

    def counted(deed) -> int:
        deed()
        with CaptureQueriesContext(connections["default"]) as queries:
            deed()
        return len(queries)

    return counted


@pytest.mark.parametrize(("channel", "told"), [("card", "Cards"), ("phone", "Calls")])
def test_a_campaign_by_card_or_phone_makes_tasks_and_counts_them(owner: Client, channel: str, told: str):
    from test_console_messages import campaign

    from regulars import day
    from regulars.actions.messaging.deliver import Worker

    people = [person(name, phone=f"+4915112340{place}") for place, name in enumerate(["Ada", "Ben"])]
    for place, pk in enumerate(people):
        Profile.objects.create(customer_id=pk, orders=place + 1)
    made = campaign(owner, channel=channel)
    assert made.channel == channel
    shown = page(owner, f"/campaigns/{made.pk}")
    assert "letters are shown in the viewer" not in shown
    if channel == "phone":
        assert "They never said yes to this." in shown
    owner.post(f"/campaigns/{made.pk}/launch", {"seen": []})
    day.send(Worker("w", lambda: MORNING + HOUR), say=str)
    assert Task.objects.count() == (2 if channel == "card" else 0)
    shown = page(owner, f"/campaigns/{made.pk}")
    if channel == "card":
        assert re.search(rf"<h2>{told}</h2>.*?to do</dt><dd>2", shown)
        assert "Hello Ada" in Task.objects.get(person_id=people[0]).subject
        owner.post(f"/campaigns/{made.pk}/steering", {"deed": "stop"})
        assert carry_out.take(Task.objects.first().pk, by="mia", at=MORNING + HOUR).state == "cancelled"
