"""The staff's site: stock Django admin under our name, behind a second step."""

from functools import partial, update_wrapper
from typing import Any, cast
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.views import PasswordChangeView, redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect

from openletters.staff import confirming, factors, languages, pages, passkeys, passwords
from openletters.staff.models import StaffAct
from signatures.views import guide


class StaffAdminSite(AdminSite):
    """The admin, titled after what staff do there, and closed to whoever gave a password only."""

    site_header = _("Open letters · staff")
    site_title = _("Open letters")
    index_title = _("What needs doing")
    enable_nav_sidebar = False
    logout_template = "admin/staff/logged_out.html"

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether any page of staff opens: to active staff who are through the second step."""
        return super().has_permission(request) and factors.is_through(request)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Let through who may enter, and others to the login.

        What was sent in a session that has ended is not done; the way back is the page it was
        sent from, because an address that wants a form shows nothing to whoever comes without.
        """
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST" and not self.has_permission(request):
                if request.user.is_authenticated and request.path == reverse("admin:logout"):
                    return self.logout(request)  # also between the two steps
                again = _("What you sent just now was not done. Log in, and send it once more.")
                messages.warning(request, again)
                return redirect_to_login(_sent_from(request), reverse("admin:login"))
            response: HttpResponse = inner(request, *args, **kwargs)
            return response

        return update_wrapper(guarded, inner)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask for the password; who has given it goes on to the second step."""
        if request.method == "GET" and (further := pages.way_in(request)):
            return further
        return super().login(request, extra_context)

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """Put the accounts, which are Django's, together with the record of what staff did."""
        found = super().get_app_list(request, app_label)
        ours = {app["app_label"]: app for app in found}
        if "auth" in ours and "staff" in ours:
            ours["staff"]["models"] = [*ours["auth"]["models"], *ours["staff"]["models"]]
            found.remove(ours["auth"])
        return found

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Change one's own password, on record; all other sessions end with the old one."""
        change = PasswordChangeView.as_view(
            form_class=partial(passwords.ChangeForm, request=request),
            success_url=reverse("admin:password_change_done"),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )
        request.current_app = self.name
        response = cast("TemplateResponse", change(request))
        if request.method == "POST" and response.status_code == 302:
            StaffAct.objects.record(
                StaffAct.Kind.PASSWORD_SET, actor=request.user, about=request.user.get_username()
            )
        return response

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """The ways in, and everybody's own second steps."""

        def door(view: Any) -> Any:
            return never_cache(csrf_protect(view))

        inside = self.admin_view
        doors = [
            path("confirm/", door(confirming.confirm), name="confirm"),
            path("second-step/", door(pages.second_step), name="second_step"),
            path(
                "second-step/begin/",
                door(passkeys.BeginAuthentication.as_view()),
                name="passkey_begin",
            ),
            path(
                "second-step/complete/",
                door(passkeys.CompleteAuthentication.as_view()),
                name="passkey_complete",
            ),
            path("security/app/", door(pages.add_app), name="add_app"),
            path("security/passkey/", door(pages.add_passkey), name="add_passkey"),
            path(
                "security/passkey/begin/",
                door(passkeys.BeginRegistration.as_view()),
                name="add_passkey_begin",
            ),
            path(
                "security/passkey/complete/",
                door(passkeys.CompleteRegistration.as_view()),
                name="add_passkey_complete",
            ),
            path("forgotten/", door(passwords.forgotten), name="forgotten"),
            path(
                "set-password/<uidb64>/<token>/",
                door(passwords.SetPasswordView.as_view()),
                name="set_password",
            ),
        ]
        rooms = [
            path("security/", inside(pages.security), name="security"),
            path("security/codes/", inside(pages.make_codes), name="make_codes"),
            path("security/language/", inside(languages.choose), name="staff_language"),
            path("security/remove/", inside(pages.remove), name="remove_factor"),
            path("guide/", inside(guide.staff), name="guide_start"),
            path("guide/<slug:topic>/", inside(guide.staff), name="guide"),
        ]
        return [*doors, *rooms, *super().get_urls()]


def _sent_from(request: HttpRequest) -> str:
    """Return the page of staff from which a form was sent, as far as the browser tells."""
    page = urlsplit(request.headers.get("Referer", ""))
    index = reverse("admin:index")
    if page.netloc != request.get_host() or not page.path.startswith(index):
        return index
    return f"{page.path}?{page.query}" if page.query else page.path
