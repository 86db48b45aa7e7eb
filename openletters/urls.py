"""The site's addresses: staff, the demo's mailbox, and the public pages in every language."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from openletters import security_txt
from signatures.api import documents, v1
from signatures.views import demo, dress, embeds

without_language: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path(security_txt.PATH, security_txt.security_txt, name="security-txt"),
    path("colours/<slug:colour>/<slug:digest>.css", dress.stylesheet, name="colours"),
    path("logos/<slug:digest>.<slug:kind>", dress.logo, name="logo"),
    path("oembed.json", embeds.oembed, name="oembed"),
    path("api/v1/", v1.api.urls),
    path("api/v1/openapi.json", documents.description, name="api-description"),
    path("api/v1/docs", documents.documentation, name="api-documentation"),
]
if settings.DEMO:
    without_language.append(path("demo/mailbox/", demo.mailbox, name="demo-mailbox"))
# Of the languages that the interface does not speak, openletters/languages.py makes the addresses.
urlpatterns = [
    *without_language,
    *i18n_patterns(path("", include("signatures.urls")), prefix_default_language=False),
]

handler400 = "openletters.problems.not_understood"
handler404 = "signatures.views.errors.not_found"
handler500 = "signatures.views.errors.failed"
