"""Sealing anew, with the first of CONTACT_KEYS, what an older key sealed."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Substr

from openletters import guards
from openletters.staff.models import seal_anew
from signatures import vault
from signatures.models.distinctions import Distinction
from signatures.models.fields import Derived
from signatures.models.mail import OutgoingMail
from signatures.models.sealed import Sealed
from signatures.models.shielded import NAME, ShieldedTextField
from signatures.models.sign_ons import SignOn

PORTION = 500
"""Rows in one transaction, and so for how long somebody may have to wait for them."""


def missing_keys() -> list[str]:
    """Return the names of keys that sealed contacts, as far as they are not among CONTACT_KEYS."""
    name = Substr("email", 1, vault.ID_LENGTH, output_field=models.CharField())
    in_use = (
        SignOn.objects.exclude(email_hash="").order_by().values_list(name, flat=True).distinct()
    )
    return sorted(set(in_use) - set(vault.keys()))


def reseal() -> int:
    """Seal everything with the newest key; return how many rows that changed.

    May be stopped and started again. What is written meanwhile is under the newest key already.
    """
    changed = 0
    for model in apps.get_models():
        sealed = (Sealed, ShieldedTextField)
        columns = [field for field in model._meta.local_fields if isinstance(field, sealed)]
        for old in _under_other_keys(model, columns):
            changed += _reseal(model, columns, old)
    return changed + _refile() + _tell_apart_anew() + seal_anew()


def _under_other_keys(model: type[models.Model], columns: list[Any]) -> Iterator[list[Any]]:
    """Yield the keys of rows that another key sealed, a portion at a time, until none is left."""
    old = Q()
    for column in columns:
        old |= Q(**{f"{column.name}__other_key": vault.current().id})
    rows = model._base_manager.filter(old).order_by("pk")
    while columns and (portion := list(rows.values_list("pk", flat=True)[:PORTION])):
        yield portion


@transaction.atomic
def _reseal(model: type[models.Model], columns: list[Any], keys: list[Any]) -> int:
    rows = model._base_manager.filter(pk__in=keys).order_by("pk").select_for_update()
    derived = [field for field in model._meta.local_fields if isinstance(field, Derived)]
    with guards.lifted(guards.RESEALING):
        for row in rows:
            # As they would be saved: a name is sealed where it is withheld, and only there.
            values = {field.name: field.pre_save(row, add=False) for field in columns}
            values |= {field.name: field.derived(row) for field in derived}
            model._base_manager.filter(pk=row.pk).update(**values)
    return len(rows)


def _tell_apart_anew() -> int:
    """Remember by their new hashes what withheld names do not stand for; return how many."""
    changed = 0
    for claim in SignOn.objects.filter(withhold_name=True).exclude(name_hash="").iterator(PORTION):
        known = Distinction.objects.filter(
            key__in=vault.fingerprints(claim.own_key, NAME), country=claim.country
        )
        changed += known.exclude(key=claim.name_hash).update(key=claim.name_hash)
    return changed


def _refile() -> int:
    """File mails under what their addresses are found by now; return how many."""
    changed = 0
    mails = OutgoingMail.objects.select_related("sign_on").order_by("pk")
    for mail in mails.iterator(chunk_size=PORTION):
        claim = mail.sign_on
        for address in (claim.email, claim.new_email, claim.former_email):
            earlier, now = vault.address_hashes(address), vault.address_hash(address)
            if mail.recipient in earlier and mail.recipient != now:
                changed += OutgoingMail.objects.filter(pk=mail.pk).update(recipient=now)
    return changed
