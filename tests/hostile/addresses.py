"""Every address of the site, found in its resolver, so that a new page is visited unasked."""

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.contrib.contenttypes.models import ContentType
from django.urls import URLResolver, get_resolver
from django.utils.http import urlsafe_base64_encode

from openletters import languages
from openletters.health import LIVE, READY
from openletters.scraping import PATH as METRICS
from signatures import guide
from signatures.colours import address
from signatures.models import (
    Campaign,
    Demand,
    DemandNote,
    Edition,
    Letter,
    Logo,
    Response,
    ResponseFile,
)
from tests.hostile.world import World

BESIDE_THE_RESOLVER = (LIVE, READY, METRICS)
"""Addresses that are answered before a resolver is asked."""

STATEFUL = ("letter", "signon", "signatoryimport", "organizationname", "update")
"""Kinds of rows whose pages differ with their state."""

FIXED = {
    "app_label": ["auth", "signatures"],
    "language": ["ar"],
    "language_code": ["ar"],
    "number": ["1"],
    "topic": list(guide.STAFF),
}
"""What stands for parameters that no row has to do with."""

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


class UnknownParameter(Exception):
    """An address has a parameter that the tests cannot fill in: add it to `candidates`."""


def routes() -> list[tuple[str, str]]:
    """Return every route with its name; of the languages' only the one without a prefix."""
    return list(_walk(get_resolver(), ""))


def _walk(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, str]]:
    for one in resolver.url_patterns:
        route = prefix + simply(str(one.pattern))
        if isinstance(one, URLResolver):
            yield from _walk(one, route)
        elif "<url>" not in route:  # which is every address there is not
            yield route, one.name or ""


def simply(pattern: str) -> str:
    """Return a regular expression as a route; a route stays as it is."""
    pattern = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", pattern)
    for name in ("object_id", "language_code"):  # of what parler calls "(.+)" twice
        pattern = pattern.replace("(.+)", f"<{name}>", 1)
    return pattern.strip("^$").replace("/^", "/")


def addresses(world: World) -> list[str]:
    """Return every address that leads to something, without a language."""
    found = list(BESIDE_THE_RESOLVER)
    for route, name in routes():
        options = [candidates(world, route, name, one) for one in parameters(route)]
        found += [filled(route, values) for values in product(*options)]
    # One that answers nothing before it is told about which letter.
    return [*found, f"/oembed.json?url={settings.SITE_URL}/letters/open/"]


def parameters(route: str) -> list[str]:
    """Return the names of a route's parameters."""
    return PARAMETER.findall(route)


def filled(route: str, values: tuple[str, ...]) -> str:
    """Return the address of a route."""
    rest = iter(values)
    return "/" + PARAMETER.sub(lambda _parameter: next(rest), route)


def candidates(world: World, route: str, name: str, parameter: str) -> list[str]:
    """Return what may stand for a parameter. Raises UnknownParameter."""
    match parameter:
        case "colour" | "digest" | "kind" | "entry" | "demand":
            return of_stored(name, parameter)
        case "number" | "slug":
            return of_letters(name, parameter)
        case "token" if route.startswith("admin/"):
            return [default_token_generator.make_token(world.root)]
        case "uidb64":
            return [urlsafe_base64_encode(str(world.root.pk).encode())]
        case "token":
            return world.secrets()[route.partition("/")[0]]
        case "batch":
            return [str(world.batch)]
        case "content_type_id":
            return [str(ContentType.objects.get_for_model(Letter).pk)]
        case "object_id" | "pk" | "id":
            return keys(route)
        case _ if parameter in FIXED:
            return FIXED[parameter]
        case _:
            raise UnknownParameter(f"{parameter} in {route}")


def of_letters(name: str, parameter: str) -> list[str]:
    """Return what leads to a letter, a campaign, or an edition of a letter."""
    if parameter == "number":
        return [str(one) for one in Edition.objects.values_list("number", flat=True)]
    if name.startswith("edition"):
        return list(Edition.objects.values_list("letter__slug", flat=True))
    model = Campaign if name == "campaign" else Letter
    return list(model.objects.values_list("slug", flat=True))


def of_stored(name: str, parameter: str) -> list[str]:
    """Return what leads to a campaign's colours, to a file, or to what became of a letter.

    Of a file's name, that is the first part or the end.
    """
    if name == "colours":
        colour, digest = address("#7a2048")
        return [colour if parameter == "colour" else digest]
    if parameter == "demand":
        return [str(key) for key in Demand.objects.order_by("pk").values_list("pk", flat=True)[:2]]
    if parameter == "entry":
        model = DemandNote if "note" in name else Response
        return [str(entry) for entry in model.objects.current().values_list("entry", flat=True)]
    files = (Logo if name == "logo" else ResponseFile).objects.values_list("file", flat=True)
    return [str(file).split(".")[parameter == "kind"] for file in files]


def keys(route: str) -> list[str]:
    """Return the keys of the rows that a route of the desk may be about; of most kinds a few."""
    named = re.match(r"admin/(\w+)/(\w+)/(\w+)?", route)
    if not named:
        return [str(key) for key in Letter.objects.values_list("pk", flat=True)]
    kind = {"merges": "organizationmerge", "names": "organizationname"}.get(
        named[3] or "", named[2]
    )
    model: Any = apps.get_model(named[1], kind)
    found = [str(key) for key in model._base_manager.order_by("pk").values_list("pk", flat=True)]
    return found if kind in STATEFUL else found[:4]


def in_languages(address: str) -> list[str]:
    """Return an address of the public pages in every language; any other as it is."""
    alone = address in BESIDE_THE_RESOLVER or address.startswith(languages.OUTSIDE)
    others = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
    return [address] if alone else [address, *(f"/{code}{address}" for code in others)]
