"""Accounts of staff, as administrators see them, and the record of what staff did."""

from copy import deepcopy
from typing import TYPE_CHECKING, Any, ClassVar, cast

from axes.models import AccessAttempt
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnCredential

from openletters.read_only import ReadOnly
from openletters.staff import confirming, factors, languages, roles
from openletters.staff.models import StaffAct, StaffMail
from signatures.phrases import enumerated

if TYPE_CHECKING:
    ActAdminBase = admin.ModelAdmin[StaffAct]
    AccountAdminBase = admin.ModelAdmin[User]
    AccountFormBase = forms.ModelForm[User]
else:
    ActAdminBase = AccountAdminBase = admin.ModelAdmin
    AccountFormBase = forms.ModelForm

PAGE = "admin:auth_user_change"
Kind = StaffAct.Kind

# Roles are a table in code; second steps are their owners' business, and secrets besides.
for model in (AccessAttempt, Group, StaticDevice, TOTPDevice, User, WebAuthnCredential):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class RolesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """The roles of an account."""

    def label_from_instance(self, obj: Group) -> str:
        """What the role is called."""
        return roles.called(obj)

    def clean(self, value: Any) -> Any:
        # No database has a key of more digits, and some fail when asked for one.
        if any(len(str(key)) > 18 for key in value or ()):
            raise ValidationError(self.error_messages["invalid_choice"] % {"value": "…"})
        return super().clean(value)


class AccountForm(AccountFormBase):
    """Who it is, and what they may do."""

    groups = RolesField(
        queryset=Group.objects.none(),
        label=gettext_lazy("Roles"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy(
            "Editors write letters, moderators decide about sign-ons; administrators do both, make "
            "accounts, and may export and erase contacts."
        ),
    )

    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=languages.offered,
        initial=get_language,
        required=False,
        help_text=gettext_lazy("Of the invitation, and of their pages until they choose another."),
    )

    class Meta:
        model = User
        fields: ClassVar = ("username", "first_name", "last_name", "email", "is_active", "groups")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            # Theirs to choose from now on.
            self.fields.pop("language", None)
        if "email" in self.fields:
            self.fields["email"].required = True
        if "is_active" in self.fields:
            self.fields["is_active"].help_text = _(
                "Without it nobody can log in, and whoever is logged in is out at once."
            )

    def clean_email(self) -> str:
        """An address belongs to one account, or a link for one would open another."""
        email = str(self.cleaned_data["email"])
        others = User.objects.exclude(pk=self.instance.pk).filter(email__iexact=email)
        if others.exists():
            raise ValidationError(_("Another account has this address."))
        return email


class RoleFilter(admin.RelatedFieldListFilter):
    """Accounts that have one of the roles."""

    def field_choices(
        self, field: Any, request: HttpRequest, model_admin: Any
    ) -> list[tuple[str, Any]]:
        """The roles, by what they are called."""
        return [(str(group.pk), roles.called(group)) for group in Group.objects.order_by("pk")]


