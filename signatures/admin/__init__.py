"""What staff see: the moderation desk, letters, organisations, outgoing mail."""

from signatures.admin import history, letters, mail, organizations, sign_ons, signatures

__all__ = ["history", "letters", "mail", "organizations", "sign_ons", "signatures"]
