"""Decisions of a moderator: what each form asks, and which verb of the sign-on it calls."""

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from signatures.admin import evidence
from signatures.admin.filters import is_key
from signatures.admin.offers import NEW
from signatures.models.corrections import Correction
from signatures.models.distinctions import Distinction
from signatures.models.organizations import Organization
from signatures.models.sign_ons import IllegalTransition, SignOn

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


@dataclass(frozen=True)
class Choice:
    """Who an organisation is: a known one, or a new one, which may belong to a known one.

    `anyway`: although the name was told apart from it before.
    """

    organization: Organization | None = None
    parent: Organization | None = None
    anyway: bool = False


class ChoiceField(forms.Field):
    """Which organisation a claim is about: "new", a key, "anyway:" a key, or "branch:" a key."""

    default_error_messages: ClassVar = {
        "required": gettext_lazy("Choose which organisation this is."),
        "gone": gettext_lazy("This organisation is no longer known. Choose again."),
    }

    def to_python(self, value: Any) -> Choice | None:
        text = str(value or "")
        if not text or text == NEW:
            return Choice() if text else None
        how, _colon, pk = text.rpartition(":")
        known = Organization.objects.filter(pk=pk).first() if is_key(pk) else None
        match how:
            case _ if known is None:
                raise ValidationError(self.error_messages["gone"], code="gone")
            case "branch":
                return Choice(parent=known)
            case _:
                return Choice(known, anyway=how == "anyway")


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
        validators=[names_no_address],
        error_messages={"required": gettext_lazy("Give the reason; the history keeps it.")},
    )


