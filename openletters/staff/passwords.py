"""A first password, or a new one, by a mailed link; the second step is asked all the same."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.models import User
from django.contrib.auth.views import PasswordResetConfirmView
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openletters.staff import confirming, factors
from openletters.staff.models import StaffAct, StaffMail

if TYPE_CHECKING:
    SetPasswordBase = SetPasswordForm[User]
else:
    SetPasswordBase = SetPasswordForm


class ForgottenForm(forms.Form):
    """To which address the link is to go."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address of your account"),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
    )

    @transaction.atomic
    def owe_link(self) -> None:
        """Owe a link to the accounts with this address, if there are any."""
        accounts = User.objects.filter(
            email__iexact=self.cleaned_data["email"], is_active=True, is_staff=True
        )
        for account in accounts[:3]:
            if StaffMail.objects.owe(StaffMail.Kind.NEW_PASSWORD, account):
                kind = StaffAct.Kind.PASSWORD_FORGOTTEN
                StaffAct.objects.record(kind, actor=None, about=account.get_username())


def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for an address; the answer is the same whether there is such an account or not."""
    form = ForgottenForm(request.POST if request.method == "POST" else None, label_suffix="")
    sent = form.is_valid()
    if sent:
        form.owe_link()
    context = {
        **admin.site.each_context(request),
        "title": _("A new password"),
        "form": form,
        "sent": sent,
    }
    status = 400 if form.is_bound and not sent else 200
    return TemplateResponse(request, "admin/staff/forgotten.html", context, status=status)


class PasswordForm(SetPasswordBase):
    """The new password."""

    @transaction.atomic
    def save(self, commit: bool = True) -> User:
        """Store it, and the record of it. Every session of the account is out with the old one."""
        user = super().save(commit)
        # Whoever knew the old one may have kept the owner out by wrong codes.
        factors.forgive(self.user)
        StaffAct.objects.record(
            StaffAct.Kind.PASSWORD_SET, actor=None, about=self.user.get_username()
        )
        return user


class ChangeForm(AdminPasswordChangeForm):
    """The new password of who is logged in, and the old one, at which nobody can guess here."""

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_old_password(self) -> str:
        """Look at the old one as a login does."""
        old: str = self.cleaned_data["old_password"]
        if not confirming.is_password(self.request, old):
            wrong = self.error_messages["password_incorrect"]
            raise ValidationError(wrong, code="password_incorrect")
        return old


class SetPasswordView(PasswordResetConfirmView):
    """Where the mailed link leads: once, within PASSWORD_RESET_TIMEOUT."""

    form_class = PasswordForm
    template_name = "admin/staff/set_password.html"
    success_url = reverse_lazy("admin:login")
    title = gettext_lazy("Set your password")

    def get_user(self, uidb64: str) -> User | None:
        """Only staff that may log in."""
        user = super().get_user(uidb64)
        return user if isinstance(user, User) and user.is_active and user.is_staff else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With what every page of staff shows."""
        shown = super().get_context_data(**kwargs)
        if not self.validlink:
            shown["title"] = _("This link works no more")
        return {**admin.site.each_context(self.request), **shown, "forgotten": _forgotten()}

    def form_valid(self, form: Any) -> HttpResponse:
        """On to the login."""
        response = super().form_valid(form)
        messages.success(self.request, _("Your password is set. You can log in with it."))
        return response


def _forgotten() -> str:
    return reverse("admin:forgotten")
