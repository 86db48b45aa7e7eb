"""Letters that were recognised in a document, stored as drafts with all that belongs to them."""

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any

from anyascii import anyascii
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import transaction
from django.utils.text import slugify

from signatures.cells import safe_cell
from signatures.letter_text.drafts import AddressBlock, Draft, Signatory
from signatures.matching.places import country_named
from signatures.models.imports import SignatoryImport
from signatures.models.letters import Addressee, Campaign, Demand, Letter
from signatures.models.translated import Translated
from signatures.staging import Sheet

_LONGEST_SLUG = 50


class NotStorable(Exception):
    """A part of a letter does not fit into its field; `messages` say which, and why."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__(" ".join(messages))
        self.messages = messages


@transaction.atomic
def store(drafts: Iterable[Draft], campaign: Campaign | None = None) -> list[Letter]:
    """Store recognised letters as drafts, with their addressees and demands.

    Their addresses follow from their titles. Raises NotStorable, and stores nothing then.
    """
    letters = [_letter(draft, campaign) for draft in drafts]
    if letters:
        Letter.objects.naming(letters[0]).raise_revision()
    return letters


def _letter(draft: Draft, campaign: Campaign | None) -> Letter:
    letter = Letter(
        campaign=campaign, slug=_free_slug(Letter, draft.title), language=draft.language
    )
    if draft.dated:
        letter.dated = draft.dated
    letter.save()
    _write(
        letter,
        draft.language,
        title=draft.title,
        place=draft.place,
        salutation=draft.salutation,
        body="\n\n".join(draft.body),
        demands_intro=draft.demands_intro,
        closing=draft.closing,
    )
    for order, block in enumerate(draft.addressees, start=1):
        country, address = postal(block)
        addressee = Addressee.objects.create(
            letter=letter, order=order, kind=block.kind, country=country
        )
        texts = {"name": block.name, "position": block.position, "institution": block.institution}
        _write(addressee, draft.language, **texts, postal_address=address)
    for order, text in enumerate(draft.demands, start=1):
        _write(Demand.objects.create(letter=letter, order=order), draft.language, text=text)
    return letter


def postal(block: AddressBlock) -> tuple[str, str]:
    """Return the country of an address block, and its postal lines without it."""
    lines = list(block.lines)
    if not lines:
        return "", ""
    rest, comma, last = lines[-1].rpartition(",")
    code = country_named(last.strip(" .") if comma else lines[-1].strip(" ."))
    if code:
        lines[-1:] = [rest.strip()] if rest.strip() else []
    return code, "\n".join(lines)


def _write(row: Translated, language: str, **texts: str) -> None:
    """Store the texts of a row in one language, if they fit."""
    table: Any = row._parler_meta.root_model
    said = [
        f"{column.verbose_name}: {message}"
        for name, text in texts.items()
        if text  # what is missing can be written later
        for column in [table._meta.get_field(name)]
        for message in _problems(column, text)
    ]
    if said:
        raise NotStorable(said)
    row.create_translation(language, **texts)


def _problems(column: Any, text: str) -> list[str]:
    """Return why a text does not fit; databases and models do not measure all long ones."""
    validators = list(column.validators)
    if column.max_length and not any(isinstance(one, MaxLengthValidator) for one in validators):
        validators.append(MaxLengthValidator(column.max_length))
    problems: list[str] = []
    for validator in validators:
        try:
            validator(text)
        except ValidationError as error:
            problems += error.messages
    return problems


def _free_slug(model: type[Letter] | type[Campaign], title: str) -> str:
    """Return an address from a title that no other row has."""
    base = slugify(anyascii(title))[: _LONGEST_SLUG - 5].strip("-")
    base = base or str(model._meta.model_name)
    alike = model._default_manager.filter(slug__startswith=base)
    taken = set(alike.values_list("slug", flat=True))
    return next(
        slug
        for number in count(1)
        if (slug := base if number == 1 else f"{base}-{number}") not in taken
    )


@transaction.atomic
def new_campaign(title: str, language: str) -> Campaign:
    """Return a new campaign of that title. Raises NotStorable."""
    campaign: Campaign = Campaign.objects.create(
        slug=_free_slug(Campaign, title), language=language
    )
    _write(campaign, language, title=title)
    return campaign


@transaction.atomic
def stage_signatories(
    letters: Sequence[Letter], drafts: Sequence[Draft], *, actor: User, provenance: str
) -> list[SignatoryImport]:
    """Prepare the names under letters as imports, to be compared and looked through as any list.

    Letters under which the same names stand have one import together.
    """
    alike: dict[tuple[tuple[str, str], ...], list[Letter]] = {}
    for letter, draft in zip(letters, drafts, strict=True):
        if draft.signatories:
            key = tuple((one.name, one.country) for one in draft.signatories)
            alike.setdefault(key, []).append(letter)
    return [
        _stage([Signatory(*one) for one in names], signed, actor, provenance)
        for names, signed in alike.items()
    ]


def _stage(
    signatories: Sequence[Signatory], letters: Sequence[Letter], actor: User, provenance: str
) -> SignatoryImport:
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(["name", "country"])
    table.writerows(map(safe_cell, (one.name, one.country)) for one in signatories)
    content = written.getvalue().encode()
    columns = ["name", "country"]
    batch = SignatoryImport.objects.create(
        file_name=f"{letters[0].slug}.csv",
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        encoding="utf-8-sig",
        header_rows=1,
        columns=columns,
        target=SignatoryImport.Target.SIGNATURES,
        provenance=provenance,
        actor=actor,
    )
    batch.letters.set(letters)
    sheet = Sheet.read(content, batch.encoding, batch.header_rows)
    batch.stage(batch.edition, sheet.statements(columns), columns)
    return batch
