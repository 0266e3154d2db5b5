"""The way out: a look changes nothing, one click is enough, and no link does more than it was made for."""

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from actions.messaging.post import letter, planned
from cast import MORNING, PROOF, person, wish
from regulars.actions.messaging import links
from regulars.actions.messaging.models import Message
from regulars.customers.consenting import say
from regulars.customers.models import Consent, Identifier, Pause, Suppression
from regulars.decisions.gate import Request, decide
from regulars.shop import current

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture()
def page(small_shop):
    return Client(enforce_csrf_checks=True, HTTP_HOST="localhost")


def written_to(name="Ada"):
    planned([person(name)])
    return Message.objects.get(person_id=Identifier.objects.get(name=name).pk)


def address(message, deed=links.UNSUBSCRIBE):
    return f"/{'u' if deed == links.UNSUBSCRIBE else 'p'}/{links.token(message.pk, deed)}"


def reason(who, source="campaign:next/1"):
    later = timezone.now()
    return decide(
        [
            Request(
                who,
                wish(source, not_before=later, expires_at=later + timezone.timedelta(days=40)),
                todo={"letter": letter()},
            )
        ],
        now=later,
    )[0].reason


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_at_a_link_changes_nothing(page, method):
    message = written_to()
    for deed in (links.UNSUBSCRIBE, links.PREFERENCES):
        assert getattr(page, method)(address(message, deed)).status_code == 200
    assert not Suppression.objects.exists()
    assert Consent.objects.count() == 1


@pytest.mark.parametrize("form", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded"])
def test_one_click_needs_no_cookie_answers_at_once_and_holds(page, form):
    message = written_to()
    body = (
        "List-Unsubscribe=One-Click"
        if "url" in form
        else '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
    )
    answer = page.post(address(message), body, content_type=form)
    assert (answer.status_code, answer.cookies.keys() & {"sessionid"}) == (200, set())
    assert reason(message.person_id) == "suppressed"
    page.post(address(message), ONE_CLICK)
    assert Suppression.objects.count() == 1


def test_leaving_leaves_letters_about_orders(page):
    message = written_to()
    page.post(address(message), ONE_CLICK)
    found = decide([Request(message.person_id, wish("order:receipt/1", purpose="order", expires_at=None))], now=MORNING)
    assert found[0].arm == "treated"


FORGED = ["", "x", "A" * 22, "../../etc", "Ä" * 22, "A" * 500]


@pytest.mark.parametrize("token", FORGED)
def test_a_forged_link_is_refused_with_a_clear_page(page, token):
    for folder in ("u", "p"):
        assert page.post(f"/{folder}/{token}", ONE_CLICK).status_code in (403, 404)
    assert not Suppression.objects.exists()


def test_a_link_for_one_deed_does_no_other_and_none_for_another_person(page):
    message = written_to()
    swapped = links.token(message.pk, links.PREFERENCES)
    assert page.post(f"/u/{swapped}", ONE_CLICK).status_code == 404
    token = links.token(message.pk, links.UNSUBSCRIBE)
    for place in range(len(token)):
        bent = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        with pytest.raises(links.BadLink):
            assert links.message_of(bent, links.UNSUBSCRIBE) == message.pk


def test_links_stay_short_enough_for_mail_headers():
    assert len(f"https://club.teahouse.example/u/{links.token(2**62, links.UNSUBSCRIBE)}") < 70


def test_an_older_key_is_still_read(page, monkeypatch):
    message = written_to()
    link = address(message)
    monkeypatch.setattr("django.conf.settings.SECRET_KEY_FALLBACKS", [settings.SECRET_KEY])
    monkeypatch.setattr("django.conf.settings.SECRET_KEY", "another key of at least thirty-two characters")
    assert page.post(link, ONE_CLICK).status_code == 200


def form_of(message, **data):
    """Sends the preference page's form with its CSRF token."""
    client, place = Client(HTTP_HOST="localhost"), address(message, links.PREFERENCES)
    return client.post(place, data)


def test_a_person_chooses_what_they_get(page):
    message = written_to()
    assert form_of(message, deed="choose", news="yes", zone="Asia/Shanghai", less_often="yes").status_code == 302
    assert reason(message.person_id) == ""
    offers = wish(
        "campaign:offers/1",
        purpose="offers",
        not_before=timezone.now(),
        expires_at=timezone.now() + timezone.timedelta(days=3),
    )
    assert decide([Request(message.person_id, offers)], now=timezone.now())[0].reason == "objected"
    shown = page.get(address(message, links.PREFERENCES)).content.decode()
    assert 'name="news" value="yes" checked' in shown
    assert 'name="offers" value="yes" checked' not in shown
    assert Consent.objects.filter(purpose="news", state="granted", wording__contains="News").exists()


def test_a_form_from_elsewhere_is_refused(page):
    message = written_to()
    assert page.post(address(message, links.PREFERENCES), {"deed": "leave"}).status_code == 403


def test_leave_me_alone_is_a_pause_on_every_channel(page):
    message = written_to()
    form_of(message, deed="rest", months="3")
    assert reason(message.person_id) == "paused_person"
    form_of(message, deed="wake")
    assert reason(message.person_id, "campaign:other/1") == ""
    form_of(message, deed="rest", months="999")
    assert Pause.objects.filter(ended_at=None).count() == 0


def test_a_later_yes_of_the_person_lifts_an_unsubscription_and_nothing_else_does(page):
    message = written_to()
    page.post(address(message), ONE_CLICK)
    say(message.person_id, "email", {"": True}, proof=PROOF, at=timezone.now())
    assert reason(message.person_id) == "suppressed"
    form_of(message, deed="choose", news="yes")
    assert reason(message.person_id, "campaign:other/1") == ""


def test_whoever_asked_for_less_hears_half_as_often(page):
    message = written_to()
    form_of(message, deed="choose", news="yes", less_often="yes")
    now = timezone.now()
    first = decide(
        [
            Request(
                message.person_id, wish("campaign:a/1", not_before=now, expires_at=now + timezone.timedelta(days=40))
            )
        ],
        now=now,
    )[0]
    second = decide(
        [
            Request(
                message.person_id, wish("campaign:b/1", not_before=now, expires_at=now + timezone.timedelta(days=40))
            )
        ],
        now=now,
    )[0]
    assert (second.not_before - first.not_before).days >= 13


def test_no_page_of_the_club_needs_or_leaks_the_console(page):
    message = written_to()
    shown = page.get(address(message, links.PREFERENCES))
    assert "log-out" not in shown.content.decode()
    assert page.get("/customers").status_code == 302


@pytest.mark.parametrize("deed", [links.UNSUBSCRIBE, links.PREFERENCES, links.CONFIRM, links.BOUNCE])
def test_a_link_of_the_demo_does_nothing_in_the_own_shop(deed):
    """A letter to the same person may have the same number in both."""
    with current.using(current.DEMO):
        token = links.token(7, deed)
        assert links.message_of(token, deed) == 7
    with pytest.raises(links.BadLink):
        links.message_of(token, deed)
