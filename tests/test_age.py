"""What we encrypt, the program `age` opens, and the other way round; nobody else does."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from openletters import age

PRIVATE, PUBLIC = age.make_key()
NO_PUBLIC_KEYS = ["", "age1", "ssh-rsa AAAA", PUBLIC[:-1], PUBLIC + "q", PRIVATE]
NO_PRIVATE_KEYS = ["", "AGE-SECRET-KEY-1", PUBLIC, PRIVATE[:-1]]
PLAIN = os.urandom(200_000)


@pytest.fixture
def program() -> None:
    """Need age itself."""
    if not shutil.which("age"):
        missing = "Nothing to compare with: install Debian's package age."
        if os.environ.get("REQUIRE_EDGE") == "1":
            pytest.fail(missing)
        pytest.skip(missing)


@pytest.mark.usefixtures("program")
def test_age_opens_what_we_encrypt_and_we_what_it_encrypts(tmp_path: Path) -> None:
    key = tmp_path / "key"
    made = subprocess.run(["age-keygen", "-o", key], capture_output=True, text=True, check=True)
    public, private = made.stderr.split()[-1], age.private_key_in(key.read_text())
    read = subprocess.run(
        ["age", "--decrypt", "--identity", key],
        input=age.encrypt(PLAIN, public),
        capture_output=True,
        check=True,
    )
    assert read.stdout == PLAIN
    written = subprocess.run(
        ["age", "--recipient", PUBLIC, "--recipient", public],
        input=PLAIN,
        capture_output=True,
        check=True,
    )
    assert age.decrypt(written.stdout, private) == age.decrypt(written.stdout, PRIVATE) == PLAIN


@pytest.mark.usefixtures("program")
def test_age_takes_our_keys(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(PRIVATE)
    told = subprocess.run(
        ["age-keygen", "-y", tmp_path / "key"], capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == PUBLIC


def test_another_key_opens_nothing() -> None:
    with pytest.raises(age.WrongKey, match="for another key"):
        age.decrypt(age.encrypt(PLAIN, PUBLIC), age.make_key()[0])


def test_what_is_no_public_key_is_refused() -> None:
    for key in NO_PUBLIC_KEYS:
        with pytest.raises(age.WrongKey, match="no public key"):
            age.encrypt(b"", key)


def test_what_is_no_private_key_is_refused() -> None:
    for key in NO_PRIVATE_KEYS:
        with pytest.raises(age.WrongKey, match="no private key"):
            age.decrypt(age.encrypt(b"", PUBLIC), key)


@pytest.mark.parametrize("place", [0, 50, 150, 1000, -1])
def test_nothing_that_was_changed_or_cut_short_is_opened(place: int) -> None:
    sealed = age.encrypt(PLAIN, PUBLIC)
    changed = bytearray(sealed)
    changed[place] ^= 1
    for damaged in (bytes(changed), sealed[:place]):
        with pytest.raises((age.Damaged, age.WrongKey)):
            age.decrypt(damaged, PRIVATE)
