"""Version 1 of the interface, put together; its addresses and its description (OpenAPI)."""

from collections import defaultdict
from functools import cache
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError

from openletters.problems import problem
from signatures.api import campaigns, history, letters, sign_ons, signatories

DESCRIPTION = (
    "What the public pages say, for programs. Whatever is not public is not here. Within version 1 "
    "nothing is taken away and no field changes its meaning; fields, addresses and parameters may "
    "be added. Parameters that are not known are ignored. Answers can be kept by anybody for a "
    "second; ask again with If-None-Match."
)

NO_KEY = (
    "A sign-on is sent with the key of the campaign, or of the letter, that it is for, "
    "in a header: Authorization: Bearer olk_..."
)

api = NinjaAPI(
    title="Open letters",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api",
    # They are kept pages of ours: documents.py.
    openapi_url=None,
    docs_url=None,
)
for part in (letters, signatories, history, campaigns, sign_ons):
    api.add_router("", part.router)


@cache
def description() -> dict[str, Any]:
    """Return the interface as OpenAPI describes it.

    HEAD is left out, which is answered wherever GET is, as HTTP has it (RFC 9110, 9.3.2).
    """
    schema = api.get_openapi_schema()
    for methods in schema["paths"].values():
        methods.pop("head", None)
        for operation in methods.values():
            for one in operation["parameters"]:
                one["schema"] = _stated(one["schema"])
    schema["servers"] = [{"url": settings.SITE_URL}]
    return dict(schema)


def _stated(schema: dict[str, Any]) -> dict[str, Any]:
    """Return what a parameter is if it is there: nothing of an address is null."""
    options = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    return rest | options[0] if options else rest


def _nowhere(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(404)


def _unknown(request: HttpRequest, error: Any) -> HttpResponse:
    """Ask for the key, by itself: which addresses there are is not told."""
    response = problem(401, NO_KEY)
    response["WWW-Authenticate"] = "Bearer"
    return response


def _wrong(request: HttpRequest, error: Any) -> HttpResponse:
    """Say what is wrong with each field, by its name."""
    errors = defaultdict(list)
    for one in error.errors:
        # Where it came from, "query" say, then its name, and maybe places inside.
        place = ".".join(str(part) for part in one["loc"][1:] if part != "stated")
        errors[place or str(one["loc"][0])].append(str(one["msg"]))
    return problem(422, errors=dict(errors))


api.add_exception_handler(Http404, _nowhere)
api.add_exception_handler(AuthenticationError, _unknown)
api.add_exception_handler(ValidationError, _wrong)
