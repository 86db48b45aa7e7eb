"""The interface explained: to programs as OpenAPI, to people as a page made of it."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from signatures import consent
from signatures.api import v1
from signatures.pages import states
from signatures.pages.kept import Page, answer
from signatures.pages.states import State


@require_safe
def description(request: HttpRequest) -> HttpResponse:
    """Hand out the interface's description."""

    def make(state: State) -> Page:
        return Page(json.dumps(v1.description()).encode(), "application/json")

    return answer(request, states.of_the_site, make)


@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    """Explain every address: what it takes, and what it answers."""

    def make(state: State) -> Page:
        schema = v1.description()
        context = {
            "about": schema["info"],
            "groups": groups(schema),
            "shapes": shapes(schema),
            "declaration_version": consent.CURRENT,
            "BANNER": state.switches.banner_text,
        }
        return Page(render_to_string("signatures/api.html", context, request).encode())

    return answer(request, states.of_the_site, make)


def groups(schema: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the operations of an OpenAPI description, under the headings they stand under."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            found.setdefault(operation["tags"][0], []).append(
                {
                    "id": operation["operationId"],
                    "method": method.upper(),
                    "path": path,
                    "summary": operation["summary"],
                    "description": operation.get("description", ""),
                    "parameters": [_parameter(one) for one in operation.get("parameters", ())],
                    "takes": _content(operation.get("requestBody", {})),
                    "answers": [
                        {"status": status, "what": told["description"], "shape": _content(told)}
                        for status, told in operation["responses"].items()
                    ],
                }
            )
    return found


def shapes(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what an OpenAPI description says of each object, by name."""
    told = schema["components"]["schemas"]
    return [
        {
            "name": name,
            "description": shape.get("description", ""),
            "fields": [
                {
                    "name": field,
                    **_kind(about),
                    "description": about.get("description", ""),
                    "required": field in shape.get("required", ()),
                }
                for field, about in shape.get("properties", {}).items()
            ],
        }
        for name, shape in sorted(told.items())
    ]


def _parameter(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": one["name"],
        "place": one["in"],
        "required": one["required"],
        "description": one.get("description", ""),
        **_kind(one["schema"]),
    }


def _content(about: dict[str, Any]) -> dict[str, str]:
    """Return of what kind a body is, and which object that is; nothing without a body."""
    content = about.get("content", {}).get("application/json")
    return _kind(content["schema"]) if content else {}


def _kind(schema: dict[str, Any]) -> dict[str, str]:
    """Return what a value is, in a word or two, and the object it is made of."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return {"kind": name, "shape": name}
    if options := [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]:
        return _kind(options[0]) | {"kind": f"{_kind(options[0])['kind']} or null"}
    if "enum" in schema:
        return {"kind": " | ".join(str(one) for one in schema["enum"])}
    if "const" in schema:
        return {"kind": str(schema["const"])}
    if schema.get("type") == "array":
        inside = _kind(schema["items"])
        return inside | {"kind": f"list of {inside['kind']}"}
    kind = str(schema.get("type", "any"))
    return {"kind": f"{kind} ({schema['format']})" if "format" in schema else kind}
