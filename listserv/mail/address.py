"""Mailboxes and the addresses of a site: who is meant by a local part."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from listserv.mail import tokens


class Role(StrEnum):
    """What an address of ours is for."""

    POST = "post"
    MODERATORS = "moderators"
    JOIN = "join"
    LEAVE = "leave"
    REQUEST = "request"
    BOUNCES = "bounces"
    NEWS = "news"
    BANK = "bank"
    MEETING = "meeting"
    SURVEY = "survey"
    TOKEN = "token"  # nosec B105: a word of addresses
    POSTMASTER = "postmaster"
    NOREPLY = "noreply"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A display name and an address, as they stand in a header."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Route:
    """What an envelope recipient means. `name` is the list's, `detail` a topic slug or a token."""

    role: Role
    name: str = ""
    detail: str = ""


SUFFIXES = {
    "moderator": Role.MODERATORS,
    "owner": Role.MODERATORS,
    "join": Role.JOIN,
    "subscribe": Role.JOIN,
    "zapisz": Role.JOIN,
    "leave": Role.LEAVE,
    "unsubscribe": Role.LEAVE,
    "wypisz": Role.LEAVE,
    "request": Role.REQUEST,
    "help": Role.REQUEST,
    "pomoc": Role.REQUEST,
    "bounces": Role.BOUNCES,
    "news": Role.NEWS,
    "bank": Role.BANK,
    "meeting": Role.MEETING,
    "spotkanie": Role.MEETING,
    "questions": Role.SURVEY,
    "pytania": Role.SURVEY,
    "ankieta": Role.SURVEY,
}
SITE_ROLES = {
    "postmaster": Role.POSTMASTER,
    "abuse": Role.POSTMASTER,
    "mailer-daemon": Role.NOREPLY,
    "noreply": Role.NOREPLY,
    "no-reply": Role.NOREPLY,
}
# Python's `idna` is of 2003 and takes `straße` for `strasse`, which since RFC 5891 is somebody else's domain.
DEVIATIONS = "ßẞς\u200c\u200d"
LONGEST_LABEL = 63
# Where dots mean nothing, and the names under which the same mailboxes are reached.
DOTLESS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com", "proton.me": "proton.me", "protonmail.com": "proton.me", "pm.me": "proton.me"}
# RFC 5321 section 4.1.2: a local part in quotation marks, a backslash before any character, is the same without them.
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.S)
NEEDS_QUOTES = re.compile(r'[\s"(),:;<>@\[\\\]]|^$')
# What nobody sees: as format and separators, and as letters without a shape.
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"})
SHAPELESS = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufe00-\ufe0f]")
# Letters of other alphabets, and rare ones of ours, that nobody tells from a-z.
LIKE_ASCII = str.maketrans("ıȷɡɑ" + "асеорхуіјѕһԁԛԝӏк" + "ονιρα", "ijga" + "aceopxyijshdqwlk" + "ovipa")
DOTS = re.compile("[.\u3002\uff0e\uff61]")
MODERATOR_PREFIX = "moderator_"
LIST_NAME = re.compile(r"[a-z][a-z0-9_-]{0,62}")
# First path segments of the web and words of the address grammar.
RESERVED_NAMES = frozenset(
    ("r", "search", "sign-in", "sign-out", "me", "unsubscribe", "archives", "hyperkitty", "healthz", "metrics", "api", "static")
    + ("mailman2", "mailman3")  # `import` means programs by these
    + ("moderator", "admin", "accessibility", "robots", "favicon", "sitemap", *SITE_ROLES)
)


def split(address: str) -> tuple[str, str]:
    """Local part and domain; the domain is empty where there is no @."""
    local, at, domain = address.rpartition("@")
    return (local, domain) if at else (domain, "")


def key(address: str) -> str:
    """The folded form in which addresses compare: without case, the domain in ASCII where that can be had.

    Letters that only resemble each other stay apart (`ß` and `ss`): they are mailboxes of two people.
    """
    local, domain = split(address.strip())
    local = _unquoted(local)
    local = local.lower() if local.isascii() else unicodedata.normalize("NFC", local).lower()
    try:
        domain = ascii_domain(domain)
    except UnicodeError:
        pass
    return f"{local}@{domain.lower().rstrip('.')}" if domain else local


