"""Every form of the site, found on its pages, and what one may send with it."""

from collections.abc import Iterator

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from tests.hostile.addresses import addresses
from tests.hostile.crawling import Answer, kind_of
from tests.hostile.pages import TYPED, Form
from tests.hostile.world import World

SOUND = {"email": "alice@water.example", "website": "water.example"}
"""What is typed into fields of a name or kind that take not every word."""


def every_form(world: World) -> list[tuple[Client, Form]]:
    """Return each form once, with somebody who may send it."""
    found: dict[object, tuple[Client, Form]] = {}
    visitor, desk = Client(raise_request_exception=False), world.desk()
    for address in places(world):
        if "logout" in address:
            continue
        sender = desk if address.startswith("/admin/") else visitor
        for form in Answer(address, sender.get(address)).forms:
            if form.action.startswith("/") and "logout" not in form.action:
                found.setdefault(kind(form), (sender, form))
    return list(found.values())


def kind(form: Form) -> object:
    """Forms of one kind are answered by one piece of code; a row more or less does not matter."""
    action, names = form.kind
    secret = ("/sign-on/", "/confirm", "/unsubscribe/")
    action = "/secret/" if any(one in action for one in secret) else action
    return action, frozenset(name.rstrip("0123456789") for name in names)


def places(world: World) -> list[str]:
    """Return one address of each kind, and where its page depends on a state, one for each."""
    states = {
        token: f"{name} {sign_on}"
        for name, made in world.secrets().items()
        for token, sign_on in zip(made, sorted(world.sign_ons), strict=False)
    }
    found = {(kind_of(one), state_of(one, states)): one for one in addresses(world)}
    return list(found.values())


def state_of(address: str, states: dict[str, str]) -> str:
    """The state of the row that an address is about, where the page depends on it."""
    for part in address.split("/"):
        if part in states:
            return states[part]
    stateful = ("/signon/", "/signatoryimport/", "/letter/", "/names/", "/update/")
    return address if any(one in address for one in stateful) else ""


def send(client: Client, form: Form, data: dict[str, list[str]]) -> Answer:
    """Send a form, and take back whatever that changed."""
    with transaction.atomic():
        if form.method == "get":
            answer = Answer(form.action, client.get(form.action, data))
        else:
            files = {
                one.name: SimpleUploadedFile(
                    f"{next(iter(data.values()), ['x'])[0][:50]}.csv", b"a\nb"
                )
                for one in form.fields
                if one.kind == "file"
            }
            answer = Answer(form.action, client.post(form.action, data | files))
        transaction.set_rollback(True)
    return answer


def sound(form: Form) -> dict[str, list[str]]:
    """Return what somebody fills in who means it."""
    data = form.filled()
    for one in form.fields:
        if one.kind == "select" and not one.value and one.options:
            data[one.name] = ["KE" if "KE" in one.options else one.options[-1]]
        elif one.kind in TYPED and not one.value:
            data[one.name] = [SOUND.get(one.name, SOUND.get(one.kind, "Water"))]
    return data


def typed_over(form: Form, strings: Iterator[str]) -> dict[str, list[str]]:
    """Return the form with a string in every field into which people type."""
    data = sound(form)
    for one in form.fields:
        if one.kind in TYPED and not is_counted(one.name):
            data[one.name] = [next(strings)]
    return data


def one_wrong(form: Form, name: str, string: str) -> dict[str, list[str]]:
    """Return the form as somebody fills it in who means it, but for one field of any kind."""
    return sound(form) | {name: [string]}


def is_counted(name: str) -> bool:
    """Whether a field tells how many rows follow."""
    return name.endswith(("-TOTAL_FORMS", "-INITIAL_FORMS"))
