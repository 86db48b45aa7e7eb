"""What is published: campaigns, letters, their addressees and demands."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Case, Count, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField
from parler.managers import TranslatableQuerySet
from parler.models import TranslatedFields

from openletters.languages import choices, codes
from signatures import colours, markdown, zones
from signatures.models.fields import DerivedTextField, TypedTextField
from signatures.models.phases import Phases, Status
from signatures.models.translated import Translated, translated


def is_current(signature: str = "") -> Q:
    """Return the one definition of a signature that counts: it is not withdrawn.

    `signature` is the way from the queried row to the signature, for instance "signatures__".
    """
    return Q(**{f"{signature}withdrawn_at__isnull": True})


def languages() -> list[tuple[str, Any]]:
    """Return the languages that letters are written in and translated into: codes and names."""
    return choices()


def made_from() -> Any:
    """Return the column in which a translation keeps, by field, the original it was made from."""
    return models.JSONField(default=dict, blank=True, editable=False)


class Campaign(Translated):
    """Letters issued together; one form signs all of them that are open."""

    DRESS = ("colour", "logo", "logo_width", "logo_height", "logo_alt")
    """What its pages look like."""

    slug = models.SlugField(
        _("address"), unique=True, help_text=_("The last part of the campaign's web address.")
    )
    language = models.CharField(
        _("authoritative language"),
        max_length=10,
        choices=languages,
        default=settings.LANGUAGE_CODE,
        help_text=_("The language of the binding text; others are translations of it."),
    )
    title = translated()
    summary = translated()
    translations = TranslatedFields(
        title=models.CharField(_("title"), max_length=200),
        summary=TypedTextField(
            _("summary"), blank=True, help_text=_("One or two sentences that introduce it.")
        ),
        made_from=made_from(),
    )
    colour = models.CharField(_("colour"), max_length=7, blank=True, editable=False)
    # What stands in Logo, so that pages need not read it.
    logo = models.CharField(_("logo"), max_length=40, blank=True, editable=False)
    logo_width = models.PositiveSmallIntegerField(default=0, editable=False)
    logo_height = models.PositiveSmallIntegerField(default=0, editable=False)
    logo_alt = models.CharField(
        _("what the logo says"),
        max_length=200,
        blank=True,
        help_text=_("In words, for those who do not see it; most often the name that it shows."),
    )

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")

    def __str__(self) -> str:
        return str(self.title or self.slug)

    def get_absolute_url(self) -> str:
        return reverse("campaign", args=[self.slug])

    @property
    def colours_address(self) -> str:
        """Where its stylesheet is, or nothing while it has the site's own colour."""
        return reverse("colours", args=colours.address(self.colour)) if self.colour else ""

    @property
    def logo_address(self) -> str:
        """Where its logo is, or nothing."""
        return reverse("logo", args=self.logo.split(".")) if self.logo else ""


class LetterQuerySet(TranslatableQuerySet, models.QuerySet["Letter"]):
    """Sets of letters, named as readers see them."""

    def published(self) -> Self:
        """Letters the public may read: open or closed, and past their opening time."""
        return self.filter(
            Q(opens_at__isnull=True) | Q(opens_at__lte=timezone.now()),
            status__in=[Letter.Status.OPEN, Letter.Status.CLOSED],
        )

    def open_for_signature(self) -> Self:
        """Published letters whose closing time has not come."""
        return self.published().taking_sign_ons()

    def taking_sign_ons(self) -> Self:
        """Letters that can be signed now: by everybody, or by those with a secret link alone."""
        return self.filter(
            Q(closes_at__isnull=True) | Q(closes_at__gt=timezone.now()),
            status__in=[Letter.Status.PRIVATE, Letter.Status.OPEN],
        )

    def closed_before(self, moment: datetime) -> Self:
        """Letters whose signing had ended by then, by its time or by hand, and has not resumed."""
        return self.filter(Q(closes_at__lte=moment) | Q(ended_at__lte=moment))

    def naming(self, letter: "Letter", *campaigns: int | None) -> Self:
        """Letters whose pages name `letter`: itself and, if it is public, those of its campaign.

        `campaigns` are the keys of others to which it belonged. While it is not public no other
        page names it, nor may the revision of one tell that something has happened to it.
        """
        if not letter.is_published():
            return self.filter(pk=letter.pk)
        named = [campaign for campaign in (letter.campaign_id, *campaigns) if campaign]
        return self.filter(Q(pk=letter.pk) | Q(campaign__in=named))

    def issued_with(self, slug: str) -> Self:
        """The letter called `slug`, and those of its campaign."""
        here = Letter.objects.filter(slug=slug)
        return self.filter(Q(slug=slug) | Q(campaign__in=here.values("campaign")))

    def raise_revision(self) -> None:
        """Mark every letter of this set as publicly changed, and count its signatories anew.

        To be called in the transaction of the change, after the change. Rows are locked in one
        order, so that two transactions that change the same letters wait for each other instead
        of deadlocking. The count is a statement of its own, because only what starts after the
        wait sees what the other transaction has done.
        """
        letters = Letter.objects.filter(pk__in=self.order_by().values("pk")).order_by("pk")
        locked = list(letters.select_for_update(no_key=True).values_list("pk", flat=True))
        Letter.objects.filter(pk__in=locked).update(
            revision=F("revision") + 1,
            revised_at=timezone.now(),
            signatory_count=_number("signatures", is_current()) + _number("withheld_signatures"),
            withheld_count=_number("withheld_signatures"),
            earlier_count=Case(
                # Spared where no second text exists, as mostly.
                When(substance_version__lte=1, then=0),
                default=_number("signatures", is_current(), _is_earlier()),
            ),
        )


