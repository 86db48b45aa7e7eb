"""Lists that were collected elsewhere: staged, looked through, and committed as a whole.

A file's rows are private until they are committed. Their contact data is removed with the
commit; an import that is given up is deleted with everything it held.
"""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from signatures.models.import_rows import Decision, ImportRow, Verdict
from signatures.models.letters import Letter
from signatures.models.organizations import Organization, OrganizationName
from signatures.models.sealed import SealedBinaryField
from signatures.models.sign_on_letters import SignOnLetter, hashes_of
from signatures.models.sign_ons import SignOn
from signatures.models.signatures import Signature

PORTION = 500
"""Rows compared, or written, in one statement."""

MOST_CANDIDATES = 5
"""Known organisations shown beside a row."""


class NotAsShown(Exception):
    """The import is not what the person saw when they pressed the button; nothing was done."""


class SignatoryImport(models.Model):
    """One uploaded file and what became of it."""

    class Target(models.TextChoices):
        SIGNATURES = "signatures", _("signatures, listed at once")
        SIGN_ONS = "sign_ons", _("sign-ons that wait for review")

    class Status(models.TextChoices):
        UPLOADED = "uploaded", _("columns to be matched")
        ANALYSING = "analysing", _("being compared")
        READY = "ready", _("to be looked through")
        COMMITTED = "committed", _("imported")
        UNDONE = "undone", _("undone")

    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.UPLOADED, editable=False
    )
    file_name = models.CharField(_("file"), max_length=200, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    content = SealedBinaryField(null=True, editable=False)
    encoding = models.CharField(_("encoding"), max_length=20, blank=True, editable=False)
    header_rows = models.PositiveSmallIntegerField(default=1, editable=False)
    columns = models.JSONField(default=list, editable=False)
    countries = models.JSONField(default=dict, editable=False)
    edition = models.PositiveIntegerField(default=0, editable=False)
    letters = models.ManyToManyField(Letter, related_name="+", verbose_name=_("letters"))
    target = models.CharField(_("import as"), max_length=10, choices=Target)
    provenance = models.CharField(_("where it came from"), max_length=200)
    default_country = CountryField(_("country of rows without one"), blank=True)
    tell = models.BooleanField(_("tell the contacts"), default=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("who")
    )
    created_at = models.DateTimeField(_("uploaded"), default=timezone.now, editable=False)
    committed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
        verbose_name=_("imported by"),
    )
    committed_at = models.DateTimeField(_("imported"), null=True, editable=False)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering: ClassVar = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_staged(self) -> bool:
        """Whether nothing has come of it yet, so that it can be changed and deleted."""
        return self.status not in {self.Status.COMMITTED, self.Status.UNDONE}

    @property
    def makes_signatures(self) -> bool:
        """Whether its rows are listed at once."""
        return self.target == self.Target.SIGNATURES

    # While it is staged

    @transaction.atomic
    def stage(
        self, edition: int, rows: Iterable[tuple[int, dict[str, str]]], columns: Sequence[str]
    ) -> None:
        """Take what the matched columns hold, line by line, in the place of what was staged.

        Raises NotAsShown when somebody else changed the import since `edition`.
        """
        self._lock(staged=True, edition=edition)
        self.rows.all().delete()
        ImportRow.objects.bulk_create(
            [ImportRow(batch=self, line=line, cells=cells) for line, cells in rows],
            batch_size=PORTION,
        )
        self._step(self.Status.ANALYSING, columns=list(columns))

    @transaction.atomic
    def settle(self, rows: Sequence["ImportRow"]) -> None:
        """Record what the comparison said of some rows, and whether any is left."""
        self._lock()
        if self.status != self.Status.ANALYSING:
            return
        still = self.rows.filter(pk__in=[row.pk for row in rows])
        waiting = set(still.uncompared().values_list("pk", flat=True))
        present = _present({row.suggested_id for row in rows})
        ImportRow.objects.bulk_create(
            # A row whose organisation was removed meanwhile is compared again.
            [row for row in rows if row.pk in waiting and row.suggested_id in present],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=ImportRow.COMPARED,
            batch_size=PORTION,
        )
        if not self.rows.all().uncompared().exists():
            self._step(self.Status.READY)

    @transaction.atomic
    def decide(self, edition: int, decisions: dict[int, tuple[str, int | None]]) -> None:
        """Record decisions on rows by their primary keys, each with the organisation meant.

        Raises NotAsShown when somebody else changed the import since `edition`, or when one of the
        organisations was removed.
        """
        self._lock(staged=True, edition=edition)
        meant = {organization for _decision, organization in decisions.values()}
        if not meant <= _present(meant):
            raise NotAsShown
        rows = self.rows.exclude(verdict=Verdict.ERROR)
        alike: dict[tuple[str, int | None], list[int]] = {}
        for pk, decided in decisions.items():
            alike.setdefault(decided, []).append(pk)
        for (decision, organization), pks in alike.items():
            rows.filter(pk__in=pks).update(decision=decision, organization=organization)
        self._step(self.status)

    @transaction.atomic
    def decide_all(self, edition: int, verdict: str, decision: str) -> int:
        """Decide alike on the undecided and decided rows of one verdict; return how many."""
        self._lock(staged=True, edition=edition)
        rows = self.rows.filter(verdict=verdict).exclude(verdict=Verdict.ERROR)
        if decision == Decision.KNOWN:
            present = _present(rows.values_list("suggested", flat=True))
            rows = rows.filter(suggested__in={pk for pk in present if pk})
            done = rows.update(decision=decision, organization=F("suggested"))
        else:
            if decision == Decision.NEW:
                rows = rows.filter(is_taken=False)
            done = rows.update(decision=decision, organization=None)
        self._step(self.status)
        return done

    @transaction.atomic
    def name_countries(self, edition: int, codes: dict[str, str]) -> None:
        """Say which country cells mean, once for all rows; those are compared anew."""
        self._lock(staged=True, edition=edition)
        self.countries = self.countries | codes
        self.rows.filter(unknown_country__in=codes).update(verdict="", decision="")
        self._step(self.Status.ANALYSING, countries=self.countries)

    @transaction.atomic
    def discard(self) -> None:
        """Delete the import and all that was read from its file."""
        self._lock(staged=True)
        self.delete()

    # Once and for all

    @transaction.atomic
    def commit(self, *, actor: User, edition: int) -> bool:
        """Import the rows as decided, all or none; return whether that had not been done before.

        Raises NotAsShown when rows are undecided, when the import has changed since `edition`, or
        when rows are not what they were compared as; `recheck` then has those compared anew.
        """
        self._lock()
        if not self.is_staged:
            return False
        letters = list(self.letters.order_by("pk"))
        if self.status != self.Status.READY or self.edition != edition or not letters:
            raise NotAsShown
        rows = list(self.rows.taken().select_related("organization").order_by("line"))
        if self.rows.undecided().exists() or self._surprised():
            raise NotAsShown
        if self.makes_signatures:
            self._sign(rows, letters)
            # Asked once more behind the locks of the letters: nobody can ask for it in between.
            if self._would_name():
                raise NotAsShown
        else:
            self._enter(rows, letters, actor)
        # Problems quote the cells that have them.
        self.rows.update(cells={}, problems=[], contact_name="", contact_title="", email="")
        self._step(
            self.Status.COMMITTED, committed_by=actor, committed_at=timezone.now(), content=None
        )
        return True

    @transaction.atomic
    def recheck(self) -> int:
        """Have those rows compared anew that are not as they were; return how many they are."""
        self._lock(staged=True)
        pks = self._surprised()
        if pks:
            self.rows.filter(pk__in=pks).update(verdict="", decision="")
            self._step(self.Status.ANALYSING)
        return len(pks)

    @transaction.atomic
    def undo(self, *, actor: User) -> bool:
        """Take away exactly what the import brought; return whether it was still there.

        Claims that were decided meanwhile stay: somebody has looked at them since. So does a
        listing that an approved claim states as well; it is that claim's from now on.
        """
        self._lock()
        if self.status != self.Status.COMMITTED:
            return False
        waiting = SignOn.objects.queue().filter(pk__in=self.rows.values("sign_on"))
        reason = _("Import undone: %(which)s") % {"which": self}
        SignOn.objects.reject(waiting, actor=actor, reason=reason, tell=False)
        rows = self.rows.filter(organization__isnull=False)
        list(Organization.objects.filter(pk__in=rows.values("organization")).locked())
        brought = Signature.objects.filter(pk__in=self.rows.values("signatures"))
        struck = brought.exclude(pk__in=SignOnLetter.objects.inherit(brought.current()))
        left = hashes_of(struck.current())
        struck.strike()
        SignOnLetter.objects.succeed(left)
        in_use = SignOn.objects.filter(organization__in=rows.values("organization")).spellings()
        taught = OrganizationName.objects.filter(pk__in=rows.values("taught"))
        unused = [one.pk for one in taught if (one.organization_id, one.key) not in in_use]
        OrganizationName.objects.filter(pk__in=unused).forget()
        made = rows.filter(is_registered=True).values("organization")
        Organization.objects.filter(pk__in=made).delete_unless_needed()
        self._step(self.Status.UNDONE)
        return True

    # What the steps are made of

    def _lock(self, *, staged: bool = False, edition: int | None = None) -> None:
        """Take the row for this transaction and see it as it stands."""
        fresh = SignatoryImport.objects.select_for_update(no_key=True).defer("content")
        try:
            self.refresh_from_db(
                fields=["status", "edition", "countries", "columns"], from_queryset=fresh
            )
        except SignatoryImport.DoesNotExist as error:
            raise NotAsShown from error
        if (staged and not self.is_staged) or edition not in {None, self.edition}:
            raise NotAsShown

    def _step(self, status: str, **fields: Any) -> None:
        self.status, self.edition = status, self.edition + 1
        for field, value in fields.items():
            setattr(self, field, value)
        self.save(update_fields=["status", "edition", *fields])

    def asked_not_to_be_named(self, rows: "Iterable[ImportRow]") -> set[int]:
        """Return the lines of rows that state an organisation whose name is withheld.

        Found out whenever it is asked, and put down nowhere.
        """
        if not self.makes_signatures:
            return set()  # whoever reviews the claim is told
        stated = {
            row.line: {(key, row.country.code or "") for key in row.name_keys()} for row in rows
        }
        letters = self.letters.values_list("pk", flat=True)
        found = SignOnLetter.objects.would_be_named(
            letters, {one for each in stated.values() for one in each}
        )
        return {line for line, each in stated.items() if each & found}

    def _surprised(self) -> set[int]:
        """Return the rows of which something became known since they were compared.

        A new organisation is known by now under their name, the one they name is gone, or it
        asked not to be named; where that was known, their verdict left it to somebody.
        """
        if not self.makes_signatures:
            return set()
        lost = self.rows.filter(decision=Decision.KNOWN, organization=None)
        surprised = set(lost.values_list("pk", flat=True))
        new = list(self.rows.filter(decision=Decision.NEW).values_list("pk", "key", "namesakes"))
        known: dict[str, set[int]] = {}
        rows = OrganizationName.objects.filter(key__in={key for _pk, key, _found in new})
        for key, organization in rows.values_list("key", "organization_id"):
            known.setdefault(key, set()).add(organization)
        surprised |= {pk for pk, key, before in new if not known.get(key, set()) <= set(before)}
        return surprised | self._would_name()

    def _would_name(self) -> set[int]:
        """Return the rows that name who asked not to be named, and nobody decided that knowing."""
        told = self.rows.taken().exclude(verdict=Verdict.POSSIBLE)
        spared = self.asked_not_to_be_named(told.iterator(PORTION))
        return set(told.filter(line__in=spared).values_list("pk", flat=True))

    def _sign(self, rows: list["ImportRow"], letters: list[Letter]) -> None:
        stated = [row.organization or row.unregistered() for row in rows]
        stored = Organization.objects.register_many(stated)
        for row, said, organization in zip(rows, stated, stored, strict=True):
            if organization is None:  # removed since the rows were read
                raise NotAsShown
            row.organization = organization
            row.is_registered = not row.is_known and organization.created_at == said.created_at
        spellings = [(row, name) for row in rows if row.is_known for name in row.spellings()]
        OrganizationName.objects.record(name for _row, name in spellings)
        listings = [(row, listing) for row in rows for listing in row.listings(letters)]
        listed = Signature.objects.sign_many(listing for _row, listing in listings)
        SignOnLetter.objects.give_way(Signature.objects.filter(pk__in=[one.pk for one in listed]))
        # What has a key by now is new; the rest was known, or listed, before.
        learnt, signed = ImportRow.taught.through, ImportRow.signatures.through
        learnt.objects.bulk_create(
            learnt(importrow=row, organizationname=name) for row, name in spellings if name.pk
        )
        signed.objects.bulk_create(
            signed(importrow=row, signature=listing) for row, listing in listings if listing.pk
        )
        self._note(rows, "organization", "is_registered")

    def _enter(self, rows: list["ImportRow"], letters: list[Letter], actor: User) -> None:
        source = f"{self.provenance} ({self.file_name[:30]}"
        claims = [row.claim(f"{source}: {row.line})") for row in rows]
        for claim in claims:
            claim.language = letters[0].language
        SignOn.objects.enter_many(claims, letters, actor=actor, tell=self.tell)
        for row, claim in zip(rows, claims, strict=True):
            row.sign_on = claim
        self._note(rows, "sign_on")

    def _note(self, rows: list["ImportRow"], *fields: str) -> None:
        """Store what became of each row."""
        ImportRow.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=fields,
            batch_size=PORTION,
        )


def _present(organizations: Iterable[int | None]) -> set[int | None]:
    """Return those that are on record, and None; nobody removes them in this transaction."""
    found = Organization.objects.filter(pk__in={pk for pk in organizations if pk}).locked()
    return {None, *found.values_list("pk", flat=True)}
