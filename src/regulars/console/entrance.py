"""An address that logs one user in, once: signed, short-lived, and void after the next log-in."""

from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.core import signing
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

SALT = "regulars.entrance"
LINK_SECONDS_MAX = 12 * 3600


def link(username: str, *, shop: str) -> str:
    """The path that logs `username` in; the user is made when there is none yet."""
    user, made = User.objects.get_or_create(username=username, defaults={"is_staff": True})
    if made:
        user.set_unusable_password()
        user.save()
    token = signing.dumps({"user": user.pk, "stamp": _stamp(user), "shop": shop}, salt=SALT)
    return "/enter?" + urlencode({"token": token})


def redeem(token: str) -> tuple[User, str] | None:
    """The user and shop of a valid token; None when it is forged, too old or used. Of two at once one wins."""
    try:
        said = signing.loads(token, salt=SALT, max_age=LINK_SECONDS_MAX)
    except signing.BadSignature:
        return None
    user = User.objects.filter(pk=said["user"], is_active=True).first()
    if user is None or not constant_time_compare(_stamp(user), said["stamp"]):
        return None
    same = (
        User.objects.filter(pk=user.pk, last_login=user.last_login)
        if user.last_login
        else User.objects.filter(pk=user.pk, last_login=None)
    )
    return (user, said["shop"]) if same.update(last_login=timezone.now()) == 1 else None


def _stamp(user: User) -> str:
    """Changes with each log-in and each password, so a used link is worth nothing. Tells neither."""
    seen = user.last_login.isoformat() if user.last_login else ""
    return salted_hmac(SALT, f"{seen}|{user.password}").hexdigest()
