"""What a member of staff states about a file."""

import hashlib
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.functional import lazy
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from signatures import dates, names, tables
from signatures.forms import LettersField, LineField
from signatures.models.imports import SignatoryImport
from signatures.models.letters import Letter
from signatures.phrases import enumerated
from signatures.staging import Sheet
from signatures.workbooks import Unreadable

Target = SignatoryImport.Target

FIELD_LABELS = {
    "": _("not to be imported"),
    "name": _("name of the organisation"),
    "local_name": _("name in its own language"),
    "acronym": _("acronym"),
    "country": _("country"),
    "website": _("website"),
    "contact_name": _("name of the contact"),
    "contact_title": _("position of the contact"),
    "email": _("e-mail address"),
    "signed_on": _("date signed"),
    "section": _("section (initiator or not)"),
    "position": _("place among the initiators"),
}
"""What a column may hold."""


def country_choices(empty: Any) -> Any:
    """Return the choices of a country, the first of which is none."""
    return lambda: [("", empty), *countries]


class UploadForm(forms.Form):
    """The file, and what shall become of it."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV, XLSX, or a text with one name on each line; up to 10,000 rows and 20 MB. "
            "Nothing is imported before you have looked through it."
        ),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )
    letters = LettersField(
        queryset=Letter.objects.none(), label=_("Letters that these organisations signed")
    )
    target = forms.ChoiceField(
        label=_("Import them as"),
        choices=[
            (Target.SIGN_ONS, _("sign-ons that wait in the queue for review")),
            (Target.SIGNATURES, _("signatures that are listed and counted at once")),
        ],
        initial=Target.SIGN_ONS,
        widget=forms.RadioSelect,
    )
    provenance = LineField(
        label=_("Where the list comes from"),
        max_length=200,
        help_text=_("For instance: form of the coalition, closed on 3 May, exported by Rosa."),
        error_messages={"required": _("Say where the list comes from.")},
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    default_country = forms.ChoiceField(
        label=_("Country of rows without one"),
        choices=country_choices(_("unknown")),
        required=False,
    )
    tell = forms.BooleanField(
        label=_("Write to the contacts that their sign-on waits for review"),
        required=False,
        help_text=_("Otherwise nobody is written to before somebody decides about it."),
    )

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, label_suffix="")
        self.sheet: Sheet | None = None
        field = self.fields["letters"]
        assert isinstance(field, LettersField)
        field.queryset = Letter.objects.order_by("-pk").prefetch_related(
            "translations", "addressees__translations"
        )

    def clean_file(self) -> "UploadedFile[Any]":
        """Read the file; what cannot be read is refused here, in words."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > tables.LARGEST_FILE:
            raise ValidationError(str(tables.too_large()))
        self.content = file.read()
        try:
            self.sheet = Sheet.read(self.content)
        except Unreadable as error:
            raise ValidationError(str(error)) from error
        return file

    @transaction.atomic
    def save(self, actor: User) -> SignatoryImport:
        """Keep the file for the next step."""
        assert self.sheet is not None
        stated = self.cleaned_data
        batch = SignatoryImport.objects.create(
            file_name=names.clean_display(stated["file"].name)[-200:],
            sha256=hashlib.sha256(self.content).hexdigest(),
            content=self.content,
            encoding=self.sheet.table.encoding,
            header_rows=self.sheet.header_rows,
            columns=self.sheet.guess(),
            target=stated["target"],
            provenance=stated["provenance"],
            default_country=stated["default_country"],
            tell=stated["tell"] and stated["target"] == Target.SIGN_ONS,
            actor=actor,
        )
        batch.letters.set(stated["letters"])
        return batch


class ReadingForm(forms.Form):
    """How the file is to be read, where the guess was wrong."""

    encoding = forms.ChoiceField(
        label=_("Encoding"),
        choices=list(tables.ENCODINGS.items()),
        help_text=_("Another one, if letters look wrong below."),
        required=False,
    )
    header = forms.BooleanField(
        label=_("The first row holds the titles of the columns"), required=False
    )

    def __init__(self, data: Any = None, *, batch: SignatoryImport) -> None:
        initial = {"encoding": batch.encoding, "header": batch.header_rows > 0}
        super().__init__(data, initial=initial, label_suffix="")
        self.batch = batch
        self.sheet: Sheet | None = None
        field = self.fields["encoding"]
        assert isinstance(field, forms.ChoiceField)
        if not batch.encoding:  # a workbook names its own
            del self.fields["encoding"]
        elif batch.encoding not in tables.ENCODINGS:
            field.choices = [(batch.encoding, batch.encoding), *tables.ENCODINGS.items()]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        content = bytes(self.batch.content or b"")
        encoding = cleaned.get("encoding", "") or self.batch.encoding
        try:
            self.sheet = Sheet.read(content, encoding, None if cleaned["header"] else 0)
            if cleaned["header"] and not self.sheet.header_rows:
                self.sheet = Sheet.read(content, encoding, 1)
        except Unreadable as error:
            raise ValidationError(str(error)) from error
        return cleaned

    def save(self) -> None:
        """Read the file so from now on."""
        assert self.sheet is not None
        self.batch.encoding = self.sheet.table.encoding
        self.batch.header_rows = self.sheet.header_rows
        self.batch.columns = self.sheet.guess()
        self.batch.save(update_fields=["encoding", "header_rows", "columns"])


class ColumnsForm(forms.Form):
    """Which column holds what."""

    def __init__(self, *args: Any, sheet: Sheet, columns: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheet = sheet
        for column, title in enumerate(sheet.titles):
            self.fields[f"column-{column}"] = forms.ChoiceField(
                label=title or gettext("Column %(number)s") % {"number": column + 1},
                choices=list(FIELD_LABELS.items()),
                initial=columns[column] if column < len(columns) else "",
                required=False,
            )

    def ask_order(self, example: str) -> None:
        """Ask which number of such a date is the day."""
        label = lazy(lambda: gettext("In dates such as %(date)s") % {"date": example}, str)()
        self.fields["order"] = forms.ChoiceField(
            label=label,
            choices=[
                (dates.Order.DAY_FIRST.value, pgettext_lazy("in a date", "the day comes first")),
                (
                    dates.Order.MONTH_FIRST.value,
                    pgettext_lazy("in a date", "the month comes first"),
                ),
            ],
            widget=forms.RadioSelect,
            error_messages={"required": _("Say which comes first: the file does not tell.")},
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = [field for field in self.columns() if field]
        if "name" not in chosen:
            raise ValidationError(_("Say which column holds the name of the organisation."))
        twice = sorted({field for field in chosen if chosen.count(field) > 1})
        if twice:
            labels = enumerated(FIELD_LABELS[field] for field in twice)
            said = _("Two columns cannot hold the same: %(fields)s.")
            raise ValidationError(said, params={"fields": labels})
        return cleaned

    def columns(self) -> list[str]:
        """Return what each column holds, in the order of the file."""
        count = len(self.sheet.titles)
        return [self.cleaned_data.get(f"column-{column}", "") for column in range(count)]

    def table(self) -> list[tuple[forms.BoundField, list[str]]]:
        """Return each column's choice beside what stands in it."""
        count = len(self.sheet.titles)
        return [(self[f"column-{column}"], self.sheet.samples(column)) for column in range(count)]
