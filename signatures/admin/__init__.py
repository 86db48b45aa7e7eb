"""What staff see: the moderation desk, letters, organisations, outgoing mail."""

from signatures.admin import (
    api_keys,
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
    "api_keys",
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
