"""The pages on which staff take the second step, and look after what they take it with."""

from base64 import b32encode
from typing import Any, cast

import segno
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from openletters.staff import confirming, factors, languages, sessions
from openletters.staff.models import App, StaffAct
from openletters.staff.passkeys import LONGEST_NAME

SECURITY = "admin:security"


class CodeForm(forms.Form):
    """A code of the app, or a recovery code."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}
        ),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, label_suffix="")


class AppForm(CodeForm):
    """A new app: its name, and its first code."""

    offer = forms.CharField(widget=forms.HiddenInput, max_length=500)
    name = forms.CharField(
        label=gettext_lazy("Name it"),
        max_length=LONGEST_NAME,
        initial=gettext_lazy("Phone"),
        help_text=gettext_lazy("So that you know later which one it is."),
    )

    field_order = ("code", "name", "offer")


class NameForm(forms.Form):
    """A new passkey; its script does the rest."""

    name = forms.CharField(
        label=gettext_lazy("Name it"),
        max_length=LONGEST_NAME,
        initial=gettext_lazy("Security key"),
    )


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)


def _show(request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    shown = {**admin.site.each_context(request), "subtitle": None, **context}
    return TemplateResponse(request, f"admin/staff/{template}.html", shown, status=status)


def _only_password(request: HttpRequest) -> bool:
    """Whether somebody of the staff has given the password, and nothing else yet."""
    user = request.user
    return user.is_active and user.is_staff and not factors.is_through(request)


# The second step


def way_in(request: HttpRequest) -> HttpResponse | None:
    """Return the way to the second step for whoever has given the password only."""
    if not _only_password(request):
        return None
    page = "admin:second_step" if factors.has_any(_user(request)) else "admin:add_app"
    return HttpResponseRedirect(reverse(page, query={"next": confirming.safe_next(request)}))


def second_step(request: HttpRequest) -> HttpResponse:
    """Ask for a code or a passkey, after the password."""
    target = confirming.safe_next(request)
    if not _only_password(request) or not factors.has_any(_user(request)):
        return HttpResponseRedirect(target)
    user = _user(request)
    form = CodeForm(request.POST if request.method == "POST" else None)
    status = 400 if form.is_bound else 200
    if form.is_valid():
        if wait := factors.pause(user):
            status = 429
            told = ngettext(
                "After a wrong code you have to wait for %(n)s second.",
                "After wrong codes you have to wait for %(n)s seconds.",
                wait,
            )
            form.add_error("code", told % {"n": wait})
        elif device := factors.take_code(user, form.cleaned_data["code"]):
            factors.pass_through(request, device)
            return HttpResponseRedirect(target)
        else:
            kind = StaffAct.Kind.SECOND_STEP_FAILED
            StaffAct.objects.record(kind, actor=None, about=user.get_username())
            form.add_error("code", _("That is not a present code. Each code works once."))
    return _show(
        request,
        "second_step",
        status,
        title=_("Second step"),
        form=form,
        next=target,
        has_passkey=any(factors.is_passkey(device) for device in factors.of(user)),
    )


# Setting one up


def _may_set_up(request: HttpRequest) -> HttpResponse | None:
    """Return where else to go, or None: who owes the first one may, and who is through."""
    if not (request.user.is_active and request.user.is_staff):
        login = reverse("admin:login", query={"next": request.path})
        return HttpResponseRedirect(login)
    if _only_password(request) and factors.has_any(_user(request)):
        return way_in(request)
    return confirming.ask(request)


def add_app(request: HttpRequest) -> HttpResponse:
    """Show a new app's secret as a picture and as text; take its first code."""
    if elsewhere := _may_set_up(request):
        return elsewhere
    user = _user(request)
    first = not factors.has_any(user)
    posted = request.POST if request.method == "POST" else None
    app = factors.read_offer(user, posted.get("offer", "")) if posted else None
    offer = posted["offer"] if posted and app else factors.offer_app(user)
    form = AppForm({**posted.dict(), "offer": offer} if posted is not None else None)
    form.initial["offer"] = offer
    if form.is_valid():
        name, code = form.cleaned_data["name"], form.cleaned_data["code"]
        if app is None:
            form.add_error(None, _("This has taken too long. Please scan the new picture."))
        elif factors.add_app(user, app, name, code):
            return _added(request, user, app, first=first)
        else:
            told = _("That is not its present code. Check that the phone's clock is right.")
            form.add_error("code", told)
    shown = app or factors.read_offer(user, offer)
    assert shown is not None
    return _show(
        request,
        "add_app",
        400 if form.is_bound else 200,
        title=_("Set up the second step") if first else _("Add an app"),
        form=form,
        next=confirming.safe_next(request),
        first=first,
        picture=_picture(shown),
        secret=_spelled(shown),
    )


def _added(request: HttpRequest, user: User, app: App, *, first: bool) -> HttpResponse:
    added = factors.stored(user, app)
    if added and not user.is_verified():  # type: ignore[attr-defined]
        factors.pass_through(request, added)
    if factors.codes_left(user) and not first:
        messages.success(request, _("Added."))
        return HttpResponseRedirect(reverse(SECURITY))
    return _codes(request)


def _picture(app: App) -> SafeString:
    """Return the QR code as SVG, of attributes alone: no style that the policy would refuse."""
    code = segno.make(app.config_url, error="m", micro=False)
    return mark_safe(code.svg_inline(scale=5, border=4, svgclass="qr", lineclass=None))


def _spelled(app: App) -> str:
    """Return the secret in groups of four, to be typed."""
    plain = b32encode(app.bin_key).decode().rstrip("=")
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4))


def add_passkey(request: HttpRequest) -> HttpResponse:
    """Name a new passkey; the page's script has the browser make it."""
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    if elsewhere := _may_set_up(request):
        return elsewhere
    return _show(
        request,
        "add_passkey",
        title=_("Add a passkey"),
        form=NameForm(label_suffix=""),
        first=not factors.has_any(_user(request)),
        next=confirming.safe_next(request),
    )


# One's own


def security(request: HttpRequest) -> HttpResponse:
    """Show the apps, passkeys and recovery codes of who is logged in."""
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    user = _user(request)
    return _show(
        request,
        "security",
        title=_("Your second steps"),
        languages=languages.offered(),
        devices=[
            {
                "id": device.persistent_id,
                "name": device.name,
                "is_passkey": factors.is_passkey(device),
                "added": device.created_at,
                "used": device.last_used_at,
            }
            for device in factors.of(user)
        ],
        codes_left=factors.codes_left(user),
        acts=StaffAct.objects.filter(actor=user)[:10],
    )


def make_codes(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes, and show them this once."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    return confirming.ask(request) or _codes(request)


def _codes(request: HttpRequest) -> HttpResponse:
    codes = factors.make_codes(_user(request))
    return _show(
        request,
        "codes",
        title=_("Recovery codes"),
        codes=codes,
        next=confirming.safe_next(request),
    )


def remove(request: HttpRequest) -> HttpResponse:
    """Take away one of one's own."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if asked := confirming.ask(request):
        return asked
    try:
        removed = factors.remove(_user(request), request.POST.get("device", ""))
    except factors.LastFactor:
        messages.error(request, _("That is your only one. Add another before you remove it."))
    else:
        if removed is not None:
            messages.success(request, _("“%(name)s” was removed.") % {"name": removed})
    through = factors.is_through(request) or sessions.is_fresh(request)
    return HttpResponseRedirect(reverse(SECURITY if through else "admin:index"))
