"""Whom an approval lists among the initiators: those who signed through a link made for them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.db.models import Max

from signatures.models.secret_links import SecretLink
from signatures.models.sign_on_letters import SignOnLetter
from signatures.models.signatures import Signature

if TYPE_CHECKING:
    from signatures.models.sign_ons import SignOn

Place = tuple[int, int]
"""The keys of a claim, and of one of its letters."""


def places(claims: "Sequence[SignOn]", letters: Mapping[int, Sequence[int]]) -> dict[Place, int]:
    """Return places behind the initiators that there are, in the order of `claims`.

    `letters` are those of each claim, by its key. To be called in the transaction that lists them.
    Takes no query where nobody has followed a link, and three where somebody has.
    """
    links = {claim.link_id for claim in claims if claim.link_id}
    if not links:
        return {}
    theirs = SecretLink.objects.filter(pk__in=links, for_initiators=True)
    keys = set(theirs.values_list("pk", flat=True))
    initiators = [claim for claim in claims if claim.link_id in keys]
    if not initiators:
        return {}
    # Or two approvals at one moment would give the same place.
    SignOnLetter.objects.filter(sign_on__in=initiators).lock_letters()
    listed = Signature.objects.filter(letter__in={pk for each in letters.values() for pk in each})
    last: dict[int, int] = defaultdict(int)
    for letter, position in listed.order_by().values_list("letter").annotate(Max("position")):
        last[letter] = position or 0
    given: dict[Place, int] = {}
    for claim in initiators:
        for letter in letters[claim.pk]:
            last[letter] += 1
            given[claim.pk, letter] = last[letter]
    return given
