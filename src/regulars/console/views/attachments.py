"""Files that go with a campaign's letter, as the form says it."""

from dataclasses import replace

from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from regulars.words import enclosures
from regulars.words.enclosures import FILES_MAX, TOGETHER_BYTES_MAX, Enclosed, EnclosureRefused
from regulars.words.letters import Draft


def chosen(request: HttpRequest, draft: Draft, before: tuple[Enclosed, ...]) -> tuple[Draft, list[str]]:
    """The draft with the files it had, less those taken out, and those uploaded; and what is wrong with them."""
    without, mistakes = request.POST.getlist("without"), []
    files = {file.name: file for file in before if file.hash not in without}
    for upload in request.FILES.getlist("files")[: FILES_MAX + 1]:
        try:
            if (upload.size or 0) > TOGETHER_BYTES_MAX:
                raise EnclosureRefused("too_large", enclosures.cleaned(upload.name or ""))
            found = enclosures.accept(upload.name or "", upload.read())
            files[found.name] = found
        except EnclosureRefused as refused:
            mistakes.append(sentence(refused))
    together = tuple(files.values())
    try:
        enclosures.check(together)
    except EnclosureRefused as refused:
        mistakes.append(sentence(refused))
    if together and request.POST.get("channel", "email") != "email":
        mistakes.append(_("Only e-mail carries files: take them out, or put a link into the letter."))
    return replace(draft, attachments=together if not mistakes else before), mistakes


def sentence(refused: EnclosureRefused) -> str:
    """Why a file cannot go with a letter, and what to do."""
    size = filesizeformat(TOGETHER_BYTES_MAX)
    sentences = {
        "kind": _("{name}: only PDF, PNG, JPEG, calendar (.ics) and text (.txt) files can go with a letter."),
        "content": _("{name}: the file is not what its name says."),
        "empty": _("{name}: the file is empty."),
        "too_large": _("The files are larger than {size} together; put a link into the letter instead."),
        "too_many": _("At most {most} files can go with a letter."),
        "gone": _("{name}: the file is gone; upload it again."),
    }
    return sentences[refused.code].format(name=refused.name, size=size, most=FILES_MAX)
