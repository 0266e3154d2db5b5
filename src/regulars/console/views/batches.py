"""Cards on paper: choose them and how they look, print them with their labels, and say that they are posted."""

import re
from collections.abc import Callable

from django.contrib import messages as told
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from regulars.actions.messaging.channels.card.faces import MissingGlyphs, installed
from regulars.actions.messaging.channels.card.formats import A4_3X7, A6_POSTCARD, PROFILES, SHEETS
from regulars.actions.messaging.channels.card.pen import TooLong
from regulars.actions.messaging.channels.card.print import TooMany, frames
from regulars.actions.tasks import carry_out, looking
from regulars.actions.tasks.models import Batch, Task
from regulars.actions.tasks.print_cards import Printed, cards_again, in_hand, labels_again, print_cards
from regulars.console.views.tasks import CARDS_AT_ONCE, profiles, sheets

BLEED_MM_MAX = 10.0
MISFITS_TOLD = 5
NUMBER = re.compile(r"[0-9]{1,18}")


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Take the chosen cards and print them."""
    now = timezone.now()
    try:
        batch = _said(request.POST, request.user.get_username())
        batch.at = now
        if request.POST.get("which") == "all":
            source = request.POST.get("source", "")
            numbers = looking.numbers_to_print(now=now, most=CARDS_AT_ONCE, source=source)
        else:
            said = request.POST.getlist("card")[: CARDS_AT_ONCE + 1]
            numbers = [int(text) for text in said if NUMBER.fullmatch(text)]
        if len(numbers) > CARDS_AT_ONCE:
            raise TooMany
        printed = print_cards(numbers, batch)
    except (ValueError, MissingGlyphs, TooLong, TooMany) as error:
        told.error(request, _sentence(error))
        return redirect("tasks")
    _tell_left_out(request, len(set(numbers)), printed)
    if not printed.tasks:
        told.error(request, _("No card was printed. Choose cards with a whole address that nobody has yet."))
        return redirect("tasks")
    return redirect("batch", pk=batch.pk)


def _tell_left_out(request: HttpRequest, asked: int, printed: Printed) -> None:
    """Which of the cards asked for were not printed, and why."""
    if printed.incomplete:
        told.error(request, _incomplete(len(printed.incomplete)))
    odd = Task.objects.filter(pk__in=list(printed.misfits)[:MISFITS_TOLD])
    for row in looking.rows(odd, now=timezone.now()):
        why = _sentence(printed.misfits[row.task.pk])
        told.error(request, _("Not printed, for {who}: {why}").format(who=row.who, why=why))
    if (more := len(printed.misfits) - MISFITS_TOLD) > 0:
        told.error(request, _("{n} more do not fit or cannot be printed either.").format(n=more))
    if left := asked - len(printed.tasks) - len(printed.incomplete) - len(printed.misfits):
        told.error(request, _left_out(left))


def _incomplete(count: int) -> str:
    return ngettext(
        "{n} card was not printed: its address is not whole. The list says what is missing.",
        "{n} cards were not printed: their addresses are not whole. The list says what is missing.",
        count,
    ).format(n=count)


def _left_out(count: int) -> str:
    return ngettext(
        "{n} card was left out: somebody has it already, or it may not go.",
        "{n} cards were left out: somebody has them already, or they may not go.",
        count,
    ).format(n=count)


def _said(post: QueryDict, by: str) -> Batch:
    """How the cards shall look. Raises ValueError with a sentence."""
    profile, sheet, font = post.get("profile", ""), post.get("sheet", ""), post.get("font", "")
    bleed, start = post.get("bleed", "").strip().replace(",", "."), post.get("start", "1").strip()
    if bleed and not (re.fullmatch(r"[0-9]{1,2}(\.[0-9]{1,2})?", bleed) and float(bleed) <= BLEED_MM_MAX):
        raise ValueError(_("The bleed lies between 0 and 10 mm."))
    chosen = SHEETS.get(sheet, A4_3X7)
    if not (re.fullmatch(r"[0-9]{1,3}", start) and 1 <= int(start) <= chosen.per_page):
        raise ValueError(_("The first free label lies between 1 and {most}.").format(most=chosen.per_page))
    return Batch(
        by=by, profile=profile if profile in PROFILES else A6_POSTCARD.name, bleed=float(bleed) if bleed else None,
        font=font if font in installed() else "", signed_by=post.get("signed_by", "").strip()[:100],
        sender=post.get("sender", "").strip()[:200], sheet=chosen.name, start=int(start),
    )  # fmt: skip


def _sentence(error: Exception) -> str:
    """Why something cannot be printed."""
    if isinstance(error, TooLong):
        return _("This text does not fit: “{text}…”").format(text=error)
    if isinstance(error, MissingGlyphs):
        return _("No font here prints these characters: {characters}").format(characters=error.characters)
    if isinstance(error, TooMany):
        return _("Nothing was printed. At most {most} cards at once.").format(most=CARDS_AT_ONCE)
    return str(error)


def _mine(request: HttpRequest, pk: int) -> Batch:
    """A batch of this user; anybody else's is not found."""
    return get_object_or_404(Batch, pk=pk, by=request.user.get_username())


@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """The cards of a batch, their files, and what is left to post."""
    batch = _mine(request, pk)
    rows = looking.rows(Task.objects.filter(batch_id=batch.pk).order_by("pk"), now=timezone.now())
    context = {
        "batch": batch, "rows": rows, "left": sum(row.task.state == Task.State.TAKEN for row in rows),
        "profile": profiles().get(batch.profile, ""), "sheet": sheets().get(batch.sheet, ""),
    }  # fmt: skip
    return render(request, "console/batch.html", context)


@require_GET
def cards_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The cards that are still in hand."""
    return _file(request, _mine(request, pk), cards_again, "cards")


@require_GET
def labels_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Their labels, in the same order."""
    return _file(request, _mine(request, pk), labels_again, "labels")


def _file(request: HttpRequest, batch: Batch, make: Callable[[Batch], bytes], name: str) -> HttpResponse:
    try:
        content = make(batch)
    except (ValueError, MissingGlyphs, TooLong, TooMany) as error:
        told.error(request, _sentence(error))
        return redirect("batch", pk=batch.pk)
    if not content:
        raise Http404
    return _pdf(content, f"{name}-{batch.pk}.pdf")


def _pdf(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@require_GET
def frames_pdf(request: HttpRequest) -> HttpResponse:
    """A page with the edges of every label, to be held against a sheet before it is used."""
    sheet = SHEETS.get(request.GET.get("sheet", ""), A4_3X7)
    return _pdf(frames(sheet, made=timezone.now()), f"labels-{sheet.name}.pdf")


@require_POST
def post(request: HttpRequest, pk: int) -> HttpResponse:
    """All of them are in the post; twice changes nothing."""
    batch = _mine(request, pk)
    numbers = [task.pk for task in in_hand(batch)]
    done = carry_out.done_all(numbers, _("posted"), by=batch.by, at=timezone.now())
    if done:
        told.success(request, ngettext("{n} card is posted.", "{n} cards are posted.", len(done)).format(n=len(done)))
    if len(numbers) > len(done):
        told.error(request, _left_out(len(numbers) - len(done)))
    return redirect("batch", pk=pk)
