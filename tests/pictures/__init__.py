"""Numbers as pictures: on the letter, beside links to it, and on the first page of the staff."""
