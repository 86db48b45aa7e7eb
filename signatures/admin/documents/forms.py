"""What an editor hands in, and what was recognised in it, to be corrected."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from openletters.languages import direction
from signatures import markdown, names
from signatures.forms import LineField
from signatures.letter_text import files, lines
from signatures.letter_text.drafts import AddressBlock, Draft, Signatory
from signatures.letter_text.recognising import recognise
from signatures.matching.places import country_code
from signatures.models.letters import Addressee, Campaign, languages
from signatures.workbooks import Unreadable

MOST_LETTERS = 20
MOST_ADDRESSEES = 100
LARGEST_PAGE = 800_000
"""Bytes of text that the page of corrections sends back at most."""

_BESIDE = "|"
"""Stands between a name and its country."""


def _text(label: Any, rows: int, **options: Any) -> forms.CharField:
    widget = forms.Textarea({"rows": rows, "dir": "auto"})
    return forms.CharField(label=label, required=False, widget=widget, **options)


def _line(label: Any, longest: int, **options: Any) -> LineField:
    widget = forms.TextInput({"class": "vTextField", "dir": "auto"})
    return LineField(label=label, max_length=longest, required=False, widget=widget, **options)


def _write_in(form: forms.Form, fields: Sequence[str], language: str) -> None:
    """Tell browsers in which language, and in which direction, fields of a letter are written."""
    if language in dict(languages()):
        for name in fields:
            form.fields[name].widget.attrs |= {"lang": language, "dir": direction(language)}


class DocumentForm(forms.Form):
    """A document, or its text."""

    text = _text(_("Text of the letter"), 12)
    file = forms.FileField(
        label=_("Or a file"),
        required=False,
        help_text=_("A document of Word (.docx), or text (.txt, .md); up to 10 MB."),
        widget=forms.FileInput(attrs={"accept": ".docx,.txt,.md"}),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=lambda: [("", _("recognise it")), *languages()],
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.drafts: list[Draft] = []

    def clean(self) -> dict[str, Any]:
        """Read the document; what cannot be read is refused here, in words."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        file: UploadedFile[Any] | None = cleaned.get("file")
        pasted = cleaned.get("text", "")
        if bool(file) == bool(pasted):
            said = _("Choose a file or paste the text; both cannot be read at once.")
            self.add_error("text", said if file else _("Paste the text, or choose a file."))
            return cleaned
        try:
            self.drafts = recognise(_lines(file, pasted), cleaned.get("language", ""))
        except Unreadable as error:
            self.add_error("file" if file else "text", str(error))
            return cleaned
        if not self.drafts:
            self.add_error("text", _("The document holds no text."))
        elif _is_too_much(self.drafts):
            said = _(
                "This is too much to be corrected on one page. Divide the document, and leave the"
                " names out: they can be imported as a list."
            )
            self.add_error("file" if file else "text", said)
        return cleaned


def _lines(file: "UploadedFile[Any] | None", pasted: str) -> list[lines.Line]:
    if file is None:
        return lines.of_text(pasted)
    if (file.size or 0) > files.LARGEST_FILE:
        raise files.too_large()
    return files.read(file.read())


def _is_too_much(drafts: Sequence[Draft]) -> bool:
    size = sum(len(str(draft.as_json()).encode()) for draft in drafts)
    addressees = sum(len(draft.addressees) for draft in drafts)
    return len(drafts) > MOST_LETTERS or addressees > MOST_ADDRESSEES or size > LARGEST_PAGE


