"""What must hold of any input at all: for the fuzzer, for mails bent by chance, and for every mail in tests/mails.

The nets under the parser are down here: what they would catch in service is a finding.
"""

import json
import re
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise
from unittest.mock import patch

from selectolax.lexbor import LexborHTMLParser

from listserv.mail import bodies, complaints, headers, history, html, mime, quotes, text
from listserv.mail import bounces as reports
from listserv.mail import commands as orders
from listserv.mail import parse as parsing
from listserv.mail.authentication import read_results
from listserv.mail.commands import Answer, Kind
from listserv.usecases import inspecting, steering

# Of CPU: what takes longer is a finding, too.
LONGEST = 2.0
ATTACHMENTS_OPENED = 5


class TooSlow(AssertionError):
    """It took longer than anything may."""


@contextmanager
def in_time() -> Iterator[None]:
    """It must not take long."""
    start = time.process_time()
    yield
    spent = time.process_time() - start
    if spent > LONGEST:
        raise TooSlow(f"too slow: {spent:.1f} s")


@contextmanager
def nets_down() -> Iterator[None]:
    """An exception in a reader of one body is not swallowed."""
    with patch.object(parsing, "_or", lambda otherwise, reader, value: reader(value)):
        yield


def strings(value: object) -> Iterator[str]:
    """All strings in a value of ours."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from strings(each)
    elif is_dataclass(value):
        for each in fields(value):
            yield from strings(getattr(value, each.name))


def mail(raw: bytes) -> None:
    """A mail gives a post that can be kept, and all that `inspect` shows of it."""
    with in_time(), nets_down():
        post = parsing._post(raw)
    _can_be_kept(post)
    assert post.message_id == parsing.identify(raw)
    assert all(parsing.attachment(raw, each.number)[0] == each for each in post.attachments[:ATTACHMENTS_OPENED])
    with in_time():
        history.as_written(post, raw)
        complaints._read(raw)
        shown = inspecting.understood(raw, post, read_results(raw, "mx.example.org"))
    json.dumps(shown, ensure_ascii=False).encode()
    head = headers.split(raw)[0]
    assert all(headers.topmost(raw, name) == headers.first(head, name) for name in ("from", "subject", "received"))
    if post.html is not None:
        _nothing_runs(post.html)
    _only_cut(post.text[: parsing.LONGEST_REPLY])


def _can_be_kept(post: parsing.Post) -> None:
    shown = {post.text, post.reply, post.html}
    for each in strings(post):
        each.encode()
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", each), repr(each)
        assert each in shown or not re.search(r"[\x00-\x1f\x7f\x85\u2028\u2029]", each), repr(each)


OPENING = "Otóż zaznaczam, że w kwietniu będzie inaczej."


def letter(data: bytes) -> None:
    """A text is cut and never changed, and what the author wrote on top of it is said."""
    said = text.clean(data.decode("utf-8", "replace"))
    with in_time():
        _only_cut(said)
    with in_time():
        assert OPENING in quotes.reply(f"{OPENING}\n\n{said}"), "what stands on top is lost"


def _only_cut(said: str) -> None:
    pieces = quotes.split(said)
    assert "".join(piece.text for piece in pieces) == said, "the pieces in a row are not the text"
    assert all(piece.text for piece in pieces)
    assert all(one.kind != other.kind for one, other in pairwise(pieces))
    own = {line.strip() for piece in pieces if piece.kind in ("said", "farewell") for line in piece.text.split("\n")} | {""}
    for made in (quotes.reply(said), quotes.letter(said)):
        assert {line.strip() for line in made.split("\n")} <= own, "words that nobody said"
    assert bool(quotes.reply(said)) == any(piece.kind == "said" and piece.text.strip() for piece in pieces)


LIVE_TAG = re.compile(
    r"script|style|link|meta|base|i?frame|frameset|object|embed|applet|form|input|button|select|textarea|svg|math|audio|video|source|track|template"
    r"|portal|param|title|noscript|slot|dialog|marquee|bgsound|isindex|keygen|image"
)
LIVE_ATTRIBUTE = re.compile(
    r"on.*|srcset|background|poster|data.*|.*action|ping|.*:.*|id|name|autofocus|tabindex|srcdoc|codebase|usemap|longdesc|cite|manifest|lowsrc|dynsrc"
    r"|target|download|is|slot|part|form|http-equiv|xmlns"
)
LIVE_STYLE = re.compile(
    r"(?:url|image|image-set|expression|element|var|env|attr|calc)\s*\(|@|\\|(?:^|;)\s*(?:position|behavior|-moz-binding|content|float|z-index)\s*:", re.I
)
# What browsers leave out of an address before they read its scheme.
SKIPPED = re.compile(r"^[\x00-\x20]+|[\t\r\n]")
OUTWARD = re.compile(r"https?://|mailto:|tel:", re.I)
# As the archive's page puts it: nothing may get out of the box.
PAGE = '<!doctype html><title>p</title><article id="page"><div id="letter">{}</div><p id="after">after</p></article>'


def page(data: bytes) -> None:
    """Cleaned HTML does nothing, and cleaning it again changes nothing."""
    source = data.decode("utf-8", "replace")
    with in_time():
        safe = html.clean(source)
    safe.encode()
    _nothing_runs(safe)
    assert html.clean(safe) == safe, "cleaned again it is something else"
    own = html.clean(source, lambda cid: f"/own/{len(cid)}")
    _nothing_runs(own, own="/own/")
    with in_time():
        said = text.clean(html.to_text(source))
    _only_cut(said)


def _nothing_runs(safe: str, own: str = "cid:") -> None:
    """Asked of two parsers that are not the one that cleans: one of the browsers' kind, one that takes tags as they come."""
    read = LexborHTMLParser(PAGE.format(safe))
    for node in read.css("#letter *"):
        _is_dead(node.tag, node.attributes, own)
    beside = [node.attributes.get("id") for node in read.css_first("#page").iter(include_text=True)]
    assert beside == ["letter", "after"], "it got out of its box"
    assert [node.attributes.get("id") for node in read.css("[id]")] == ["page", "letter", "after"]
    _Plain(own).feed(safe)


