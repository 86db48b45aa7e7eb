"""What moderators write to each other about a sign-on, and whom they leave in charge."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from signatures.models.notes import LONGEST_NOTE, Note
from signatures.models.sign_ons import SignOn
from signatures.models.staff import moderators

if TYPE_CHECKING:
    UserChoice = forms.ModelChoiceField[User]
else:
    UserChoice = forms.ModelChoiceField


class NoteForm(forms.Form):
    """Some words, somebody in charge, or both."""

    text = forms.CharField(
        label=gettext_lazy("Note for colleagues"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )
    assignee = UserChoice(
        label=gettext_lazy("In charge"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("nobody in particular"),
    )

    def __init__(self, data: Any = None, *, sign_on: SignOn) -> None:
        self.sign_on = sign_on
        last = sign_on.notes.select_related("assignee").last()
        self.in_charge = last.assignee if last else None
        super().__init__(data, auto_id="id_note_%s", initial={"assignee": self.in_charge})
        field = self.fields["assignee"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = moderators()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.sign_on.erased_at and cleaned.get("text"):
            gone = _("The contact data of this sign-on was erased. No note is kept after that.")
            self.add_error("text", ValidationError(gone))
        if not self.errors and not cleaned["text"] and cleaned["assignee"] == self.in_charge:
            self.add_error("text", ValidationError(_("Write something, or name somebody.")))
        return cleaned

    def save(self, author: User) -> Note:
        """Add the note to the log."""
        return Note.objects.create(sign_on=self.sign_on, author=author, **self.cleaned_data)


class InChargeFilter(admin.SimpleListFilter):
    """Sign-ons of which the moderator takes care."""

    title = gettext_lazy("in charge")
    parameter_name = "assigned"
    template = "admin/signatures/filter.html"

    def lookups(
        self, request: HttpRequest, model_admin: "admin.ModelAdmin[Any]"
    ) -> list[tuple[str, str]]:
        """Nobody but oneself matters."""
        return [("me", _("assigned to me"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Leave out what others take care of."""
        if self.value() != "me" or not isinstance(request.user, User):
            return queryset
        mine = Note.objects.assigned_to(request.user)
        return queryset.filter(pk__in=mine.values("sign_on"))
