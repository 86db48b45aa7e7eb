"""What we encrypt, the program `age` opens, and the other way round; nobody else does."""

import io
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openletters import age

SIZES = [0, 1, age.CHUNK - 1, age.CHUNK, age.CHUNK + 1, 3 * age.CHUNK]
PRIVATE, PUBLIC = age.make_key()


def sealed(plain: bytes, public: str = PUBLIC) -> bytes:
    target = io.BytesIO()
    age.encrypt(io.BytesIO(plain), target, public)
    return target.getvalue()


def opened(data: bytes, private: str = PRIVATE) -> bytes:
    target = io.BytesIO()
    age.decrypt(io.BytesIO(data), target, private)
    return target.getvalue()


@pytest.fixture
def program() -> None:
    """Need age itself."""
    if not shutil.which("age"):
        missing = "Nothing to compare with: install Debian's package age."
        if os.environ.get("REQUIRE_EDGE") == "1":
            pytest.fail(missing)
        pytest.skip(missing)


@pytest.mark.parametrize("size", SIZES)
def test_what_is_encrypted_is_opened_again_whatever_its_size(size: int) -> None:
    plain = os.urandom(size)
    assert opened(sealed(plain)) == plain
    assert plain[:9] not in sealed(plain) or size < 9


@pytest.mark.usefixtures("program")
@pytest.mark.parametrize("size", SIZES)
def test_age_opens_what_we_encrypt_and_we_what_it_encrypts(tmp_path: Path, size: int) -> None:
    plain, key = os.urandom(size), tmp_path / "key"
    made = subprocess.run(["age-keygen", "-o", key], capture_output=True, text=True, check=True)
    public, private = made.stderr.split()[-1], age.private_key_in(key.read_text())
    read = subprocess.run(
        ["age", "--decrypt", "--identity", key],
        input=sealed(plain, public),
        capture_output=True,
        check=True,
    )
    assert read.stdout == plain
    written = subprocess.run(
        ["age", "--recipient", PUBLIC, "--recipient", public],
        input=plain,
        capture_output=True,
        check=True,
    )
    assert opened(written.stdout, private) == plain
    assert opened(written.stdout) == plain


@pytest.mark.usefixtures("program")
def test_age_takes_our_keys(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(PRIVATE)
    told = subprocess.run(
        ["age-keygen", "-y", tmp_path / "key"], capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == PUBLIC


def test_another_key_opens_nothing() -> None:
    with pytest.raises(age.WrongKey, match="for another key"):
        opened(sealed(b"secret"), age.make_key()[0])


@pytest.mark.parametrize("key", ["", "age1", "ssh-rsa AAAA", PUBLIC[:-1], PUBLIC + "q", PRIVATE])
def test_what_is_no_public_key_is_refused(key: str) -> None:
    with pytest.raises(age.WrongKey, match="no public key"):
        sealed(b"", key)


SEALED = sealed(b"abc" * 30_000)


@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_nothing_that_was_changed_is_opened(place: int, change: int) -> None:
    changed = bytearray(SEALED)
    changed[place] ^= change
    with pytest.raises((age.Damaged, age.WrongKey)):
        opened(bytes(changed))


@given(st.integers(0, len(SEALED) - 1))
def test_nothing_that_was_cut_short_is_opened(length: int) -> None:
    with pytest.raises((age.Damaged, age.WrongKey)):
        opened(SEALED[:length])
