"""`check`: everything that would go wrong, one line each, with the mend."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import click

from listserv import config
from listserv.cli import console
from listserv.config import Settings
from listserv.dns import Resolver
from listserv.errors import Refusal
from listserv.i18n import N_, Sentence, sentence
from listserv.relay import open_relay
from listserv.store import bounces, health
from listserv.usecases import bouncing, checking, dnschecks, measures
from listserv.usecases.checking import Finding, State, good

MARKS = {State.GOOD: "ok", State.WARNING: "warning", State.BAD: "BAD", State.UNKNOWN: "unknown"}
# Seconds to wait for a door or the relay.
PATIENCE = 10.0


@click.command()
@click.option("--postfix", is_flag=True, help="Print the Postfix settings that fit.")
@click.option("--quick", is_flag=True, help="Do not look through the whole database.")
@console.as_json
@click.pass_obj
def check(data: Path, postfix: bool, quick: bool, as_json: bool) -> int:
    """Look at settings, database, relay, DNS, clock, disk and doors. Exit 1 where something is broken."""
    settings = config.load(data)
    if postfix:
        click.echo(checking.postfix(settings), nl=False)
        return 0
    found = []
    for finding in look_at_all(settings, quick=quick):
        found.append(finding)
        if not as_json:
            print_finding(finding)
    if as_json:
        console.print_json([checking.as_row(finding) for finding in found])
    return int(any(finding.state is State.BAD for finding in found))


def print_finding(finding: Finding) -> None:
    """One line: the mark, what was looked at, what was found, and the mend."""
    mend = f" — {finding.mend}" if finding.mend else ""
    console.write(f"{MARKS[finding.state]:8} {finding.what:9} {console.one_line(finding.found)}{mend}")


def look_at_all(settings: Settings, *, quick: bool = False) -> Iterator[Finding]:
    """Everything, in the order in which it is mended."""
    yield from checking.about_settings(settings)
    yield from database(settings, quick=quick)
    yield checking.about_disk(settings.data if settings.data.exists() else Path.cwd())
    yield relay(settings)
    yield from doors(settings)
    yield from dnschecks.about_dns(settings, Resolver(settings.auth.dns), relay_host(settings))


def database(settings: Settings, *, quick: bool = False) -> Iterator[Finding]:
    """Can it be opened, does it fit this program, is it whole; and the clock, by what is in it."""
    try:
        with console.opened(settings.data) as site, site.reading() as db:
            yield checking.about_database(db, quick=quick)
            yield checking.about_clock(site.now(), health.youngest(db))
            yield checking.about_work(*measures.left_undone(db, site.now()))
            yield checking.about_refusals(bounces.refusals_since(db, bouncing.REFUSED, site.now() - checking.RECENT))
    except Refusal as refused:
        yield Finding("database", State.BAD, checking.refusal_in_words(refused), "listserv db upgrade")
    except Exception as wrong:  # noqa: BLE001  (whatever the driver says is the finding)
        words, mend = health.in_words(wrong)
        mend = mend or sentence(N_("set database.url, and start the database where it is a server"))
        yield Finding("database", State.BAD, sentence(N_("cannot be used: {words}"), words=words), mend)


def relay_host(settings: Settings) -> str:
    """The machine that speaks to the world for us; empty where that is this one."""
    from urllib.parse import urlsplit

    host = urlsplit(settings.relay.url).hostname or ""
    try:
        return "" if ip_address(host).is_loopback else host
    except ValueError:
        return "" if host in ("", "localhost") else host


def relay(settings: Settings) -> Finding:
    """Can letters leave?"""
    try:
        wrong = asyncio.run(_try_relay(settings))
    except Refusal as refused:
        keys = N_("mend relay.dkim_key and relay.dkim_selector, or make keys with `listserv dkim make`")
        mend = sentence(keys if "dkim" in str(refused) else N_("set relay.url"))
        return Finding("relay", State.BAD, checking.refusal_in_words(refused), mend)
    shown = config.hide("url", settings.relay.url)
    if wrong:
        return Finding("relay", State.BAD, sentence("{relay}: {wrong}", relay=shown, wrong=wrong), sentence(N_("start the relay, or set relay.url")))
    if settings.relay.url.startswith("maildir:"):
        found = sentence(N_("letters become files ({place}); nobody gets them"), place=shown)
        return Finding("relay", State.WARNING, found, sentence(N_("set relay.url to your mail server")))
    return good("relay", shown)


async def _try_relay(settings: Settings) -> str:
    sender = open_relay(settings).fan_out(lambda: None, lambda mail, answer: None)
    try:
        return await asyncio.wait_for(sender.ready(), PATIENCE)
    except TimeoutError:
        return sentence(N_("no answer within {seconds} seconds"), seconds=f"{PATIENCE:.0f}")
    finally:
        await sender.close()


def doors(settings: Settings) -> Iterator[Finding]:
    """Is each door ours, or free for us to open?"""
    for name in ("smtp", "lmtp", "web"):
        place = getattr(settings, name).listen
        if place:
            yield door(name, place, settings.site.domain)


def door(name: str, place: str, domain: str) -> Finding:
    """One door: listserv answers there, for this site or for another, or nobody does."""
    host, _, port = place.rpartition(":")
    address = (host.strip("[]") or "127.0.0.1", int(port))
    greeting = greet(name, address)
    if greeting is None:
        return _free(name, place, address)
    said = greeting.decode("ascii", "replace").lower().split()
    # `220 lists.example.org listserv`: whose mail it takes is its second word.
    if name != "web" and "listserv" in said and said[1] != domain.lower():
        found = sentence(N_("{place}: listserv answers there for another site ({domain})"), place=place, domain=said[1])
        return Finding(name, State.BAD, found, to_another_port(name))
    if b"listserv" in greeting.lower() or (name == "web" and b'"status"' in greeting):
        return good(name, sentence(N_("{place}: listserv answers"), place=place))
    return Finding(name, State.BAD, sentence(N_("{place}: another program listens there"), place=place), to_another_port(name))


def to_another_port(name: str) -> Sentence:
    """How a door is mended where somebody else stands in it."""
    return sentence(N_("set {door}.listen to a free port"), door=name)


def greet(name: str, address: tuple[str, int]) -> bytes | None:
    """What whoever listens there says first; None where nobody does."""
    try:
        with socket.create_connection(address, timeout=2) as connection:
            said = b""
            with contextlib.suppress(OSError):
                if name == "web":
                    connection.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
                while chunk := connection.recv(4096):
                    said += chunk
                    if name != "web":
                        connection.sendall(b"QUIT\r\n")
            return said
    except OSError:
        return None


def _free(name: str, place: str, address: tuple[str, int]) -> Finding:
    """Nobody listens: could we?"""
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as wrong:
        mend = sentence(N_("set {door}.listen to an address and port that listserv may use"), door=name)
        return Finding(name, State.BAD, f"{place}: {wrong.strerror}", mend)
    return good(name, sentence(N_("{place}: free; listserv is not running"), place=place))
