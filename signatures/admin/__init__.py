"""What staff see: the moderation desk, letters, organisations, outgoing mail."""

from signatures.admin import (
    editions,
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
    "editions",
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
