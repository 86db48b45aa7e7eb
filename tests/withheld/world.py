"""Sign-ons of a few organisations, and a plain model of whom each letter lists or counts."""

from collections.abc import Callable
from random import Random
from typing import NamedTuple

from django.contrib.auth.models import User

from signatures.models import Letter, SignOn, WithheldSignature
from signatures.models.sign_ons import IllegalTransition
from signatures.pages import kept
from tests.factories import make_letter, make_sign_on
from tests.withheld.places import names

NAMES = ("Aqua Alliance", "Basin Bureau", "Canal Council")
Status = SignOn.Status


class Place(NamedTuple):
    """How an organisation stands under a letter, and through which claim."""

    claim: int
    is_named: bool


class World:
    """Claims in the database, and beside them what they should have led to."""

    VERBS = (
        *("approve",) * 8,
        *("reopen", "withhold", "show") * 2,
        *("confirm", "reject", "withdraw"),
    )
    """Approvals are the most, so that there is something to undo, withhold and withdraw."""

    def __init__(self, staff: User) -> None:
        kept.shelf.clear()  # an earlier world's letters may have had the same keys
        self.staff = staff
        self.letters = [make_letter(slug="a-letter"), make_letter(slug="another")]
        self.claims: list[int] = []
        self.about: dict[int, tuple[str, list[int]]] = {}
        self.tied: dict[int, str] = {}
        self.standing: dict[tuple[int, str], Place] = {}
        self.once_named: set[str] = set()

    def claim(self, organization: int, letters: int, *, withheld: bool) -> None:
        """Have an organisation submit one more claim, each from another contact."""
        name, chosen = NAMES[organization], [self.letters, self.letters[:1], self.letters[1:]]
        email = f"contact{len(self.claims)}@mailbox.example"
        claim = make_sign_on(
            chosen[letters],
            status=Status.UNCONFIRMED,
            name=name,
            website="",
            email=email,
            withhold_name=withheld,
        )
        self.claims.append(claim.pk)
        self.about[claim.pk] = (name, [letter.pk for letter in chosen[letters]])

    def take(self, verb: str, number: int) -> None:
        """Take one step, in the database and in the model."""
        pk = self.claims[number % len(self.claims)]
        claim = SignOn.objects.get(pk=pk)
        before = (claim.status, claim.withhold_name, claim.may_withhold)
        steps: dict[str, Callable[[], object]] = {
            "confirm": claim.confirm,
            "approve": lambda: claim.approve(actor=self.staff),
            "reject": lambda: claim.reject(actor=self.staff, reason="no"),
            "reopen": lambda: claim.reopen(actor=self.staff),
            "withdraw": claim.withdraw,
            "withhold": claim.withhold,
            "show": claim.ask_to_be_named,
        }
        try:
            steps[verb]()
        except IllegalTransition:
            return
        getattr(self, f"_{verb}", lambda *_args: None)(pk, *before)

    # The model

    def _places(self, pk: int) -> list[tuple[int, str]]:
        name, letters = self.about[pk]
        return [(letter, name) for letter in letters]

    def _through(self, pk: int) -> list[tuple[int, str]]:
        return [place for place in self._places(pk) if self._claim_at(place) == pk]

    def _claim_at(self, place: tuple[int, str]) -> int | None:
        return self.standing[place].claim if place in self.standing else None

    def _approve(self, pk: int, status: str, withheld: bool, _may: bool) -> None:
        if status != Status.PENDING:
            return
        for place in self._places(pk):
            there = self.standing.get(place)
            if withheld and there is None:
                self.standing[place] = Place(pk, is_named=False)
            elif not withheld and not (there and there.is_named):
                self.standing[place] = Place(pk, is_named=True)

    def _reject(self, pk: int, status: str, _withheld: bool, _may: bool) -> None:
        if status == Status.PENDING:
            self._leave(pk)

    def _withdraw(self, pk: int, *_before: object) -> None:
        self._leave(pk)

    def _leave(self, pk: int) -> None:
        for place in self._through(pk):
            del self.standing[place]

    def _reopen(self, pk: int, *_before: object) -> None:
        for place in self._through(pk):
            was = self.standing.pop(place)
            heirs = SignOn.objects.filter(
                pk__in=[one for one in self.claims if place in self._places(one)],
                status=Status.APPROVED,
            ).order_by("withhold_name", "pk")
            for heir in heirs:
                if was.is_named or heir.withhold_name:
                    self.standing[place] = Place(heir.pk, is_named=not heir.withhold_name)
                    break

    def _withhold(self, pk: int, _status: str, _withheld: bool, may: bool) -> None:
        if may:
            for place in self._through(pk):
                self.standing[place] = Place(pk, is_named=False)

    # What must be true of both

    def differences(self) -> list[str]:
        """Return where the database tells something else than the model."""
        found = []
        for letter in Letter.objects.order_by("pk"):
            here = {name: at for (pk, name), at in self.standing.items() if pk == letter.pk}
            named = {name for name, at in here.items() if at.is_named}
            current = letter.signatures.current()
            listed = list(current.values_list("name", flat=True))
            unnamed = WithheldSignature.objects.filter(letter=letter).count()
            told = (letter.signatory_count, letter.withheld_count)
            if sorted(listed) != sorted(named):
                found.append(f"{letter.slug} lists {listed}, not {named}")
            if unnamed != len(here) - len(named):
                found.append(f"{letter.slug} counts {unnamed} without names, not {here}")
            if told != (len(listed) + unnamed, unnamed):
                found.append(f"{letter.slug} says {told}")
        return found

    def allowed(self, slug: str) -> set[str]:
        """Return the names that a letter may tell."""
        [letter] = [one for one in self.letters if one.slug == slug]
        return {name for (pk, name), at in self.standing.items() if at.is_named and pk == letter.pk}

    def untold(self, slug: str, page: str) -> bool:
        """Whether a page tells no name but those that it may, and all of these."""
        allowed = self.allowed(slug)
        others = set(NAMES) - allowed
        return set(names(page)) <= allowed and not any(name in page for name in others)


def at_random(world: World, random: Random) -> None:
    """Take a step by lot, or have somebody claim something new."""
    if len(world.claims) < 4 or random.random() < 0.12:
        world.claim(random.randrange(3), random.randrange(3), withheld=random.random() < 0.5)
        if random.random() < 0.8:
            world.take("confirm", len(world.claims) - 1)
    # Mostly about claims that are not long settled.
    newest = len(world.claims) - 1
    world.take(random.choice(World.VERBS), max(0, newest - random.randrange(8)))
