"""Letters as they were delivered: dated, fixed, and open to anybody's verification."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from openletters.guards import FOLLOWING, FORGETTING, lifted
from openletters.languages import read_in
from openletters.records import OnlyAdded, OnlyAddedQuerySet
from signatures import canonical
from signatures.canonical import Entry
from signatures.models.letters import Addressee, Letter
from signatures.models.queued import Queued, QueuedQuerySet
from signatures.models.signatures import Signature, SignatureQuerySet
from signatures.models.versions import NotACorrection, TextVersion

PORTION = 2000
"""Signatories that are stored in one statement."""


class NotDeliverable(Exception):
    """The letter is not public, or nobody was named whom it goes to."""


class DeliveredMeanwhile(Exception):
    """Somebody else has delivered the letter since, to others."""


class EditionQuerySet(OnlyAddedQuerySet, models.QuerySet["Edition"]):
    """Sets of editions."""

    def light(self) -> Self:
        """Editions without the fingerprints of all their signatories, with their texts."""
        return self.defer("content").select_related("letter", "version")

    def published(self) -> Self:
        """Editions of letters that the public may read."""
        return self.filter(letter__in=Letter.objects.published())

    @transaction.atomic
    def deliver(
        self, letter: Letter, addressees: Collection[Addressee], *, after: int
    ) -> "Edition":
        """Make an edition of the letter as it is now, for these addressees; return it.

        Its papers are owed from then on. `after` is the number of the last edition that whoever
        delivers knows of, or 0: if another was made since, for the same addressees, that is
        returned, so that it is harmless to press the button twice. Raises DeliveredMeanwhile if it
        was for others, and NotDeliverable.
        """
        letter = _locked(letter)
        if made := self._delivered_since(letter, after, addressees):
            return made
        if not letter.is_published():
            raise NotDeliverable("the letter is not public")
        in_order = sorted(
            Addressee.objects.filter(letter=letter), key=lambda one: (one.order, one.pk)
        )
        chosen = {one.pk for one in addressees}
        places = [place for place, one in enumerate(in_order, start=1) if one.pk in chosen]
        if not chosen or len(places) < len(chosen):
            raise NotDeliverable("nobody, or somebody else's addressee")
        try:
            version = TextVersion.objects.freeze(letter, kind=TextVersion.Kind.CORRECTION)
        except NotACorrection as error:
            raise NotDeliverable("the text was changed, and nobody has said so") from error
        Letter.objects.naming(letter).raise_revision()
        letter.refresh_from_db()
        now = timezone.now().replace(microsecond=0)
        signatures, entries = _entries(letter)
        content = canonical.edition(
            version.content,
            entries,
            address=address_of(letter),
            number=self._last_number(letter) + 1,
            delivered_at=now,
            delivered_to=places,
            text_version=version.number,
            withheld=letter.withheld_count,
        )
        edition = self.create(
            letter=letter,
            number=content["edition"],
            version=version,
            delivered_at=now,
            places=places,
            count=content["count"],
            withheld_count=content["withheld"],
            content=content,
            sha256=canonical.fingerprint(content),
        )
        edition.delivered_to.set(in_order[place - 1] for place in places)
        EditionSignatory.objects.add(edition, signatures, entries)
        OwedFile.objects.owe(edition)
        return edition

    def _last_number(self, letter: Letter) -> int:
        return self.filter(letter=letter).aggregate(last=models.Max("number"))["last"] or 0

    def _delivered_since(
        self, letter: Letter, number: int, addressees: Collection[Addressee]
    ) -> "Edition | None":
        since = self.filter(letter=letter, number__gt=number).order_by("number").first()
        if since is None:
            return None
        to = set(since.delivered_to.values_list("pk", flat=True))
        if to != {one.pk for one in addressees}:
            raise DeliveredMeanwhile
        return since


def _locked(letter: Letter) -> Letter:
    """Take a letter for this transaction, with those that name it, in the order of their keys."""
    together = Letter.objects.issued_with(letter.slug).order_by("pk")
    list(together.select_for_update(no_key=True).values_list("pk", flat=True))
    taken: Letter = Letter.objects.get(pk=letter.pk)
    return taken


def address_of(letter: Letter) -> str:
    """Return the letter's whole address, as editions name it."""
    with read_in(settings.LANGUAGE_CODE):
        return f"{settings.SITE_URL}{letter.get_absolute_url()}"


