"""Reading settings from the environment; a wrong one is refused by name, with the remedy.

Each can also stand in a file, named by the setting with _FILE behind it, as Docker and systemd
hand over secrets.
"""

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, NoReturn
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import environ
from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured

_env = environ.FileAwareEnv()

read: set[str] = set()
"""The names of all settings that were asked for."""

MAIL_SCHEMES = (
    "consolemail",
    "dummymail",
    "filemail",
    "memorymail",
    "smtp",
    "smtp+tls",
    "smtp+ssl",
)


def refuse(name: str, why: str) -> NoReturn:
    """Stop, and tell which setting is wrong and what to do."""
    raise ImproperlyConfigured(f"{name}: {why}")


def text(name: str, default: str = "") -> str:
    """Return a setting as it is, without the blanks and line ends around it."""
    read.add(name)
    try:
        # Past environ's own way of reading, which takes "$word" for another setting's name and so
        # makes nothing of a password that begins like that.
        return str(_env.ENVIRON.get(name, default)).strip()
    except OSError as error:
        refuse(f"{name}_FILE", f"the file cannot be read ({error.strerror}).")


def names(name: str, default: list[str]) -> list[str]:
    """Return a list that is separated by commas."""
    stated = text(name)
    return [part.strip() for part in stated.split(",") if part.strip()] if stated else default


def networks(name: str, default: list[str]) -> list[IPv4Network | IPv6Network]:
    """Return a list of networks, or single addresses, that is separated by commas."""
    try:
        return [ip_network(stated) for stated in names(name, default)]
    except ValueError:
        refuse(name, "must be addresses or networks such as 10.1.2.3,192.168.0.0/16,fd00::/8.")


def languages(name: str) -> list[tuple[str, str]]:
    """Return a list of languages that is separated by commas: their codes, and English names."""
    found = [stated.lower().replace("_", "-") for stated in names(name, [])]
    for code in found:
        if "name" not in LANG_INFO.get(code, {}):
            refuse(name, f"{code!r} is no language we know; say for instance: fa,he,pt-br.")
    return [(code, LANG_INFO[code]["name"]) for code in dict.fromkeys(found)]


def flag(name: str) -> bool:
    """Return whether a setting is on; it is not unless it says so."""
    stated = text(name).lower()
    if stated not in {"", "0", "1", "true", "false", "yes", "no", "on", "off"}:
        refuse(name, "say 1 or 0.")
    return stated in {"1", "true", "yes", "on"}


def number(name: str, default: float, *, least: float, most: float, unit: str = "") -> float:
    """Return a number, of `unit` if it has one, from `least` to `most`."""
    stated = text(name)
    try:
        value = float(stated) if stated else default
    except ValueError:
        value = float("nan")
    if not least <= value <= most:
        of = f" of {unit}" if unit else ""
        refuse(name, f"must be a number{of} from {least:,g} to {most:,g}.")
    return value


def choice(name: str, default: str, options: tuple[str, ...]) -> str:
    """Return one of a few words."""
    stated = text(name, default).lower()
    if stated not in options:
        refuse(name, f"must be one of: {', '.join(options)}.")
    return stated


def site(name: str, default: str) -> str:
    """Return the address of a site: scheme, host and port, and nothing behind."""
    stated = text(name, default).rstrip("/")
    parts = urlsplit(stated)
    try:
        whole = parts.scheme in {"http", "https"} and parts.hostname and (parts.port or 1)
    except ValueError:
        whole = False
    if not whole or parts.path or parts.query or parts.fragment or parts.username:
        refuse(name, "must look like https://letters.example.org, with nothing behind the host.")
    return stated


def contact(name: str) -> str:
    """Return where somebody can be reached, as a URI: an https address, or mailto: and one."""
    stated = text(name)
    if not stated or re.fullmatch(r"https://[^\s/]+\S*", stated):
        return stated
    address = stated.removeprefix("mailto:")
    if not re.fullmatch(r"[^\s@:/]+@[^\s@:/]+\.[^\s@:/]+", address):
        refuse(name, "must be an e-mail address, or an address that begins with https://.")
    return f"mailto:{address}"


def time_zone(name: str, default: str) -> str:
    """Return a time zone of the IANA database."""
    stated = text(name, default)
    if stated not in available_timezones():
        refuse(name, "must be a time zone such as Europe/Amsterdam.")
    return stated


def database(name: str, password: str, default: str = "") -> dict[str, Any] | None:
    """Return a database for Django, with `password` unless the address has one; None if unset."""
    stated = text(name, default)
    if not stated:
        return None
    kinds = "must look like postgres://user@host/name (or sqlite:///a/file for trying it out)."
    if urlsplit(stated).scheme not in {"sqlite", "postgres", "postgresql"}:
        refuse(name, kinds)
    try:
        config: dict[str, Any] = environ.Env.db_url_config(stated)
    except (ValueError, ImproperlyConfigured):
        refuse(name, kinds)
    if not config.get("NAME"):
        refuse(name, f"names no database; it {kinds}")
    if not config["ENGINE"].endswith("sqlite3") and password and not config.get("PASSWORD"):
        config["PASSWORD"] = password
    return config


def mail(name: str, password: str, default: str) -> dict[str, Any]:
    """Return Django's settings for a mail server, with `password` unless the address has one."""
    stated = text(name, default)
    if urlsplit(stated).scheme not in MAIL_SCHEMES:
        refuse(name, "must look like smtp+tls://user@host:587, or smtp+ssl://user@host:465.")
    try:
        config: dict[str, Any] = environ.Env.email_url_config(stated)
    except ValueError:
        refuse(name, "the port must be a number.")
    if stated.startswith("smtp") and not config.get("EMAIL_HOST"):
        refuse(name, "names no host; it must look like smtp+tls://user@host:587.")
    if config.get("EMAIL_HOST_USER") and not config.get("EMAIL_HOST_PASSWORD"):
        config["EMAIL_HOST_PASSWORD"] = password or None
    return config
