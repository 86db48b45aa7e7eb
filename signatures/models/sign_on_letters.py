"""Which letters a claim is about, and what its approval brought about. Private, like the claim."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models, transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from signatures import vault
from signatures.models.fields import DerivedCharField
from signatures.models.history import IllegalTransition, Status
from signatures.models.letters import Letter
from signatures.models.organizations import Organization, OrganizationName
from signatures.models.sealed import SealedTextField
from signatures.models.shielded import NAME
from signatures.models.signatures import Signature, SignatureQuerySet
from signatures.models.withheld import WithheldSignature

if TYPE_CHECKING:
    from signatures.models.sign_ons import SignOn

COUNTED = "organisation counted"
"""What the fingerprints of organisations are for that are counted without their names."""


def identity(key: str, country: str) -> str:
    """Return what an organisation is recognised by while its name is withheld.

    `key` is the comparison key of its name, `country` its two letters or nothing.
    """
    return f"{country} {key}"


def identities(organizations: Iterable[int]) -> dict[int, set[str]]:
    """Return all that each of these organisations may be counted as. Acronyms are not enough."""
    found: dict[int, set[str]] = defaultdict(set)
    known = OrganizationName.objects.filter(organization__in=set(organizations))
    full = known.exclude(kind=OrganizationName.Kind.ACRONYM)
    for pk, key, country in full.values_list("organization", "key", "organization__country"):
        found[pk] |= {identity(key, country or ""), identity(key, "")}
    return found


def counted_hashes(identities: Iterable[str]) -> set[str]:
    """Return by what these identities are found, under whichever key they were counted."""
    return {hashed for one in identities for hashed in vault.fingerprints(one, COUNTED)}


def hashes_of(listings: models.QuerySet[Signature]) -> defaultdict[int, set[str]]:
    """Return, by letter, by what organisations would be found that are listed there."""
    places = list(listings.values_list("letter", "organization"))
    known = identities({organization for _letter, organization in places})
    found: defaultdict[int, set[str]] = defaultdict(set)
    for letter, organization in places:
        found[letter] |= counted_hashes(known[organization])
    return found


def stand_under(listings: models.QuerySet[Signature], text: int) -> bool:
    """Put listings of an earlier text under this one, by its number; return whether any was."""
    earlier = listings.filter(text_version__lt=text)
    letters = list(earlier.values_list("letter", flat=True))
    changed = bool(earlier.update(text_version=text))
    if changed:
        Letter.objects.filter(pk__in=letters).raise_revision()
    return changed


class SignOnLetterQuerySet(models.QuerySet["SignOnLetter"]):
    """Sets of letters of claims."""

    def inherit(self, listings: models.QuerySet[Signature]) -> list[int]:
        """Give listings to the first approved claim that states the same; return those given.

        They stand as that claim states them from now on. For listings whose own cause is undone.
        """
        claims = self.filter(
            letter=OuterRef("letter"),
            sign_on__organization=OuterRef("organization"),
            sign_on__status=Status.APPROVED,
        )
        heirs = listings.annotate(heir=Subquery(claims.order_by("sign_on").values("pk")[:1]))
        given = {one.heir: one for one in heirs.filter(heir__isnull=False).order_by("letter")}
        for row in self.filter(pk__in=given).select_related("sign_on").order_by("letter"):
            signature, claim = given[row.pk], row.sign_on
            signature.text_version = row.text_version or signature.text_version
            signature.relist(claim.listed_name, claim.local_name, signature.position)
            row.signature = signature
            row.save(update_fields=["signature"])
        return [signature.pk for signature in given.values()]

    # Which text was signed

    def under_earlier_text(self) -> Self:
        """Letters that were changed in substance since they were signed, or shown."""
        return self.filter(
            text_version__lt=F("letter__substance_version"), letter__substance_version__gt=1
        )

    def show(self, texts: Mapping[int, int]) -> None:
        """Put letters under the texts that were shown just now, by the letters' keys.

        Raises IllegalTransition where one is left that was changed in substance meanwhile.
        """
        for row in self.select_related("letter"):
            shown = min(texts.get(row.letter_id, 0), row.letter.text_version)
            if shown > row.text_version:
                row.text_version = shown
                row.save(update_fields=["text_version"])
        if self.under_earlier_text().exists():
            raise IllegalTransition("a text has changed meanwhile")

    # Organisations that are counted, and whose names are withheld

    def counted(self) -> Self:
        """Letters under which the claim's organisation counts without its name."""
        return self.filter(withheld__isnull=False)

    def would_be_named(
        self, letters: Iterable[int], stated: Iterable[tuple[str, str]]
    ) -> set[tuple[str, str]]:
        """Return those of `stated` that asked not to be named under one of these letters.

        Each is the comparison key of a name, and a country. Takes one query.
        """
        asking = self.asking_not_to_be_named().filter(letter__in=set(letters))
        pairs = asking.values_list("counted_hash", "sign_on__name_hash")
        hashes = {hashed for pair in pairs for hashed in pair if hashed}
        if not hashes:
            return set()
        return {
            (key, country)
            for key, country in set(stated)
            if not hashes.isdisjoint(vault.fingerprints(key, NAME))
            or not hashes.isdisjoint(vault.fingerprints(identity(key, country), COUNTED))
        }

    def asking_not_to_be_named(self) -> Self:
        """Letters of claims that wait or were approved, and withhold their names."""
        return self.filter(
            sign_on__withhold_name=True, sign_on__status__in=[Status.PENDING, Status.APPROVED]
        )

    def lock_letters(self) -> None:
        """Let nobody change the lists of these letters until the transaction ends.

        Who is listed by name and who is counted without one is found out behind this lock, so
        that the same organisation cannot become both at one moment.
        """
        letters = Letter.objects.filter(pk__in=self.values("letter")).order_by("pk")
        list(letters.select_for_update(no_key=True).values_list("pk", flat=True))

    @transaction.atomic
    def count_claims(self, claims: "Mapping[SignOn, Organization | None]") -> dict[int, int]:
        """Count the organisations of claims, without names; return for claims how often.

        `claims` says which known organisation each is, or that it is none of them. One that is
        listed by its name, or counted already, is not counted again.
        """
        keys = {claim.pk: claim for claim in claims}
        rows = list(self.filter(sign_on__in=keys).order_by("letter", "sign_on"))
        known = {}
        for claim, organization in claims.items():
            known[claim.pk] = (
                organization
                or Organization.objects.filter(key=claim.own_key, country=claim.country).first()
            )
            told = known[claim.pk]
            stated = told.identity if told else (claim.own_key, claim.country.code or "")
            for row in rows:
                if row.sign_on_id == claim.pk and (told or claim.name):
                    row.counted_as = identity(*stated)
        self.filter(pk__in=[row.pk for row in rows]).lock_letters()
        organizations = {one.pk for one in known.values() if one}
        listed = set(
            Signature.objects.current()
            .filter(letter__in={row.letter_id for row in rows}, organization__in=organizations)
            .values_list("letter", "organization")
        )
        other_names = identities(organizations)
        fresh = []
        for row in rows:
            told = known[row.sign_on_id]
            if told is None or (row.letter_id, told.pk) not in listed:
                also = counted_hashes(other_names[told.pk]) if told else set()
                fresh.append((row, row.hashes() | also))
        self._take_up(rows, fresh)
        number: dict[int, int] = defaultdict(int)
        for row in rows:
            number[row.sign_on_id] += row.withheld_id is not None
        return {claim: times for claim, times in number.items() if times}

    def succeed(self, left: "Mapping[int, set[str]]") -> None:
        """Count approved claims that now stand for what is no longer there.

        `left` says, by letter, by which hashes one finds who was listed or counted until now, and
        that something was undone, not withdrawn. For claims whose names are withheld.
        """
        hashes = {(letter, hashed) for letter, gone in left.items() for hashed in gone}
        waiting = self.filter(
            letter__in=left,
            counted_hash__in={hashed for _letter, hashed in hashes},
            withheld=None,
            sign_on__status=Status.APPROVED,
            sign_on__withhold_name=True,
        )
        rows = [
            row
            for row in waiting.order_by("letter", "sign_on")
            if (row.letter_id, row.counted_hash) in hashes
        ]
        self._take_up(rows, [(row, row.hashes()) for row in rows])

    @transaction.atomic
    def count_again(self, keys: Iterable[int]) -> None:
        """Count approved claims that gave way to a listing, where that is no longer theirs."""
        rows = self.filter(
            pk__in=keys,
            withheld=None,
            sign_on__status=Status.APPROVED,
            sign_on__withhold_name=True,
        )
        waiting = list(rows.order_by("letter", "sign_on"))
        self.filter(pk__in=[row.pk for row in waiting]).lock_letters()
        self._take_up(waiting, [(row, row.hashes()) for row in waiting])
        listed = Signature.objects.filter(letter__in={row.letter_id for row in waiting})
        if waiting:
            self.give_way(listed)

    def _take_up(
        self, rows: "list[SignOnLetter]", fresh: "list[tuple[SignOnLetter, set[str]]]"
    ) -> None:
        """Count those of `fresh` that are not counted by one of these hashes; store `rows`."""
        letters = {row.letter_id for row in rows}
        others = SignOnLetter.objects.counted().filter(letter__in=letters)
        others = others.exclude(pk__in=[row.pk for row in rows])
        taken = set(others.values_list("letter", "counted_hash"))
        new = []
        kept = set()
        for row, found_by in fresh:
            hashes = {(row.letter_id, one) for one in found_by}
            if hashes & taken:
                continue
            taken |= hashes
            kept.add(row.pk)
            if row.withheld_id is None:
                row.withheld = WithheldSignature(letter_id=row.letter_id)
                new.append(row.withheld)
        gone = [row.withheld_id for row in rows if row.withheld_id and row.pk not in kept]
        for row in rows:
            if row.pk not in kept:
                row.withheld = None
        WithheldSignature.objects.bulk_create(new)
        SignOnLetter.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["withheld", "counted_as", "counted_hash"],
        )
        WithheldSignature.objects.filter(pk__in=gone).delete()
        if new or gone:
            Letter.objects.filter(pk__in=letters).raise_revision()

    @transaction.atomic
    def uncount(self) -> dict[int, set[str]]:
        """Let these count no longer; return, by letter, by which hashes they were found."""
        rows = list(self.counted())
        if not rows:
            return {}
        chosen = SignOnLetter.objects.filter(pk__in=[row.pk for row in rows])
        chosen.lock_letters()
        counted = list(chosen.counted())  # somebody may have been faster
        left: dict[int, set[str]] = defaultdict(set)
        for row in counted:
            left[row.letter_id] |= row.hashes()
        WithheldSignature.objects.filter(pk__in=[row.withheld_id for row in counted]).delete()
        Letter.objects.filter(pk__in=left).raise_revision()
        return dict(left)

    def give_way(self, listed: SignatureQuerySet) -> list[int]:
        """Count nobody without a name who is listed by it now; return the rows that were.

        To be called once `listed` stand in their lists, and these are locked.
        """
        counted = list(
            self.counted()
            .filter(letter__in=listed.values("letter"))
            .values_list("pk", "letter", "counted_hash")
        )
        if not counted:  # as mostly
            return []
        places = list(listed.current().values_list("letter", "organization"))
        known = identities({organization for _letter, organization in places})
        hashes = {
            (letter, hashed)
            for letter, organization in places
            for hashed in counted_hashes(known[organization])
        }
        giving = [pk for pk, letter, hashed in counted if (letter, hashed) in hashes]
        self.filter(pk__in=giving).uncount()
        return giving


