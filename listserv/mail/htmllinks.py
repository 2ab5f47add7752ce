"""Links shown honestly: where the words of a link are an address, and it leads to another one, that one stands beside it."""

import re
from html import escape, unescape
from unicodedata import normalize

from listserv.mail.folding import INVISIBLE

# nh3 writes tags in one form only: attributes in double quotes, <, > and & escaped in them.
ANCHOR = re.compile(r'<a((?: [\w-]+="[^"]*")*)>|</a>')
HREF = re.compile(r' href="([^"]*)"')
TAG = re.compile(r"<[^>]*>")
CONTROLS = re.compile(r"[\x00-\x20\x7f]")
LONGEST_READ = 2000
LONGEST_SHOWN = 70
LONGEST_HOST = 120

WEB = re.compile(r"(?:https?:[/\\]{1,9}|www\.)[^\s<>\"„”“‚‘’]+", re.IGNORECASE)
MAILBOX = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
# A bare name counts only where it is all there is: „biblioteka.example.org” is an address, „plan.docx” is a file.
HOST = re.compile(
    r"(?:[^\W_](?:[^\W_]|-){0,62}\.){1,8}(?:[a-z]{2}|com|org|net|edu|gov|mil|int|info|biz|name|pro|museum|coop|app|dev|cloud|online|shop|store|site|club|email"
    r"|link|bank|example|invalid|test|[^\W\d_a-z]{2,24})(?=[/:?#]|$)\S*",
    re.IGNORECASE,
)
# What people put around an address, and the full stop of Chinese, which browsers read as a dot.
AROUND = "/\\<>()[]{}\"'„”“«»‚‘’‹›.,;:!?|*_-–—→⇒•·"
DOTS = {0x3002: "."}
FILE = re.compile(r"[\w.-]+\.(?:md|py|js|ts|cc|rs|sh|so|ps|pm|rb|go|vb|cs)")
AUTHORITY = re.compile(r"(?:https?:[/\\]*)?([^/\\?#]*)", re.IGNORECASE)
# Characters that turn the order of others round; styles that hide a part of what is read here.
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
HIDING = re.compile(r"(?:display:none|(?:font-size|width|height|max-width|line-height):[0-4](?:\.\d+)?(?:px|pt)?(?=[;\"]))", re.IGNORECASE)


def honest(safe: str) -> str:
    """Cleaned HTML in which every link that names another address than its own says where it leads, once."""
    made: list[str] = []
    opened: list[tuple[str, int]] = []
    at = 0
    for found in ANCHOR.finditer(safe):
        if found[1] is not None:
            opened.append((found[1], found.end()))
            continue
        if not opened:
            continue
        attributes, begin = opened.pop()
        mark = _mark(HREF.search(attributes), safe[begin : min(found.start(), begin + LONGEST_READ)])
        if mark and not safe.startswith(mark, found.end()):
            made += (safe[at : found.end()], mark)
            at = found.end()
    return "".join([*made, safe[at:]]) if made else safe


def _mark(href: re.Match[str] | None, inside: str) -> str:
    address = unescape(href[1]).strip() if href else ""
    if not address or not misleads(address, inside):
        return ""
    shown = address[7:].partition("?")[0] if address[:7].lower() == "mailto:" else address
    shown = CONTROLS.sub("", shown)
    if len(shown) > LONGEST_SHOWN:
        # Of the addresses that filters put around others only the host says something.
        shown = f"{AUTHORITY.match(shown)[0][:LONGEST_HOST]}/…"  # type: ignore[index]
    return f" &lt;{escape(shown, quote=False)}&gt;".replace("\N{NO-BREAK SPACE}", "")


def misleads(address: str, inside: str) -> bool:
    """Do the words of a link (HTML) name an address, and is it another than the one it leads to?"""
    words = unescape(TAG.sub("", inside))
    turned = TURNING.search(words) is not None
    words = normalize("NFKC", TURNING.sub("", words).translate(INVISIBLE)).translate(DOTS).strip()
    named = _named(words)
    if not named:
        return turned and "." in words
    if turned or HIDING.search(inside):
        return True
    return not all(_same(name, address) for name in named)


def _named(words: str) -> list[str]:
    """The addresses in a link's words."""
    if "." not in words:
        return []
    found = [match[0] for match in WEB.finditer(words)] + [match[0] for match in MAILBOX.finditer(WEB.sub(" ", words))]
    if not found and HOST.fullmatch(close := re.sub(r"\s+", "", words).strip(AROUND)) and not FILE.fullmatch(close.lower()):
        found = [close]
    return found


def _same(named: str, address: str) -> bool:
    """Does the link lead where its words say: the same mailbox, or the same host or a part of it?"""
    to_mailbox = address[:7].lower() == "mailto:"
    if MAILBOX.fullmatch(named):
        return to_mailbox and address[7:].partition("?")[0].casefold() == named.casefold()
    shown, real = host_of(named), host_of(address)
    return not to_mailbox and bool(shown) and (real == shown or real.endswith(f".{shown}"))


def host_of(address: str) -> str:
    """The host as a browser reads it (backslashes are slashes, what stands before `@` is none of it), without `www.`."""
    found = AUTHORITY.match(CONTROLS.sub("", address))
    host = (found[1] if found else "").rpartition("@")[2].partition(":")[0].rstrip(".,;!?)").casefold().removeprefix("www.")
    try:
        return host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        return host
