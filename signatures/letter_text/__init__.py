"""From a document to letters: bytes or pasted text, its lines, and what each of them says."""