class SignOnLetter(models.Model):
    """One letter of a claim, and the signature that its approval brought about, if it did.

    An approval that found the organisation listed already brings no signature, so that whoever
    made that second claim cannot take the listing away by withdrawing it.
    """

    sign_on = models.ForeignKey(
        "signatures.SignOn", on_delete=models.CASCADE, related_name="letter_rows"
    )
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="sign_on_rows")
    signature = models.ForeignKey(
        Signature, on_delete=models.SET_NULL, related_name="+", null=True, editable=False
    )
    text_version = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="Which text its contact has signed, or re-affirmed."
    )
    withheld = models.OneToOneField(
        WithheldSignature,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        editable=False,
        verbose_name=_("counted without its name"),
    )
    counted_as = SealedTextField(
        blank=True,
        editable=False,
        help_text="As which organisation an approval counted it whose name is withheld.",
    )
    counted_hash = DerivedCharField(
        max_length=64,
        blank=True,
        # What was erased is still known by its hash.
        derive=lambda row: (
            vault.fingerprint(row.counted_as, COUNTED) if row.counted_as else row.counted_hash
        ),
    )

    objects = SignOnLetterQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["sign_on", "letter"], name="sign_on_names_a_letter_once"
            ),
            models.UniqueConstraint(
                fields=["letter", "counted_hash"],
                condition=Q(withheld__isnull=False),
                name="sign_on_letter_counted_once",
            ),
            models.CheckConstraint(
                condition=Q(withheld__isnull=True) | (Q(signature=None) & ~Q(counted_hash="")),
                name="sign_on_letter_named_or_counted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sign_on} · {self.letter}"

    def hashes(self) -> set[str]:
        """By what one finds as whom it was counted; of an erased claim only the one it had."""
        return counted_hashes([self.counted_as]) if self.counted_as else {self.counted_hash}