def _is_earlier() -> Q:
    """A signature under another text than the letter of the outer query asks for."""
    return Q(text_version__lt=OuterRef("substance_version"))


def _number(related: str, *conditions: Q) -> Coalesce:
    """How many rows of `related` the letter of the outer query has."""
    model: Any = Letter._meta.get_field(related).related_model
    rows = model._default_manager.filter(*conditions, letter=OuterRef("pk"))
    counted = rows.order_by().values("letter").annotate(number=Count("pk"))
    return Coalesce(Subquery(counted.values("number")), 0)


class Letter(Phases, Translated):
    """An open letter: a text, to somebody, with demands, under which organisations stand."""

    Status = Status

    campaign = models.ForeignKey(
        Campaign,
        on_delete=models.PROTECT,
        related_name="letters",
        null=True,
        blank=True,
        verbose_name=_("campaign"),
        help_text=_("Letters of one campaign can be signed together, with one form."),
    )
    slug = models.SlugField(
        _("address"), unique=True, help_text=_("The last part of the letter's web address.")
    )
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.DRAFT, editable=False
    )
    language = models.CharField(
        _("authoritative language"),
        max_length=10,
        choices=languages,
        default=settings.LANGUAGE_CODE,
        help_text=_("The language of the binding text; others are translations of it."),
    )
    dated = models.DateField(_("date of the letter"), default=timezone.localdate)
    opens_at = models.DateTimeField(
        _("opens at"), null=True, blank=True, help_text=_("Empty: as soon as it is published.")
    )
    closes_at = models.DateTimeField(
        _("closes at"), null=True, blank=True, help_text=_("Empty: until it is closed by hand.")
    )
    time_zone = models.CharField(
        _("time zone"),
        max_length=zones.LONGEST_NAME,
        choices=zones.choices,
        default=zones.default,
        help_text=_("In which both times are meant, and told to readers."),
    )
    contact_email = models.EmailField(
        _("address for corrections"),
        blank=True,
        help_text=_("Published on the letter, so that readers can report a mistake."),
    )
    ended_at = models.DateTimeField(
        null=True, editable=False, help_text="When staff ended the signing, if they did."
    )
    text_version = models.PositiveSmallIntegerField(
        _("text version"),
        default=0,
        editable=False,
        help_text="The number of its newest frozen text; 0 while nobody was asked to sign one.",
    )
    substance_version = models.PositiveSmallIntegerField(
        default=0,
        editable=False,
        help_text=(
            "The number of the text that signatories have to have signed or re-affirmed: of the"
            " newest that is more than a correction or a translation."
        ),
    )
    public_version = models.PositiveSmallIntegerField(
        default=0,
        editable=False,
        help_text="The number of the first text that the public saw; 0: the newest one.",
    )
    # What follows is written by raise_revision() alone.
    revision = models.PositiveIntegerField(default=0, editable=False)
    revised_at = models.DateTimeField(default=timezone.now, editable=False)
    signatory_count = models.PositiveIntegerField(_("signatories"), default=0, editable=False)
    withheld_count = models.PositiveIntegerField(
        _("of these, with their names withheld"), default=0, editable=False
    )
    earlier_count = models.PositiveIntegerField(
        default=0,
        editable=False,
        help_text="How many of those listed by name stand under an earlier text.",
    )

    title = translated()
    place = translated()
    summary = translated()
    salutation = translated()
    body = translated()
    body_html = translated()
    demands_intro = translated()
    closing = translated()
    translations = TranslatedFields(
        title=models.CharField(_("title"), max_length=250),
        place=models.CharField(
            _("place"), max_length=100, blank=True, help_text=_("Stands before the date.")
        ),
        summary=models.CharField(
            _("summary"),
            max_length=250,
            blank=True,
            help_text=_("One sentence for lists, search engines and shared links."),
        ),
        salutation=models.CharField(_("salutation"), max_length=200, blank=True),
        body=TypedTextField(
            _("text"),
            validators=[MaxLengthValidator(markdown.LONGEST_TEXT // 4)],
            help_text=_(
                "Markdown: an empty line between paragraphs, ## before a heading, *emphasis*. "
                "The demands are shown after the first paragraph."
            ),
        ),
        body_html=DerivedTextField(derive=lambda text: markdown.render(text.body)),
        demands_intro=models.CharField(
            _("introduction of the demands"),
            max_length=200,
            blank=True,
            help_text=_("For instance: We call on the President to"),
        ),
        closing=models.CharField(_("closing"), max_length=200, blank=True),
        made_from=made_from(),
    )

    objects = LetterQuerySet.as_manager()

    VERSIONS: ClassVar = ("text_version", "substance_version", "public_version")
    """Which of its frozen texts is what; written when one is frozen."""

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering: ClassVar = ["-dated", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True)
                | Q(closes_at__isnull=True)
                | Q(closes_at__gt=F("opens_at")),
                name="letter_closes_after_it_opens",
                violation_error_message=_("The closing time must be after the opening time."),
            )
        ]

    def __str__(self) -> str:
        return str(self.title or self.slug)

    def get_absolute_url(self) -> str:
        return reverse("letter", args=[self.slug])

    @property
    def listed_count(self) -> int:
        """How many of the signatories are listed by their names."""
        return self.signatory_count - self.withheld_count

    @property
    def present_count(self) -> int:
        """How many of those listed by name have signed, or re-affirmed, the present text."""
        return self.listed_count - self.earlier_count

    @property
    def as_of(self) -> datetime:
        """Since when the public can read it as it is: what was done before, it is not told."""
        published = self.opens_at if self.is_published() else None
        return max(self.revised_at, published or self.revised_at)

    @property
    def has_public_versions(self) -> bool:
        """Whether the public has seen more than one of its texts."""
        return 0 < self.public_version < self.text_version

    def text_languages(self) -> list[str]:
        """In which languages it can be read: the authoritative one, then its translations."""
        written = {text.language_code for text in self.translations.all() if text.body.strip()}
        ordered = [self.language, *(code for code in codes() if code != self.language)]
        return [code for code in ordered if code in written]


