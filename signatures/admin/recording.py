"""The forms in which staff record what became of a letter: one for each kind of entry."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openletters import languages
from signatures import attachments
from signatures.attachments import Attachment
from signatures.models.demand_notes import LONGEST_NOTE, DemandNote
from signatures.models.letters import Addressee, Demand, Letter
from signatures.models.recorded import LONGEST_TEXT, Recorded, check_day, check_source
from signatures.models.responses import Response
from signatures.pages.timeline import called

if TYPE_CHECKING:
    AddresseesField = forms.ModelMultipleChoiceField[Addressee]
else:
    AddresseesField = forms.ModelMultipleChoiceField


class WhomField(AddresseesField):
    """Some of a letter's addressees."""

    def label_from_instance(self, obj: Addressee) -> str:
        """As the letter writes to them."""
        return str(called(obj))


class DayInput(forms.DateInput):
    """The browser's own way to choose a day."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


@dataclass(frozen=True)
class Written:
    """The field for the text in one language."""

    field: forms.BoundField
    language: str


class RecordForm(forms.Form):
    """What every entry has: its day, its text in each language, and where readers find more.

    `seen` is the wording that is being corrected, if it is not a new entry.
    """

    longest = LONGEST_TEXT

    entry = forms.UUIDField(widget=forms.HiddenInput, required=False)
    dated = forms.DateField(
        label=gettext_lazy("Day"),
        widget=DayInput,
        help_text=gettext_lazy("When it happened, not when you record it."),
    )
    source = forms.URLField(
        label=gettext_lazy("Source"),
        required=False,
        max_length=500,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"class": "vTextField", "dir": "ltr"}),
        help_text=gettext_lazy(
            "A public page, beginning with https://, where readers find it themselves."
            " We never open it."
        ),
    )

    def __init__(self, data: Any = None, files: Any = None, *, letter: Letter, seen: Any) -> None:
        self.letter = letter
        self.seen: Any = seen
        zone = ZoneInfo(letter.time_zone)
        initial = {"entry": uuid.uuid4(), "dated": timezone.localdate(timezone=zone)}
        if seen is not None:
            initial = {name: getattr(seen, name) for name in self.stored()}
            initial |= {f"text_{code}": text for code, text in seen.texts.items()}
        super().__init__(data, files, initial=initial, auto_id="id_record_%s", label_suffix="")
        self.languages = self._languages()
        for code in self.languages:
            self.fields[f"text_{code}"] = forms.CharField(
                label=capfirst(languages.name(code)),
                required=False,
                max_length=self.longest,
                widget=forms.Textarea(
                    attrs={"rows": 5, "lang": code, "dir": languages.direction(code)}
                ),
            )

    @classmethod
    def stored(cls) -> tuple[str, ...]:
        """The fields that an entry has in columns of the same name."""
        return ("entry", "dated", "source")

    def _languages(self) -> list[str]:
        """The languages of the letter first, then all others."""
        first = self.letter.text_languages() or [self.letter.language]
        return [*first, *(code for code in languages.codes() if code not in first)]

    @property
    def written(self) -> list[Written]:
        """The fields for texts in the letter's own languages, and in any that has one."""
        own = set(self.letter.text_languages() or [self.letter.language])
        return [one for one in self._every() if one.language in own or one.field.value()]

    @property
    def unwritten(self) -> list[Written]:
        """The fields for texts in all other languages."""
        shown = {one.language for one in self.written}
        return [one for one in self._every() if one.language not in shown]

    def _every(self) -> list[Written]:
        return [Written(self[f"text_{code}"], code) for code in self.languages]

    @property
    def texts(self) -> dict[str, str]:
        """What was written, by language."""
        found = {code: self.cleaned_data.get(f"text_{code}", "") for code in self.languages}
        return {code: text for code, text in found.items() if text}

    def clean_dated(self) -> date:
        """A day on which it can have been."""
        day: date = self.cleaned_data["dated"]
        check_day(self.letter, day)
        return day

    def clean_source(self) -> str:
        """A page that can be offered to readers."""
        source: str = self.cleaned_data["source"]
        if source:
            check_source(source)
        return source

    def first_text(self) -> str:
        """The field for the text in the letter's language."""
        return f"text_{self.languages[0]}"

    def save(self, actor: User) -> Response | DemandNote:
        """Record what was stated, or put it in the place of what was seen. Raises Outdated."""
        raise NotImplementedError

    def stated(self) -> dict[str, Any]:
        """Return what a verb of the models is told."""
        return {
            "dated": self.cleaned_data["dated"],
            "source": self.cleaned_data["source"],
            "texts": self.texts,
        }


