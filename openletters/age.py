"""Encryption for whoever holds a key, in the format of age (age-encryption.org/v1, X25519).

The program `age` reads what is written here, and the other way round. It is not asked to do the
work, because a backup should be possible on a machine on which nothing can be installed.
"""

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = b"age-encryption.org/v1\n"
X25519 = b"age-encryption.org/v1/X25519"
CHUNK = 64 * 1024
TAG = 16
MOST_HEADER = 64 * 1024

PUBLIC, PRIVATE = "age", "age-secret-key-"
ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


class WrongKey(ValueError):
    """A key is none, or not the one to open this with; the message says which."""


class Damaged(ValueError):
    """What was encrypted has been changed, cut short, or is something else."""


def make_key() -> tuple[str, str]:
    """Return a new key: the private half, and the public one."""
    private = X25519PrivateKey.generate()
    halves = private.private_bytes_raw(), private.public_key().public_bytes_raw()
    return _bech32(PRIVATE, halves[0]).upper(), _bech32(PUBLIC, halves[1])


def encrypt(plain: BinaryIO, sealed: BinaryIO, public: str) -> None:
    """Encrypt for the holder of the private half of a key. Raises WrongKey if it is none."""
    recipient = _unbech32(PUBLIC, public)
    once = X25519PrivateKey.generate()
    share = once.public_key().public_bytes_raw()
    file_key = os.urandom(16)
    wrapping = _derived(_exchanged(once, recipient), salt=share + recipient, info=X25519)
    body = ChaCha20Poly1305(wrapping).encrypt(bytes(12), file_key, None)
    header = VERSION + b"-> X25519 " + _base64(share) + b"\n" + _base64(body) + b"\n---"
    nonce = os.urandom(16)
    sealed.write(header + b" " + _base64(_mac(file_key, header)) + b"\n" + nonce)
    cipher = ChaCha20Poly1305(_derived(file_key, salt=nonce, info=b"payload"))
    sealed.writelines(
        cipher.encrypt(counter, chunk, None) for counter, chunk in _chunks(plain, CHUNK)
    )


def decrypt(sealed: BinaryIO, plain: BinaryIO, private: str) -> None:
    """Decrypt. Raises WrongKey if the key does not open this, and Damaged.

    What has been written by then is not to be used if it raises.
    """
    identity = X25519PrivateKey.from_private_bytes(_unbech32(PRIVATE, private))
    header, stanzas, mac = _read_header(sealed)
    file_key = _opened(identity, stanzas)
    if not hmac.compare_digest(mac, _mac(file_key, header)):
        raise Damaged("its beginning was changed")
    nonce = sealed.read(16)
    cipher = ChaCha20Poly1305(_derived(file_key, salt=nonce, info=b"payload"))
    for counter, chunk in _chunks(sealed, CHUNK + TAG):
        try:
            plain.write(cipher.decrypt(counter, chunk, None))
        except InvalidTag as error:
            raise Damaged("it was changed or cut short") from error


def private_key_in(text: str) -> str:
    """Return the private key in a file as age-keygen writes it. Raises WrongKey."""
    for line in text.split():
        if line.lower().startswith(PRIVATE):
            return line
    raise WrongKey("there is no line AGE-SECRET-KEY-...")


def _chunks(file: BinaryIO, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield a file in pieces, each with its number, of which the last one says that it is."""
    number, chunk = 0, file.read(size)
    while True:
        following = file.read(size)
        yield number.to_bytes(11) + (b"\x00" if following else b"\x01"), chunk
        if not following:
            return
        number, chunk = number + 1, following


def _read_header(sealed: BinaryIO) -> tuple[bytes, list[tuple[bytes, bytes]], bytes]:
    """Return the header as far as it is vouched for, the shares and bodies in it, and its MAC."""
    header = sealed.readline(MOST_HEADER)
    stanzas: list[tuple[bytes, bytes]] = []
    if header != VERSION:
        raise Damaged("it is no file of age")
    while line := sealed.readline(MOST_HEADER):
        if line.startswith(b"--- "):
            return header + b"---", stanzas, _unbase64(line[4:])
        header += line
        body = b""
        while len(wrapped := sealed.readline(MOST_HEADER)) == 65:  # a shorter one is the last
            header, body = header + wrapped, body + wrapped.strip()
        header, body = header + wrapped, body + wrapped.strip()
        match line.split():
            case [b"->", b"X25519", share]:
                stanzas.append((_unbase64(share), _unbase64(body)))
    raise Damaged("it was cut short")


def _opened(identity: X25519PrivateKey, stanzas: list[tuple[bytes, bytes]]) -> bytes:
    """Return the key of a file that was encrypted for `identity`, among others perhaps."""
    public = identity.public_key().public_bytes_raw()
    for share, body in stanzas:
        wrapping = _derived(_exchanged(identity, share), salt=share + public, info=X25519)
        try:
            return ChaCha20Poly1305(wrapping).decrypt(bytes(12), body, None)
        except InvalidTag:
            continue
    raise WrongKey("it was encrypted for another key")


def _exchanged(private: X25519PrivateKey, public: bytes) -> bytes:
    try:
        return private.exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError as error:
        raise WrongKey("a public key is none") from error


def _derived(secret: bytes, *, salt: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(secret)


def _mac(file_key: bytes, header: bytes) -> bytes:
    return hmac.new(_derived(file_key, salt=b"", info=b"header"), header, hashlib.sha256).digest()


def _base64(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")


def _unbase64(text: bytes) -> bytes:
    text = text.strip()
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error as error:
        raise Damaged("its beginning was changed") from error


def _bech32(prefix: str, data: bytes) -> str:
    """Return 32 bytes as age writes a key: BIP 173, without its limit of length."""
    values = _regrouped(data, 8, 5)
    check = _polymod([*_expanded(prefix), *values, *[0] * 6]) ^ 1
    values += [check >> 5 * (5 - place) & 31 for place in range(6)]
    return f"{prefix}1" + "".join(ALPHABET[value] for value in values)


def _unbech32(prefix: str, text: str) -> bytes:
    """Return the 32 bytes of a key. Raises WrongKey."""
    given, _one, rest = text.strip().lower().rpartition("1")
    values = [ALPHABET.find(letter) for letter in rest]
    kind = "public key, age1..." if prefix == PUBLIC else "private key, AGE-SECRET-KEY-1..."
    if given != prefix or -1 in values or _polymod([*_expanded(prefix), *values]) != 1:
        raise WrongKey(f"this is no {kind}")
    data = bytes(_regrouped(bytes(values[:-6]), 5, 8)[:32])
    if len(data) != 32:
        raise WrongKey(f"this is no {kind}")
    return data


def _expanded(prefix: str) -> list[int]:
    return [ord(letter) >> 5 for letter in prefix] + [0] + [ord(letter) & 31 for letter in prefix]


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate(
            (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
        ):
            check ^= generator if top >> place & 1 else 0
    return check


def _regrouped(data: bytes, of: int, into: int) -> list[int]:
    """Return the bits of numbers that have `of` each, in numbers that have `into` each."""
    bits = "".join(f"{value:0{of}b}" for value in data)
    whole = len(bits) if into == 5 else len(bits) // into * into
    return [int(bits[at : at + into].ljust(into, "0"), 2) for at in range(0, whole, into)]
