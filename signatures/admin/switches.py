"""The switches for an attack: what is on, what was switched by whom, and setting them anew."""

import re
from typing import Any, ClassVar, cast

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openletters.read_only import OnRecord
from openletters.staff.models import StaffAct
from signatures.admin.filters import LetterFilter, is_key
from signatures.admin.queue import staff
from signatures.models.letters import Letter
from signatures.models.switches import Switches
from signatures.models.translated import read_translated

TEXTS = {
    "message": gettext_lazy("Why signing is paused, in %(language)s"),
    "banner": gettext_lazy("Banner on all public pages, in %(language)s"),
}
LONGEST_MESSAGE = 500
LONGEST_LIST = 20_000

_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")


class DomainsField(forms.CharField):
    """Domains, one a line or with commas between; an address stands for its domain."""

    def to_python(self, value: Any) -> Any:
        domains = []
        for word in re.split(r"[\s,;]+", super().to_python(value) or ""):
            stated = word.rpartition("@")[2].strip(".").lower()
            if not stated:
                continue
            try:
                # As addresses are compared, and mail servers asked.
                domain = stated.encode("idna").decode()
            except UnicodeError:
                domain = ""
            if not _DOMAIN.fullmatch(domain):
                wrong = _("%(word)s is not a domain. Write one a line, such as example.org.")
                raise ValidationError(wrong % {"word": word[:100]}, code="invalid")
            domains.append(stated)
        return sorted(set(domains))


class SwitchesForm(forms.ModelForm):  # type: ignore[type-arg]
    """One setting of the switches; texts in the languages of the site."""

    domains = DomainsField(
        label=gettext_lazy("Write at once only to addresses at"),
        required=False,
        max_length=LONGEST_LIST,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "ltr"}),
        help_text=gettext_lazy(
            "Domains, one a line; what is below them counts too. Sign-ons with other addresses are "
            "held: their contacts see the same page and get no mail until you let them through. "
            "Empty: everybody is written to at once."
        ),
    )

    class Meta:
        model = Switches
        fields: ClassVar = ("letter", "signing_stopped")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        start = kwargs.get("initial") or {}
        field = cast("forms.ModelChoiceField[Letter]", self.fields["letter"])
        field.help_text = ""
        field.queryset = Letter.objects.exclude(status=Letter.Status.DRAFT)
        field.choices = [
            ("", _("the whole site")),
            *((one.pk, str(one)) for one in read_translated(field.queryset)),
        ]
        for name, label in TEXTS.items():
            for code, language in settings.LANGUAGES:
                self.fields[f"{name}_{code}"] = forms.CharField(
                    label=label % {"language": language},
                    required=False,
                    max_length=LONGEST_MESSAGE,
                    widget=forms.Textarea(attrs={"rows": 2, "lang": code, "dir": "auto"}),
                    initial=(start.get(name) or {}).get(code, ""),
                )

    def text(self, name: str) -> dict[str, str]:
        """Return a text in the languages in which it was written."""
        codes = [code for code, _language in settings.LANGUAGES]
        stated = {code: self.cleaned_data.get(f"{name}_{code}", "") for code in codes}
        return {code: text for code, text in stated.items() if text}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("letter") and self.text("banner"):
            code = next(iter(self.text("banner")))
            whole = _("The banner stands on all pages: set it for the whole site.")
            self.add_error(f"banner_{code}", whole)
        for name in TEXTS:
            setattr(self.instance, name, self.text(name))
        self.instance.domains = cleaned.get("domains", [])
        return cleaned


@admin.register(Switches)
class SwitchesAdmin(OnRecord, admin.ModelAdmin):  # type: ignore[type-arg]
    """The switches: each setting is added, none is changed."""

    form = SwitchesForm
    list_display = ("scope", "is_on", "actor", "created_at")
    list_display_links = None
    list_filter = (LetterFilter,)
    list_select_related = ("actor",)
    list_per_page = 50
    show_full_result_count = False
    actions = None
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the letters' titles."""
        return super().get_queryset(request).prefetch_related("letter__translations")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The switches, then the texts."""
        codes = [code for code, _language in settings.LANGUAGES]
        return (
            (None, {"fields": ("letter", "signing_stopped", *(f"message_{one}" for one in codes))}),
            (gettext_lazy("Mail"), {"fields": ("domains",)}),
            (gettext_lazy("Banner"), {"fields": [f"banner_{one}" for one in codes]}),
        )

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """The same for everybody: its texts are no columns, from which Django would make it."""
        return SwitchesForm

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with what is in force."""
        letter = request.GET.get("letter", "")
        scope = int(letter) if is_key(letter) else None
        now = Switches.objects.filter(letter=scope).first()
        start: dict[str, Any] = {"letter": scope}
        if now is not None:
            start |= {name: getattr(now, name) for name in ("signing_stopped", *TEXTS)}
            start["domains"] = "\n".join(now.domains)
        return start

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Note who it was."""
        actor = staff(request)
        obj.actor = actor
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            StaffAct.objects.record(StaffAct.Kind.SWITCHED, actor=actor, about=str(obj))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One button, for there is one thing to do."""
        context = {
            "title": _("Set the switches"),
            "show_save_and_continue": False,
            "show_save_and_add_another": False,
            **(extra_context or {}),
        }
        return super().add_view(request, form_url, context)

    def response_add(
        self, request: HttpRequest, obj: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show what is on now."""
        told = _("Done: it holds from now on, on every page.")
        self.message_user(request, told, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:signatures_switches_changelist"))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """First what is in force, then how it came to that."""
        newest: dict[int | None, Switches] = {}
        for one in self.get_queryset(request).order_by("-pk"):
            newest.setdefault(one.letter_id, one)
        newest.setdefault(None, Switches())
        in_force = sorted(newest.items(), key=lambda pair: pair[0] or 0)
        context = {
            "in_force": [(one, self.is_on(one)) for _pk, one in in_force],
            "title": _("Switches"),
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)

    @admin.display(description=gettext_lazy("for"))
    def scope(self, one: Switches) -> str:
        """The letter, or the whole site."""
        return str(one)

    @admin.display(description=gettext_lazy("switched on"))
    def is_on(self, one: Switches) -> SafeString | str:
        """What is on, in words, with the texts as they were written."""
        lines = []
        if one.signing_stopped:
            lines.append((_("signing is paused"), " · ".join(one.message.values())))
        if one.domains:
            some = ", ".join(one.domains[:10]) + (" …" if len(one.domains) > 10 else "")
            lines.append((_("mail at once only to"), some))
        if one.banner:
            lines.append((_("banner"), " · ".join(one.banner.values())))
        if not lines:
            return _("nothing")
        return format_html_join(
            "", '<div><span class="chip warn">{}</span> <bdi>{}</bdi></div>', lines
        )
