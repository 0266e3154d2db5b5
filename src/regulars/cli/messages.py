"""Commands about messages: mail-in."""

import datetime as dt
import sys
from typing import BinaryIO

import click

from regulars.cli.setting_up import in_shop, shop_option

READ_SIZE_MAX = 12 * 1024 * 1024  # bytes; of a larger mail the rest says nothing more
TRY_AGAIN_LATER = 75  # EX_TEMPFAIL of sysexits.h: a mail server keeps the mail and brings it again
SENTENCES = {
    "hard": "the address does not exist",
    "full": "the mailbox is full",
    "soft": "it could not be delivered",
    "delayed": "it is still being delivered",
    "ours": "the receiver refused the shop, not the person",
    "complaint": "reported as spam",
    "auto_reply": "an automatic answer",
    "unsubscribe": "the person unsubscribed",
    "reply": "the person answered",
}


@click.command("mail-in")
@click.option(
    "--file", "file", type=click.File("rb"), default="-", help="Read the mail from this file. Default: standard input."
)
@shop_option
def mail_in_command(file: BinaryIO, shop: str) -> None:
    """Take one mail that came back: a bounce, a complaint, an unsubscription or an answer.

    For a mail server's pipe. A mail that means nothing is not an error; when the database does not answer the exit
    code is 75, so that the mail server tries again.
    """
    raw = file.read(READ_SIZE_MAX)
    while file.read(1024 * 1024):  # a mail server would take an early end for a failure
        pass
    try:
        with in_shop(shop):
            click.echo(_taken(raw))
    except Exception as error:  # whatever it is, no mail may be lost, and none may go back to the person
        click.echo(f"regulars: the mail could not be taken now: {error}", err=True)
        sys.exit(TRY_AGAIN_LATER)


def _taken(raw: bytes) -> str:
    from regulars.actions.messaging import feedback
    from regulars.actions.messaging.channels.email import reports

    report = reports.read(raw)
    if report is None:
        return "This mail says nothing about a message of the shop."
    taken = feedback.take(report, feedback.id_of(raw), at=dt.datetime.now(dt.UTC))
    if taken.message is None:
        return f"This mail ({SENTENCES[report.kind]}) is about no message of this shop."
    if not taken.new:
        return f"Message {taken.message}: this mail was known already."
    end = " No more marketing goes to this address." if taken.ended else ""
    return f"Message {taken.message}: {SENTENCES[report.kind]}.{end}"
