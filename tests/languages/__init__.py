"""Pages, mails and lists in several languages, and in both directions."""
