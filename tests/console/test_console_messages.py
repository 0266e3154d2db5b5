"""Messages in the console: written, looked at, launched, stopped; consent and account are for owners alone."""

import pytest
from console_rows import NOW
from console_users import entered, user
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from actions.messaging.post import letter, planned
from cast import person, wish
from regulars.actions.messaging import looking
from regulars.actions.messaging.models import Account, LinkCount, Message, Viewed
from regulars.console.views import campaigns
from regulars.customers.models import Attestation, Identifier
from regulars.decisions import stopping
from regulars.decisions.gate import Request, decide
from regulars.decisions.models import ContactRules, Reservation
from regulars.plays.campaigns import launch
from regulars.plays.models import Campaign
from regulars.profiles.models import Profile
from regulars.words.letters import newest
from regulars.words.models import Enclosure, Letter, Version

FORM = {
    "name": "Spring", "subject": "Hello {{ customer.first_name | default: 'you' }}", "preview": "", "kind": ["heading", "text", "button"],
    "words": ["Spring", "The teas are **here**", "Look"], "link": ["", "", "https://shop.example"], "condition": "orders > 0",
    "because": "You like tea.", "purpose": "news", "channel": "email", "language": "en", "starts": "", "hours": "72", "hold_out": "0",
}  # fmt: skip


def campaign(owner: Client, **changed) -> Campaign:
    owner.post("/campaigns/new", {"name": "Spring"})
    made = Campaign.objects.get()
    owner.post(f"/campaigns/{made.pk}", FORM | changed)
    return Campaign.objects.get()


def test_a_campaign_is_written_looked_at_and_launched(owner: Client):
    for place, name in enumerate(["Ada", "Ben", "Eve"]):
        Profile.objects.create(customer_id=person(name, yes=name != "Eve"), orders=place + 1)
    made = campaign(owner)
    shown = owner.get(f"/campaigns/{made.pk}").content.decode()
    assert "They never said yes to this." in shown
    assert "The teas are &lt;strong&gt;here" in shown
    owner.post(f"/campaigns/{made.pk}/launch", {"seen": []})
    assert Campaign.objects.get().state == "running"
    assert "launched by owner" in owner.get(f"/campaigns/{made.pk}").content.decode()


def test_words_kept_while_somebody_launches_change_nothing_of_what_was_launched(owner: Client, monkeypatch):
    Profile.objects.create(customer_id=person("Ada"), orders=1)
    made, looked_at = campaign(owner), campaigns.compiled

    def meanwhile(draft):
        launch(made, by="colleague", now=timezone.now())
        return looked_at(draft)

    monkeypatch.setattr(campaigns, "compiled", meanwhile)
    owner.post(f"/campaigns/{made.pk}", FORM | {"subject": "Never looked at"})
    assert Campaign.objects.get().state == "running"
    assert newest(made.letters[0])["en"].subject != "Never looked at"