@admin.register(User)
class AccountAdmin(AccountAdminBase):
    """Accounts: made by an administrator, opened by their owner through a mailed link.

    Nobody gives more than they have, touches an account with more, or changes their own.
    """

    form = AccountForm
    change_form_template = "admin/staff/account.html"
    list_display = ("username", "name", "roles", "active", "second_step", "last_login")
    list_filter = ("is_active", ("groups", RoleFilter))
    search_fields = ("username", "first_name", "last_name", "email")
    ordering = ("username",)
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """With their roles."""
        return super().get_queryset(request).prefetch_related("groups")

    # Who may

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes their own account, or one that may do more than theirs."""
        may = super().has_change_permission(request, obj)
        if obj is None or not may:
            return may
        return obj != request.user and _is_within_reach(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: what an account did stays on record. It is made inactive instead."""
        return False

    # The list

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only the filters: whoever may ask how a password's hash begins, has read it soon."""
        return lookup.partition("__")[0] in {"is_active", "groups"} and super().lookup_allowed(
            lookup, value, request
        )

    @admin.display(description=gettext_lazy("name"))
    def name(self, user: User) -> str:
        """First and last name."""
        return user.get_full_name()

    @admin.display(description=gettext_lazy("roles"))
    def roles(self, user: User) -> str:
        """The roles, or that nothing is forbidden."""
        if user.is_superuser:
            return _("superuser")
        return enumerated(map(roles.called, user.groups.all())) or "–"

    @admin.display(description=gettext_lazy("active"), ordering="is_active")
    def active(self, user: User) -> str:
        """Whether the account opens: in a word, because Django's picture speaks English alone."""
        return _("yes") if user.is_active else _("no")

    @admin.display(description=gettext_lazy("second step"))
    def second_step(self, user: User) -> str:
        """Whether one is set up."""
        return _("yes") if factors.has_any(user) else _("no")

    # The form

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new account is active; in which language to greet it, its owner cannot say yet."""
        fields = AccountForm.Meta.fields
        if obj:
            return fields
        return (*(name for name in fields if name != "is_active"), "language")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the roles that the administrator may give."""
        if db_field.name == "groups":
            return AccountForm.base_fields["groups"]
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """With the roles that this administrator may give."""
        form: Any = super().get_form(request, obj, change, **kwargs)
        if "groups" in form.base_fields:
            # Its own copy: another administrator's form is being made at the same time.
            offered = deepcopy(form.base_fields["groups"])
            offered.queryset = roles.grantable(cast("User", request.user))
            form.base_fields["groups"] = offered
        return form

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Ask again who it is before anything is changed."""
        writes = request.method == "POST" and self._may_write(request, object_id)
        if writes and (asked := confirming.ask(request)):
            return asked
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _may_write(self, request: HttpRequest, object_id: str | None) -> bool:
        if object_id is None:
            return self.has_add_permission(request)
        return super().has_change_permission(request)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Store the account; whoever is new gets a link, and no password from anybody."""
        if change:
            named = [name for name in form.changed_data if name != "groups"]
            if named:
                obj.save(update_fields=named)
            return
        obj.is_staff = True
        obj.set_unusable_password()
        obj.save()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Store the roles, and put the change on record."""
        super().save_related(request, form, formsets, change)
        user, actor = form.instance, cast("User", request.user)
        about = user.get_username()
        given = ", ".join(group.name for group in user.groups.order_by("pk")) or "–"
        if not change:
            language = form.cleaned_data["language"] or get_language()
            languages.remember(user, language or settings.LANGUAGE_CODE)
            StaffAct.objects.record(Kind.ACCOUNT_MADE, actor=actor, about=about, reason=given)
            self._invite(request, user)
        elif form.changed_data:
            told = [f"is_active: {user.is_active}"] if "is_active" in form.changed_data else []
            told += [f"roles: {given}"] if "groups" in form.changed_data else []
            told += sorted(set(form.changed_data) - {"is_active", "groups"})
            reason = "; ".join(told)
            StaffAct.objects.record(Kind.ACCOUNT_CHANGED, actor=actor, about=about, reason=reason)

    def _invite(self, request: HttpRequest, user: User) -> None:
        if StaffMail.objects.owe(StaffMail.Kind.INVITATION, user):
            StaffAct.objects.record(
                Kind.INVITED, actor=cast("User", request.user), about=user.get_username()
            )
        told = _("A link to set a password is on its way to %(address)s.")
        self.message_user(request, told % {"address": user.email}, messages.SUCCESS)

    # Beside the form

    def get_urls(self) -> list[Any]:
        """Inviting again, and helping whoever has lost their second step."""
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/invite/", view(self.invite), name="auth_user_invite"),
            path("<int:pk>/reset/", view(self.reset), name="auth_user_reset"),
            *super().get_urls(),
        ]

    def _of_others(self, request: HttpRequest, pk: int) -> User:
        """Return the account, if it is one that the administrator may change."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        user = get_object_or_404(User, pk=pk)
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        return user

    def invite(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send another link to set a password."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        user = self._of_others(request, pk)
        if asked := confirming.ask(request):
            return asked
        with transaction.atomic():
            self._invite(request, user)
        return HttpResponseRedirect(reverse(PAGE, args=[pk]))

    def reset(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take away the second steps of a colleague who has lost them; say why."""
        if request.method not in {"GET", "HEAD", "POST"}:
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        user = self._of_others(request, pk)
        form = ResetForm(request.POST if request.method == "POST" else None, label_suffix="")
        if form.is_valid():
            if asked := confirming.ask(request):
                return asked
            actor = cast("User", request.user)
            factors.reset(user, actor=actor, reason=form.cleaned_data["reason"])
            told = _("Removed. %(name)s sets up a new second step at the next login.")
            self.message_user(request, told % {"name": user.get_username()}, messages.SUCCESS)
            return HttpResponseRedirect(reverse(PAGE, args=[pk]))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Remove the second steps of %(name)s") % {"name": user.get_username()},
            "subtitle": None,
            "account": user,
            "form": form,
        }
        status = 400 if form.is_bound else 200
        return TemplateResponse(request, "admin/staff/reset.html", context, status=status)


class ResetForm(forms.Form):
    """Why, for the record."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=500,
        help_text=gettext_lazy("How do you know that it is really them who asks? For the record."),
    )


def _is_within_reach(request: HttpRequest, user: User) -> bool:
    actor = cast("User", request.user)
    if actor.is_superuser:
        return True
    return not user.is_superuser and _rights_of(user) <= actor.get_all_permissions()


def _rights_of(user: User) -> set[str]:
    """Return what an account may do, or could if it were active."""
    given = Permission.objects.filter(Q(group__user=user) | Q(user=user))
    return {".".join(right) for right in given.values_list("content_type__app_label", "codename")}


@admin.register(StaffAct)
class StaffActAdmin(ReadOnly, ActAdminBase):
    """The record; it can be read only."""

    list_display = ("created_at", "kind", "actor", "about", "reason")
    list_display_links = None
    list_filter = ("kind",)
    list_select_related = ("actor",)
    search_fields = ("about", "actor__username")
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = None
