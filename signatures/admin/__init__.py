"""What staff see: the moderation desk, letters, organisations, outgoing mail."""

from signatures.admin import (
    exports,
    history,
    imports,
    letters,
    mail,
    organizations,
    sign_ons,
    signatures,
    switches,
    update_mails,
    updates,
)

__all__ = [
    "exports",
    "history",
    "imports",
    "letters",
    "mail",
    "organizations",
    "sign_ons",
    "signatures",
    "switches",
    "update_mails",
    "updates",
]
