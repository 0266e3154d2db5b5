"""What each provider's webhook sends, in its own form; only what is read of it."""

import hashlib
import hmac
import json
from urllib.parse import urlencode

from django.test import RequestFactory

AT = 1_795_000_000
ADDRESS = "/hooks/email/provider/secret"


def post(body, **headers):
    """A request with this JSON, or form when it is a text."""
    if isinstance(body, str):
        return RequestFactory().post(ADDRESS, body, content_type="application/x-www-form-urlencoded", headers=headers)
    return RequestFactory().post(ADDRESS, json.dumps(body), content_type="application/json", headers=headers)


def brevo(token, event, **rest):
    return {"event": event, "email": "ada@customer.example", "ts_epoch": AT * 1000, "X-Mailin-custom": json.dumps({"regulars": token}), **rest}  # fmt: skip


def mailersend(token, kind, **rest):
    return {"type": f"activity.{kind}", "data": {"type": kind, "id": "e1", "created_at": "2026-11-18T10:00:00Z",
            "email": {"tags": [token], "message": {"id": "m1"}, "recipient": {"email": "ada@customer.example"}}, **rest}}  # fmt: skip


def mailgun(token, event, key="signing", **rest):
    signature = hmac.new(key.encode(), f"{AT}t1".encode(), hashlib.sha256).hexdigest()
    return {"signature": {"token": "t1", "timestamp": str(AT), "signature": signature},
            "event-data": {"event": event, "timestamp": AT, "user-variables": {"regulars": token}, **rest}}  # fmt: skip


def mailjet(token, event, **rest):
    return [{"event": event, "time": AT, "MessageID": 7, "Payload": json.dumps({"regulars": token}), **rest}]


def mailtrap(token, event, **rest):
    return {"events": [{"event": event, "message_id": "m1", "timestamp": AT, "event_id": "e1", "email": "a@b.example",
                        "custom_variables": {"regulars": token}, **rest}]}  # fmt: skip


def mandrill(token, event, **rest):
    events = [
        {
            "event": event,
            "ts": AT,
            "_id": "m1",
            "msg": {"email": "a@b.example", "metadata": {"regulars": token}, **rest},
        }
    ]
    return urlencode({"mandrill_events": json.dumps(events)})  # fmt: skip


def postal(token, status, **rest):
    return {"uuid": "e1", "timestamp": AT, "payload": {"status": status, "message": {"id": 1, "tag": token, "to": "a@b.example"}, **rest}}  # fmt: skip


def postmark(token, record, **rest):
    return {"RecordType": record, "MessageID": "m1", "Metadata": {"regulars": token}, "DeliveredAt": "2026-11-18T10:00:00Z", **rest}  # fmt: skip


def resend(token, kind, **rest):
    headers = [{"name": "X-Metadata", "value": json.dumps({"regulars": token})}]
    return {"type": f"email.{kind}", "created_at": "2026-11-18T10:00:00Z", "data": {"email_id": "m1", "headers": headers, "to": ["a@b.example"], **rest}}  # fmt: skip


def sendgrid(token, event, **rest):
    return [{"event": event, "timestamp": AT, "email": "a@b.example", "sg_event_id": "e1", "regulars": token, **rest}]


def sparkpost(token, kind, **rest):
    event = {
        "type": kind,
        "timestamp": str(AT),
        "event_id": "e1",
        "rcpt_meta": {"regulars": token},
        "raw_rcpt_to": "a@b.example",
        **rest,
    }
    return [{"msys": {"message_event": event}}]  # fmt: skip


def unisender_go(token, status, **rest):
    event = {"event_name": "transactional_email_status", "event_data": {"job_id": "j1", "metadata": {"regulars": token}, "email": "a@b.example",
             "status": status, "event_time": "2026-11-18 10:00:00", **rest}}  # fmt: skip
    return {"auth": "x" * 32, "events_by_user": [{"events": [event]}]}
