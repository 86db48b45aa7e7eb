"""The texts of a letter that the public could read, one after the other, and what lies between."""

from dataclasses import dataclass

from django.db.models import Count

from signatures.changes import Change
from signatures.models.letters import Letter
from signatures.models.signatures import Signature
from signatures.models.versions import TextVersion
from signatures.pages.rewordings import Rewording, rewordings
from signatures.pages.wordings import Wording, wording_of


@dataclass(frozen=True)
class Public:
    """A version as its page shows it; the first has no changes."""

    version: TextVersion
    changes: list[Rewording]
    signatories: int
    """How many of those listed by name stand under it."""

    @property
    def is_first(self) -> bool:
        """Whether it is the text as it was published."""
        return not self.changes

    @property
    def wording(self) -> Wording:
        """All that it says."""
        return wording_of(self.version.content)


def public_versions(letter: Letter) -> list[Public]:
    """Return the versions that the public may see, the newest first. Takes two queries."""
    versions = list(TextVersion.objects.public(letter))
    before = [None, *versions]
    listed = Signature.objects.filter(letter=letter).current().order_by()
    counted = listed.values_list("text_version").annotate(number=Count("pk"))
    numbers = dict(counted)
    found = [
        Public(
            one,
            rewordings(Change(last.content, one.content).parts) if last else [],
            numbers.get(one.number, 0),
        )
        for last, one in zip(before, versions, strict=False)
    ]
    return found[::-1]
