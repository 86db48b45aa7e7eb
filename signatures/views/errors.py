"""Pages for what went wrong."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from signatures.views import signing


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came back without its cookie: offer it again, as it was filled in where we can."""
    page = request.resolver_match
    if page and page.url_name == "sign":
        return signing.sign_again(request, **page.kwargs)
    return render(request, "signatures/errors/csrf.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No such page, or not for the public: the answer is the same."""
    return render(request, "404.html", status=404)