def _entries(letter: Letter) -> tuple[list[int], list[Entry]]:
    """Return whom the letter's list names, in its order, and the keys of their signatures."""
    listed = Signature.objects.filter(letter=letter).current().in_list_order()
    columns = ("pk", "name", "local_name", "country", "position", "signed_on", "text_version")
    rows = list(listed.values_list(*columns))
    entries = [
        canonical.entry(
            number=number,
            name=name,
            local_name=local_name,
            country=country,
            is_initiator=position is not None,
            signed_on=signed_on.isoformat(),
            text_version=version or 1,  # what was signed before versions were told apart
        )
        for number, (_pk, name, local_name, country, position, signed_on, version) in enumerate(
            rows, start=1
        )
    ]
    return [row[0] for row in rows], entries


class Edition(OnlyAdded, models.Model):
    """A letter with its signatories at the moment of a delivery. Nothing of it changes later."""

    letter = models.ForeignKey(
        Letter, on_delete=models.PROTECT, related_name="editions", verbose_name=_("letter")
    )
    number = models.PositiveSmallIntegerField(_("edition"))
    version = models.ForeignKey(
        TextVersion, on_delete=models.PROTECT, related_name="editions", verbose_name=_("text")
    )
    delivered_at = models.DateTimeField(_("delivered"), default=timezone.now)
    delivered_to = models.ManyToManyField(
        Addressee, related_name="editions", verbose_name=_("delivered to")
    )
    places = models.JSONField(
        default=list, help_text="The places of those addressees in the text, from 1."
    )
    count = models.PositiveIntegerField(_("signatories"))
    withheld_count = models.PositiveIntegerField(_("of these, with their names withheld"))
    content = models.JSONField(help_text="A canonical.EditionContent.")
    sha256 = models.CharField(max_length=64, db_index=True)

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering: ClassVar = ["letter", "number"]
        default_permissions: ClassVar = ("add", "view")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["letter", "number"], name="edition_numbered")
        ]

    def __str__(self) -> str:
        return f"{self.letter} · {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("edition", args=[self.letter.slug, self.number])


class EditionSignatoryQuerySet(models.QuerySet["EditionSignatory"]):
    """Sets of signatories of editions."""

    def add(self, edition: Edition, signatures: Sequence[int], entries: Sequence[Entry]) -> None:
        """Store the entries of an edition, each with the key of the signature behind it."""
        stated = zip(entries, signatures, edition.content["signatories"], strict=True)
        self.bulk_create(
            (
                EditionSignatory(
                    edition=edition,
                    number=entry["number"],
                    signature_id=signature,
                    entry=entry,
                    sha256=sha256,
                )
                for entry, signature, sha256 in stated
            ),
            batch_size=PORTION,
        )

    @transaction.atomic
    def forget(
        self, signatures: Iterable[int], names: Iterable[str] = (), country: str = ""
    ) -> None:
        """Forget the entries of these signatures, and those under one of these names there.

        Files that name them are handed out no more, or not even made. To be called in the
        transaction that withholds the name.
        """
        told = Q(signature__in=list(signatures))
        told |= Q(entry__name__in=list(names), entry__country=country)
        rows = dict(self.filter(told, entry__isnull=False).values_list("pk", "edition"))
        if not rows:
            return
        # First, because that takes the letters: no file of theirs is handed in meanwhile.
        Letter.objects.filter(editions__in=rows.values()).raise_revision()
        OwedFile.objects.filter(edition__in=rows.values()).delete()
        with lifted(FORGETTING):
            self.filter(pk__in=rows).update(entry=None, signature=None)
            EditionFile.objects.filter(edition__in=rows.values()).update(content=None)

    def mark_removed(self, signatures: Collection[int]) -> None:
        """Note that staff have struck these signatures, which editions list.

        To be called in the transaction that strikes them.
        """
        listed = self.filter(signature__in=signatures, removed_at=None)
        if listed.exists():
            with lifted(FOLLOWING):
                listed.update(removed_at=timezone.now())

    def mark_standing(self, signatures: Iterable[Signature]) -> None:
        """Take back that staff have struck those who are listed again, under the same name.

        To be called in the transaction that lists them.
        """
        listed = list(signatures)
        letters = {one.letter_id for one in listed}
        struck = self.filter(edition__letter__in=letters, removed_at__isnull=False)
        rows = list(struck.values_list("edition", "edition__letter", "entry", "signature"))
        if not rows:
            return
        named: dict[Any, Signature] = {
            (one.letter_id, one.name, one.organization.country.code): one for one in listed
        }
        again = {
            (edition, former): named[letter, entry["name"], entry["country"]]
            for edition, letter, entry, former in rows
            if entry and (letter, entry["name"], entry["country"]) in named
        }
        with lifted(FOLLOWING):
            # With all that went with it: an organisation of two that were merged has two entries.
            for (edition, former), signature in again.items():
                gone = self.filter(edition=edition, signature=former, removed_at__isnull=False)
                gone.update(removed_at=None, signature=signature)

    def hand_over(self, goes: int, stays: int) -> list[int]:
        """Let the entries of a signature be another's; return their keys.

        To be called in the transaction in which the one goes.
        """
        keys = list(self.filter(signature=goes).values_list("pk", flat=True))
        self.take_back(keys, stays)
        return keys

    def take_back(self, keys: Collection[int], signature: int) -> None:
        """Let entries with these keys be those of a signature."""
        if keys:
            with lifted(FOLLOWING):
                self.filter(pk__in=keys, entry__isnull=False).update(signature=signature)


