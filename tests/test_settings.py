"""Somebody sets the site up, and is told what is wrong."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.checks import Error, Warning  # noqa: A004
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings

from openletters import checks, environment
from openletters.serving import Server
from tests.postgres import free_port

KEY = "k3y-of-a-test-" * 4
SITE = {"SITE_URL": "https://letters.example.org", "SECRET_KEY": KEY, "CONTACT_KEYS": KEY}


def manage(stated: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a command of the project with these settings and no others."""
    return subprocess.run(
        [sys.executable, "manage.py", *(arguments or ("check",))],
        cwd=django_settings.BASE_DIR,
        env={"PATH": os.defpath, **stated},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        ({"SITE_URL": "letters.example.org"}, "SITE_URL: must look like https://"),
        ({"SITE_URL": "https://letters.example.org/app"}, "SITE_URL: must look like https://"),
        ({"SITE_URL": "https://letters.example.org"}, "SECRET_KEY: must be 50"),
        (SITE | {"SECRET_KEY": "short"}, "SECRET_KEY: must be 50"),
        (SITE | {"CONTACT_KEYS": ""}, "CONTACT_KEYS: must be 43"),
        (SITE | {"CONTACT_KEYS": f"{KEY},short"}, "CONTACT_KEYS: must be 43"),
        (SITE | {"DEBUG": "1"}, "DEBUG: shows the inside"),
        (SITE | {"DEMO": "yes"}, "DEMO: shows everybody's mail"),
        ({"DEMO": "perhaps"}, "DEMO: say 1 or 0"),
        ({"DATABASE_URL": "mysql://a/b"}, "DATABASE_URL: must look like postgres://"),
        ({"DATABASE_URL": "postgres://host"}, "DATABASE_URL: names no database"),
        ({"DATABASE_URL": "postgres://host:x/b"}, "DATABASE_URL: must look like postgres://"),
        ({"EMAIL_URL": "mail.example.org"}, "EMAIL_URL: must look like smtp+tls://"),
        ({"EMAIL_URL": "smtp+tls://host:x"}, "EMAIL_URL: the port must be a number"),
        ({"EMAIL_URL": "smtp+tls://user@:587"}, "EMAIL_URL: names no host"),
        ({"SECURITY_CONTACT": "me"}, "SECURITY_CONTACT: must be an e-mail address, or"),
        ({"SECURITY_CONTACT": "http://a.example"}, "SECURITY_CONTACT: must be an e-mail"),
        ({"LETTER_LANGUAGES": "fa,tlh"}, "LETTER_LANGUAGES: 'tlh' is no language we know"),
        ({"TIME_ZONE": "Amsterdam"}, "TIME_ZONE: must be a time zone such as"),
        (
            {"MODERATION_SERVICE_LEVEL": "soon"},
            "MODERATION_SERVICE_LEVEL: must be a number of hours",
        ),
        ({"MODERATION_SERVICE_LEVEL": "0"}, "MODERATION_SERVICE_LEVEL: must be a number of hours"),
        ({"ANSWER_EXPECTED_WITHIN": "0"}, "ANSWER_EXPECTED_WITHIN: must be a number of days"),
        ({"UPDATES_PER_MINUTE": "0"}, "UPDATES_PER_MINUTE: must be a number from 1 to 100,000"),
        ({"TRUSTED_PROXIES": "edge"}, "TRUSTED_PROXIES: must be addresses or networks"),
        ({"TRUSTED_PROXIES": "10.0.0.1/8"}, "TRUSTED_PROXIES: must be addresses or networks"),
        ({"PAGE_CACHE_BYTES": "-1"}, "PAGE_CACHE_BYTES: must be a number of bytes from 0"),
        ({"SECRET_KEY_FILE": "/nowhere/key"}, "SECRET_KEY_FILE: the file cannot be read"),
    ],
)
def test_a_wrong_setting_is_refused_by_name_with_the_remedy(
    stated: dict[str, str], told: str
) -> None:
    done = manage(stated)
    assert done.returncode == 1
    assert told in done.stderr


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        ({"PORT": "http"}, "PORT: must be a number from 1 to 65,535"),
        ({"WORKERS": "0"}, "WORKERS: must be a number from 1"),
        ({"THREADS": "0"}, "THREADS: must be a number from 1"),
        ({"DRAIN_SECONDS": "-1"}, "DRAIN_SECONDS: must be a number of seconds from 0"),
        ({"HOST": "nowhere.invalid"}, "HOST: nowhere.invalid is no address of this machine"),
    ],
)
def test_a_server_is_not_started_with_a_wrong_setting(stated: dict[str, str], told: str) -> None:
    done = manage({"DEMO": "1"} | stated, "serve")
    assert done.returncode == 1
    assert told in done.stderr


