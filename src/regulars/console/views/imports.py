"""Import: drop files, see what was recognised, correct the columns, go, watch, read the result, undo."""

import re
import shutil
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.console.security import too_large, upload_bytes_max
from regulars.console.views import csv_lines
from regulars.shop import current
from regulars.sources import importing
from regulars.sources.explain import reject_reason
from regulars.sources.models import UNDER_WAY, Import, SavedMapping
from regulars.sources.source import TABLES, CannotRead

FILES_MAX = 12
FILE_NAME_BYTES_MAX = 120
REJECTS_SHOWN = 50
IMPORTS_SHOWN = 30
WAITING_SHOWN = 5
LOOKED_AT = (Import.State.LOOKING, Import.State.READY)


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The place to drop files, and what was imported before."""
    if request.method == "POST":
        files = request.FILES.getlist("files")
        if not files or len(files) > FILES_MAX:
            messages.error(request, _("Choose one to {most} files.").format(most=FILES_MAX))
        elif sum(file.size or 0 for file in files) > upload_bytes_max():
            messages.error(request, too_large())
        else:
            return redirect("import-one", pk=_kept(files, request.user.get_username()).pk)
    rows = Import.objects.exclude(state__in=LOOKED_AT)[:IMPORTS_SHOWN]
    waiting = Import.objects.filter(state__in=LOOKED_AT)[:WAITING_SHOWN]
    return render(request, "console/import.html", {"rows": rows, "waiting": waiting})


def _kept(files: list[Any], actor: str) -> Import:
    """The uploaded files in a folder of their own, under harmless names, and an import that waits for a go-ahead."""
    job = importing.create([], actor=actor, state=Import.State.READY)
    folder = _uploads(job)
    folder.mkdir(parents=True, exist_ok=True)
    for number, file in enumerate(files, start=1):
        name = _harmless_name(file.name)
        names = [name, *(f"{other}-{name}" for other in range(number, number + FILES_MAX))]
        path = next(folder / free for free in names if not (folder / free).exists())
        with path.open("xb") as target:
            for chunk in file.chunks():
                target.write(chunk)
        job.files.append(str(path))
    job.state = Import.State.LOOKING
    job.save()
    return job


def _uploads(job: Import) -> Path:
    return current.folder() / "uploads" / str(job.pk)


def _harmless_name(name: str | None) -> str:
    """The end of a file's name, without folders, hidden files, or signs that mean something elsewhere."""
    plain = re.sub(r"[^\w.\-]+", "_", Path(name or "").name).lstrip(".-")
    return plain.encode()[-FILE_NAME_BYTES_MAX:].decode(errors="ignore") or "file"


@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One import: its preview, its progress or its result."""
    job = get_object_or_404(Import, pk=pk)
    context: dict[str, Any] = {"job": job, "names": [Path(path).name for path in job.files]}
    if job.state in UNDER_WAY:
        return render(request, "console/import_one.html", context)
    context["rejects"] = importing.rejects(job)[:REJECTS_SHOWN]
    if job.state != Import.State.READY:
        return render(request, "console/import_one.html", context)
    context["tables"] = {table: names for table, names in TABLES.items() if table != "reviews"}
    return render(request, "console/import_preview.html", context)


@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that is asked for again while an import runs."""
    job = get_object_or_404(Import, pk=pk)
    response = render(request, "console/import_progress.html", {"job": job})
    if job.state not in UNDER_WAY:
        response["HX-Refresh"] = "true"
    return response


@require_POST
def go(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue an import that was looked at."""
    get_object_or_404(Import, pk=pk)
    Import.objects.filter(pk=pk, state__in=[Import.State.READY, Import.State.FAILED]).update(
        state=Import.State.QUEUED, error="", lease_until=None
    )
    return redirect("import-one", pk=pk)


@require_POST
def remap(request: HttpRequest, pk: int) -> HttpResponse:
    """Remember corrected columns for files with this header and show the preview again."""
    job = get_object_or_404(Import, pk=pk, state=Import.State.READY)
    table, header_hash = request.POST.get("table", "orders"), request.POST.get("hash", "")
    if table in TABLES and re.fullmatch(r"[0-9a-f]{64}", header_hash):
        said = {column: request.POST.get(f"column-{column}", "") for column in TABLES[table]}
        mapping = {column: cell for column, cell in said.items() if cell and not cell.startswith("=")}
        SavedMapping.objects.update_or_create(
            header_hash=header_hash, defaults={"mapping": {"table": table, **mapping}, "at": timezone.now()}
        )
        Import.objects.filter(pk=pk, state=Import.State.READY).update(state=Import.State.LOOKING, lease_until=None)
    return redirect("import-one", pk=job.pk)


@require_POST
def undo_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an import back as a whole, or forget one that was never begun, with its files."""
    from regulars.sources import undo

    job = get_object_or_404(Import, pk=pk)
    if job.state == Import.State.READY:
        for folder in (_uploads(job), importing.folder_of(job)):
            shutil.rmtree(folder, ignore_errors=True)
        job.delete()
        return redirect("import")
    if job.state in UNDER_WAY:
        messages.error(request, _("This import is under way; take it back when it is done."))
        return redirect("import-one", pk=pk)
    try:
        undo.undo(job, now=timezone.now())
        messages.success(request, _("The import was taken back. Numbers follow at the next refresh."))
    except CannotRead as error:
        messages.error(request, error.told(_))
    return redirect("import-one", pk=pk)


@require_GET
def rejects_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The rejected rows as a file to mend and import again."""
    job = get_object_or_404(Import, pk=pk)
    rows = [["file", "row", "column", "value", "reason", "remedy"]]
    for row in importing.rejects(job):
        rows.append([row["file"], row["row"], row["column"], row["value"], *map(_, reject_reason(row["code"]))])
    response = StreamingHttpResponse(csv_lines.lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="rejects-{pk}.csv"'
    return response
