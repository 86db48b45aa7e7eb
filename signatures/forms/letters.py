"""Choosing among letters, and what is told of one whose text was changed meanwhile."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from openletters.languages import Text, attributes
from signatures.models.letters import Letter


class LettersField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """The letters of a campaign, each with those it is addressed to."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages: ClassVar = {
        "required": _("Tick at least one letter."),
        "invalid_choice": _(
            "A letter that you ticked can no longer be signed. Please look at your choice again."
        ),
    }

    def clean(self, value: Any) -> Any:
        # No database has a key of more digits, and some fail when asked for one.
        if any(len(str(key)) > 18 for key in value or ()):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().clean(value)

    def label_from_instance(self, letter: Letter) -> SafeString:
        return letter_label(letter)


class OpenLettersField(forms.MultipleChoiceField):
    """Letters that were read already, all of them ticked; the database is not asked again."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = LettersField.default_error_messages

    def offer(self, letters: Iterable[Letter]) -> None:
        """Let one choose among `letters`."""
        self.letters = {str(letter.pk): letter for letter in letters}
        self.initial = list(self.letters)
        self.choices = lambda: [(key, letter_label(one)) for key, one in self.letters.items()]

    def valid_value(self, value: Any) -> bool:
        return str(value) in self.letters

    def clean(self, value: Any) -> Any:
        chosen = dict.fromkeys(super().clean(value))
        return [self.letters[key] for key in chosen]


def letter_label(letter: Letter) -> SafeString:
    """Return a letter's title with those it is addressed to."""
    addressees = [
        [part for part in (one.name, one.position) if part] or [one.institution]
        for one in letter.addressees.all()
    ]
    return format_html(
        '<span class="letter-title"{}>{}</span><span class="letter-addressees">{}</span>',
        attributes(letter.title.language),
        letter.title,
        format_html_join("", "<bdi>{}</bdi>", ((_in_one_line(one),) for one in addressees)),
    )


def changed_meanwhile(letter: Letter) -> SafeString:
    """Return what somebody is told who signs another text than they could read."""
    told = _(
        "The text of “{title}” was changed after you opened this form: {link}, then press the"
        " button again. What you entered is still here."
    )
    again = _("read it again")
    link = (
        format_html('<a href="{}" target="_blank">{}</a>', letter.get_absolute_url(), again)
        if letter.is_published()
        else again
    )
    title = format_html("<bdi{}>{}</bdi>", attributes(letter.title.language), letter.title)
    return format_html(str(told), title=title, link=link)


def _in_one_line(parts: Iterable[Text]) -> SafeString:
    marked = ((attributes(part.language), part) for part in parts)
    each = (
        (format_html("<span{}>{}</span>", told, part) if told else part,) for told, part in marked
    )
    return format_html_join(" · ", "{}", each)
