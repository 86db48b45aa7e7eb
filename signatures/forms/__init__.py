"""What contact persons fill in, and the fields it is made of."""

from signatures.forms.entries import LONGEST_INPUT, EmailField, LineField, NameField, WebsiteField
from signatures.forms.letters import LettersField
from signatures.forms.signing import CorrectionForm, NewEmailForm, SignOnForm

__all__ = [
    "LONGEST_INPUT",
    "CorrectionForm",
    "EmailField",
    "LettersField",
    "LineField",
    "NameField",
    "NewEmailForm",
    "SignOnForm",
    "WebsiteField",
]
