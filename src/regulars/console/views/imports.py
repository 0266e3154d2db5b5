"""Import: drop files, see what was recognised, correct the columns, go, watch, read the result, undo."""

import csv
import io
import re
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars import environment
from regulars.console.views.people import harmless
from regulars.shop import current
from regulars.sources import importing, undo
from regulars.sources.explain import reject_reason
from regulars.sources.models import Import, SavedMapping
from regulars.sources.source import TABLES, CannotRead

FILES_MAX = 12
REJECTS_SHOWN = 50


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The place to drop files, and what was imported before."""
    if request.method == "POST":
        files = request.FILES.getlist("files")
        too_large = sum(file.size or 0 for file in files) > environment.megabytes(environment.UPLOAD_MB) * 1_000_000
        if not files or len(files) > FILES_MAX:
            messages.error(request, _("Choose one to {most} files.").format(most=FILES_MAX))
        elif too_large:
            messages.error(request, _("These files are larger than {size} MB; import them with the command line.").format(size=environment.UPLOAD_MB.read()))
        else:
            return redirect("import-one", pk=_kept(files, request.user.get_username()).pk)
    rows = Import.objects.exclude(state=Import.State.READY)[:30]
    waiting = Import.objects.filter(state=Import.State.READY)[:5]
    return render(request, "console/import.html", {"rows": rows, "waiting": waiting})


def _kept(files: list[Any], actor: str) -> Import:
    """The uploaded files in a folder of their own, under harmless names, and an import that waits for a go-ahead."""
    job = importing.create([], actor=actor, state=Import.State.READY)
    folder = current.folder() / "uploads" / str(job.pk)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, file in enumerate(files, start=1):
        name = re.sub(r"[^\w.\-]+", "_", Path(file.name or "file").name)[-100:].lstrip(".") or "file"
        path = folder / (name if not (folder / name).exists() else f"{number}-{name}")
        with path.open("wb") as target:
            for chunk in file.chunks():
                target.write(chunk)
        paths.append(str(path))
    job.files = paths
    job.save()
    return job


@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One import: its preview, its progress or its result."""
    job = get_object_or_404(Import, pk=pk)
    context: dict[str, Any] = {"job": job, "names": [Path(path).name for path in job.files]}
    if job.state == Import.State.READY:
        try:
            context["preview"] = importing.preview(job, now=timezone.now())
            context["tables"] = {table: columns for table, columns in TABLES.items() if table != "reviews"}
        except CannotRead as error:
            context["mistake"] = str(error)
        context["rejects"] = importing.rejects(job)[:REJECTS_SHOWN]
        return render(request, "console/import_preview.html", context)
    context["rejects"] = importing.rejects(job)[:REJECTS_SHOWN] if job.state == Import.State.DONE else []
    return render(request, "console/import_one.html", context)


@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that is asked for again while an import runs."""
    job = get_object_or_404(Import, pk=pk)
    response = render(request, "console/import_progress.html", {"job": job})
    if job.state not in (Import.State.QUEUED, Import.State.RUNNING):
        response["HX-Refresh"] = "true"
    return response


@require_POST
def go(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue an import that was looked at."""
    Import.objects.filter(pk=pk, state__in=[Import.State.READY, Import.State.FAILED]).update(state=Import.State.QUEUED, error="")
    return redirect("import-one", pk=pk)


@require_POST
def remap(request: HttpRequest, pk: int) -> HttpResponse:
    """Remember corrected columns for files with this header and show the preview again."""
    job = get_object_or_404(Import, pk=pk, state=Import.State.READY)
    table = request.POST.get("table", "orders")
    if table in TABLES:
        mapping = {column: request.POST[f"column-{column}"] for column in TABLES[table] if request.POST.get(f"column-{column}")}
        header_hash = request.POST.get("hash", "")
        if re.fullmatch(r"[0-9a-f]{64}", header_hash):
            SavedMapping.objects.update_or_create(
                header_hash=header_hash, defaults={"mapping": {"table": table, **mapping}, "at": timezone.now()}
            )
    return redirect("import-one", pk=job.pk)


@require_POST
def undo_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an import back as a whole, or forget one that was never begun."""
    job = get_object_or_404(Import, pk=pk)
    if job.state == Import.State.READY:
        job.delete()
        return redirect("import")
    try:
        undo.undo(job, now=timezone.now())
        messages.success(request, _("The import was taken back. Numbers follow at the next refresh."))
    except CannotRead as error:
        messages.error(request, str(error))
    return redirect("import-one", pk=pk)


@require_GET
def rejects_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """The rejected rows as a file to mend and import again."""
    job = get_object_or_404(Import, pk=pk)
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["file", "row", "column", "value", "reason", "remedy"])
    for row in importing.rejects(job):
        texts = [row["file"], row["row"], row["column"], row["value"], *map(_, reject_reason(row["code"]))]
        writer.writerow([harmless(text) for text in texts])
    response = HttpResponse("\ufeff" + buffer.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="rejects-{pk}.csv"'
    return response
