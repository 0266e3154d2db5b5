"""A mail server's pipe: one sentence, exit code 0 for whatever mail, and "try again" when the shop is not there."""

import pytest
from click.testing import CliRunner

from actions.messaging.channels.email import returned_mails as mails
from actions.messaging.post import planned
from cast import person
from regulars.actions.messaging import links
from regulars.actions.messaging.models import Message
from regulars.cli import messages
from regulars.customers.models import Suppression


@pytest.fixture()
def mail_in(small_shop, monkeypatch):
    monkeypatch.setattr("regulars.cli.setting_up.ready", lambda: None)

    def run(raw):
        return CliRunner().invoke(messages.mail_in_command, input=raw)

    return run


def test_a_bounce_ends_the_address(mail_in):
    planned([person("Ada")])
    Message.objects.update(state="sent")
    to = f"b+{links.token(Message.objects.get().pk, links.BOUNCE)}@bounce.shop.example"
    raw = mails.dsn(mails.recipient("failed", "5.1.1", "550 5.1.1 no such user"), to=to)
    assert "No more marketing goes to this address" in mail_in(raw).output
    assert "known already" in mail_in(raw).output
    assert Suppression.objects.count() == 1


@pytest.mark.parametrize("raw", [b"", b"\x00\xff" * 50, mails.EXIM, b"From: a@b.example\nSubject: hello\n\nA letter."])
def test_a_mail_that_means_nothing_is_no_error(mail_in, raw):
    found = mail_in(raw)
    assert (found.exit_code, len(found.output.splitlines())) == (0, 1)


def test_a_mail_is_brought_again_when_the_shop_does_not_answer(mail_in, monkeypatch):
    def away():
        raise OSError("no database")

    monkeypatch.setattr("regulars.cli.setting_up.ready", away)
    assert mail_in(mails.EXIM).exit_code == 75
