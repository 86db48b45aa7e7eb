"""Decisions of a moderator: what each form asks, and which verb of the sign-on it calls."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from signatures.admin import evidence
from signatures.admin.evidence import Match
from signatures.models.corrections import Correction
from signatures.models.organizations import Organization
from signatures.models.sign_ons import IllegalTransition, SignOn

if TYPE_CHECKING:
    OrganizationChoice = forms.ModelChoiceField[Organization]
else:
    OrganizationChoice = forms.ModelChoiceField

NEW = "new"
OTHER = "other"

LONGEST_REASON = 2000


class DecidedMeanwhile(Exception):
    """The sign-on is no longer what the moderator saw; nothing was changed."""

    def __init__(self, sign_on: SignOn) -> None:
        super().__init__(sign_on)
        self.sign_on = sign_on

    def __str__(self) -> str:
        """Who did what, in a sentence for the moderator who came second."""
        event = evidence.last_event(self.sign_on)
        if event is None:
            return _("Nothing was done, because this sign-on has changed meanwhile.")
        return _(
            "Nothing was done, because this sign-on has changed meanwhile: %(what)s "
            "(%(who)s, %(age)s ago). It is now %(status)s."
        ) % {
            "what": event.get_kind_display(),
            "who": event.actor or _("the contact"),
            "age": evidence.age(event.created_at),
            "status": self.sign_on.get_status_display(),
        }


class OrganizationSelect(AutocompleteSelect):
    """The admin's search-as-you-type box, answering with each organisation's country too."""

    def __init__(self) -> None:
        super().__init__(SignOn._meta.get_field("organization"), admin.site)

    def get_url(self) -> str:
        """Where the box asks."""
        return reverse("admin:signatures_organization_find")


class OrganizationField(OrganizationChoice):
    """Any known organisation."""

    def label_from_instance(self, obj: Any) -> str:
        return described(obj)


def described(organization: Organization) -> str:
    """Return an organisation's name and country, which together belong to it alone."""
    country = organization.country.name
    return f"{organization} ({country})" if country else str(organization)


def reason_field(label: Any, *, required: bool) -> forms.CharField:
    """Return a field for the words that go into the history."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        error_messages={"required": gettext_lazy("Give the reason; the history keeps it.")},
    )


class Decision(forms.Form):
    """What every decision carries: the state of the sign-on its moderator looked at."""

    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, sign_on: SignOn, **kwargs: Any) -> None:
        self.sign_on = sign_on
        # Several of these forms share a page, so their elements need names of their own.
        kwargs.setdefault("auto_id", f"id_{type(self).__name__.lower()}_%s")
        super().__init__(data, initial={"seen": evidence.seen(sign_on), **self.start()}, **kwargs)

    def start(self) -> dict[str, Any]:
        """What is chosen before the moderator chooses."""
        return {}

    @transaction.atomic
    def take(self, actor: User) -> str:
        """Take the decision and return what was done.

        Raises DecidedMeanwhile, and changes nothing, when the sign-on is not as it was seen.
        """
        sign_on = SignOn.objects.select_for_update(no_key=True).get(pk=self.sign_on.pk)
        if evidence.seen(sign_on) != self.cleaned_data["seen"]:
            raise DecidedMeanwhile(sign_on)
        try:
            return self.call(sign_on, actor)
        except IllegalTransition as error:
            raise DecidedMeanwhile(sign_on) from error

    def call(self, sign_on: SignOn, actor: User) -> str:
        """Call the verb."""
        raise NotImplementedError


class Approve(Decision):
    """Who the organisation is: one of exactly this name, another known one, or a new one."""

    organization = forms.ChoiceField(
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose which organisation this is.")},
    )
    other = OrganizationField(
        queryset=Organization.objects.all(),
        required=False,
        label=gettext_lazy("Another organisation that is known already"),
    )

    def __init__(
        self, data: Any = None, *, sign_on: SignOn, matches: list[Match], **kwargs: Any
    ) -> None:
        self.matches = matches
        super().__init__(data, sign_on=sign_on, **kwargs)
        field = self.fields["organization"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            *((str(match.organization.pk), str(match.organization)) for match in matches),
            (OTHER, _("another")),
            (NEW, _("new")),
        ]
        self.fields["other"].widget = OrganizationSelect()
        # Set anew, so that the widget learns its choices.
        self.fields["other"].queryset = Organization.objects.all()  # type: ignore[attr-defined]

    def start(self) -> dict[str, Any]:
        if match := evidence.evident(self.matches):
            return {"organization": str(match.organization.pk)}
        return {} if self.matches else {"organization": NEW}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("organization") == OTHER and not cleaned.get("other"):
            self.add_error("other", ValidationError(_("Look the organisation up by its name.")))
        return cleaned

    def chosen(self) -> Organization | None:
        """The organisation that was chosen; None stands for a new one."""
        choice = self.cleaned_data["organization"]
        if choice == OTHER:
            other: Organization = self.cleaned_data["other"]
            return other
        known = {str(match.organization.pk): match.organization for match in self.matches}
        return known.get(choice)

    def call(self, sign_on: SignOn, actor: User) -> str:
        brought = sign_on.approve(actor=actor, organization=self.chosen())
        return approved(sign_on, len(brought))


def approved(sign_on: SignOn, brought: int) -> str:
    """Say what an approval did."""
    if not brought:
        return _("Approved: %(name)s stood under these letters already.") % {
            "name": sign_on.organization
        }
    return ngettext(
        "Approved: %(name)s is now listed under %(count)s letter.",
        "Approved: %(name)s is now listed under %(count)s letters.",
        brought,
    ) % {"name": sign_on.listed_name, "count": brought}


TELL = [
    ("why", gettext_lazy("with this reason")),
    ("tell", gettext_lazy("without the reason")),
    ("silent", gettext_lazy("do not write")),
]


def words(form: forms.Form) -> dict[str, Any]:
    """Return a rejection's reason, and whether the contact learns of it."""
    tell = form.cleaned_data["tell"]
    return {
        "reason": form.cleaned_data["reason"],
        "tell": tell != "silent",
        "why": tell == "why",
    }


