"""Which links of a post are materials, and when two are one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from listserv.lazily import compiled
from listserv.mail import banknoise
from listserv.mail.bankfiles import LONGEST_TITLE, ending, title_of

LINK = compiled(r"(?<![\w@.])(?:https?://|www\.)[^\s<>\"„”“|\\^`{}]{4,1500}", re.IGNORECASE)
# Behind a link, and no part of it.
BEHIND = ".,;:!?'’”»*_"
HOST = compiled(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,10}[a-z][a-z0-9-]{1,30}")
# What counts readers, and says nothing of what is read.
TRACKING = compiled(r"utm_\w+|fbclid|gclid|dclid|mc_[ce]id|mkt_tok|igshid|ref_?src|_hs\w+|si|usp|sessionid|phpsessid|jsessionid", re.IGNORECASE)
# Where people are, meet and are counted: no material stands there.
NO_HOSTS = compiled(
    r"(?:.*\.)?(?:facebook\.com|fb\.com|fb\.me|twitter\.com|x\.com|t\.co|linkedin\.com|instagram\.com|tiktok\.com|wa\.me|t\.me|zoom\.us|meet\.google\.com|meet\.jit\.si|teams\.microsoft\.com"
    r"|teams\.live\.com|webex\.com|gotomeeting\.com|clickmeeting\.com|doodle\.com|calendar\.google\.com|calendly\.com|list-manage\d*\.com|sendgrid\.net|mailchimp\.com|mandrillapp\.com|freshmail\.\w+"
    r"|getresponse\.\w+|mailgun\.org|safelinks\.protection\.outlook\.com|urldefense\.(?:com|proofpoint\.com)|aka\.ms|avast\.com|avg\.com|groups\.google\.com|goo\.gl|maps\.google\.\w+|maps\.app\.goo\.gl"
    r"|localhost|example\.(?:invalid|test))|(?:click|clicks|track|tracking|links?|email|news|newsletter|e|t|trk)\d?\..*\.(?:com|pl|net|org|eu)"
)
NO_PATHS = compiled(
    r"unsubscri|wypisz|rezygnuj|opt-?out|/mailman/|mailman\d?/|listinfo|/pipermail/|/hyperkitty/|optouts?|/preferences|view-?in-?browser|/privacy|/login|/signin|/sign-in|/logowanie|/maps?/"
    r"|/channel/|youtube\.com/(?:user|c)/|/@[\w.-]+/?$|/(?:kontakt|contact|about|o-nas)(?:\.\w+|/)?$",
    re.IGNORECASE,
)
# Names that mean something within somebody's own walls alone.
INNER = compiled(r".*\.(?:local|localdomain|localhost|lan|home|home\.arpa|intranet|internal|intern|corp|private|test|invalid|onion|arpa)")
# What opens something for whoever holds it: keys and signatures in what is asked, and pages that people get one of their own of.
KEYS = compiled(
    r"(?:[\w-]*[_-])?(?:token|jwt|sig|signature|hmac|session|sess|sid|password|passwd|pass|pwd|haslo|secret|otp|api_?key|invite|invitation|zaproszenie|magic|ticket|nonce|confirm|confirmation"
    r"|confirmation_?key|activation|activation_?key|reset|reset_?key|verify|verification|wstoken|accesstoken|authtoken|idtoken|credential)",
    re.IGNORECASE,
)
OWN_PAGES = compiled(
    r"/me/|/moje/|/r/(?:meeting|question|calendar)/|/(?:r|t|k|u)/[a-z0-9_-]{16,}/?$|/(?:confirm|confirmation|potwierdz\w*|activate|activation|aktywuj|aktywacja|verify|verification|weryfikacja|invite|invitations?"
    r"|magic|magic-?login|magic-?link|oauth2?|sso|auth)/|(?:reset|forgot|change|zmiana|zmien|odzyskaj|resetuj)[_-]?(?:my[_-])?(?:password|pass|haslo|hasla)|/password/|tokenpluginfile\.php|/private/",
    re.IGNORECASE,
)
# Where „key” is the name of a document.
NAMED_BY_KEY = compiled(r"(?:.*\.)?(?:google\.com|dropbox\.com|1drv\.ms|live\.com)")
JWT = compiled(r"eyJ[\w-]{10,}\.")
HOME = compiled(r"/?(?:index\.\w+|home|main|start|pl|en)?/?", re.IGNORECASE)
MOST = 20


@dataclass(frozen=True, slots=True)
class Link:
    """A shared link: as it was written, and what it is known by."""

    url: str
    sha256: str
    # Written beside it.
    words: str = ""


def links_in(text: str, *, own: str = "") -> list[Link]:
    """The links of a text that are materials, each once, in order. `own`: our own site, whose pages are none."""
    found: dict[str, Link] = {}
    for written, words in _written(text):
        plain = known_by(written)
        if plain and is_material(written, own=own):
            key = sha256(plain.encode()).hexdigest()
            found.setdefault(key, Link(written, key, words))
        if len(found) == MOST:
            break
    return list(found.values())


def _written(text: str) -> Iterator[tuple[str, str]]:
    for line in text.split("\n"):
        if line.lstrip().startswith(">"):
            continue
        at = 0
        for found in LINK.finditer(line):
            url = found[0].rstrip(BEHIND)
            # „(zob. https://…)”: a bracket that was not opened within the link.
            while url.endswith((")", "]")) and url.count(url[-1]) > url.count("(" if url[-1] == ")" else "["):
                url = url[:-1].rstrip(BEHIND)
            yield (url if url[:4].lower() == "http" else f"http://{url}"), line[at : found.start()].strip(' \t-–—:•*<([„",.;')
            at = found.end()


def known_by(url: str) -> str:
    """The form in which two ways to write one address are the same; empty where it is none."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return ""
    if not HOST.fullmatch(host) or parts.username:
        return ""
    asked = urlencode(sorted((key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True)[:50] if not TRACKING.fullmatch(key)))
    shown = f":{port}" if port not in (None, 80, 443) else ""
    fragment = f"#{parts.fragment}" if parts.fragment.startswith(("!", "/")) else ""
    return f"{host.removeprefix('www.')}{shown}{unquote(parts.path).rstrip('/')}{'?' + asked if asked else ''}{fragment}"


