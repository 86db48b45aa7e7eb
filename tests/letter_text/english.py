"""English letters of many shapes, with what is to be recognised in them. All are invented."""

from tests.letter_text.english_addressed import ADDRESSED
from tests.letter_text.english_asking import ASKING
from tests.letter_text.english_papers import PAPERS
from tests.letter_text.english_signed import SIGNED

ENGLISH = [*ADDRESSED, *ASKING, *SIGNED, *PAPERS]
