"""Run in an installation of its own: fills the demo shop, and prints what pages can be looked at."""

import datetime as dt
import itertools
import json
from pathlib import Path

from regulars.cli.setting_up import ready

ready(migrate=False)

from django.conf import settings

from regulars import day
from regulars.actions.messaging import links
from regulars.actions.messaging.deliver import Worker
from regulars.actions.messaging.models import Message
from regulars.actions.tasks import hearing
from regulars.actions.tasks.models import Batch, Task
from regulars.console.entrance import link
from regulars.customers.models import Customer, Suggestion
from regulars.decisions import stopping
from regulars.invented import demo
from regulars.plays import campaigns, switching
from regulars.plays.models import Campaign
from regulars.profiles.models import Profile, Restatement, Segment
from regulars.shop import current
from regulars.sources import importing, looking
from regulars.sources.models import Import
from regulars.words.letters import Draft, write
from regulars.words.models import Letter

SUNDAY = 6
ODD_NAME = """=HYPERLINK("http://x.example","<b onclick='x'>pay</b>")"""
now = dt.datetime.now(dt.UTC)
demo.fill(now=now, say=print)
folder = Path(settings.HOME)
shop = folder / "orders.csv"
shop.write_text(
    "Order no,Bought on,Mail,Sum\n1,2026-01-05 10:00,ada@shop.example,12.50\n2,2026-02-05 10:00,ben@shop.example,9999.00\n3,soon,cleo@shop.example,1.00\n"
)
odd = folder / "odd.csv"
odd.write_text("a,b,c\n1,2,3\n")
with current.using(current.DEMO):
    day.check(now=now, say=print)
    Segment.objects.create(
        name="Regulars & friends", condition="orders > 3 and value_grade = 'A'", actor="owner", created_at=now
    )
    Restatement.objects.create(
        metric="n1", as_of=now.date(), old=0.25, new=0.26, old_n=240, new_n=250, why="facts", at=now
    )
    best = Profile.objects.order_by("-net_total").values_list("pk", flat=True)
    people = [best.filter(has_account=True, has_email=True)[0], *best.filter(identifiers=1, has_email=True)[:2]]
    Customer.objects.filter(pk=people[2]).update(name=ODD_NAME)
    mails = [Customer.objects.get(pk=pk).email for pk in people]
    united = Profile.objects.filter(identifiers__gt=1).order_by("-orders").values_list("pk", flat=True).first()
    preview = importing.create([shop], actor="owner", state=Import.State.READY)
    unknown = importing.create([odd], actor="owner", state=Import.State.READY)
    for waiting in (preview, unknown):
        looking.look(waiting, now=now)
    queued = importing.create([shop], actor="owner")
    queued.progress = {"step": "reading", "done": 1, "total": 3}
    queued.save()
    failed = importing.create([odd], actor="owner", state=Import.State.FAILED)
    failed.error = "odd.csv: no column was found for ordered_at."
    failed.save()
    suggestions = Suggestion.objects.count()
    letter = Letter.objects.create(name="spring", at=now)
    blocks = [{"kind": "heading", "words": "Spring"}, {"kind": "text", "words": "Hello {{ customer.first_name | default: 'friend' }}"},
              {"kind": "button", "words": "Look", "link": "https://shop.example"}]  # fmt: skip
    write(letter, Draft("en", "Only today: spring teas", blocks), by="owner", at=now)
    draft = Campaign.objects.create(name="Spring", condition="orders > 2", letters=[letter.pk], at=now)
    launched = Campaign.objects.create(
        name="Autumn", condition="orders > 4", letters=[letter.pk], at=now, because="You come often."
    )
    campaigns.launch(launched, by="owner", now=now, seen=["false_urgency"])
    later = (now + dt.timedelta(days=1)).replace(hour=10)
    later += dt.timedelta(days=later.weekday() == SUNDAY)  # nobody is written to then
    day.send(Worker("w", lambda: later), say=print)
    Task.objects.all().delete()
    batch = Batch.objects.create(by="owner", at=now, profile="a6_postcard", sheet="a4_3x7")
    task = {"identifier_id": people[0], "person_id": people[0], "not_before": now, "expires_at": now + dt.timedelta(days=9), "at": now,
            "text": "Thank you for three years of orders."}  # fmt: skip
    for place, (kind, state) in enumerate(itertools.product(("card", "call"), ("open", "taken", "missed", "done"))):
        Task.objects.create(decision_id=place, kind=kind, state=state, by="owner" if state == "taken" else "", **task)
    Task.objects.filter(kind="card", state="taken").update(batch_id=batch.pk)
    call = Task.objects.get(kind="call", state="taken")
    hearing.hear(call, "complaint", "The cup was broken.", by="owner", at=now)
    ours = Message.objects.filter(source__startswith="campaign:").order_by("pk")
    message = ours.filter(state="sent").first() or ours.first()
    tokens = {
        name: links.token(message.pk, deed)
        for name, deed in (("leave", links.UNSUBSCRIBE), ("prefer", links.PREFERENCES))
    }
    for name, mode in (("slipping-away", "ask first"), ("second-order", "ask first"), ("replenishment", "automatic")):
        switching.switch_on(name, by="owner", now=now, mode=mode)
    day.decide(now=now, say=print)
    day.measure(now=now, say=print)
    stopping.stop("play:replenishment", why="Too many left.", actor="measurement", at=now)
    stopping.stop("campaign:999", why="typo", actor="owner", at=now)
    Message.objects.filter(state="planned").update(state="unknown", detail="the connection ended")
print(json.dumps({
    "link": link("owner", shop="demo"), "people": people, "mails": mails, "united": united, "preview": preview.pk, "unknown": unknown.pk,
    "queued": queued.pk, "failed": failed.pk, "suggestions": suggestions, "draft": draft.pk, "launched": launched.pk,
    "viewed": message.pk, "call": call.pk, "batch": batch.pk, **tokens,
}))  # fmt: skip
