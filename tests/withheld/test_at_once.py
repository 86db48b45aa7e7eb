"""Named and withheld sign-ons of one organisation, decided at the same moment: it counts once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import IntegrityError, connections, transaction

from signatures.models import (
    Letter,
    Signature,
    SignOn,
    SignOnLetter,
    WithheldSignature,
)
from signatures.models.sign_ons import IllegalTransition
from tests.factories import make_letter, make_sign_on, make_staff
from tests.test_at_once import together
from tests.withheld.places import counts

pytestmark = pytest.mark.django_db(transaction=True)


def assert_each_counts_once(letters: list[Letter], organizations: int) -> None:
    """See each organisation under each letter, named or not, and never both."""
    for letter in letters:
        named = Counter(letter.signatures.current().values_list("name", flat=True))
        unnamed = SignOnLetter.objects.counted().filter(letter=letter).select_related("sign_on")
        both = named + Counter(row.sign_on.name for row in unnamed)
        assert set(both.values()) <= {1}
        assert len(both) == organizations
        assert WithheldSignature.objects.filter(letter=letter).count() == len(unnamed)
        assert counts(letter.slug) == {organizations}


def test_fifty_approvals_of_ten_organisations_named_and_not_count_ten() -> None:
    staff = make_staff()
    letters = [make_letter(slug=slug) for slug in ("a-letter", "another")]
    claims = [
        make_sign_on(
            letters, name=f"Organisation {number % 10}", withhold_name=bool(number // 10 % 2)
        )
        for number in range(50)
    ]
    together([partial(one.approve, actor=staff) for one in claims])
    assert set(SignOn.objects.values_list("status", flat=True)) == {SignOn.Status.APPROVED}
    assert_each_counts_once(letters, 10)


def test_bulk_approvals_of_named_and_withheld_ones_in_any_order_count_each_once() -> None:
    staff = make_staff()
    letters = [make_letter(slug=slug) for slug in ("a-letter", "another")]
    claims = [
        make_sign_on(letters, name=f"Organisation {number % 10}", withhold_name=number < 20)
        for number in range(40)
    ]
    hands = [claims[::2], claims[1::2][::-1], claims[::-1], claims[20:]]
    together([partial(SignOn.objects.approve, dict.fromkeys(one), actor=staff) for one in hands])
    assert_each_counts_once(letters, 10)


def test_everything_at_once_leaves_exact_counts() -> None:
    staff = make_staff()
    letters = [make_letter(slug=slug) for slug in ("a-letter", "another")]
    claims = [
        make_sign_on(letters, name=f"Organisation {number % 3}", withhold_name=number % 2 == 0)
        for number in range(12)
    ]

    def act(step: tuple[int, str]) -> None:
        pk, verb = step
        claim = SignOn.objects.get(pk=pk)
        try:
            match verb:
                case "approve":
                    claim.approve(actor=staff)
                case "reopen":
                    claim.reopen(actor=staff)
                case "withhold":
                    claim.withhold()
                case "show":
                    claim.ask_to_be_named()
                case _:
                    claim.withdraw()
        except IllegalTransition:
            pass
        finally:
            connections.close_all()

    verbs = ["approve", "withhold", "reopen", "approve", "show", "approve", "withhold"]
    steps = [(claim.pk, verb) for verb in verbs for claim in claims]
    steps += [(claim.pk, "withdraw") for claim in claims[::3]]
    with ThreadPoolExecutor(12) as people:
        list(people.map(act, steps))
    for letter in letters:
        rows = letter.signatures.current().count() + letter.withheld_signatures.count()
        assert counts(letter.slug) == {rows}
        tied = SignOnLetter.objects.counted().filter(letter=letter)
        assert tied.count() == letter.withheld_signatures.count()
        named = set(letter.signatures.current().values_list("name", flat=True))
        assert not named & {row.sign_on.name for row in tied.select_related("sign_on")}


def test_the_database_itself_counts_nobody_twice() -> None:
    staff, letter = make_staff(), make_letter()
    for number in range(2):
        make_sign_on([letter], withhold_name=True, email=f"contact{number}@mailbox.example")
        SignOn.objects.latest("pk").approve(actor=staff)
    first, second = SignOnLetter.objects.order_by("pk")
    assert (first.withheld is None, second.withheld is None) == (False, True)
    second.withheld = WithheldSignature.objects.create(letter=letter)
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save()
    assert not Signature.objects.exists()
