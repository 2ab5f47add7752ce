"""HTML of mails, made safe to show in a page of ours: nothing runs, nothing is loaded from elsewhere, nothing leaves its box."""

import re
from collections.abc import Callable
from functools import cache, lru_cache
from html import escape, unescape
from urllib.parse import unquote

import nh3

from listserv.mail.htmlguard import MAX_CHARACTERS, is_bearable, names
from listserv.mail.htmllinks import honest
from listserv.mail.htmlstyle import safe_style
from listserv.mail.htmltext import to_text

__all__ = ["clean", "to_text"]

TAGS = names(
    "a abbr address b bdi big blockquote br caption center cite code col colgroup dd del details dfn div dl dt em figcaption figure font",
    "h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike strong sub summary sup table tbody td tfoot th thead tr tt",
    "u ul var wbr",
)
DROPPED = names("script style title head noscript template svg math iframe object embed applet textarea select xmp noembed noframes")
ATTRIBUTES = {
    "*": {"dir", "lang", "title", "style", "align", "valign"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "table": {"border", "cellpadding", "cellspacing", "width", "bgcolor"},
    "td": {"colspan", "rowspan", "width", "height", "bgcolor", "nowrap"},
    "th": {"colspan", "rowspan", "width", "height", "bgcolor", "nowrap", "scope"},
    "tr": {"bgcolor"},
    "col": {"span", "width"},
    "colgroup": {"span"},
    "font": {"color", "face", "size"},
    "ol": {"start", "type"},
    "ul": {"type"},
    "li": {"value"},
    "hr": {"width", "size"},
    "blockquote": {"type"},
}
# Kept so that a page can fold what is quoted.
QUOTE_CLASSES = frozenset({"gmail_quote", "gmail_attr", "gmail_signature", "moz-cite-prefix", "moz-signature", "yahoo_quoted", "protonmail_quote"})
NUMBERS = frozenset({"width", "height", "border", "cellpadding", "cellspacing", "colspan", "rowspan", "span", "start", "value", "size"})
NUMBER = re.compile(r"[+-]?\d{1,4}(?:\.\d{1,3})?(?:%|px)?")
PLAIN_VALUE = re.compile(r"[\w#%.,+ '-]{1,100}")
# Browsers skip these within an address.
CONTROLS = re.compile(r"^[\x00-\x20]+|[\x00-\x20]+$|[\t\r\n]")
WHOLE = re.compile(r"https?://[^/\\?#]|mailto:|tel:", re.IGNORECASE)
LARGEST = 2000
LARGEST_SPAN = 100

# nh3 writes tags in one form only: attributes in double quotes, <, > and & escaped in them.
IMAGE = re.compile(r'<img((?: [\w-]+="[^"]*")*)>')
PRE = re.compile(r'<pre(?: [\w-]+="[^"]*")*>\n')
BODY = re.compile(r"<body(?=[\s>])([^>]{0,2000})>", re.IGNORECASE)
GROUND = re.compile(r"""\b(bgcolor|text|(?:background(?:-color)?|(?<!-)color)(?=\s*:))\s*[=:]\s*["']?(#[0-9a-f]{3,6}|[a-z]{3,20})\b(?!\()""", re.IGNORECASE)
WHITE = frozenset({"#fff", "#ffffff", "white", "none", "transparent", "inherit", "initial", "url", "window", "windowtext"})
PASSES = 6
LONGEST_REMEMBERED = 500
ATTRIBUTE = re.compile(r' ([\w-]+)="([^"]*)"')


def clean(html: str, cid_url: Callable[[str], str | None] | None = None) -> str:
    """Safe HTML; empty where parsing would cost too much (show the text then).

    Images from elsewhere become their alt text. Those that came with the mail (cid:) get the URL that `cid_url` gives for
    their Content-ID, or their alt text; without `cid_url` they stay as they are, to be resolved when shown.
    """
    safe = _stable(html)
    if cid_url is not None:
        safe = IMAGE.sub(lambda found: _image(found[0], dict(ATTRIBUTE.findall(found[1])), cid_url), safe)
    shown = honest(safe)
    return shown if len(shown) <= MAX_CHARACTERS else ""


def _stable(html: str) -> str:
    """Cleaned until another parser would see what this one saw: HTML that changes when it is read again hides something."""
    for _ in range(PASSES):
        if not is_bearable(html):
            return ""
        safe = _once(html)
        if safe == html:
            return safe
        html = safe
    return escape(to_text(html))


def _once(html: str) -> str:
    safe = _cleaner().clean(BODY.sub(_ground, _encodable(html), count=1)).replace("\r", "\n")
    # A parser drops the first line end in <pre>, so it is written twice.
    return PRE.sub(r"\g<0>\n", IMAGE.sub(_without_remote, safe))


def _ground(body: re.Match[str]) -> str:
    """A letter that was written on a ground of its own keeps it: its light words would be lost on ours."""
    said = {name.lower(): colour for name, colour in GROUND.findall(body[1])}
    ground = said.get("bgcolor") or said.get("background-color") or said.get("background")
    if not ground or ground.lower() in WHITE:
        return body[0]
    ink = said.get("text") or said.get("color")
    # Without quotation marks: this may be a word within an attribute, and must not end it.
    return f"{body[0]}<div style=background-color:{ground}{f';color:{ink}' if ink else ''}>"


def _without_remote(found: re.Match[str]) -> str:
    return _image(found[0], dict(ATTRIBUTE.findall(found[1])), None)


def _encodable(html: str) -> str:
    return html if html.isascii() else html.encode("utf-8", "replace").decode()


def _image(tag: str, attributes: dict[str, str], cid_url: Callable[[str], str | None] | None) -> str:
    source = unescape(attributes.get("src", ""))
    if source[:4].lower() == "cid:":
        if cid_url is None:
            return tag
        # RFC 2392 section 2: the id is percent-encoded; not everybody does.
        url = cid_url(source[4:]) or cid_url(unquote(source[4:]))
        if url is not None:
            shown = tag.replace(f'src="{attributes["src"]}"', f'src="{escape(url)}"', 1)
            # Of a picture without a word a screen reader would read the address out.
            return shown if "alt" in attributes else f'{shown[:-1]} alt="">'
    return escape(unescape(attributes.get("alt", "")).strip())


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(TAGS),
        clean_content_tags=set(DROPPED),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        allowed_classes={tag: set(QUOTE_CLASSES) for tag in ("div", "blockquote", "span")},
        attribute_filter=lambda tag, name, value: (_attribute if len(value) > LONGEST_REMEMBERED else _remembered)(tag, name, value),
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        url_relative="deny",
        link_rel="nofollow noopener noreferrer ugc",
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "style":
        return safe_style(value)
    if name == "src":
        return value if value[:4].lower() == "cid:" else None
    if name == "href":
        return _address(value)
    if name in NUMBERS and tag != "font":
        return _number(name, value)
    if name == "title" and tag == "a":
        # It would cover the address that browsers show.
        return None
    if name in ("alt", "title", "class", "rel"):
        return value
    return value if PLAIN_VALUE.fullmatch(value) else None


# A program writes the same attributes on each of its paragraphs, and what cleans a letter twice meets them twice.
_remembered = lru_cache(4096)(_attribute)


def _address(value: str) -> str | None:
    """Where a link may lead: what a browser reads as a whole address, and as no other than a person would."""
    bare = CONTROLS.sub("", value)
    return bare if WHOLE.match(bare) else None


def _number(name: str, value: str) -> str | None:
    value = value.strip()
    limit = LARGEST_SPAN if name.endswith("span") else LARGEST
    return value if NUMBER.fullmatch(value) and abs(float(value.rstrip("%px"))) <= limit else None