class Reject(Decision):
    """Why not, and what the contact is told."""

    reason = reason_field(gettext_lazy("Reason"), required=True)
    tell = forms.ChoiceField(
        label=gettext_lazy("Tell the contact"), choices=TELL, widget=forms.RadioSelect
    )

    def start(self) -> dict[str, Any]:
        return {"tell": "tell"}

    def call(self, sign_on: SignOn, actor: User) -> str:
        sign_on.reject(actor=actor, **words(self))
        return _("Rejected: %(name)s.") % {"name": sign_on.listed_name}


class Reopen(Decision):
    """Undo a decision."""

    reason = reason_field(gettext_lazy("Reason (optional, for the history)"), required=False)

    def call(self, sign_on: SignOn, actor: User) -> str:
        sign_on.reopen(actor=actor, reason=self.cleaned_data["reason"])
        return _("Undone: %(name)s waits for review again.") % {"name": sign_on.listed_name}


class Withdraw(Decision):
    """Take the organisation off the list because it asked staff to."""

    reason = reason_field(gettext_lazy("Who asked for it, and how"), required=True)

    def call(self, sign_on: SignOn, actor: User) -> str:
        sign_on.withdraw(actor=actor, reason=self.cleaned_data["reason"])
        return _("Withdrawn: %(name)s.") % {"name": sign_on.listed_name}


class DecideCorrection(Decision):
    """Accept or decline another wording of a listed name."""

    correction = forms.ModelChoiceField(
        queryset=Correction.objects.none(), widget=forms.HiddenInput
    )
    accept = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")], widget=forms.HiddenInput)
    reason = reason_field(gettext_lazy("Reason (optional, for the history)"), required=False)

    def __init__(self, data: Any = None, *, sign_on: SignOn, **kwargs: Any) -> None:
        super().__init__(data, sign_on=sign_on, **kwargs)
        field = self.fields["correction"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = sign_on.corrections.all()

    def start(self) -> dict[str, Any]:
        return {"correction": self.sign_on.corrections.open().first()}

    def call(self, sign_on: SignOn, actor: User) -> str:
        correction: Correction = self.cleaned_data["correction"]
        accept = self.cleaned_data["accept"] == "yes"
        if not correction.decide(actor=actor, accept=accept, reason=self.cleaned_data["reason"]):
            raise DecidedMeanwhile(sign_on)
        name = str(correction)
        if accept:
            return _("Corrected: the listing now reads %(name)s.") % {"name": name}
        return _("Declined: %(name)s stays as it is.") % {"name": sign_on.listed_name}


DECISIONS: dict[str, type[Decision]] = {
    "approve": Approve,
    "reject": Reject,
    "reopen": Reopen,
    "withdraw": Withdraw,
    "correction": DecideCorrection,
}
"""The steps a moderator can take, by the last word of their address."""
