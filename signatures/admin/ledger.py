"""The ledger of a letter: what became of it, recorded and corrected by staff."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from openletters import languages
from signatures import attachments, phrases
from signatures.admin.recording import NoteForm, RecordForm, ResponseForm
from signatures.models.demand_notes import DemandNote
from signatures.models.editions import Edition
from signatures.models.letters import Addressee, Demand, Letter
from signatures.models.recorded import Outdated
from signatures.models.responses import Response, ResponseFile
from signatures.models.silences import Silence, silences
from signatures.models.translated import Translated, read_translated
from signatures.pages import timeline
from signatures.pages.timeline import Event

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

    Admin = ModelAdmin[Letter]
else:
    Admin = object


@dataclass(frozen=True)
class Account:
    """An addressee with everything that happened with them, the latest first."""

    addressee: Addressee
    deliveries: list[Edition]
    responses: list[Response]
    silence: Silence | None


@dataclass(frozen=True)
class Stand:
    """A demand with its notes, the latest first; the first of them is where it stands."""

    demand: Demand
    number: int
    notes: list[DemandNote]


@dataclass(frozen=True)
class Preview:
    """How an entry looks to those who read in one language."""

    language: str
    name: str
    html: SafeString


class Ledger(Admin):
    """Mixin of the letters' admin: the pages on which responses and demands are recorded."""

    def get_urls(self) -> list[Any]:
        """All of them stand below the letter."""
        here = "<int:pk>/responses/"
        pages: list[tuple[str, Callable[..., HttpResponse], str]] = [
            ("", self.ledger, "responses"),
            ("add/", self.respond, "respond"),
            ("<uuid:entry>/", self.response, "response"),
            ("<uuid:entry>/<slug:digest>.<slug:kind>", self.response_file, "response_file"),
            ("demands/<int:demand>/", self.note, "note"),
            ("notes/<uuid:entry>/", self.correct_note, "correct_note"),
        ]
        return [
            *(
                path(
                    f"{here}{way}",
                    self.admin_site.admin_view(view),
                    name=f"signatures_letter_{name}",
                )
                for way, view, name in pages
            ),
            *super().get_urls(),
        ]

    # The whole

    def ledger(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what happened with each addressee, and where each demand stands."""
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        _need(request, "view_response")
        letter = self._letter(pk)
        context = {
            "accounts": _accounts(letter),
            "stands": _stands(letter),
            "may_respond": request.user.has_perm("signatures.add_response"),
            "may_note": request.user.has_perm("signatures.add_demandnote"),
            "title": _("Responses"),
        }
        return self._answer(request, "admin/signatures/letter/ledger.html", letter, context)

    # Responses

    def respond(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Record another step."""
        _need(request, "add_response")
        letter = self._letter(pk)
        form = ResponseForm(*_sent(request), letter=letter, seen=None)
        if (kind := request.GET.get("kind")) in Response.Kind.values:
            form.initial["kind"] = kind
        return self._record(request, letter, form, {"title": _("Record a response")})

    def response(self, request: HttpRequest, pk: int, entry: uuid.UUID) -> HttpResponse:
        """Show an entry and its history; correct it, or retract it."""
        _need(request, "view_response")
        letter = self._letter(pk)
        present = self._present(Response.objects.filter(letter=letter), entry)
        present.letter = letter
        may = request.user.has_perm("signatures.change_response") and not present.retracted
        if request.method == "POST" and not may:
            raise PermissionDenied
        if request.method == "POST" and "retract" in request.POST:
            stated = {"kind": present.kind, "dated": present.dated, "texts": present.texts}
            stated |= {"addressees": present.addressees.all(), "source": present.source}
            return self._retract(
                request,
                letter,
                present,
                lambda seen: Response.objects.correct(
                    seen, actor=_member(request), retracted=True, **stated
                ),
            )
        seen = self._seen(request, Response.objects.filter(entry=entry), present)
        parties = _parties(letter, present)
        form = ResponseForm(*_sent(request), letter=letter, seen=seen)
        context = {
            "title": _("Correct a response") if may else _("A response"),
            "present": present,
            "history": present.history(),
            "may_change": may,
            "file": present.file
            and reverse(
                "admin:signatures_letter_response_file",
                args=[letter.pk, entry, *present.file.split(".")],
            ),
            "previews": self._previews(
                letter, (present, *parties), lambda: timeline.of_response(present, parties)
            ),
        }
        return self._record(request, letter, form, context)

    def response_file(
        self, request: HttpRequest, pk: int, entry: uuid.UUID, digest: str, kind: str
    ) -> HttpResponse:
        """Hand out the file of an entry to staff, public or not."""
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        _need(request, "view_response")
        name = f"{digest}.{kind}"
        found = Response.objects.current().filter(letter=pk, entry=entry, file=name)
        if not found.exists():
            raise Http404
        kept = get_object_or_404(ResponseFile, file=name)
        headers = {
            **attachments.HEADERS,
            "Content-Disposition": f'attachment; filename="response.{kind}"',
        }
        content = bytes(kept.content)
        return HttpResponse(content, content_type=attachments.TYPES[kind], headers=headers)

    # Demands

    def note(self, request: HttpRequest, pk: int, demand: int) -> HttpResponse:
        """Say where a demand stands now."""
        _need(request, "add_demandnote")
        letter = self._letter(pk)
        stand = next((one for one in _stands(letter) if one.demand.pk == demand), None)
        if stand is None:
            raise Http404
        form = NoteForm(_sent(request)[0], demand=stand.demand, seen=None)
        context = {"title": _("Where a demand stands"), "stand": stand}
        return self._record(request, letter, form, context)

    def correct_note(self, request: HttpRequest, pk: int, entry: uuid.UUID) -> HttpResponse:
        """Show a note and its history; correct it, or retract it."""
        _need(request, "view_demandnote")
        letter = self._letter(pk)
        present = self._present(DemandNote.objects.filter(demand__letter=letter), entry)
        [stand] = [one for one in _stands(letter) if one.demand.pk == present.demand_id]
        present.demand = stand.demand
        may = request.user.has_perm("signatures.change_demandnote") and not present.retracted
        if request.method == "POST" and not may:
            raise PermissionDenied
        if request.method == "POST" and "retract" in request.POST:
            stated = {"status": present.status, "dated": present.dated, "texts": present.texts}
            return self._retract(
                request,
                letter,
                present,
                lambda seen: DemandNote.objects.record(
                    stand.demand, actor=_member(request), corrects=seen, retracted=True, **stated
                ),
            )
        seen = self._seen(request, DemandNote.objects.filter(entry=entry), present)
        form = NoteForm(_sent(request)[0], demand=stand.demand, seen=seen)
        context = {
            "title": _("Correct a note on a demand") if may else _("A note on a demand"),
            "stand": stand,
            "present": present,
            "history": present.history(),
            "may_change": may,
            "previews": self._previews(
                letter, (present, stand.demand), lambda: timeline.of_note(present, stand.number)
            ),
        }
        return self._record(request, letter, form, context)

    # What all of them do

    def _letter(self, pk: int) -> Letter:
        found = read_translated(Letter.objects.filter(pk=pk))
        if not found:
            raise Http404
        return found[0]

    def _present(self, entries: Any, entry: uuid.UUID) -> Any:
        """Return an entry in its last wording. Raises Http404."""
        found = read_translated(entries.newest_of_each().filter(entry=entry))
        if not found:
            raise Http404
        return found[0]

    def _seen(self, request: HttpRequest, entries: Any, present: Any) -> Any:
        """Return the wording that the form was about when it was opened."""
        asked = request.POST.get("seen", "")
        return (entries.filter(pk=asked).first() if asked.isdecimal() else None) or present

    def _record(
        self, request: HttpRequest, letter: Letter, form: RecordForm, context: dict[str, Any]
    ) -> HttpResponse:
        """Show the form, show how it will look, or store what it says."""
        if request.method not in {"GET", "HEAD", "POST"}:
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        if request.method == "POST" and form.is_valid():
            if "preview" in request.POST:
                context["previews"] = self._drafted(letter, form, context)
                context["is_drafted"] = True
            else:
                try:
                    made = form.save(_member(request))
                except Outdated:
                    told = _(
                        "Not saved: somebody else has corrected this meanwhile. What you entered"
                        " still stands below; the present wording is in the history."
                    )
                    form.add_error(None, told)
                else:
                    self.log_change(request, letter, phrases.about(context["title"], made))
                    self.message_user(request, _("Recorded."), messages.SUCCESS)
                    return HttpResponseRedirect(_address_of(letter))
        return self._answer(
            request, "admin/signatures/letter/record.html", letter, {**context, "form": form}
        )

    def _retract(
        self, request: HttpRequest, letter: Letter, present: Any, retract: Callable[[Any], Any]
    ) -> HttpResponse:
        try:
            retract(self._seen(request, type(present).objects.filter(entry=present.entry), present))
        except Outdated:
            told = _("Nothing was done, because somebody else has corrected this meanwhile.")
            self.message_user(request, told, messages.WARNING)
            return HttpResponseRedirect(request.path)
        self.log_change(request, letter, phrases.about(_("Retracted"), present))
        self.message_user(request, _("Retracted: nobody sees it any more."), messages.SUCCESS)
        return HttpResponseRedirect(_address_of(letter))

    def _drafted(self, letter: Letter, form: RecordForm, context: dict[str, Any]) -> list[Preview]:
        if isinstance(form, NoteForm):
            note, number = form.draft(), context["stand"].number
            return self._previews(
                letter, (note, note.demand), lambda: timeline.of_note(note, number)
            )
        assert isinstance(form, ResponseForm)
        response, whom = form.draft()
        return self._previews(
            letter, (response, *whom), lambda: timeline.of_response(response, whom)
        )

    def _previews(
        self, letter: Letter, rows: Iterable[Translated], event: Callable[[], Event]
    ) -> list[Preview]:
        """Return how an entry, made of `rows`, looks in each language of its letter."""
        found = []
        for language in letter.text_languages() or [letter.language]:
            with languages.read_in(language):
                for row in rows:
                    row.set_current_language(language)
                html = render_to_string("signatures/_event.html", {"event": event()})
            found.append(Preview(language, languages.name(language), html))
        return found

    def _answer(
        self, request: HttpRequest, template: str, letter: Letter, context: dict[str, Any]
    ) -> HttpResponse:
        whole = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "letter": letter,
            "ledger": _address_of(letter),
            **context,
        }
        return TemplateResponse(request, template, whole)


