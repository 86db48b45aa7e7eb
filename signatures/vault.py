"""Sealing what is private, with keys that are not in the database.

Sealed are contacts, staff's words about them, and files with them; whoever gets hold of the
database, or of a dump of it, reads none of that without the keys. There can be several: the first
of CONTACT_KEYS seals, every other one still opens what it sealed, until `manage.py reseal` has
sealed that anew.

A sealed text is `KEY:DATA`: eight characters that name the key, and the base64 of a random nonce of
96 bits with the text under AES-256-GCM. Texts are padded, so that their length tells little. What
has to be found again is found by a fingerprint, a keyed hash (HMAC-SHA256).
"""

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from openletters.local_secrets import local_secret

NONCE = 12
BLOCK = 64
"""Bytes; a sealed text is as long as the next multiple of this."""

ID_LENGTH = 8


class Unreadable(ImproperlyConfigured):
    """What was sealed cannot be opened: its key is not among CONTACT_KEYS, or it was damaged."""


@dataclass(frozen=True)
class Key:
    """One of CONTACT_KEYS, and what is made of it."""

    id: str
    cipher: AESGCM
    mac: bytes

    @classmethod
    def of(cls, secret: str) -> Self:
        """Derive what is needed from a secret of at least 256 random bits."""

        def derived(use: bytes) -> bytes:
            kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"openletters " + use)
            return kdf.derive(secret.encode())

        return cls(derived(b"name").hex()[:ID_LENGTH], AESGCM(derived(b"seal")), derived(b"mac"))


def secrets() -> tuple[str, ...]:
    """Return what the keys are made of, first the one that seals."""
    return tuple(settings.CONTACT_KEYS) or _local_secrets()


def keys() -> dict[str, Key]:
    """Return the keys by their names, in that order."""
    return _derived(secrets())


@cache
def _local_secrets() -> tuple[str, ...]:
    return (local_secret("contact-key"),)


@lru_cache(maxsize=8)
def _derived(secrets: tuple[str, ...]) -> dict[str, Key]:
    found = [Key.of(secret) for secret in secrets]
    return {key.id: key for key in found}


def current() -> Key:
    """Return the key that seals."""
    return next(iter(keys().values()))


def seal(text: str) -> str:
    """Return `text` sealed; nothing stays nothing, so that one can ask whether there is any."""
    if not text:
        return ""
    padded = text.encode("utf-8", "surrogatepass") + b"\x80"
    padded += bytes(-len(padded) % BLOCK)
    sealed = seal_bytes(padded)
    name, data = sealed[:ID_LENGTH], sealed[ID_LENGTH:]
    return f"{name.decode()}:{base64.b64encode(data).decode()}"


def unseal(sealed: str) -> str:
    """Return the text that `seal` sealed. Raises Unreadable."""
    if not sealed:
        return ""
    name, _colon, data = sealed.partition(":")
    try:
        padded = unseal_bytes(name.encode() + base64.b64decode(data, validate=True))
    except ValueError as error:
        raise Unreadable("This was not sealed.") from error
    return padded[: padded.rindex(b"\x80")].decode("utf-8", "surrogatepass")


def seal_bytes(content: bytes) -> bytes:
    """Return `content` sealed: the key's name, a nonce, and what only the key opens."""
    key, nonce = current(), os.urandom(NONCE)
    return key.id.encode() + nonce + key.cipher.encrypt(nonce, content, None)


def unseal_bytes(sealed: bytes) -> bytes:
    """Return what `seal_bytes` sealed. Raises Unreadable."""
    name = sealed[:ID_LENGTH].decode("ascii", "replace")
    nonce, data = sealed[ID_LENGTH : ID_LENGTH + NONCE], sealed[ID_LENGTH + NONCE :]
    key = keys().get(name)
    if key is None:
        raise Unreadable(f"CONTACT_KEYS lacks the key {name!r}, with which this was sealed.")
    try:
        return key.cipher.decrypt(nonce, data, None)
    except (InvalidTag, ValueError) as error:
        raise Unreadable("This was changed since it was sealed.") from error


def fingerprint(text: str, purpose: str) -> str:
    """Return 64 hexadecimal digits by which an equal text is recognised, of the same `purpose`."""
    return _fingerprint(current(), text, purpose)


def fingerprints(text: str, purpose: str) -> list[str]:
    """Return the fingerprints that a text may have been given, under any of the keys."""
    return [_fingerprint(key, text, purpose) for key in keys().values()]


def _fingerprint(key: Key, text: str, purpose: str) -> str:
    message = f"{purpose}\0{text}".encode("utf-8", "surrogatepass")
    return hmac.digest(key.mac, message, hashlib.sha256).hex()


def address_hash(email: str) -> str:
    """Return what a mail address is found by, without its being kept; nothing for none."""
    return fingerprint(email.lower(), "address") if email else ""


def address_hashes(email: str) -> list[str]:
    """Return what a mail address may have been filed by, under an older key perhaps."""
    return fingerprints(email.lower(), "address") if email else []
