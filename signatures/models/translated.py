"""Rows with texts in several languages, and reading them with all their translations."""

from collections import defaultdict
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import QuerySet
from parler.fields import TranslatedField, TranslatedFieldDescriptor
from parler.models import TranslatableModel

from openletters import languages
from openletters.languages import Text

AnyTranslated = TypeVar("AnyTranslated", bound="Translated")


def translated() -> Any:
    """Return a field that is read in the reader's language, or else in the authoritative one.

    What is read is a Text, which knows its language.
    """
    return _TranslatedText()


class _TranslatedText(TranslatedField):
    def contribute_to_class(self, cls: Any, name: str, **kwargs: Any) -> None:
        super().contribute_to_class(cls, name, **kwargs)
        setattr(cls, name, _Descriptor(self))


class _Descriptor(TranslatedFieldDescriptor):
    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else instance.text_of(self.field.name)


class Translated(TranslatableModel):
    """A row with texts in several languages. It is read in the language of whoever reads."""

    language: Any

    class Meta:
        abstract = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("_current_language", languages.reading())
        super().__init__(*args, **kwargs)

    def authoritative_language(self) -> str:
        """The language whose text is binding, of which others are translations."""
        return str(self.language)

    def text_of(self, field: str) -> Text:
        """Return one of its texts, in the reader's language if it is written in that.

        Else in the authoritative one; where that is missing as well, in the site's own, or any.
        """
        present = self.get_current_language()
        if text := self._text_in(present, field):
            return text
        binding = self.authoritative_language()
        if self.has_translation(binding):
            return self._text_in(binding, field) or Text("", binding)
        others = sorted(self.get_available_languages(include_unsaved=True))
        if settings.LANGUAGE_CODE in others:
            others.insert(0, settings.LANGUAGE_CODE)
        found = (text for code in others if (text := self._text_in(code, field)))
        return next(found, Text("", present))

    def _text_in(self, language: str, field: str) -> Text | None:
        if not self.has_translation(language):
            return None
        text = getattr(self.get_translation(language), field)
        return Text(text, language) if text else None


def read_translated(queryset: "QuerySet[AnyTranslated]", *related: str) -> "list[AnyTranslated]":
    """Return the rows of `queryset` with all their translations, in one query instead of two.

    Rows that `related` names are read along.
    """
    texts: Any = queryset.model._parler_meta.root_model
    rows: dict[int, AnyTranslated] = {}
    translations: dict[int, list[Any]] = defaultdict(list)
    along = ("master", *(f"master__{name}" for name in related))
    for text in texts.objects.filter(master__in=queryset).select_related(*along):
        rows.setdefault(text.master_id, text.master)
        translations[text.master_id].append(text)
    for pk, row in rows.items():
        row._prefetched_objects_cache = {"translations": translations[pk]}
    return list(rows.values())