class AddresseeForm(forms.Form):
    """One addressee; an empty one is none."""

    kind = forms.ChoiceField(label=_("kind"), choices=Addressee.Kind, required=False)
    name = _line(_("name"), 200)
    position = _line(_("position"), 200)
    institution = _text(_("institution"), 2, max_length=250)
    postal_address = _text(_("postal address"), 3, max_length=500)

    def __init__(self, *args: Any, language: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _write_in(self, ("name", "position", "institution", "postal_address"), language)

    def block(self) -> AddressBlock | None:
        """Return who it names; a row in which nothing was entered has no data at all."""
        stated = self.cleaned_data
        if not stated:
            return None
        said = AddressBlock(
            kind=stated.get("kind") or Addressee.Kind.TO,
            name=stated["name"],
            position=stated["position"],
            institution="\n".join(_rows(stated["institution"])),
            lines=_rows(stated["postal_address"]),
        )
        return said if said.name or said.position or said.institution or said.lines else None


AddresseeForms: Any = formset_factory(
    AddresseeForm, extra=1, max_num=MOST_ADDRESSEES, absolute_max=MOST_ADDRESSEES + 1
)


_ABOUT = ("include", "title", "language", "place", "dated")
_LEFT = ("unrecognised", "settled")
_WRITTEN = ("title", "place", "salutation", "body", "demands_intro", "demands", "closing")


class DraftForm(forms.Form):
    """One recognised letter."""

    include = forms.BooleanField(label=_("Save this letter"), required=False, initial=True)
    language = forms.ChoiceField(label=_("Language"), choices=languages)
    title = _line(_("title"), 250)
    place = _line(_("place"), 100)
    dated = forms.DateField(
        label=_("date of the letter"),
        required=False,
        input_formats=["%Y-%m-%d"],
        help_text=_("Empty: today."),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    salutation = _line(_("salutation"), 200)
    body = _text(
        _("text"),
        14,
        help_text=_("Markdown, without the demands: they are shown after the first paragraph."),
    )
    demands_intro = _line(_("introduction of the demands"), 200)
    demands = _text(_("demands"), 6, help_text=_("One on each line."))
    closing = _line(_("closing"), 200)
    signatories = _text(
        _("signatories"),
        10,
        help_text=_(
            "One on each line, with its country behind a | if that is known: Water Watch | Kenya. "
            "Nobody is listed yet: the names wait under Imports, to be looked through there."
        ),
    )
    unrecognised = _text(
        _("not understood"),
        4,
        help_text=_("Copy what belongs to the letter into its field above. The rest is left out."),
    )
    settled = forms.BooleanField(label=_("Leave out what was not understood"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.addressees: BaseFormSet[AddresseeForm] | None = None
        _write_in(self, _WRITTEN, self.written_in)
        if not self["unrecognised"].value():
            del self.fields["unrecognised"], self.fields["settled"]

    @property
    def written_in(self) -> str:
        """The language that is chosen for the letter, or was sent in place of one."""
        return str(self["language"].value() or "")

    @property
    def about(self) -> list[forms.BoundField]:
        """The fields above the addressees."""
        return [self[name] for name in _ABOUT]

    @property
    def text(self) -> list[forms.BoundField]:
        """The fields of the letter itself."""
        return [self[name] for name in self.fields if name not in (*_ABOUT, *_LEFT)]

    @property
    def left(self) -> list[forms.BoundField]:
        """What was not understood, if there is any."""
        return [self[name] for name in self.fields if name in _LEFT]

    def clean_title(self) -> str:
        """A letter that is saved has a title."""
        title: str = self.cleaned_data["title"]
        if not title and self.cleaned_data.get("include"):
            raise ValidationError(_("Give the letter a title."))
        return title

    def clean_body(self) -> str:
        """A letter that is saved has a text."""
        body: str = self.cleaned_data["body"].replace("\r\n", "\n").strip()
        if not body and self.cleaned_data.get("include"):
            raise ValidationError(_("The letter has no text."))
        if len(body) > markdown.LONGEST_TEXT // 4:
            said = _("Shorten this: it may have %(most)d characters and has %(has)d.")
            numbers = {"most": markdown.LONGEST_TEXT // 4, "has": len(body)}
            raise ValidationError(said, params=numbers)
        return body

    def clean_demands(self) -> list[str]:
        """Each line is one."""
        demands = _rows(self.cleaned_data["demands"])
        long = next((one for one in demands if len(one) > 2_000), None)
        if long:
            said = _("A demand may have 2,000 characters; shorten the one that begins: %(start)s")
            raise ValidationError(said, params={"start": long[:60]})
        return demands

    def clean_signatories(self) -> list[Signatory]:
        """Each line is a name, and perhaps its country."""
        found = [_signatory(row) for row in _rows(self.cleaned_data["signatories"])]
        return [one for one in found if one.name]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        wanted = cleaned.get("include") and cleaned.get("unrecognised", "").strip()
        if wanted and not cleaned.get("settled"):
            self.add_error("settled", _("Say that what is left here can be left out."))
        return cleaned

    def draft(self) -> Draft:
        """Return the letter as it was corrected."""
        stated = self.cleaned_data
        assert self.addressees is not None
        blocks = [form.block() for form in self.addressees]
        return Draft(
            language=stated["language"],
            dated=stated["dated"],
            place=stated["place"],
            title=stated["title"],
            salutation=stated["salutation"],
            addressees=[block for block in blocks if block],
            body=[stated["body"]],
            demands_intro=stated["demands_intro"],
            demands=stated["demands"],
            closing=stated["closing"],
            signatories=stated["signatories"],
        )


def _rows(text: str) -> list[str]:
    return [row for row in map(lines.visible, text.splitlines()) if row]


def _signatory(row: str) -> Signatory:
    name, beside, country = row.rpartition(_BESIDE)
    code = country_code(country) if beside else ""
    # What names no country is part of the name, which nobody may shorten.
    return Signatory(names.clean_display(name if code else row), code)


class TogetherForm(forms.Form):
    """The campaign that letters of one document may belong to."""

    campaign = forms.ModelChoiceField(
        Campaign.objects.none(), label=_("campaign"), required=False, empty_label=_("none")
    )
    new_campaign = _line(
        _("or a new campaign"), 200, help_text=_("Its title. One form then signs all the letters.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        field = self.fields["campaign"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Campaign.objects.order_by("-pk").prefetch_related("translations")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("campaign") and cleaned.get("new_campaign"):
            self.add_error("new_campaign", _("Choose a campaign or name a new one, not both."))
        return cleaned


def initial(draft: Draft) -> dict[str, Any]:
    """Return what the fields of a recognised letter show first."""
    return {
        "language": draft.language,
        "title": draft.title,
        "place": draft.place,
        "dated": draft.dated,
        "salutation": draft.salutation,
        "body": "\n\n".join(draft.body),
        "demands_intro": draft.demands_intro,
        "demands": "\n".join(draft.demands),
        "closing": draft.closing,
        "signatories": "\n".join(
            f"{one.name} {_BESIDE} {one.country}" if one.country else one.name
            for one in draft.signatories
        ),
        "unrecognised": "\n".join(draft.unrecognised),
    }


def initial_addressees(draft: Draft) -> list[dict[str, Any]]:
    """Return the same of its addressees."""
    return [
        {
            "kind": one.kind,
            "name": one.name,
            "position": one.position,
            "institution": one.institution,
            "postal_address": "\n".join(one.lines),
        }
        for one in draft.addressees
    ]


class Correction:
    """All that was recognised in one document, as forms."""

    def __init__(self, letters: Sequence[DraftForm], together: TogetherForm, source: str) -> None:
        self.letters = letters
        self.together = together
        self.source = source

    @classmethod
    def of(cls, drafts: Sequence[Draft], source: str) -> "Correction":
        """Return the forms that show what was recognised."""
        letters = []
        for number, draft in enumerate(drafts):
            form = DraftForm(initial=initial(draft), prefix=f"letter-{number}")
            form.addressees = AddresseeForms(
                initial=initial_addressees(draft),
                prefix=f"letter-{number}-addressees",
                form_kwargs={"language": form.written_in},
            )
            letters.append(form)
        return cls(letters, TogetherForm(prefix="together"), source)

    @classmethod
    def posted(cls, data: Any) -> "Correction":
        """Return the forms as they came back."""
        said = data.get("letters", "")
        count = int(said) if said.isascii() and said.isdigit() and len(said) < 4 else 1
        letters = []
        for number in range(min(max(count, 1), MOST_LETTERS)):
            form = DraftForm(data, prefix=f"letter-{number}")
            form.addressees = AddresseeForms(
                data,
                prefix=f"letter-{number}-addressees",
                form_kwargs={"language": form.written_in},
            )
            letters.append(form)
        source = names.clean_display(data.get("source", ""))[:200]
        return cls(letters, TogetherForm(data, prefix="together"), source)

    def is_valid(self) -> bool:
        """Whether nothing is wrong with any of them; all are looked at."""
        valid = [self.together.is_valid()]
        for form in self.letters:
            assert form.addressees is not None
            valid += [form.is_valid(), form.addressees.is_valid()]
        if all(valid) and not self.drafts():
            self.together.add_error(None, _("Tick at least one letter that is to be saved."))
            return False
        return all(valid)

    def drafts(self) -> list[Draft]:
        """Return the letters that are to be saved."""
        return [form.draft() for form in self.letters if form.cleaned_data["include"]]
