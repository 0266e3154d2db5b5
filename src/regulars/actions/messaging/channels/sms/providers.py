"""Providers whose HTTP API is public, as data; `dataclasses.replace(TWILIO, account=..., secret=...)` makes one a shop can use.

Sources: twilio.com/docs/messaging/api/message-resource; developers.sinch.com/docs/sms/api-reference; developer.vonage.com/en/api/sms.
None of the three takes an idempotency key: a doubtful answer stays `unknown`.
"""

from regulars.actions.messaging.channels.sms.http import Provider

# `account` is the Account SID, `secret` the auth token. Answers 201 with the message's `sid`; an error has `code` and `message`.
TWILIO = Provider(
    name="twilio",
    url="https://api.twilio.com/2010-04-01/Accounts/{account}/Messages.json",
    body="form",
    fields={"To": "{to}", "From": "{sender}", "Body": "{text}", "StatusCallback": "{callback}"},
    auth="basic",
    id_at=("sid",),
    error_at=("message",),
    reply_id_at=("MessageSid",),
    reply_from_at=("From",),
    reply_text_at=("Body",),
    arrival_id_at=("MessageSid",),
    arrival_at=("MessageStatus",),
    arrivals={
        **dict.fromkeys(("accepted", "scheduled", "queued", "sending", "sent"), "sent"),
        **dict.fromkeys(("delivered", "read"), "delivered"),
        **dict.fromkeys(("undelivered", "failed", "canceled"), "failed"),
    },
)

# `account` is the service plan's id, `secret` its API token; other regions have hosts of their own. Answers 201 with the batch's `id`.
SINCH = Provider(
    name="sinch",
    url="https://us.sms.api.sinch.com/xms/v1/{account}/batches",
    body="json",
    fields={
        "from": "{sender}",
        "to": ["{to}"],
        "body": "{text}",
        "client_reference": "{key}",
        "delivery_report": "per_recipient",
        "callback_url": "{callback}",
    },
    auth="bearer",
    id_at=("id",),
    error_at=("text",),
    arrival_id_at=("batch_id",),
    arrival_at=("status",),
    arrivals={
        **dict.fromkeys(("queued", "dispatched"), "sent"),
        "delivered": "delivered",
        **dict.fromkeys(("aborted", "cancelled", "rejected", "deleted", "failed", "expired"), "failed"),
    },
)

# `account` and `secret` are the API key and secret. Answers 200 to everything; "0" is a yes, 1 throttled, 4 credentials, 5 internal error,
# 8 account barred, 9 no money left; anything else is about this message.
VONAGE = Provider(
    name="vonage",
    url="https://rest.nexmo.com/sms/json",
    body="form",
    fields={
        "to": "{digits}",
        "from": "{sender}",
        "text": "{text}",
        "type": "{type}",
        "client-ref": "{key}",
        "callback": "{callback}",
    },
    auth="basic",
    id_at=("messages", 0, "message-id"),
    error_at=("messages", 0, "error-text"),
    verdict_at=("messages", 0, "status"),
    verdicts={"0": "sent", "1": "later", "4": "later", "5": "unknown", "8": "later", "9": "later"},
    reply_id_at=("messageId",),
    reply_from_at=("msisdn",),
    reply_text_at=("text",),
    arrival_id_at=("messageId",),
    arrival_at=("status",),
    arrivals={
        **dict.fromkeys(("accepted", "buffered"), "sent"),
        "delivered": "delivered",
        **dict.fromkeys(("expired", "failed", "rejected"), "failed"),
    },
)

PROVIDERS = {provider.name: provider for provider in (TWILIO, SINCH, VONAGE)}
