"""Verifying what somebody has been given: a file or a code, against the editions of the site.

Nothing is stored: an upload stays in memory until it is answered. Nothing is changed either, so
that the form needs no cookie.
"""

from math import ceil
from typing import Any

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from signatures import throttling
from signatures.models.editions import Edition
from signatures.pages.editions import title_of
from signatures.pages.verifying import asked_for, verdict_of_code, verdict_of_file

LARGEST = 10 * 1024 * 1024
"""Bytes of the largest file that is looked at; PDFs with 10,000 names are smaller."""


class InMemory(FileUploadHandler):
    """Keeps one file, no larger than LARGEST, and only as long as the request lasts."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.chunks: list[bytes] = []
        self.size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep a part of it; stop reading when it is too much."""
        self.size += len(raw_data)
        if self.size > LARGEST:
            raise StopUpload(connection_reset=False)
        self.chunks.append(raw_data)

    def file_complete(self, file_size: int) -> SimpleUploadedFile:
        """Hand over what was kept."""
        content, self.chunks = b"".join(self.chunks), []
        return SimpleUploadedFile(self.file_name or "file", content)


class VerifyForm(forms.Form):
    """A file, or the code that is printed on it."""

    file = forms.FileField(
        label=gettext_lazy("The file you were given"),
        required=False,
        allow_empty_file=True,
        help_text=gettext_lazy("PDF, Word, CSV or JSON, up to 10 MB. It is not kept."),
    )
    code = forms.CharField(
        label=gettext_lazy("Or the code printed on it"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "dir": "ltr"}),
        help_text=gettext_lazy("64 letters and digits; the first 16 are enough."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not cleaned.get("file") and not cleaned.get("code"):
            self.add_error("file", _("Choose a file, or type in the code."))
        return cleaned


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def verify(
    request: HttpRequest, slug: str | None = None, number: int | None = None
) -> HttpResponse:
    """Say which edition a file or a code belongs to, and whether it was changed."""
    asked = asked_for(slug, number) if slug and number is not None else None
    if slug and asked is None:
        raise Http404
    context: dict[str, Any] = {"asked": asked, "form": VerifyForm()}
    if asked:
        context |= {"letter": asked.letter, "title": title_of(asked.version.content)}
    status = 200
    if request.method == "POST":
        told, status = _verified(request, asked)
        context |= told
    response = render(request, "signatures/verify.html", context, status=status)
    if wait := context.get("wait"):
        response["Retry-After"] = str(60 * wait)
    return response


def _verified(request: HttpRequest, asked: Edition | None) -> tuple[dict[str, Any], int]:
    """Return what the page says of what was sent, and the status."""
    request.upload_handlers = [handler := InMemory(request)]
    form = VerifyForm(request.POST, request.FILES)
    if handler.size > LARGEST:
        return {"too_large": True}, 413
    if not form.is_valid():
        return {"form": form}, 400
    if wait := throttling.count_verification(request):
        return {"form": form, "wait": ceil(wait / 60)}, 429
    file, code = form.cleaned_data["file"], form.cleaned_data["code"]
    verdict = verdict_of_file(file.read(), asked) if file else verdict_of_code(code)
    told: dict[str, Any] = {"verdict": verdict}
    if not file:
        told |= {"of_code": True, "form": form}
    if verdict.edition:
        told["found"] = title_of(verdict.edition.version.content)
    return told, 200
