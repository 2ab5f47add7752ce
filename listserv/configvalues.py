"""What the value of a setting must look like; whatever is wrong with one is said as what to write instead."""

import re
from ipaddress import ip_network
from typing import Annotated

from pydantic import AfterValidator

DOMAIN = re.compile(r"(?=.{1,253}$)[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*")


def _host_port(value: str) -> str:
    port = value.rpartition(":")[2]
    if value and (":" not in value or not port.isdigit() or int(port) > 65535):
        raise ValueError("write it as HOST:PORT, for example 127.0.0.1:8024")
    return value


def _language(value: str) -> str:
    if value not in ("en", "pl"):
        raise ValueError("say en or pl")
    return value


def _domain(value: str) -> str:
    if not DOMAIN.fullmatch(value):
        raise ValueError("write a domain such as lists.example.org")
    return value


def _names_a_host(value: str) -> bool:
    """Does a URL name a host, and a port that there can be?"""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(value)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _web_address(value: str) -> str:
    if not value.startswith(("http://", "https://")) or len(value.split()) != 1 or set("?#") & set(value) or not _names_a_host(value):
        raise ValueError("write an address such as https://lists.example.org")
    return value.rstrip("/")


def _database(value: str) -> str:
    if value and not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise ValueError("write sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME")
    return value


def _relay(value: str) -> str:
    smtp = value.startswith(("smtp://", "smtps://", "smtp+starttls://"))
    if not (_names_a_host(value) if smtp else value.startswith("maildir:")):
        raise ValueError("write smtp://HOST:PORT, smtps://…, smtp+starttls://… or maildir:FOLDER")
    return value


def _networks(value: str) -> str:
    for one in filter(None, map(str.strip, value.split(","))):
        try:
            ip_network(one, strict=False)
        except ValueError:
            raise ValueError("write addresses or networks with commas, for example 127.0.0.0/8, ::1") from None
    return value


def _zone(value: str) -> str:
    from zoneinfo import ZoneInfo

    try:
        value and ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError("write a zone such as Europe/Warsaw") from None
    return value


def _jobs(value: str) -> str:
    if value not in ("embedded", "procrastinate"):
        raise ValueError("say embedded or procrastinate")
    return value


EMAIL = re.compile(r"[^\s@<>,;:\"()]+@[^\s@<>,;:\"()]+")


def _email(value: str) -> str:
    if value and not EMAIL.fullmatch(value):
        raise ValueError("write an e-mail address such as admin@example.org")
    return value


HostPort = Annotated[str, AfterValidator(_host_port)]
Zone = Annotated[str, AfterValidator(_zone)]
Jobs = Annotated[str, AfterValidator(_jobs)]
Language = Annotated[str, AfterValidator(_language)]
Domain = Annotated[str, AfterValidator(_domain)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
DatabaseUrl = Annotated[str, AfterValidator(_database)]
RelayUrl = Annotated[str, AfterValidator(_relay)]
Email = Annotated[str, AfterValidator(_email)]
Networks = Annotated[str, AfterValidator(_networks)]