class _Plain(HTMLParser):
    """A parser that knows nothing of trees."""

    def __init__(self, own: str) -> None:
        super().__init__()
        self.own = own

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        _is_dead(tag, dict(attrs), self.own)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data!r}")

    handle_decl = unknown_decl = handle_pi = handle_comment


def _is_dead(tag: str, attributes: dict[str, str | None], own: str) -> None:
    assert not LIVE_TAG.fullmatch(tag.lower()), f"<{tag}>"
    for name, given in attributes.items():
        value = given or ""
        assert not LIVE_ATTRIBUTE.fullmatch(name.lower()), f"{name}={value!r}"
        if name == "src":
            assert tag == "img" and value.lower().startswith(own), f"{tag} src={value!r}"
        if name == "href":
            assert tag == "a" and OUTWARD.match(SKIPPED.sub("", value)), f"{tag} href={value!r}"
        if name == "style":
            assert not LIVE_STYLE.search(value), f"style={value!r}"


STATUS = re.compile(r"(?:[45]\.\d{1,3}\.\d{1,3})?")


def bounce(raw: bytes) -> None:
    """Whom a bounce names can be looked up and written down, once each."""
    with in_time():
        reports._read(raw)
        failures = reports.read(raw)
    named = [failure.address for failure in failures]
    assert len({address.lower() for address in named}) == len(named) <= reports.MOST_RECIPIENTS
    for failure in failures:
        assert re.fullmatch(r"[^\s@]+@[^\s@]+|\"[^\"]*\"@\S+", failure.address), repr(failure.address)
        assert STATUS.fullmatch(failure.status), repr(failure.status)
        assert not (failure.permanent and failure.status.startswith("4")), failure
        assert len(failure.diagnostic) <= reports.LONGEST_DIAGNOSTIC
        assert isinstance(failure.policy, bool)
        for each in strings(failure):
            each.encode()
            assert not re.search(r"[\x00-\x1f\x7f\x85\u2028\u2029]", each), repr(each)
    with in_time():
        complaint = complaints._read(raw)
    for each in strings(complaint):
        each.encode()