class Addressee(Translated):
    """Somebody a letter is sent to, as their address block is printed."""

    class Kind(models.TextChoices):
        TO = "to", _("to")
        COPY = "copy", _("copy")

    letter = models.ForeignKey(
        Letter, on_delete=models.CASCADE, related_name="addressees", verbose_name=_("letter")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=1)
    kind = models.CharField(_("kind"), max_length=4, choices=Kind, default=Kind.TO)
    country = CountryField(_("country"), blank=True)
    name = translated()
    position = translated()
    institution = translated()
    postal_address = translated()
    translations = TranslatedFields(
        name=models.CharField(_("name"), max_length=200, blank=True),
        position=models.CharField(_("position"), max_length=200, blank=True),
        institution=models.CharField(_("institution"), max_length=250, blank=True),
        postal_address=TypedTextField(_("postal address"), max_length=500, blank=True),
        made_from=made_from(),
    )

    class Meta:
        verbose_name = _("addressee")
        verbose_name_plural = _("addressees")
        ordering: ClassVar = ["order", "pk"]

    def authoritative_language(self) -> str:
        """That of its letter."""
        return str(self.letter.language)

    def __str__(self) -> str:
        return str(self.position or self.name or self.institution or "")


class Demand(Translated):
    """One thing a letter asks for."""

    letter = models.ForeignKey(
        Letter, on_delete=models.CASCADE, related_name="demands", verbose_name=_("letter")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=1)
    text = translated()
    translations = TranslatedFields(
        text=TypedTextField(_("text"), max_length=2000), made_from=made_from()
    )

    class Meta:
        verbose_name = _("demand")
        verbose_name_plural = _("demands")
        ordering: ClassVar = ["order", "pk"]

    def authoritative_language(self) -> str:
        """That of its letter."""
        return str(self.letter.language)

    def __str__(self) -> str:
        return str(self.text or "")
