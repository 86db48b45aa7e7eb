"""A letter on paper, with its signatories: canonical content in, bytes out, and no database.

    from signatures.papers import Dress, docx, pdf

Both take the same things, and make of the same things the same bytes:

`content`: an edition as `signatures.canonical` has it. For a letter as it is now, which is no
    edition: the same without `edition`, `delivered_at` and what follows from them, and with
    `as_of`, the moment at which it was so (ISO 8601).
`entries`: the signatories who are listed, as an edition keeps them, in the order of the list.
`language`: of the paper. Texts that are not written in it come in the letter's own one; if the
    letter is not written in it at all, so does the whole paper.
`dress`: whose paper it is.
`verify_at`: the address at which an edition is verified.
`since`: the number of the last text that is another in substance. Who stands under an earlier one
    is marked.
"""

from signatures.papers.dress import Dress
from signatures.papers.printed import pdf
from signatures.papers.word import docx

__all__ = ["Dress", "docx", "pdf"]