def test_a_server_is_not_started_without_the_files_of_its_pages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else it would say that it is ready, and answer every page with 500."""
    monkeypatch.setattr(staticfiles_storage, "hashed_files", {}, raising=False)
    monkeypatch.setattr(Server, "serve", lambda server: None)
    with pytest.raises(CommandError, match="collectstatic"):
        call_command("serve", port=free_port())


def test_a_site_can_be_set_up_from_secrets_in_files(tmp_path: Path) -> None:
    for name, secret in (("key", KEY), ("database", "p@ss/word"), ("mail", "m@il")):
        (tmp_path / name).write_text(f"{secret}\n")
    stated = {
        "SITE_URL": "https://letters.example.org",
        "SECRET_KEY_FILE": str(tmp_path / "key"),
        "CONTACT_KEYS_FILE": str(tmp_path / "key"),
        "DATABASE_URL": "postgres://openletters@db.example.org/openletters",
        "DATABASE_PASSWORD_FILE": str(tmp_path / "database"),
        "EMAIL_URL": "smtp+tls://letters@mail.example.org:587",
        "EMAIL_PASSWORD_FILE": str(tmp_path / "mail"),
        "DEFAULT_FROM_EMAIL": "letters@example.org",
    }
    shown = manage(
        stated,
        "shell",
        "--no-imports",
        "-c",
        "from django.conf import settings as s; print(s.SECRET_KEY, s.DATABASES['default']"
        "['PASSWORD'], s.EMAIL_HOST_PASSWORD, s.EMAIL_USE_TLS, *s.ALLOWED_HOSTS)",
    )
    assert shown.stdout.split() == [KEY, "p@ss/word", "m@il", "True", "letters.example.org"]
    done = manage(stated, "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr


def test_a_site_is_not_opened_with_translations_that_were_not_compiled(
    tmp_path: Path, settings: Settings
) -> None:
    settings.LOCALE_PATHS = [tmp_path]
    for language, compiled in (("ar", 0), ("es", 2), ("fr", None)):
        folder = tmp_path / language / "LC_MESSAGES"
        folder.mkdir(parents=True)
        for name, moment in (("django.po", 1), ("django.mo", compiled)):
            if moment is not None:
                (folder / name).touch()
                os.utime(folder / name, (moment, moment))
    told = [one.msg for one in checks.can_be_public(None) if one.id == "openletters.E007"]
    assert told == ["The translations of the interface are not compiled: ar, fr."]


def test_a_password_in_the_address_goes_before_that_in_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("A_URL", "postgres://user:own@host/name")
    config = environment.database("A_URL", "other")
    assert config
    assert config["PASSWORD"] == "own"


def test_a_site_that_is_given_no_name_has_one() -> None:
    done = manage(
        {"SITE_NAME": ""},
        "shell",
        "--no-imports",
        "-c",
        "from django.conf import settings as s; print(s.SITE_NAME)",
    )
    assert done.stdout == "Open Letters\n"


@pytest.mark.parametrize("secret", ["$ecret", "$HOME", r"\$ecrets", "a$b"])
def test_a_secret_is_taken_as_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, secret: str
) -> None:
    monkeypatch.setenv("A_SECRET", secret)
    assert environment.text("A_SECRET") == secret
    (tmp_path / "secret").write_text(f"{secret}\n")
    name = f"A_FILED_{len(secret)}"  # a file is read once
    monkeypatch.setenv(f"{name}_FILE", str(tmp_path / "secret"))
    assert environment.text(name) == secret


def test_a_number_may_be_left_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_NUMBER", "")
    assert environment.number("A_NUMBER", 5, least=1, most=9, unit="cats") == 5
    monkeypatch.setenv("A_NUMBER", "nan")
    with pytest.raises(ImproperlyConfigured, match="A_NUMBER: must be a number of cats"):
        environment.number("A_NUMBER", 5, least=1, most=9, unit="cats")


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        ({}, None),
        ({"ALLOWED_HOSTS": ["*"]}, "openletters.E001"),
        ({"SITE_URL": "http://letters.example.org"}, "openletters.E002"),
        ({"ALLOWED_HOSTS": ["other.example.org"]}, "openletters.E003"),
        ({"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}, "openletters.E004"),
        ({"DEFAULT_FROM_EMAIL": "letters@localhost"}, "openletters.E005"),
        ({"DEFAULT_FROM_EMAIL": "letters"}, "openletters.E005"),
        ({"DEFAULT_FROM_EMAIL": ""}, "openletters.E005"),
        ({"DEFAULT_FROM_EMAIL": "Letters <letters@example.org>"}, None),
        ({"DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3"}}}, "openletters.W001"),
    ],
)
def test_what_a_public_site_lacks_is_told(
    monkeypatch: pytest.MonkeyPatch, wrong: dict[str, Any], found: str | None
) -> None:
    right: dict[str, Any] = {
        "SITE_URL": "https://letters.example.org",
        "ALLOWED_HOSTS": [".example.org"],
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "DEFAULT_FROM_EMAIL": "letters@example.org",
        "DATABASES": {"default": {"ENGINE": "django.db.backends.postgresql"}},
    }
    for name, value in (right | wrong).items():
        monkeypatch.setattr(django_settings, name, value)
    messages = checks.can_be_public(None)
    assert [message.id for message in messages] == ([found] if found else [])
    assert all(isinstance(message, Error | Warning) and message.hint for message in messages)


def test_every_setting_is_explained() -> None:
    explained = (django_settings.BASE_DIR / ".env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"^#?([A-Z][A-Z_]+)=", explained, re.MULTILINE))
    served = {"HOST", "PORT", "WORKERS", "THREADS", "DRAIN_SECONDS"}
    composed = {"DOMAIN", "BACKUP_PUBLIC_KEY"}
    read = {name for name in environment.read if not name.startswith("A_")}
    assert named == read | served | composed
    for name in named:
        before = explained.split(f"{name}=")[0].rsplit("\n\n", 1)[-1]
        assert "# " in before, f"{name} is not explained"
