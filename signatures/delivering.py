"""Delivering a letter: its edition, with its files, exactly as it stands at that moment."""

from collections.abc import Collection
from contextlib import suppress

from signatures import papers
from signatures.models.dressing import dress_of
from signatures.models.editions import ChangedMeanwhile, Draft, Edition, EditionFile, MadeFile
from signatures.models.letters import Addressee, Letter
from signatures.resources import entries_csv

ATTEMPTS = 5
"""How often it is tried while sign-ons come in."""


class TooBusy(Exception):
    """The letter changed during each attempt."""


def deliver(letter: Letter, addressees: Collection[Addressee], *, after: int) -> Edition:
    """Make an edition of a letter, for these addressees; return it.

    Files take seconds, in which the letter is not locked: if it changes meanwhile, they are made
    again. `after` is the number of the last edition that whoever delivers knows of, or 0: if
    another was made since, for the same addressees, that is returned, so that it is harmless to
    press the button twice. Raises DeliveredMeanwhile if it was for others, NotDeliverable, and
    TooBusy, and typesetting.Busy.
    """
    for _attempt in range(ATTEMPTS):
        if made := Edition.objects.delivered_since(letter, after, addressees):
            return made
        draft = Edition.objects.draft(letter, addressees)
        if draft.number > after + 1:
            continue  # another was made in between
        with suppress(ChangedMeanwhile):
            return Edition.objects.store(draft, files(draft))
    raise TooBusy


def files(draft: Draft) -> list[MadeFile]:
    """Make the files of an edition: its list, and its papers in every language of the text.

    Raises typesetting.Busy where other papers take too long.
    """
    kinds = EditionFile.Kind
    made = [MadeFile(kinds.CSV, "", entries_csv(draft.entries))]
    address = f"{draft.content['address']}editions/{draft.number}/"
    for language in draft.content["text"]["texts"]:
        dress = dress_of(draft.letter.campaign, language)
        since = draft.letter.substance_version
        printed = (draft.content, draft.entries, language, dress, address, since)
        made.append(MadeFile(kinds.PDF, language, papers.pdf(*printed)))
        made.append(MadeFile(kinds.DOCX, language, papers.docx(*printed)))
    return made
