"""django-post_office in an environment of its own: a queue of letters, filled at delivery, sent until none waits."""

from __future__ import annotations

import logging
import os
import sys
import time
from typing import Any
from urllib.parse import urlsplit

from stages import serve

PRAGMAS = "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA cache_size=-64000;PRAGMA temp_store=MEMORY;"
AT_ONCE = 2_000


def database(asked: dict[str, Any]) -> dict[str, Any]:
    """The settings that ours has: every commit on disk."""
    if not asked["url"]:
        options = {"init_command": PRAGMAS, "transaction_mode": "IMMEDIATE", "timeout": 20}
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": asked["file"], "OPTIONS": options}
    parts = urlsplit(asked["url"])
    return {
        "ENGINE": "django.db.backends.postgresql", "NAME": parts.path.lstrip("/"), "USER": parts.username,
        "HOST": parts.hostname, "PORT": str(parts.port),
    }  # fmt: skip


def configured(asked: dict[str, Any]) -> None:
    """Django with nothing but post_office."""
    import django
    from django.conf import settings

    settings.configure(
        DATABASES={"default": database(asked)}, INSTALLED_APPS=["django.contrib.contenttypes", "post_office"], USE_TZ=True,
        EMAIL_BACKEND="post_office.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=asked["port"], SECRET_KEY="x" * 50,
        POST_OFFICE={"BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"}, **asked["settings"]},
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "NAME": "django"}], LOGGING_CONFIG=None,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )  # fmt: skip
    django.setup()


def queue(asked: dict[str, Any]) -> None:
    """The letters, each with its own name in it; filled when they are delivered, as ours are."""
    from django.core.management import call_command
    from post_office import mail
    from post_office.models import EmailTemplate

    call_command("migrate", verbosity=0, interactive=False)
    template = EmailTemplate.objects.create(
        name="spring", subject=asked["subject"], content=asked["text"], html_content=asked["html"]
    )
    for start in range(0, asked["count"], AT_ONCE):
        mail.send_many(
            [
                {
                    "recipients": f"p{number}@customer.example", "sender": "hello@news.shop.example", "template": template,
                    "context": {"customer": {"first_name": "Ada"}}, "render_on_delivery": True,
                    "headers": {"List-Unsubscribe": f"<https://club.shop.example/u/{number:022d}>"},
                }
                for number in range(start, min(asked["count"], start + AT_ONCE))
            ]
        )  # fmt: skip


def spent() -> float:
    """Seconds of the processor, of this process and of those it started."""
    return sum(os.times()[:4])


def send(asked: dict[str, Any]) -> dict[str, Any]:
    """Queue, then deliver; the seconds of the second alone. One process of Django is one set of settings: so it forks."""
    read, write = os.pipe()
    if child := os.fork():
        os.close(write)
        with os.fdopen(read) as told:
            seconds, cpu = map(float, told.read().split())
        os.waitpid(child, 0)
        return {"seconds": seconds, "cpu": cpu}
    try:
        os.close(read)
        configured(asked)
        queue(asked)
        from post_office.mail import send_queued_mail_until_done
        from post_office.models import STATUS, Email

        began, cpu = time.monotonic(), spent()
        send_queued_mail_until_done(asked["lock"], processes=asked["processes"])
        seconds, cpu = time.monotonic() - began, spent() - cpu
        assert Email.objects.filter(status=STATUS.sent).count() == asked["count"]
        os.write(write, f"{seconds} {cpu}".encode())
    except BaseException:
        logging.exception("post_office failed")
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    serve({"send": send})