def is_material(url: str, *, own: str = "") -> bool:
    """Is it something to read or use, and no home page, profile, meeting or tracker?"""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if NO_HOSTS.fullmatch(host) or (own and host == (urlsplit(own).hostname or "")):
        return False
    if INNER.fullmatch(host.rstrip(".")) or opens(url):
        return False
    if NO_PATHS.search(f"{host}{parts.path}?{parts.query}") or banknoise.is_link(host, unquote(parts.path), parts.fragment):
        return False
    return not HOME.fullmatch(parts.path) or bool(re.search(r"(?:id|v|p|article|doc|page|q)=\w", parts.query))


def opens(url: str) -> bool:
    """Does the link carry somebody's key, so that it is for one person's eyes, whatever it leads to?"""
    parts = urlsplit(url)
    host, asked = (parts.hostname or "").lower(), [*parse_qsl(parts.query)[:50], *parse_qsl(parts.fragment.rpartition("?")[2])[:50]]
    names = {name for name, value in asked if value}
    if any(KEYS.fullmatch(name) for name in names) or ("key" in {name.lower() for name in names} and not NAMED_BY_KEY.fullmatch(host)):
        return True
    return OWN_PAGES.search(unquote(parts.path)) is not None or JWT.search(unquote(url)) is not None


def title_of_link(url: str) -> str:
    """What a link's own words say of where it leads: the file's name, or the last part of its path; empty where they say nothing."""
    last = next((part for part in reversed(unquote(urlsplit(url).path).split("/")) if part), "")
    end = ending(last)
    words = title_of(last if end not in ("html", "htm", "php", "aspx", "asp", "jsp") else last[: -len(end) - 1])
    letters = sum(one.isalpha() for one in words)
    # Keys of services, and numbers, name nothing.
    plain = letters > 0.7 * len(words.replace(" ", "")) and (" " in words or bool(end)) and not re.search(r"[a-z][A-Z]\w*[a-z][A-Z]|\d\w*[A-Z]\w*\d", words)
    return words[:LONGEST_TITLE] if plain and not re.search(r"\w{30}", words) and not banknoise.names_nothing(words) else ""


def host_of(url: str) -> str:
    """The name of the site."""
    return (urlsplit(url).hostname or "").removeprefix("www.")
