"""Delivering a letter: its edition at once, exactly as it stands, and then its files."""

import logging
import math
import time
from collections.abc import Collection

from django.conf import settings
from django.db import DatabaseError, transaction

from signatures import papers
from signatures.models.dressing import dress_of
from signatures.models.editions import Edition, EditionFile, OwedFile, OwedFileQuerySet
from signatures.models.letters import Addressee, Letter
from signatures.models.versions import TextVersion
from signatures.resources import entries_csv
from signatures.typesetting import Busy

PATIENCE = 5.0
"""Seconds after which whoever delivers waits for no further file: the worker makes the others."""

MOST_ATTEMPTS = 20
"""How often a file is tried. The last one may have taken the process along, which told nobody."""

logger = logging.getLogger(__name__)


def deliver(letter: Letter, addressees: Collection[Addressee], *, after: int) -> Edition:
    """Make an edition of a letter, as EditionQuerySet.deliver does, and files as far as time goes.

    Those of a letter with some hundred names are there when it returns; in the demonstration, which
    has no worker, all are.
    """
    edition = Edition.objects.deliver(letter, addressees, after=after)
    patience = math.inf if settings.DEMO else PATIENCE
    started = time.monotonic()
    while time.monotonic() - started < patience and make_next(edition.owed_files.all()):
        pass
    return edition


def make_next(owed: OwedFileQuerySet | None = None) -> bool:
    """Make the next file that is owed, of these or of all; return whether one was due.

    What goes wrong is logged, and noted beside the edition until the file is there.
    """
    due = OwedFile.objects.all() if owed is None else owed
    file = due.take_next()
    if file is None:
        return False
    try:
        if file.attempts > MOST_ATTEMPTS:
            file.give_up(file.last_error or "too many attempts")
        else:
            file.hand_in(_made(file))
    except DatabaseError:
        raise
    except Busy:
        file.mark_deferred("Busy")
    except Exception as error:
        file.mark_deferred(type(error).__name__)
        logger.exception("file %s of an edition deferred", file)
    if file.failed_at:
        logger.error("file %s of an edition given up: %s", file, file.last_error)
        with transaction.atomic():
            Letter.objects.filter(editions=file.edition_id).raise_revision()  # its page promised it
    return True


def _made(file: OwedFile) -> bytes:
    """Make a file of an edition. Raises Busy where other papers take too long."""
    edition = file.edition
    entries = edition.signatories.order_by("number").values_list("entry", flat=True)
    listed = [entry for entry in entries if entry]  # a name less, and it is not handed in
    if file.kind == EditionFile.Kind.CSV:
        return entries_csv(listed)
    since = TextVersion.objects.substance_of(edition.version)
    make = papers.pdf if file.kind == EditionFile.Kind.PDF else papers.docx
    dress = dress_of(edition.letter, file.language)
    address = f"{edition.content['address']}editions/{edition.number}/"
    return make(edition.content, listed, file.language, dress, address, since)
