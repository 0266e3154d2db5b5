"""Hand text messages to a provider over HTTP, and know what its answer, or its silence, means."""

from collections.abc import Callable

from regulars.actions.messaging.channels.port import FAILED, LATER, OURS, SENT, UNKNOWN, Outcome, Parcel
from regulars.actions.messaging.channels.sms.http import ACCOUNT_REFUSED, NotUsable, Provider, answer_of, request_of
from regulars.actions.messaging.channels.webhook.guarded import NoAnswer, NotConnected, Refused, Reply, post

Post = Callable[[str, bytes, dict[str, str]], Reply]
STATES = {"sent": SENT, "failed": FAILED, "later": LATER, "unknown": UNKNOWN}


class SmsHand:
    """Asks one provider; None when the account names one that is not known. sender: a number, or the name that is shown."""

    def __init__(self, provider: Provider | None, sender: str, *, send: Post = post) -> None:
        self.provider, self.sender, self.send = provider, sender, send

    def give(self, parcel: Parcel) -> Outcome:
        """Hand over one text; see Outcome for what can come of it."""
        provider = self.provider
        if provider is None or provider.method != "POST":
            return Outcome(OURS, "no such provider of text messages")
        try:
            request = request_of(provider, parcel.address, parcel.raw.decode(), self.sender, str(parcel.message_id))
            reply = self.send(request.url, request.body, request.headers)
        except (NotUsable, Refused) as error:
            return Outcome(OURS, f"{provider.name}: {error}")
        except NotConnected as error:
            return Outcome(LATER, f"no connection to {provider.name}: {error}")
        except NoAnswer as error:  # asking twice gives one message only where the provider keeps our key
            return Outcome(LATER if provider.idempotent else UNKNOWN, f"{provider.name} gave no answer: {error}")
        if reply.status in ACCOUNT_REFUSED:
            return Outcome(OURS, f"{provider.name} refused the account ({reply.status})")
        answer = answer_of(provider, reply.status, reply.body)
        return Outcome(STATES[answer.state], answer.text, answer.provider_id[:200])

    def close(self) -> None:
        """Each request has a connection of its own."""
