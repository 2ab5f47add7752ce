"""`dkim`: keys to sign with here, and what DNS has to say of them."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from listserv import config
from listserv.cli import console
from listserv.errors import Conflict, Invalid

if TYPE_CHECKING:
    from listserv.config import Settings
    from listserv.mail.signing import Key

FILE = "dkim.pem"
# Both by default: everybody can check RSA, and Ed25519 is what follows it.
KINDS = {"both": ("rsa", "ed25519"), "rsa": ("rsa",), "ed25519": ("ed25519",)}
# One string of a TXT record (RFC 6376 section 3.6.2.2).
LONGEST_STRING = 255


@click.group()
def dkim() -> None:
    """Signing keys: make them, show the DNS records for them."""


@dkim.command()
@click.option("--kind", type=click.Choice(list(KINDS)), default="both", show_default=True, help="Which keys.")
@click.option("--selector", default="listserv", show_default=True, help="Name of the record; a second key gets it with -ed25519 behind.")
@click.option("--file", "name", default=FILE, show_default=True, metavar="FILE", help="Where the private keys go, from the data folder on.")
@click.pass_obj
def make(data: Path, kind: str, selector: str, name: str) -> None:
    """Make keys and say what to publish and what to set. An old file is never written over."""
    from listserv.mail.signing import new_key, read_signer

    settings, path = config.load(data), data / name
    kinds = KINDS[kind]
    selectors = ",".join([selector, f"{selector}-ed25519"][: len(kinds)])
    pem = b"".join(new_key(one) for one in kinds)
    try:
        keys = read_signer(pem, selectors, settings.site.domain).keys
    except ValueError as wrong:
        raise Invalid("{wrong}", wrong=wrong) from None
    _write(path, pem)
    console.write(f"wrote {path}\n\nPublish in DNS:\n\n{_records(settings, keys)}\n")
    console.write(f'Then set in {config.FILE}, and start anew:\n\n[relay]\ndkim_key = "{name}"\ndkim_selector = "{selectors}"')


def _write(path: Path, pem: bytes) -> None:
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Conflict("{path} is there already: name another with --file", path=path) from None
    except OSError as wrong:
        raise Invalid("{path}: {wrong}", path=path, wrong=wrong.strerror) from None
    with os.fdopen(file, "wb") as opened:
        opened.write(pem)


@dkim.command()
@console.as_json
@click.pass_obj
def show(data: Path, as_json: bool) -> None:
    """Print the DNS records of the keys that are set."""
    from listserv.relay import read_keys

    settings = config.load(data)
    signer = read_keys(settings)
    if signer is None:
        raise Invalid("relay.dkim_key is not set: the relay has to sign (or see `listserv dkim make`)")
    if as_json:
        console.print_json([{"name": _name(settings, key), "type": "TXT", "value": key.record} for key in signer.keys])
        return
    console.write(_records(settings, signer.keys))


def _name(settings: "Settings", key: "Key") -> str:
    return f"{key.selector}._domainkey.{settings.site.domain}"


def _records(settings: "Settings", keys: Sequence["Key"]) -> str:
    """As lines of a zone file; long values in strings of at most 255 letters."""
    lines = []
    for key in keys:
        strings = " ".join(f'"{part}"' for part in re.findall(f".{{1,{LONGEST_STRING}}}", key.record))
        lines.append(f"{_name(settings, key)}. IN TXT {strings if len(key.record) <= LONGEST_STRING else f'( {strings} )'}")
    return "\n".join(lines)