def names_no_address(words: str) -> None:
    """Keep addresses out of the history, which outlives the contact. Raises ValidationError."""
    if re.search(r"\S@\S+\.\S", words):
        raise ValidationError(
            gettext_lazy(
                "Leave the e-mail address out: the history keeps this for longer than contact data "
                "may be kept. A note is erased with the contact data."
            )
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
    """Who the organisation is: a known one, or a new one."""

    organization = ChoiceField()

    def __init__(self, data: Any = None, *, likely: str = "", **kwargs: Any) -> None:
        self.likely = likely
        super().__init__(data, **kwargs)

    def start(self) -> dict[str, Any]:
        return {"organization": self.likely}

    def clean_organization(self) -> Choice:
        """The choice, unless it is a new organisation that cannot be told from a known one."""
        choice: Choice = self.cleaned_data["organization"]
        claim = self.sign_on
        twins = Distinction.objects.about(claim).filter(
            organization__key=claim.key, organization__country=claim.country
        )
        if choice.organization is None and twins.exists():
            raise ValidationError(
                _(
                    "Another organisation is known by exactly this name in this country, and it "
                    "was decided that this is not it. Reject this sign-on and ask for a name that "
                    "tells the two apart, or take “not the same” back."
                )
            )
        return choice

    def call(self, sign_on: SignOn, actor: User) -> str:
        choice: Choice = self.cleaned_data["organization"]
        # Before anything else is locked: by the time the branch is stored it could be gone.
        if choice.parent and not Organization.objects.filter(pk=choice.parent.pk).locked():
            raise IllegalTransition("the organisation was removed meanwhile")
        apart = Distinction.objects.about(sign_on).filter(organization=choice.organization)
        for distinction in apart:
            if not choice.anyway:
                raise DecidedMeanwhile(sign_on)
            distinction.take_back(sign_on, actor=actor)
        if sign_on.withhold_name:
            sign_on.approve(actor=actor, organization=choice.organization)
            return counted(sign_on)
        brought = sign_on.approve(actor=actor, organization=choice.organization)
        if choice.parent:
            _link(sign_on, choice.parent)
        return approved(sign_on, len(brought))


def _link(sign_on: SignOn, parent: Organization) -> None:
    """Record to whom the organisation belongs that this approval has registered."""
    new, decided_at = sign_on.organization, sign_on.decided_at
    # One that was known already keeps what staff have established about it.
    if new and decided_at and new.created_at >= decided_at:
        new.parent = parent
        new.save(update_fields=["parent"])


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


def counted(sign_on: SignOn) -> str:
    """Say what an approval did whose organisation's name is withheld, without naming it."""
    number = sign_on.letter_rows.counted().count()
    if not number:
        return _(
            "Approved: the organisation is listed by its name or counted under these letters "
            "already. If it stands there by its name, have that listing withheld."
        )
    return ngettext(
        "Approved: counted under %(count)s letter, its name withheld.",
        "Approved: counted under %(count)s letters, its name withheld.",
        number,
    ) % {"count": number}


def called(sign_on: SignOn) -> str:
    """Return what a message calls a sign-on, which stays in cookies and sessions for a while."""
    return _("the sign-on whose name is withheld") if sign_on.withhold_name else sign_on.listed_name


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
        return _("Rejected: %(name)s.") % {"name": called(sign_on)}


class Reopen(Decision):
    """Undo a decision."""

    reason = reason_field(gettext_lazy("Reason (optional, for the history)"), required=False)

    def call(self, sign_on: SignOn, actor: User) -> str:
        sign_on.reopen(actor=actor, reason=self.cleaned_data["reason"])
        return _("Undone: %(name)s waits for review again.") % {"name": called(sign_on)}


class TellApart(Decision):
    """The claim is not about this known organisation, and neither is the next of its name."""

    organization = ChoiceField(
        error_messages={"required": gettext_lazy("Choose the organisation that it is not.")}
    )

    def clean_organization(self) -> Organization:
        """The known organisation that was chosen, in whichever way."""
        choice: Choice = self.cleaned_data["organization"]
        if known := choice.organization or choice.parent:
            return known
        raise ValidationError(_("Choose the organisation that it is not."))

    def call(self, sign_on: SignOn, actor: User) -> str:
        known: Organization = self.cleaned_data["organization"]
        Distinction.objects.tell_apart(sign_on, known, actor=actor)
        return _("Remembered: %(name)s is not %(known)s. It will not be asked again.") % {
            "name": called(sign_on),
            "known": known,
        }


class TakeBack(Decision):
    """It may be the organisation after all."""

    distinction = forms.ModelChoiceField(
        queryset=Distinction.objects.none(), widget=forms.HiddenInput
    )

    def __init__(self, data: Any = None, *, sign_on: SignOn, **kwargs: Any) -> None:
        super().__init__(data, sign_on=sign_on, **kwargs)
        field = self.fields["distinction"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Distinction.objects.about(sign_on).select_related("organization")

    def call(self, sign_on: SignOn, actor: User) -> str:
        distinction: Distinction = self.cleaned_data["distinction"]
        if not distinction.take_back(sign_on, actor=actor):
            raise DecidedMeanwhile(sign_on)
        return _("Taken back: this may be %(known)s.") % {"known": distinction.organization}


class Withdraw(Decision):
    """Take the organisation off the list because it asked staff to."""

    reason = reason_field(gettext_lazy("Who asked for it, and how"), required=True)

    def call(self, sign_on: SignOn, actor: User) -> str:
        sign_on.withdraw(actor=actor, reason=self.cleaned_data["reason"])
        return _("Withdrawn: %(name)s.") % {"name": called(sign_on)}


class Withhold(Decision):
    """Take the name off every list at once, and count the organisation without it."""

    reason = reason_field(gettext_lazy("Who asked for it, and how"), required=True)

    def call(self, sign_on: SignOn, actor: User) -> str:
        sign_on.withhold(actor=actor, reason=self.cleaned_data["reason"])
        return _("Withheld: the name stands in no list any more; the organisation stays counted.")


class ShowName(Decision):
    """Have the name published after all; the sign-on is looked at once more before."""

    reason = reason_field(gettext_lazy("Who asked for it, and how"), required=True)

    def call(self, sign_on: SignOn, actor: User) -> str:
        sign_on.ask_to_be_named(actor=actor, reason=self.cleaned_data["reason"])
        return _("It waits for review, to be listed by its name.")


class Erase(Decision):
    """Erase the contact data because the contact asked staff to."""

    def call(self, sign_on: SignOn, actor: User) -> str:
        SignOn.objects.forget(sign_on, actor=actor)
        return _("Erased: the contact data of %(name)s.") % {"name": sign_on.listed_name}


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
    "tell_apart": TellApart,
    "take_back": TakeBack,
    "withdraw": Withdraw,
    "withhold": Withhold,
    "show_name": ShowName,
    "correction": DecideCorrection,
    "erase": Erase,
}
"""The steps a moderator can take, by the last word of their address."""
