"""Hand messages to an endpoint of the shop's own choice: a signed POST of JSON, for whatever channel stands behind it."""

import json
from collections.abc import Callable
from datetime import datetime

from regulars.actions.messaging.channels.port import FAILED, LATER, OURS, SENT, UNKNOWN, Item, Outcome, Parcel
from regulars.actions.messaging.channels.webhook.guarded import NoAnswer, NotConnected, Refused, Reply, post
from regulars.actions.messaging.channels.webhook.signed import BadSecret, sign

Post = Callable[[str, bytes, dict[str, str]], Reply]
GONE = 410
OUR_FAULT = (401, 403, 404, 405)
TRY_AGAIN = (408, 425, 429)
ANSWER_CHARACTERS_MAX = 200


def parcel(item: Item, *, at: datetime) -> Parcel:
    """The message as it leaves, `raw` being its JSON: id, purpose, to, name, subject, text, language."""
    letter = item.letter
    said = {
        "id": str(item.message_id), "purpose": item.purpose, "to": item.address, "name": item.name,
        "subject": letter.subject, "text": letter.text, "language": letter.language,
    }  # fmt: skip
    return Parcel(item.message_id, item.address, "", json.dumps(said, ensure_ascii=False).encode(), {}, letter, at)


class WebhookHand:
    """Posts to one endpoint, signed with its secret by the Standard Webhooks rules; `webhook-id` is the message's number."""

    def __init__(self, url: str, secret: str, *, send: Post = post) -> None:
        self.url, self.secret, self.send = url, secret, send

    def give(self, parcel: Parcel) -> Outcome:
        """Post one message; see Outcome for what can come of it."""
        try:
            signed = sign([self.secret], str(parcel.message_id), int(parcel.at.timestamp()), parcel.raw)
            reply = self.send(self.url, parcel.raw, {"Content-Type": "application/json", **signed})
        except BadSecret as error:
            return Outcome(OURS, f"the secret cannot be used: {error}")
        except Refused as error:
            return Outcome(OURS, f"the endpoint cannot be used: {error}")
        except NotConnected as error:
            return Outcome(LATER, f"no connection to the endpoint: {error}")
        except NoAnswer as error:
            return Outcome(UNKNOWN, f"the endpoint gave no answer: {error}")
        return _meaning(reply)

    def close(self) -> None:
        """Each request has a connection of its own."""


def _meaning(reply: Reply) -> Outcome:
    """2xx taken; 410 the endpoint wants no more; a redirect, a wrong address or secret is ours; 5xx may be tried again."""
    status = reply.status
    if 200 <= status < 300:
        return Outcome(SENT)
    detail = f"{status} {reply.body.decode('utf-8', 'replace')}"[:ANSWER_CHARACTERS_MAX]
    if status == GONE:
        return Outcome(FAILED, detail, stop=True)
    if status < 400 or status in OUR_FAULT:
        return Outcome(OURS, detail)
    return Outcome(LATER if status >= 500 or status in TRY_AGAIN else FAILED, detail)