def _need(request: HttpRequest, right: str) -> None:
    if not request.user.has_perm(f"signatures.{right}"):
        raise PermissionDenied


def _member(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _sent(request: HttpRequest) -> tuple[Any, Any]:
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _address_of(letter: Letter) -> str:
    return reverse("admin:signatures_letter_responses", args=[letter.pk])


def _parties(letter: Letter, response: Response) -> list[Addressee]:
    found = read_translated(Addressee.objects.filter(responses=response))
    for one in found:
        one.letter = letter
    return sorted(found, key=lambda one: (one.order, one.pk))


def _accounts(letter: Letter) -> list[Account]:
    """Return what happened with each addressee, in a fixed number of queries."""
    addressees = read_translated(Addressee.objects.filter(letter=letter))
    deliveries, responses = defaultdict(list), defaultdict(list)
    editions = Edition.objects.filter(letter=letter).defer("content")
    for edition in editions.prefetch_related("delivered_to").order_by("-delivered_at"):
        for receiver in edition.delivered_to.all():
            deliveries[receiver.pk].append(edition)
    current = Response.objects.current().filter(letter=letter)
    known = {one.pk: one for one in read_translated(current, "recorded_by")}
    parties = current.values_list("pk", "addressees").order_by("-dated", "-pk")
    for one in known.values():
        one.letter = letter
    for pk, addressee in parties:
        if pk in known:
            responses[addressee].append(known[pk])
    silent = {one.addressee.pk: one for one in silences()}
    for person in addressees:
        person.letter = letter
    return [
        Account(one, deliveries[one.pk], responses[one.pk], silent.get(one.pk))
        for one in sorted(addressees, key=lambda one: (one.order, one.pk))
    ]


def _stands(letter: Letter) -> list[Stand]:
    """Return where each demand stands, in two queries."""
    demands = read_translated(Demand.objects.filter(letter=letter))
    notes = defaultdict(list)
    current = DemandNote.objects.current().filter(demand__letter=letter)
    found = read_translated(current, "recorded_by")
    for note in sorted(found, key=lambda one: (one.dated, one.pk), reverse=True):
        notes[note.demand_id].append(note)
    ordered = sorted(demands, key=lambda one: (one.order, one.pk))
    for one in ordered:
        one.letter = letter
        for note in notes[one.pk]:
            note.demand = one
    return [Stand(one, number, notes[one.pk]) for number, one in enumerate(ordered, start=1)]
