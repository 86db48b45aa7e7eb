"""What kind of change it is: for editors who change a text that people were asked to sign."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from signatures import canonical, moments
from signatures.admin.zoned import ZonedField, use_zone
from signatures.changes import Change, Reason
from signatures.models.letters import Letter
from signatures.models.reaffirming import SOONEST, asked_about, mark
from signatures.models.versions import TextVersion
from signatures.pages.rewordings import Rewording, rewordings

Kind = TextVersion.Kind

PREFIX = "marking"

REASONS = {
    Reason.ADDRESSEE_ADDED: gettext_lazy("An addressee was added, or replaces another one."),
    Reason.ADDRESSEE_REMOVED: gettext_lazy("An addressee was removed, or replaced."),
    Reason.DEMAND_ADDED: gettext_lazy("A demand was added."),
    Reason.DEMAND_REMOVED: gettext_lazy("A demand was removed."),
    Reason.DEMANDS_REORDERED: gettext_lazy("The demands stand in another order."),
    Reason.DEMAND_REPLACED: gettext_lazy("A demand was replaced by another one."),
}

OFFERED = timedelta(days=14)
"""How long signatories have if the editor says nothing else."""


class NotMarked(Exception):
    """A change was not stored, because it has still to be said what kind of change it is."""

    def __init__(self, form: "MarkingForm") -> None:
        super().__init__()
        self.form = form


class MarkingForm(forms.Form):
    """What kind of change it is, and what the public and the signatories are told."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What kind of change is this?"),
        choices=[
            (
                Kind.CORRECTION,
                gettext_lazy(
                    "A correction: it says better what was meant. Whoever has signed stays under"
                    " the text."
                ),
            ),
            (
                Kind.SUBSTANCE,
                gettext_lazy(
                    "A change of substance: every signatory is asked by mail to stand by the new"
                    " text. Until they do, the list says that they signed an earlier one."
                ),
            ),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say what kind of change this is.")},
    )
    note = forms.CharField(
        label=gettext_lazy("What has changed"),
        help_text=gettext_lazy(
            "In a sentence or two, in the language of the letter. It is published."
        ),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto", "class": "vLargeTextField"}),
        error_messages={"required": gettext_lazy("Tell readers what has changed.")},
    )
    reaffirm_by = ZonedField(
        label=gettext_lazy("To be re-affirmed by"),
        required=False,
        help_text=gettext_lazy(
            "Of a change of substance: until when signatories are asked to stand by the new text."
            " They are reminded once. Nobody is removed who does not answer."
        ),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, change: Change, fingerprint: str, zone: str, data: QueryDict | None = None
    ) -> None:
        self.change = change
        self.was_shown = data is not None and data.get(f"{PREFIX}-seen") == fingerprint
        sent = None
        if data is not None and f"{PREFIX}-seen" in data:
            sent = data.copy()
            sent[f"{PREFIX}-seen"] = fingerprint
        start = {
            "seen": fingerprint,
            "kind": Kind.SUBSTANCE if change.reasons else None,
            "reaffirm_by": _evening(timezone.now() + OFFERED, zone),
        }
        super().__init__(sent, prefix=PREFIX, initial=start)
        use_zone(self, zone)
        until = self.fields["reaffirm_by"]
        until.label = f"{until.label} ({moments.zone_name(zone)})"

    @property
    def must_be_substance(self) -> list[str]:
        """Why it can be no correction, in sentences."""
        return [str(REASONS[reason]) for reason in self.change.reasons]

    def shown(self) -> list[Rewording]:
        """What has changed, as it will be published."""
        return rewordings(self.change.parts)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        kind, until = cleaned.get("kind"), cleaned.get("reaffirm_by")
        if kind == Kind.CORRECTION and self.must_be_substance:
            told = _(
                "This cannot be a correction, because a signature covers to whom the letter goes"
                " and what it asks for."
            )
            self.add_error("kind", " ".join([*self.must_be_substance, told]))
        if kind == Kind.SUBSTANCE and "reaffirm_by" not in self.errors:
            if until is None:
                self.add_error("reaffirm_by", _("Say until when signatories can answer."))
            elif until < timezone.now() + SOONEST:
                told = ngettext(
                    "Give signatories at least %(days)s day.",
                    "Give signatories at least %(days)s days.",
                    SOONEST.days,
                )
                self.add_error("reaffirm_by", told % {"days": SOONEST.days})
        return cleaned


def keep_version(request: HttpRequest, letter: Letter) -> TextVersion | None:
    """Freeze the text that was just stored, if it is another and people were asked to sign one.

    To be called in the transaction that stored it, once its rows are locked. Raises NotMarked
    where the editor has to say first what kind of change it is.
    """
    change = TextVersion.objects.change_of(letter)
    if change is None or change.is_nothing:
        return None
    if change.is_translation:
        return mark(letter, kind=Kind.TRANSLATION)
    form = MarkingForm(change, _fingerprint(change), letter.time_zone, request.POST)
    if not form.is_valid() or not form.was_shown:
        raise NotMarked(form)
    stated: Mapping[str, Any] = form.cleaned_data
    substance = stated["kind"] == Kind.SUBSTANCE
    return mark(
        letter,
        kind=Kind(stated["kind"]),
        note=stated["note"],
        reaffirm_by=stated["reaffirm_by"] if substance else None,
    )


def asked_by(version: TextVersion | None) -> str:
    """Return how many organisations a change asks, and until when, in words; of others nothing."""
    if version is None or version.kind != Kind.SUBSTANCE:
        return ""
    letter = version.letter
    if letter.status == Letter.Status.DRAFT:
        return ""
    number = asked_about(letter)
    if not number:
        return _("No organisation is asked by mail whether it stands by the new text.")
    told = ngettext(
        "%(number)s organisation is asked by mail whether it stands by the new text, by %(time)s.",
        "%(number)s organisations are asked by mail whether they stand by the new text, by"
        " %(time)s.",
        number,
    )
    until = moments.moment_in(version.reaffirm_by, letter.time_zone)
    return told % {"number": moments.number(number), "time": until}


def _fingerprint(change: Change) -> str:
    """Return a digest of what the editor was shown, to be sent back with what they say of it."""
    return canonical.fingerprint({"old": change.old, "new": change.new})


def _evening(at: datetime, zone: str) -> datetime:
    return timezone.localtime(at, ZoneInfo(zone)).replace(
        hour=18, minute=0, second=0, microsecond=0
    )
