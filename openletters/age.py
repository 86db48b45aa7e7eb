"""Encryption for whoever holds a key, as the program `age` does it (age-encryption.org).

By a library that comes with everything else: a backup should be possible on a machine on which
no program can be installed.
"""

import pyrage
from pyrage.x25519 import Identity, Recipient

PRIVATE = "age-secret-key-"


class WrongKey(ValueError):
    """A key is none, or not the one to open this with; the message says which."""


class Damaged(ValueError):
    """What was encrypted has been changed, cut short, or is something else."""


def make_key() -> tuple[str, str]:
    """Return a new key: the private half, and the public one."""
    identity = Identity.generate()
    return str(identity), str(identity.to_public())


def encrypt(plain: bytes, public: str) -> bytes:
    """Encrypt for the holder of the private half of a key. Raises WrongKey if it is none."""
    try:
        return bytes(pyrage.encrypt(plain, [Recipient.from_str(public.strip())]))
    except pyrage.RecipientError as error:
        raise WrongKey("this is no public key, age1...") from error


def decrypt(sealed: bytes, private: str) -> bytes:
    """Decrypt. Raises WrongKey if the key does not open this, and Damaged."""
    try:
        return bytes(pyrage.decrypt(sealed, [Identity.from_str(private.strip())]))
    except pyrage.IdentityError as error:
        raise WrongKey("this is no private key, AGE-SECRET-KEY-1...") from error
    except pyrage.DecryptError as error:
        if "No matching keys" in str(error):
            raise WrongKey("it was encrypted for another key") from error
        raise Damaged("it was changed, cut short, or is something else") from error


def private_key_in(text: str) -> str:
    """Return the private key in a file as age-keygen writes it. Raises WrongKey."""
    for line in text.split():
        if line.lower().startswith(PRIVATE):
            return line
    raise WrongKey("there is no line AGE-SECRET-KEY-...")
