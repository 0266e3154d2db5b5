"""Every page of the console by its name."""

from django.urls import get_resolver

PATHS = {
    name: f"/{found[0][0][0]}"
    for name, found in get_resolver().reverse_dict.items()
    if isinstance(name, str) and not name.startswith(("club-", "hook-"))
}
POSTED = frozenset(
    "log-out language which-shop customer-notes merge-undo identifier-split suggestion-answer segment-remove import-go import-mapping "
    "import-undo settings-users settings-user-close settings-attribute settings-password messages-stop messages-go-on message-settle "
    "attestation-end mail-account-trial campaign-trial campaign-launch campaign-steer dns campaign-versions "
    "customer-occasions customer-said-yes occasion-remove "
    "sms-account-trial webhook-account-trial webhook-secret report-address "
    "play-switch play-rehearse plan-rehearse play-limit play-belief today-answer task-take task-outcome task-return task-cancel task-settle batch-new batch-post".split()
)
BOTH = frozenset(
    [
        "log-in",
        "import",
        "segments",
        "settings",
        "customer-merge",
        "campaign-new",
        "campaign",
        "consent",
        "contact-rules",
        "mail-account",
        "sms-account",
        "webhook-account",
    ]
)
NUMBERED = frozenset(name for name, path in PATHS.items() if "%(pk)s" in path or "%(seq)s" in path)


def address(name: str, number: int = 1) -> str:
    """The path of a page, with this number where it wants one."""
    path = (
        PATHS[name]
        .replace("%(slug)s", "came-back")
        .replace("%(name)s", "rfm" if name == "chart" else "slipping-away")
        .replace("%(key)s", "allergies")
    )
    return path.replace("%(pk)s", str(number)).replace("%(seq)s", str(number))