WRONG = {
    "subject": ("subject", "", "Give the letter a subject."),
    "condition": ("condition", "ordrs > 1", "ordrs"),
    "hours": ("hours", "9999", "The hours lie between 1 and 720."),
    "hold_out": ("hold_out", "-1", "between 0 and 90 percent"),
    "link": ("link", ["", "", "javascript:alert(1)"], "must begin with https://"),
    "words": ("words", ["", "{% for %}", ""], "line 1"),
    "loop": ("words", ["", "{{ customer.name", ""], "line 1"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_with_a_letter_is_told_and_nothing_is_lost(owner: Client, name: str):
    field, value, told = WRONG[name]
    owner.post("/campaigns/new", {"name": "Spring"})
    made = Campaign.objects.get()
    answer = owner.post(f"/campaigns/{made.pk}", FORM | {field: value})
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert told in shown
    assert "You like tea." in shown or name == "condition"


def test_clicks_are_counted_only_if_asked_and_only_for_e_mail(owner: Client):
    Profile.objects.create(customer_id=person("Ada"), orders=1)
    for form, expected in (
        ({}, False),
        ({"count_clicks": "yes", "channel": "card"}, False),
        ({"count_clicks": "yes"}, True),
    ):
        Campaign.objects.all().delete()
        made = campaign(owner, **form)
        assert Letter.objects.get(pk=made.letters[0]).count_clicks == expected
    assert 'name="count_clicks" value="yes" checked' in owner.get(f"/campaigns/{made.pk}").content.decode()
    owner.post(f"/campaigns/{made.pk}/launch")
    LinkCount.objects.create(
        version_id=Version.objects.get(letter=made.letters[0]).pk, number=0, day=NOW, people=12, machines=7
    )
    shown = owner.get(f"/campaigns/{made.pk}").content.decode()
    for part in ("https://shop.example", ">12<", ">7<", "cannot be told apart for certain"):
        assert part in shown


def test_files_go_with_a_campaign_are_listed_and_taken_out(owner: Client):
    menu, plan = SimpleUploadedFile("../menu.pdf", b"%PDF-1.7 menu"), SimpleUploadedFile("plan.txt", b"hello")
    made = campaign(owner, files=[menu, plan])
    shown = owner.get(f"/campaigns/{made.pk}").content.decode()
    assert "take out menu.pdf" in shown
    files = Version.objects.get().attachments
    assert [file["name"] for file in files] == ["menu.pdf", "plan.txt"]
    owner.post(f"/campaigns/{made.pk}", FORM)
    assert Version.objects.count() == 1
    owner.post(f"/campaigns/{made.pk}", FORM | {"without": files[0]["hash"]})
    assert [file["name"] for file in Version.objects.last().attachments] == ["plan.txt"]


@pytest.mark.parametrize(
    ("files", "form", "told"),
    [
        ([SimpleUploadedFile("x.exe", b"MZ")], {}, "only PDF, PNG"),
        ([SimpleUploadedFile("<b>.pdf", b"MZ")], {}, "is not what its name says"),
        ([SimpleUploadedFile("x.pdf", b"%PDF-" + b"x" * 2_000_000)], {}, "larger than"),
        ([SimpleUploadedFile(f"{n}.pdf", b"%PDF-") for n in range(9)], {}, "At most 5 files"),
        ([SimpleUploadedFile("x.pdf", b"%PDF-")], {"channel": "card"}, "Only e-mail carries files"),
        ([SimpleUploadedFile("x.pdf", b"%PDF-")], {"channel": "inbox"}, "Only e-mail carries files"),
    ],
)
def test_files_that_cannot_go_are_told_and_not_kept(owner: Client, files: list, form: dict, told: str):
    for file in files:
        file.seek(0)
    owner.post("/campaigns/new", {"name": "Spring"})
    answer = owner.post(f"/campaigns/{Campaign.objects.get().pk}", FORM | form | {"files": files})
    shown = answer.content.decode()
    assert (answer.status_code, told in shown, "<b>" in shown) == (422, True, False)
    assert not Enclosure.objects.exists()


def test_a_file_of_ten_megabytes_is_refused_before_it_is_read(owner: Client):
    owner.post("/campaigns/new", {"name": "Spring"})
    big = SimpleUploadedFile("x.pdf", b"%PDF-" + b"x" * 10_000_000)
    answer = owner.post(f"/campaigns/{Campaign.objects.get().pk}", FORM | {"files": [big]})
    assert (answer.status_code, b"larger than 5 MB" in answer.content) == (413, True)


def test_what_is_marked_must_be_said_to_be_in_order(owner: Client):
    Profile.objects.create(customer_id=person("Ada"), orders=1)
    made = campaign(owner, subject="Only today: 20% off")
    shown = owner.get(f"/campaigns/{made.pk}").content.decode()
    assert "is it really over after that?" in shown
    owner.post(f"/campaigns/{made.pk}/launch")
    assert Campaign.objects.get().state == "draft"
    owner.post(f"/campaigns/{made.pk}/launch", {"seen": ["false_urgency", "reduction_claim"]})
    assert Campaign.objects.get().state == "running"


def test_a_launched_campaign_is_paused_resumed_and_stopped(owner: Client):
    Profile.objects.create(customer_id=person("Ada"), orders=1)
    made = campaign(owner)
    owner.post(f"/campaigns/{made.pk}/launch")
    for deed, state in (("pause", "paused"), ("resume", "running"), ("stop", "stopped"), ("nonsense", "stopped")):
        owner.post(f"/campaigns/{made.pk}/steering", {"deed": deed})
        assert Campaign.objects.get().state == state


def test_the_red_button_stops_and_lets_go_on(owner: Client):
    owner.post("/messages/stop")
    assert b"All marketing is stopped." in owner.get("/messages").content
    number = stopping.Stop.objects.get().pk
    owner.post(f"/messages/stops/{number}/end")
    assert stopping.stopped() == {}


def test_anybody_may_stop_but_only_the_owner_lets_go_on(owner: Client):
    colleague = entered("mia")
    colleague.post("/messages/stop")
    number = stopping.Stop.objects.get().pk
    assert colleague.post(f"/messages/stops/{number}/end").status_code == 403
    assert stopping.stopped()


def test_letters_that_were_only_shown_are_forgotten_after_a_month(owner: Client):
    for days in (1, 40):
        at = timezone.now() - timezone.timedelta(days=days)
        Viewed.objects.create(message_id=days, to="a@x.example", subject="x", raw=b"", at=at)
    assert looking.forget_viewed(now=timezone.now()) == 1
    assert Viewed.objects.get().pk == 1


@pytest.mark.parametrize(
    ("deed", "state", "slot"),
    [("arrived", "sent", "held"), ("again", "planned", "held"), ("lost", "failed", "released")],
)
def test_a_person_settles_what_nobody_knows(owner: Client, deed: str, state: str, slot: str):
    planned([person("Ada")])
    Message.objects.update(state="unknown", sent_at=timezone.now())
    pk = Message.objects.get().pk
    assert b"Nobody knows whether these arrived" in owner.get("/messages").content
    owner.post(f"/messages/{pk}/settling", {"deed": deed})
    assert (Message.objects.get().state, Reservation.objects.get().state) == (state, slot)
    assert b"settled this already" in owner.post(f"/messages/{pk}/settling", {"deed": deed}, follow=True).content


def test_the_page_says_why_a_campaign_would_reach_nobody_and_what_to_do(owner: Client):
    person("Ada", yes=False)
    assert b"A campaign would reach nobody" in owner.get("/messages").content
    owner.post("/messages/consent", {"kind": "soft_opt_in", "wording": "tick box", "period": "2024"})
    assert Attestation.objects.get().actor == "owner"
    assert b"A campaign would reach nobody" not in owner.get("/messages").content
    owner.post(f"/messages/consent/{Attestation.objects.get().pk}/end")
    assert b"A campaign would reach nobody" in owner.get("/messages").content


def test_the_owner_says_for_which_channel_people_agreed(owner: Client):
    for channel in ("phone", "nonsense"):
        owner.post("/messages/consent", {"kind": "claimed", "channel": channel, "wording": "asked in the shop"})
    assert sorted(Attestation.objects.values_list("channel", flat=True)) == ["email", "phone"]
    assert "phone call" in owner.get("/messages/consent").content.decode()


def test_a_word_without_wording_is_no_proof(owner: Client):
    owner.post("/messages/consent", {"kind": "claimed", "wording": " "})
    assert not Attestation.objects.exists()


def test_rules_are_kept_or_told_what_is_wrong(owner: Client):
    owner.post(
        "/messages/rules",
        {"week": "2", "month": "5", "email_from": "09:00", "email_to": "18:00", "closed": "2027-12-24\n"},
    )
    kept = ContactRules.objects.get()
    assert (kept.week, kept.month, kept.hours, kept.closed_days) == (
        2,
        5,
        {"email": ["09:00", "18:00"]},
        ["2027-12-24"],
    )
    for wrong in (
        {"week": "99"},
        {"closed": "Christmas"},
        {"sms_from": "18:00", "sms_to": "09:00"},
        {"sms_from": "early"},
    ):
        answer = owner.post("/messages/rules", {"week": "1", "month": "1"} | wrong)
        assert b"message error" in answer.content
    assert ContactRules.objects.get().week == 2


ACCOUNT = {
    "way": "smtp", "host": "mail.shop.example", "port": "587", "security": "starttls", "user": "u", "password": "secret word",
    "from_address": "a@shop.example", "postal_address": "Lindenweg 5", "public_url": "https://club.shop.example", "allowed": "*",
}  # fmt: skip


def test_the_account_keeps_its_password_to_itself(owner: Client):
    owner.post("/messages/account", ACCOUNT)
    assert Account.objects.get().password == "secret word"
    assert b"secret word" not in owner.get("/messages/account").content
    owner.post("/messages/account", ACCOUNT | {"password": ""})
    assert Account.objects.get().password == "secret word"


@pytest.mark.parametrize(
    "wrong",
    [{"host": ""}, {"port": "0"}, {"port": "x"}, {"from_address": "no address"}, {"public_url": "javascript:1"}],
)
def test_an_account_that_cannot_work_is_not_kept(owner: Client, wrong: dict[str, str]):
    assert b"message error" in owner.post("/messages/account", ACCOUNT | wrong).content
    assert not Account.objects.exists()


def test_a_letter_to_oneself_is_shown_in_the_viewer_while_nothing_leaves(owner: Client):
    owner.post("/messages/account/trial", {"to": "me@shop.example"})
    viewed = Viewed.objects.get()
    assert viewed.to == "me@shop.example"
    assert owner.get(f"/messages/viewer/{viewed.pk}").status_code == 200
    assert b"Not sent" in owner.post("/messages/account/trial", {"to": "x\r\nBcc: y@shop.example"}, follow=True).content


def test_accounts_rules_and_consent_are_for_owners(small_shop: str):
    user("owner", owner=True)
    helper = entered("helper")
    assert helper.get("/messages/account").status_code == 403
    for path in ("/messages/consent", "/messages/rules", "/messages/account/trial"):
        assert helper.post(path, {"wording": "x", "kind": "claimed"}).status_code == 403
    assert not Attestation.objects.exists()


def test_the_customers_page_tells_why_not(owner: Client):
    ada = person("Ada", yes=False)
    decide([Request(ada, wish(), "You like tea.", {"letter": letter()})], now=timezone.now())
    shown = owner.get(f"/customers/{ada}").content.decode()
    assert "You like tea." in shown
    assert "They never said yes to this." in shown or "It came too late" in shown


def test_the_dns_is_looked_up_and_put_into_words(owner: Client, monkeypatch):
    owner.post("/messages/account", ACCOUNT | {"bounce_host": "bounce.shop.example"})
    zone = {("shop.example", "TXT"): ["v=spf1 -all"], ("_dmarc.shop.example", "TXT"): ["v=DMARC1; p=none"]}
    monkeypatch.setattr(
        "regulars.console.views.dns.resolver", lambda _timeout: lambda name, kind: zone.get((name, kind), [])
    )
    shown = owner.post("/messages/account/dns", {"selector": "s1"}).content.decode()
    assert "DMARC: there is a policy." in shown
    assert "no key at s1._domainkey.shop.example" in shown
    assert "SPF: no record says who may send for bounce.shop.example" in shown
    assert "{" not in shown.split("<main", 1)[1].replace("{{", "")


@pytest.mark.parametrize("detail", ["spf_ok", "dkim_short", "dmarc_missing", "mx_refuses", "something_new"])
def test_every_finding_has_a_sentence(detail: str):
    from regulars.actions.messaging.channels.email.dns_check import Finding
    from regulars.console.views.dns import sentence

    assert sentence(Finding("spf", "ok", detail, {"host": "h", "bits": 1024}))


def test_a_second_version_is_written_compared_and_left_out_again(owner: Client):
    for place, name in enumerate(["Ada", "Ben"]):
        Profile.objects.create(customer_id=person(name), orders=place + 1)
    made = campaign(owner)
    owner.post(f"/campaigns/{made.pk}/versions", {"deed": "add"})
    owner.post(f"/campaigns/{made.pk}?version=B", FORM | {"subject": "Quite another"})
    one, two = Campaign.objects.get().letters
    assert (newest(one)["en"].subject, newest(two)["en"].subject) == (FORM["subject"], "Quite another")
    shown = owner.get(f"/campaigns/{made.pk}?version=B").content.decode()
    assert "Quite another" in shown
    assert "too few order in 14 days to ever tell" in shown
    owner.post(f"/campaigns/{made.pk}/versions", {"deed": "drop", "version": "A"})
    assert Campaign.objects.get().letters == [two]
    owner.post(f"/campaigns/{made.pk}/versions", {"deed": "drop", "version": "A"})
    assert Campaign.objects.get().letters == [two]


def test_a_letter_has_several_languages_and_each_can_be_left_out(owner: Client):
    Profile.objects.create(customer_id=person("Ada"), orders=1)
    made = campaign(owner)
    owner.post(f"/campaigns/{made.pk}", FORM | {"language": "zh-hans", "subject": "春天"})
    (letter_,) = Campaign.objects.get().letters
    assert set(newest(letter_)) == {"en", "zh-hans"}
    assert "春天" in owner.get(f"/campaigns/{made.pk}?version=A&language=zh-hans").content.decode()
    owner.post(f"/campaigns/{made.pk}/versions", {"deed": "drop", "version": "A", "language": "en"})
    assert set(newest(letter_)) == {"zh-hans"}
    owner.post(f"/campaigns/{made.pk}/versions", {"deed": "drop", "version": "A", "language": "zh-hans"})
    assert set(newest(letter_)) == {"zh-hans"}


def test_the_letter_is_seen_as_one_of_the_customers_would_get_it(owner: Client):
    ada = person("Ada Lovelace")
    Profile.objects.create(customer_id=ada, orders=1)
    made = campaign(owner)
    assert f'<option value="{ada}">Ada Lovelace' in owner.get(f"/campaigns/{made.pk}").content.decode()
    asked = FORM | {"subject": "For {{ customer.last_name }}"}
    assert "For Lovelace" in owner.post("/campaigns/trial", asked | {"seen_as": str(ada)}).content.decode()
    missing = owner.post("/campaigns/trial", FORM | {"subject": "{{ customer.company }}", "seen_as": str(ada)})
    assert "company" in missing.content.decode()
    assert "<iframe" not in missing.content.decode()
    for nobody in ("--5", "7", "x", "9" * 30):
        assert "no such customer" in owner.post("/campaigns/trial", asked | {"seen_as": nobody}).content.decode()


def test_a_change_is_announced_to_those_it_concerns_without_advertising(owner: Client):
    closing = {"kind": "closing", "first": "2027-01-15", "last": "2027-01-18", "quiet": "yes"}
    owner.post("/campaigns/new", closing)
    made = Campaign.objects.get()
    assert (made.purpose, made.hold_out, made.condition) == ("service", 0.0, "days_since_last_order <= 90")
    assert ContactRules.objects.get().closed_days == [f"2027-01-{day}" for day in (15, 16, 17, 18)]
    Profile.objects.create(customer_id=person("Ada", yes=False), orders=1, days_since_last_order=3)
    changed = FORM | {"purpose": "service", "condition": made.condition, "hold_out": "10"}
    owner.post(f"/campaigns/{made.pk}", changed | {"subject": "Closed, and everything 20% off"})
    assert Campaign.objects.get().hold_out == 0
    assert "advertises" in owner.get(f"/campaigns/{made.pk}").content.decode()
    owner.post(f"/campaigns/{made.pk}/launch", {"seen": ["advertises"]})
    assert Campaign.objects.get().state == "draft"
    owner.post(f"/campaigns/{made.pk}", changed | {"subject": "Closed in January"})
    owner.post(f"/campaigns/{made.pk}/launch")
    assert Campaign.objects.get().state == "running"


@pytest.mark.parametrize(
    "missing", [{"first": ""}, {"last": ""}, {"first": "2027-02-31"}, {"last": "2027-01-01"}, {"last": "2028-01-01"}]
)
def test_an_announcement_without_its_days_is_not_begun(owner: Client, missing: dict[str, str]):
    asked = {"kind": "closing", "first": "2027-01-15", "last": "2027-01-18"} | missing
    assert owner.post("/campaigns/new", asked).status_code == 422
    assert not Campaign.objects.exists()


def test_a_colleagues_yes_for_an_address_that_no_mail_server_takes_is_refused_in_words(owner):
    ada = person("Ada")
    Identifier.objects.filter(pk=ada).update(value="ada..b@customer.example")
    told = owner.post(f"/customers/{ada}/yes", {"wording": "May we write to you?"}, follow=True)
    assert "This is no e-mail address." in told.content.decode()
    assert not Message.objects.exists()