class ResponseForm(RecordForm):
    """A step of the exchange with those to whom the letter is addressed."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What happened"),
        choices=Response.Kind.choices,
        widget=forms.RadioSelect,
    )
    addressees = WhomField(
        label=gettext_lazy("With whom"),
        queryset=Addressee.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    upload = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".pdf,.docx,.txt,image/png,image/jpeg,image/webp"}),
        help_text=gettext_lazy(
            "PDF, Word (.docx), a picture or text, up to 5 MB. A PDF and a Word file are handed out"
            " as they are: look whether they tell more than they should."
        ),
    )
    no_file = forms.BooleanField(label=gettext_lazy("Delete the file for good"), required=False)
    public = forms.BooleanField(
        label=gettext_lazy("Everybody may read this"),
        required=False,
        help_text=gettext_lazy(
            "Text, source and file stand on the letter's page, in feeds and in the API. Without"
            " this, only staff know of it: a reply may be meant for you alone."
        ),
    )

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        self.attachment: Attachment | None = None
        whom = self.letter.addressees.prefetch_related("translations")
        field = self.fields["addressees"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = whom
        if self.seen is not None:
            self.initial["addressees"] = list(self.seen.addressees.values_list("pk", flat=True))
        elif len(only := [one.pk for one in whom]) == 1:
            self.initial["addressees"] = only
        if self.seen is None or not self.seen.file:
            del self.fields["no_file"]

    @classmethod
    def stored(cls) -> tuple[str, ...]:
        """With its kind, and whether it is public."""
        return (*super().stored(), "kind", "public")

    def clean_upload(self) -> Any:
        """A file that we dare to hand on."""
        upload = self.cleaned_data["upload"]
        if upload:
            if upload.size > attachments.LARGEST_FILE:
                raise ValidationError(_("This file is too large: it may have 5 MB."))
            try:
                self.attachment = attachments.judge(upload.read())
            except attachments.Refused as refused:
                raise ValidationError(str(refused)) from refused
        return upload

    def clean(self) -> dict[str, Any]:
        """A reply says something."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        stays = self.seen is not None and self.seen.file and not cleaned.get("no_file")
        says = self.texts or self.attachment or stays or "upload" in self.errors
        if cleaned.get("kind") == Response.Kind.REPLIED and not says:
            told = _("A reply needs its text, or a file that holds it.")
            self.add_error(self.first_text(), told)
        if self.errors and self.attachment:
            self.add_error("upload", _("Please choose the file again: it could not be kept."))
        return cleaned

    def stated(self) -> dict[str, Any]:
        """With everything that a response has besides."""
        return {
            **super().stated(),
            "kind": self.cleaned_data["kind"],
            "addressees": self.cleaned_data["addressees"],
            "public": self.cleaned_data["public"],
            "attachment": self.attachment,
        }

    def save(self, actor: User) -> Response:
        """Record it, or put it in the place of what was seen. Raises Outdated."""
        if self.seen is None:
            entry = self.cleaned_data["entry"]
            return Response.objects.record(self.letter, actor=actor, entry=entry, **self.stated())
        keep = not self.cleaned_data.get("no_file")
        return Response.objects.correct(self.seen, actor=actor, keep_file=keep, **self.stated())

    def draft(self) -> tuple[Response, Sequence[Addressee]]:
        """Return what would be recorded, and with whom; nothing is stored."""
        made = Response(
            letter=self.letter,
            kind=self.cleaned_data["kind"],
            dated=self.cleaned_data["dated"],
            source=self.cleaned_data["source"],
        )
        write(made, self.texts)
        return made, list(self.cleaned_data["addressees"])


class NoteForm(RecordForm):
    """Where a demand stands since a day, and why one may say so."""

    longest = LONGEST_NOTE

    status = forms.ChoiceField(
        label=gettext_lazy("Where it stands"),
        choices=DemandNote.Status.choices,
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any = None, *, demand: Demand, seen: Any) -> None:
        self.demand = demand
        super().__init__(data, letter=demand.letter, seen=seen)

    @classmethod
    def stored(cls) -> tuple[str, ...]:
        """With where the demand stands."""
        return (*super().stored(), "status")

    def clean(self) -> dict[str, Any]:
        """A note says something."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.texts:
            self.add_error(self.first_text(), _("Say in a sentence what has happened."))
        return cleaned

    def stated(self) -> dict[str, Any]:
        """With where the demand stands."""
        return {**super().stated(), "status": self.cleaned_data["status"]}

    def save(self, actor: User) -> DemandNote:
        """Record it, or put it in the place of what was seen. Raises Outdated."""
        entry = None if self.seen else self.cleaned_data["entry"]
        return DemandNote.objects.record(
            self.demand, actor=actor, entry=entry, corrects=self.seen, **self.stated()
        )

    def draft(self) -> DemandNote:
        """Return what would be recorded; nothing is stored."""
        stated = self.stated()
        texts = stated.pop("texts")
        made = DemandNote(demand=self.demand, **stated)
        write(made, texts)
        return made


def write(made: Recorded, texts: dict[str, str]) -> None:
    """Give an entry its texts."""
    for language, text in texts.items():
        made.set_current_language(language)
        setattr(made, "text", text)  # noqa: B010  what both kinds of entries have
