"""Messages: what runs, what waits, what is not known, the letters that would have left, and the red button."""

from django.contrib import messages as told
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from regulars.actions.messaging import looking
from regulars.actions.messaging.accounts import account_of
from regulars.actions.messaging.models import Account, Message, Viewed
from regulars.customers import reach
from regulars.decisions import stopping
from regulars.decisions.models import Stop
from regulars.plays.models import Campaign

VIEWED_SHOWN = 100


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Everything about messages at a glance."""
    states = dict(Message.State.choices)
    context = {
        "campaigns": Campaign.objects.order_by("-pk")[:50], "stops": Stop.objects.filter(ended_at=None).order_by("at"),
        "stopped": stopping.EVERYTHING in stopping.stopped(), "unknown": looking.unknown(), "account": account_of("email"),
        "counts": [(states[state], number) for state, number in looking.counts().items()], "viewed": Viewed.objects.count(),
        "reach": reach.by_email(),
    }  # fmt: skip
    return render(request, "console/messages.html", context)


@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """The red button: no marketing leaves from the next message on."""
    stopping.stop(
        stopping.EVERYTHING,
        why=_("Stopped by {name}.").format(name=request.user.get_username()),
        actor=request.user.get_username(),
        at=timezone.now(),
    )
    told.success(request, _("Stopped. No marketing leaves until you let it go on."))
    return redirect("messages")


@require_POST
def go_on(request: HttpRequest, pk: int) -> HttpResponse:
    """End one stop. Anybody may stop; letting go on, perhaps against the brakes, is the owner's."""
    if not request.user.is_staff:
        raise PermissionDenied
    found = get_object_or_404(Stop, pk=pk)
    stopping.go_on(found.scope, actor=request.user.get_username(), at=timezone.now())
    Campaign.objects.filter(
        state=Campaign.State.PAUSED,
        pk__in=[found.scope.removeprefix("campaign:")] if found.scope.startswith("campaign:") else [],
    ).update(state=Campaign.State.RUNNING)
    told.success(request, _("It goes on. What came too late meanwhile stays unsent."))
    return redirect("messages")


@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """What a person knows of a message of which nobody else does."""
    deed, now = request.POST.get("deed"), timezone.now()
    get_object_or_404(Message, pk=pk)
    done = {
        "arrived": lambda: looking.arrived(pk),
        "again": lambda: looking.send_again(pk, now=now),
        "lost": lambda: looking.give_up(pk, now=now),
    }.get(str(deed), lambda: False)()
    if not done:
        told.error(request, _("Somebody has settled this already."))
    return redirect("messages")


@require_GET
def viewer(request: HttpRequest) -> HttpResponse:
    """Letters that were shown instead of sent."""
    rows = Viewed.objects.defer("raw").order_by("-at", "-pk")[:VIEWED_SHOWN]
    return render(request, "console/viewer.html", {"rows": rows, "account": account_of("email"), "Way": Account.Way})


@require_GET
def one_viewed(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them, as it would have looked."""
    return render(request, "console/viewed.html", {"seen": looking.seen(get_object_or_404(Viewed, pk=pk))})