class EditionSignatory(models.Model):
    """One signatory as an edition lists it.

    The one part of an edition that can be forgotten: the edition knows it by its fingerprint.
    """

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="signatories")
    number = models.PositiveIntegerField()
    # No constraint: the signature may go in a merge, and come back by its key.
    signature = models.ForeignKey(
        Signature,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="edition_entries",
    )
    sha256 = models.CharField(max_length=64)
    entry = models.JSONField(null=True, help_text="A canonical.Entry; none if it was forgotten.")
    removed_at = models.DateTimeField(
        null=True, help_text="When staff struck the signature, which should never have been there."
    )

    objects = EditionSignatoryQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["edition", "number"]
        default_permissions: ClassVar[Any] = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "number"], name="edition_entry_numbered")
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} · {self.number}"


def not_in(edition: Edition) -> Any:
    """Return the condition of signatures that an edition does not list: they came later."""
    entries = EditionSignatory.objects.filter(edition=edition, signature=OuterRef("pk"))
    return ~Exists(entries.order_by())


def withdrawn_since(edition: Edition) -> SignatureQuerySet:
    """Return the signatures that an edition lists and that are withdrawn by now."""
    gone = Signature.objects.filter(letter=edition.letter_id, withdrawn_at__isnull=False)
    return gone.filter(~not_in(edition))


class EditionFile(models.Model):
    """An edition as a file, exactly as it was handed over."""

    class Kind(models.TextChoices):
        PDF = "pdf", "PDF"
        DOCX = "docx", "Word"
        CSV = "csv", "CSV"

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(max_length=4, choices=Kind)
    language = models.CharField(max_length=10, blank=True)
    sha256 = models.CharField(max_length=64, db_index=True)
    content = models.BinaryField(
        null=True, help_text="None where it named somebody whose name is withheld by now."
    )

    class Meta:
        ordering: ClassVar = ["edition", "kind", "language"]
        default_permissions: ClassVar[Any] = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["edition", "kind", "language"], name="edition_file_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} · {self.kind} {self.language}".strip()

    @property
    def name(self) -> str:
        """The last part of its address."""
        if self.kind == self.Kind.CSV:
            return "signatories.csv"
        return f"letter.{self.language}.{self.kind}"


class OwedFileQuerySet(QueuedQuerySet["OwedFile"]):
    """Sets of files that are still to be made."""

    def owe(self, edition: Edition) -> None:
        """Owe the files of an edition: its list, and its papers in every language of the text."""
        kinds, languages = EditionFile.Kind, edition.version.content["texts"]
        papers = ((kind, one) for one in languages for kind in (kinds.PDF, kinds.DOCX))
        self.bulk_create(
            OwedFile(edition=edition, kind=kind, language=language)
            for kind, language in ((kinds.CSV, ""), *papers)
        )


class OwedFile(Queued):
    """A file that an edition does not have yet. The row goes when the file is there.

    A list of many names takes seconds, in each language and kind: no request lasts that long, and
    no letter is locked meanwhile.
    """

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="owed_files")
    kind = models.CharField(max_length=4, choices=EditionFile.Kind)
    language = models.CharField(max_length=10, blank=True)

    objects = OwedFileQuerySet.as_manager()

    class Meta:
        default_permissions: ClassVar[Any] = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "kind", "language"], name="owed_file_once")
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} · {self.kind} {self.language}".strip()

    @transaction.atomic
    def hand_in(self, content: bytes) -> None:
        """Store the file, unless a name on it was forgotten while it was made."""
        # The letter first, as whoever forgets a name takes it: then the row tells.
        Letter.objects.filter(pk=self.edition.letter_id).raise_revision()
        if OwedFile.objects.filter(pk=self.pk).delete()[0]:
            EditionFile.objects.create(
                edition=self.edition,
                kind=self.kind,
                language=self.language,
                sha256=canonical.digest(content),
                content=content,
            )