# Without one of its words nothing of the kind was asked for. Written anew here, so as not to believe the parser's own tables.
WORDS = {
    Kind.LEAVE: "wypis rezygn opusc opuszcz usun wykresl skresl wyrejestr cof subskr anul zakonc przesta nie "
    "leave unsu sign stop remov opt cancel delete take drop get longer more don't not quit",
    Kind.JOIN: "zapis dopis dolacz przylacz zarejestr przyje przyst doda subskr join subscri sign add",
    Kind.PAUSE: "przerw pauz wstrzym zawies zatrzym urlop nie przesta pause vacation holiday suspend hold nomail break leave don't not stop",
    Kind.RESUME: "wrac wroc wznow koniec zakoncz powrot resume back unpause end",
    Kind.DAILY: "dzien przegl zbiorcz daily digest day",
    Kind.WEEKLY: "tygod tydzien week",
    Kind.MONTHLY: "mies month",
    Kind.EACH: "kazd pojedync wszystk przegl each every all individual digest",
}
DECIDING = {
    Answer.YES: "tak yes ok okay okej",
    Answer.NO: "nie no",
    Answer.UNDO: "cofnij undo",
    Answer.TRUST: "zaufaj trust",
    Answer.BAN: "blokuj zablokuj ban block",
    Answer.WITHDRAW: "wycofaj withdraw",
}
TODAYS = (date(2026, 3, 3), date(2028, 2, 29), date(2099, 12, 31))


def command(data: bytes) -> None:
    """What nobody asked for is not done."""
    said = text.clean(data.decode("utf-8", "replace"))
    subject, reply = "", said
    if said.startswith("Subject:"):
        subject, _, reply = said.removeprefix("Subject:").partition("\n")
    with in_time():
        wanted = orders.commands(reply, subject)
        decided = orders.decision(reply)
        for asks in (orders.only_thanks, orders.denies, orders.begins_with_no, orders.asks_to_withdraw):
            assert isinstance(asks(reply), bool)
    _rests_on_words(wanted, decided, f"{subject}\n{reply}")
    _can_be_obeyed(wanted)
    assert orders.commands("\n".join(f"> {line}" for line in reply.split("\n"))) == (), "a quoted command"
    assert orders.commands(f"{reply}\n\nPozdrawiam\nWypisz mnie", subject) == wanted, "a command below the farewell"


def _rests_on_words(wanted: tuple[orders.Command, ...], decided: orders.Decision, said: str) -> None:
    bare = folded(said)
    for kind in {one.kind for one in wanted} & WORDS.keys():
        assert any(word in bare for word in WORDS[kind].split()), f"{kind} without a word of it"
    if decided.answer is Answer.OTHER:
        return
    assert re.search(rf"(?<![^\W\d_])(?:{'|'.join(DECIDING[decided.answer].split())})(?![^\W\d_])", bare), f"{decided.answer} without its word"


def folded(said: str) -> str:
    """Small letters without marks; invisible characters left out."""
    kept = "".join(c for c in unicodedata.normalize("NFKD", said.replace("ł", "l").replace("Ł", "L")) if unicodedata.category(c) not in ("Mn", "Cf"))
    return re.sub("[’ʼ`]", "'", kept).lower()


def _can_be_obeyed(wanted: tuple[orders.Command, ...]) -> None:
    kinds = [one.kind for one in wanted]
    assert len(set(kinds)) == len(kinds)
    assert Kind.LEAVE not in kinds or not {Kind.JOIN, Kind.PAUSE, Kind.RESUME, Kind.DAILY, Kind.WEEKLY, Kind.MONTHLY, Kind.EACH} & set(kinds)
    for one in wanted:
        assert one.kind is Kind.PAUSE or (one.until, one.days, one.weekday) == (None, None, None)
        for today in TODAYS:
            last = steering._last_of_pause(one, today)
            assert last is None or today <= last <= date(today.year + 274, 12, 31), last


TARGETS: dict[str, Callable[[bytes], None]] = {"mail": mail, "quotes": letter, "html": page, "bounces": bounce, "commands": command}


def all_of(raw: bytes) -> None:
    """Everything that must hold of a mail, and of what was written in it."""
    mail(raw)
    bounce(raw)
    post = parsing.parse(raw)
    letter(post.text.encode())
    command(f"Subject:{post.subject}\n{post.reply}".encode())
    for part in bodies.sort(mime.read(raw)).as_html:
        page(part.text.encode())
