"""Names that stand nowhere but where something about a contact is kept, and a look for them."""

from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection

from signatures.models import (
    ImportRow,
    Letter,
    Note,
    OutgoingMail,
    SignatoryImport,
    SignOn,
)
from tests.factories import make_sign_on, make_staff

CANARY = "canary"
CONTACT: dict[str, Any] = {
    "contact_name": "Canary Carla",
    "contact_title": "Keeper of the canary",
    "email": "carla@canary.example",
    "new_email": "new@canary.example",
    "former_email": "former@canary.example",
    "provenance": "Letter signed by Canary Carla",
}


def everything() -> str:
    """Return every value of every row of every table: as stored, and as the app reads it."""
    parts: list[Any] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            parts += cursor.fetchall()
    for model in apps.get_models(include_auto_created=True):
        parts += model._base_manager.values_list()
    return " ".join(
        bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
        for row in parts
        for value in row
    ).lower()


def watched(letter: Letter, **stated: Any) -> SignOn:
    """Store a sign-on with the canary in all that is kept about its contact."""
    sign_on = make_sign_on([letter], **(CONTACT | stated))
    Note.objects.create(sign_on=sign_on, author=staff(), text="The canary sounds genuine.")
    OutgoingMail.objects.owe([(sign_on, OutgoingMail.Kind.RECEIVED)], note="Dear canary")
    return sign_on


def staff() -> User:
    """Return somebody of the staff."""
    return User.objects.filter(username="keeper").first() or make_staff("keeper")


def staged(letter: Letter) -> SignatoryImport:
    """Store a list that was uploaded, with the canary in the file and in a row."""
    batch = SignatoryImport.objects.create(
        file_name="list.csv",
        sha256="0" * 64,
        content=b"Organisation,E-mail\nWater Watch,carla@canary.example\n",
        target=SignatoryImport.Target.SIGN_ONS,
        provenance="Collected by a canary",
        actor=staff(),
    )
    batch.letters.add(letter)
    cells = {"email": "carla@canary.example", "contact_name": "Canary Carla"}
    ImportRow.objects.create(batch=batch, line=2, name="Water Watch", cells=cells, **cells)
    return batch
