"""Pairs that may be one person: a person answers."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from regulars import merge as merging
from regulars.customers.models import Customer, Suggestion

ROWS_PER_PAGE = 20


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Open suggestions, surest first."""
    rows = Suggestion.objects.filter(state=Suggestion.State.OPEN).order_by("-score", "pk")
    shown = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    people = Customer.objects.in_bulk([pk for row in shown.object_list for pk in (row.left_id, row.right_id)])
    pairs = [(row, people.get(row.left_id), people.get(row.right_id)) for row in shown.object_list]
    return render(request, "console/suggestions.html", {"page": shown, "pairs": pairs})


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Yes unites them (undo on the customer's page); no is remembered."""
    row = get_object_or_404(Suggestion, pk=pk, state=Suggestion.State.OPEN)
    actor, now = request.user.get_username(), timezone.now()
    if request.POST.get("same") == "yes":
        try:
            merging.merge(row.left_id, row.right_id, actor=actor, reason="suggested", at=now)
            messages.success(request, _("United. It can be undone on the customer's page."))
        except merging.CannotMerge as error:
            messages.error(request, str(error))
    else:
        Suggestion.objects.filter(pk=pk).update(state=Suggestion.State.REFUSED, actor=actor, at=now)
        messages.success(request, _("Noted: two different people."))
    return redirect("suggestions")