def _unquoted(local: str) -> str:
    """One spelling of what may be spelled with quotation marks and backslashes, or without."""
    found = QUOTED.fullmatch(local)
    if found is None:
        return local
    meant = re.sub(r"\\(.)", r"\1", found[1], flags=re.S)
    if not NEEDS_QUOTES.search(meant):
        return meant
    return '"' + re.sub(r'(["\\])', r"\\\1", meant) + '"'


def can_receive(address: str) -> bool:
    """Do we write to such an address? Not to one with letters that nobody sees or that stand for others, nor to a number in brackets."""
    local, domain = split(address.strip())
    if not local or not domain or domain.startswith("["):
        return False
    if any(unicodedata.category(letter) in INVISIBLE for letter in _unquoted(local) + domain) or SHAPELESS.search(address):
        return False
    return unicodedata.normalize("NFKC", address).lower() == unicodedata.normalize("NFC", address).lower() and not _is_mixed(domain)


def resembles(address: str) -> bool:
    """Is it made of letters that only look like a-z, all of them (`gmaıl.com`)? Nobody types that; it is made to be taken for another."""
    return not address.isascii() and address.translate(LIKE_ASCII).isascii()


def _is_mixed(domain: str) -> bool:
    """Latin letters and Cyrillic or Greek ones in one label: made to be taken for another."""
    scripts = ({unicodedata.name(letter, "").partition(" ")[0] for letter in label if letter.isalpha()} for label in DOTS.split(domain))
    return any("LATIN" in found and found & {"CYRILLIC", "GREEK"} for found in scripts)


def ascii_domain(domain: str) -> str:
    """A domain as DNS knows it (RFC 5891). Raises UnicodeError where there can be none."""
    if not any(letter in domain for letter in DEVIATIONS):
        return domain.encode("idna").decode("ascii")
    return ".".join(_label(label) for label in DOTS.split(domain))


def _label(label: str) -> str:
    if not any(letter in label for letter in DEVIATIONS):
        return label.encode("idna").decode("ascii")
    made = f"xn--{unicodedata.normalize('NFC', label.lower()).encode('punycode').decode('ascii')}"
    if len(made) > LONGEST_LABEL:
        raise UnicodeError("label too long")
    return made


def mailbox(address: str) -> str:
    """The mailbox behind an address as far as spelling tells: without `+tag`, and without dots where those mean nothing.

    For counting what reaches one person. Never for who somebody is: elsewhere the two may be two people.
    """
    local, domain = split(key(address))
    local = local.partition("+")[0] or local
    if domain not in DOTLESS:
        return f"{local}@{domain}" if domain else local
    return f"{local.replace('.', '') or local}@{DOTLESS[domain]}"


def domain_of(address: str) -> str:
    """The domain, folded."""
    return key(address).rpartition("@")[2]


def name_is_reserved(name: str) -> bool:
    """Would a list of this name collide with a role address or a page?"""
    if name in RESERVED_NAMES or name.startswith((MODERATOR_PREFIX, "r-")):
        return True
    return any(name.endswith(f"-{suffix}") for suffix in SUFFIXES)


def read_local_part(local: str) -> Route | None:
    """What a local part of our domain means; None where it can mean nothing. Whether the list exists is not asked."""
    local = local.strip().strip("\N{NO-BREAK SPACE}").rstrip(".").lower()
    if local in SITE_ROLES:
        return Route(SITE_ROLES[local])
    if local[:2] in ("r+", "r-") and tokens.looks_right(local[2:]):
        return Route(Role.TOKEN, detail=local[2:])
    name, plus, topic = local.partition("+")
    if name == "r":
        return None
    if plus:
        return Route(Role.POST, name, topic) if LIST_NAME.fullmatch(name) else None
    if name.startswith(MODERATOR_PREFIX):
        return _route(Role.MODERATORS, name.removeprefix(MODERATOR_PREFIX))
    stem, dash, suffix = name.rpartition("-")
    if dash and suffix in SUFFIXES:
        return _route(SUFFIXES[suffix], stem)
    return _route(Role.POST, name)


def _route(role: Role, name: str) -> Route | None:
    return Route(role, name) if LIST_NAME.fullmatch(name) else None
