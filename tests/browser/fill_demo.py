"""Run in an installation of its own: fills the demo shop, and prints what pages can be looked at."""

import datetime as dt
import json
from pathlib import Path

from regulars.cli.setting_up import ready

ready(migrate=False)

from django.conf import settings

from regulars import day, invented
from regulars.console.entrance import link
from regulars.customers.models import Customer, Suggestion
from regulars.profiles.models import Profile, Restatement, Segment
from regulars.shop import current
from regulars.sources import importing, looking
from regulars.sources.models import Import

ODD_NAME = """=HYPERLINK("http://x.example","<b onclick='x'>pay</b>")"""
now = dt.datetime.now(dt.UTC)
invented.fill(now=now, say=print)
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
print(json.dumps({
    "link": link("owner", shop="demo"), "people": people, "mails": mails, "united": united, "preview": preview.pk, "unknown": unknown.pk,
    "queued": queued.pk, "failed": failed.pk, "suggestions": suggestions,
}))  # fmt: skip
