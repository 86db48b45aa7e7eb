"""After an attack: clear away thousands of fakes at once, having seen which; let held ones through.

The page shows what is found, and what that does to every count. Its button does that to exactly
the sign-ons it has shown: what came since is not touched, and what has changed since is left alone
and named. It can be undone like every decision about many.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_countries import countries

from openletters.staff.models import StaffAct
from signatures import moments, names
from signatures.admin import evidence
from signatures.admin.bulk import MOST as MOST_TICKED
from signatures.admin.bulk import BulkAdmin
from signatures.admin.decisions import reason_field
from signatures.admin.filters import all_letters, is_key
from signatures.admin.queue import QUEUE, name_letters, staff
from signatures.models.flags import Flag
from signatures.models.letters import Letter
from signatures.models.sign_ons import SignOn

Status = SignOn.Status

MOST = 10_000
"""Sign-ons that are cleared away at once."""

SHOWN = 500
"""Of which so many are listed, each to be kept by a tick."""

SEEN = ("status", "withhold_name", "name", "local_name", "acronym", "country")
"""What a ticket is made of. Contacts are sealed, and take long to open."""

OFFERED = (Status.UNCONFIRMED, Status.PENDING, Status.APPROVED)


def _halves(name: str) -> forms.SplitDateTimeWidget:
    """Ask for a day and a time of day, both under the legend of the field."""
    named = {"aria-labelledby": f"legend_{name}"}
    return forms.SplitDateTimeWidget(
        date_attrs={"type": "date", **named}, time_attrs={"type": "time", **named}
    )


class Criteria(forms.Form):
    """What the fakes have in common."""

    like = forms.CharField(
        label=gettext_lazy("From the same network as sign-on number"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text=gettext_lazy("On the same day. The number is in the address of its page."),
    )
    domain = forms.CharField(
        label=gettext_lazy("E-mail domain"), required=False, max_length=253, empty_value=""
    )
    name = forms.CharField(label=gettext_lazy("Name contains"), required=False, max_length=200)
    since = forms.SplitDateTimeField(
        label=gettext_lazy("Submitted from"),
        required=False,
        widget=_halves("since"),
    )
    until = forms.SplitDateTimeField(
        label=gettext_lazy("until"),
        required=False,
        widget=_halves("until"),
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        required=False,
        choices=lambda: [("", _("any")), *countries],
    )
    flags = forms.MultipleChoiceField(
        label=gettext_lazy("Marks (one of these)"),
        required=False,
        choices=Flag.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    letter = forms.ChoiceField(label=gettext_lazy("Letter"), required=False)
    status = forms.MultipleChoiceField(
        label=gettext_lazy("State"),
        choices=[(one.value, one.label) for one in OFFERED],
        initial=[Status.UNCONFIRMED.value, Status.PENDING.value],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one state.")},
    )

    TELLING = ("like", "domain", "name", "since", "until", "country", "flags")
    """What can tell fakes from others; a letter and a state alone cannot."""

    def __init__(self, data: Any, *, letters: dict[int, Letter]) -> None:
        super().__init__(data)
        field = self.fields["letter"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("any")), *((str(pk), str(one)) for pk, one in letters.items())]

    def clean_like(self) -> SignOn | None:
        """The sign-on of this number, if it is known where it came from."""
        stated = self.cleaned_data["like"].strip()
        if not stated:
            return None
        found = SignOn.objects.filter(pk=stated).first() if is_key(stated) else None
        if found is None:
            raise ValidationError(_("There is no sign-on of this number."), code="gone")
        if not found.client:
            unknown = _("It is not known where this one came from: it is 30 days old, or entered.")
            raise ValidationError(unknown, code="unknown")
        return found

    def clean_name(self) -> str:
        """Refuse what would be found in every name."""
        stated: str = self.cleaned_data["name"]
        if stated and not names.fold(stated):
            raise ValidationError(_("Enter at least one letter or digit."), code="empty")
        return stated

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not any(cleaned.get(name) for name in self.TELLING):
            nothing = _("Say at least one thing that tells the fakes from the others.")
            raise ValidationError(nothing, code="nothing")
        return cleaned

    def find(self) -> list[SignOn]:
        """Return the sign-ons that are meant, the oldest first; one more than can be cleared."""
        stated = self.cleaned_data
        found: QuerySet[SignOn] = SignOn.objects.filter(status__in=stated["status"])
        if stated["like"]:
            found = found.filter(client=stated["like"].client)
        if stated["letter"]:
            found = found.filter(letter_rows__letter=stated["letter"])
        if stated["country"]:
            found = found.filter(country=stated["country"])
        if stated["since"]:
            found = found.filter(created_at__gte=stated["since"])
        if stated["until"]:
            found = found.filter(created_at__lte=stated["until"])
        for part in names.fold(stated["name"]).split():
            found = found.filter(Q(key__contains=part))
        return list(islice(self._narrowed(found.order_by("pk")), MOST + 1))

    def _narrowed(self, found: QuerySet[SignOn]) -> Iterator[SignOn]:
        # Neither can be asked of every database.
        domain = self.cleaned_data["domain"].strip().rpartition("@")[2].lower()
        flags = {*self.cleaned_data["flags"]}
        asked = ["email"] if domain else []
        for one in found.only(*SEEN, "flags", *asked).iterator(2000):
            within = not domain or f".{one.email_domain}".endswith(f".{domain}")
            if within and (not flags or flags & {*one.flags}):
                yield one


class Clearing(forms.Form):
    """The button, and what the history is to say."""

    tickets = forms.CharField(widget=forms.HiddenInput)
    reason = reason_field(gettext_lazy("Reason, for the history"), required=True)


def ticket(sign_on: SignOn) -> str:
    """Return which sign-on, and a short name for the state in which it was shown."""
    return f"{sign_on.pk}.{evidence.seen(sign_on).rpartition('.')[2][:8]}"


@transaction.atomic
def clear(
    tickets: Iterable[str], keep: Iterable[str], actor: Any, *, reason: str, batch: uuid.UUID
) -> tuple[list[SignOn], list[SignOn]]:
    """Clear away what was shown, but for what is to be kept; return that, and what has changed."""
    spared = {*keep}
    shown = {one.partition(".")[0]: one for one in tickets}
    wanted = {pk: one for pk, one in shown.items() if is_key(pk) and pk not in spared}
    rows = list(SignOn.objects.filter(pk__in=wanted).only(*SEEN).locked())
    same = [one for one in rows if ticket(one) == wanted[str(one.pk)]]
    done = SignOn.objects.clear_away(same, actor=actor, reason=reason, batch=batch).decided
    if done:
        about = f"{len(done)} · {batch}"
        StaffAct.objects.record(StaffAct.Kind.CLEANED_UP, actor=actor, about=about, reason=reason)
    cleared = {one.pk for one in done}
    return done, [one for one in rows if one.pk not in cleared]


class CleanUpAdmin(BulkAdmin):
    """What the desk can do after an attack."""

    clean_up_template = "admin/signatures/signon/clean_up.html"
    actions = (*BulkAdmin.actions, "let_through_selected")

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """What was held can be let through, and nothing else be done to what is unconfirmed."""
        actions = super(BulkAdmin, self).get_actions(request)
        letting = actions.pop("let_through_selected", None)
        match request.GET.get("status", Status.PENDING):
            case Status.PENDING:
                return actions
            case Status.UNCONFIRMED if letting:
                return {"let_through_selected": letting}
        return {}

    @admin.action(
        permissions=["change"], description=gettext_lazy("Write to the contacts of those held")
    )
    def let_through_selected(self, request: HttpRequest, queryset: QuerySet[SignOn]) -> None:
        """Owe the ticked ones the mail that they were not sent."""
        chosen = queryset.order_by("pk")[:MOST_TICKED]
        written = SignOn.objects.let_through(chosen, actor=staff(request))
        told = ngettext(
            "%(count)s contact is written to.", "%(count)s contacts are written to.", len(written)
        )
        level = messages.SUCCESS if written else messages.WARNING
        self.message_user(request, told % {"count": moments.number(len(written))}, level)

    def get_urls(self) -> list[Any]:
        """One page: criteria, preview, button."""
        view = self.admin_site.admin_view(self.clean_up)
        return [path("clean-up/", view, name="signatures_signon_clean_up"), *super().get_urls()]

    def clean_up(self, request: HttpRequest) -> HttpResponse:
        """Ask what the fakes have in common; show what is found; clear it away."""
        if request.method not in {"GET", "HEAD", "POST"}:
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        if not self.has_change_permission(request):
            raise PermissionDenied
        form = Clearing(request.POST if request.method == "POST" else None)
        if form.is_valid():
            return self._clear(request, form)
        asked = {*Criteria.base_fields} & {name.removesuffix("_0") for name in request.GET}
        criteria = Criteria(request.GET if asked else None, letters=all_letters(request))
        context = {
            **self._context(request),
            "title": _("Clean up after an attack"),
            "criteria": criteria,
            "form": form,
            "most": MOST,
        }
        if criteria.is_valid():
            context |= self._found(request, criteria)
        wrong = form.is_bound or criteria.errors
        return TemplateResponse(
            request, self.clean_up_template, context, status=400 if wrong else 200
        )

    def _found(self, request: HttpRequest, criteria: Criteria) -> dict[str, Any]:
        found = criteria.find()
        more, found = len(found) > MOST, found[:MOST]
        keys = [one.pk for one in found]
        shown: Any = list(
            evidence.with_letter_rows(SignOn.objects.filter(pk__in=keys[:SHOWN]).order_by("pk"))
        )
        titles = name_letters(request, shown)
        for one in shown:
            one.marks = [Flag(flag).label for flag in one.flags if flag in Flag.values]
        these = SignOn.objects.filter(pk__in=keys)
        leaving = Counter(these.listed_by_these_alone())
        leaving.update(these.counted_by_these_alone())
        letters = all_letters(request)
        return {
            "number": len(found),
            "more": more,
            "shown": shown,
            "unshown": len(found) - len(shown),
            "titles": titles,
            "states": [
                (one.label, number)
                for one in OFFERED
                if (number := sum(row.status == one for row in found))
            ],
            "effects": [
                (letters[pk], letters[pk].signatory_count, letters[pk].signatory_count - number)
                for pk, number in sorted(leaving.items())
            ],
            "tickets": " ".join(ticket(one) for one in found),
            "approved": any(one.status == Status.APPROVED for one in found),
        }

    def _clear(self, request: HttpRequest, form: Clearing) -> HttpResponse:
        batch = uuid.uuid4()
        done, left = clear(
            form.cleaned_data["tickets"].split(),
            request.POST.getlist("keep"),
            staff(request),
            reason=form.cleaned_data["reason"],
            batch=batch,
        )
        said = ngettext(
            "%(count)s sign-on cleared away.", "%(count)s sign-ons cleared away.", len(done)
        )
        self.tell_outcome(request, said, batch, done, left)
        if not done and not left:
            self.message_user(request, _("Nothing was done."), messages.WARNING)
        return HttpResponseRedirect(reverse(QUEUE))
