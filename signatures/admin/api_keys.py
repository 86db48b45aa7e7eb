"""Keys for organisers' own forms: made here, shown once, and revoked."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from openletters.read_only import OnRecord
from signatures.admin.queue import staff
from signatures.models.api_keys import ApiKey
from signatures.models.letters import Campaign, Letter
from signatures.models.translated import read_translated


class ApiKeyForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a key is for."""

    class Meta:
        model = ApiKey
        fields: ClassVar = ("name", "campaign", "letter")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered: dict[str, Any] = {
            "campaign": Campaign.objects.all(),
            "letter": Letter.objects.filter(campaign=None),
        }
        # Whoever looks at one that there is has nothing to fill in.
        for name in offered.keys() & self.fields.keys():
            rows = offered[name]
            field: Any = self.fields[name]
            field.queryset = rows
            choices = [(one.pk, str(one)) for one in read_translated(rows)]
            field.choices = [("", "–"), *choices]
            for button in ("add", "change", "delete", "view"):
                setattr(field.widget, f"can_{button}_related", False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and bool(cleaned["campaign"]) == bool(cleaned["letter"]):
            self.add_error("campaign", _("Choose a campaign, or else a letter."))
        return cleaned


@admin.register(ApiKey)
class ApiKeyAdmin(OnRecord, admin.ModelAdmin):  # type: ignore[type-arg]
    """The keys: each can be made and revoked, and is kept on record."""

    form = ApiKeyForm
    list_display = ("name", "about", "made_by", "made_at", "last_used_on", "state")
    list_select_related = ("made_by", "revoked_by")
    list_per_page = 50
    show_full_result_count = False
    actions = None
    sortable_by = ()
    readonly_fields = ("about", "made_by", "made_at", "last_used_on", "state")
    change_form_template = "admin/signatures/apikey/change_form.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the titles of what they are for."""
        about = ("campaign__translations", "letter__translations")
        return super().get_queryset(request).prefetch_related(*about)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What is asked for a new one, and what is known of an old one."""
        return ("name", *self.readonly_fields) if obj else ("name", "campaign", "letter")

    def get_urls(self) -> list[URLPattern]:
        """With the button that revokes."""
        revoke = self.admin_site.admin_view(self.revoke)
        name = "signatures_apikey_revoke"
        return [path("<int:pk>/revoke/", revoke, name=name), *super().get_urls()]

    @admin.display(description=gettext_lazy("for"))
    def about(self, key: ApiKey) -> str:
        """The campaign, or the letter."""
        return str(key.campaign or key.letter)

    @admin.display(description=gettext_lazy("state"))
    def state(self, key: ApiKey) -> str:
        """Whether it still opens anything."""
        if key.revoked_at is None:
            return _("in use")
        return _("revoked by %(who)s") % {"who": key.revoked_by}

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One button, for there is one thing to do."""
        context = {
            "title": _("Make a key"),
            "show_save_and_continue": False,
            "show_save_and_add_another": False,
            **(extra_context or {}),
        }
        return super().add_view(request, form_url, context)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Make the key; what opens it is kept until it has been shown, and no longer."""
        made, secret = ApiKey.objects.make(actor=staff(request), **form.cleaned_data)
        obj.pk, obj.secret = made.pk, secret
        obj._state.adding = False

    def response_add(
        self, request: HttpRequest, obj: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show what opens it, on the answer itself: no other page, and nothing stored, has it."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("The key, this one time"),
            "key": obj,
            "about": self.about(obj),
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/signatures/apikey/made.html", context)

    @method_decorator(require_POST)
    def revoke(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Have it open nothing any more."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        key = get_object_or_404(ApiKey, pk=pk)
        if key.revoke(actor=staff(request)):
            self.message_user(request, _("Revoked: it opens nothing any more."), messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:signatures_apikey_changelist"))
