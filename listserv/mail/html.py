"""HTML of mails, made safe to show in a page of ours: nothing runs, nothing is loaded from elsewhere, nothing leaves its box."""

import re
from collections.abc import Callable
from functools import cache
from html import escape, unescape

import nh3

from listserv.mail.htmlguard import is_bearable, names
from listserv.mail.htmltext import to_text

__all__ = ["clean", "to_text"]

TAGS = names(
    "a abbr address b bdi bdo big blockquote br caption center cite code col colgroup dd del details dfn div dl dt em figcaption figure font",
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
    "bdo": {"dir"},
}
# Kept so that a page can fold what is quoted.
QUOTE_CLASSES = frozenset({"gmail_quote", "gmail_attr", "gmail_signature", "moz-cite-prefix", "moz-signature", "yahoo_quoted", "protonmail_quote"})
NUMBERS = frozenset({"width", "height", "border", "cellpadding", "cellspacing", "colspan", "rowspan", "span", "start", "value", "size"})
NUMBER = re.compile(r"[+-]?\d{1,4}(?:\.\d{1,3})?(?:%|px)?")
PLAIN_VALUE = re.compile(r"[\w#%.,+ '-]{1,100}")
LARGEST = 2000
LARGEST_SPAN = 100

CSS = names(
    "color background-color font-family font-size font-style font-weight font-variant text-align text-decoration text-indent text-transform",
    "line-height letter-spacing white-space vertical-align width max-width min-width height padding padding-top padding-right padding-bottom",
    "padding-left margin margin-top margin-right margin-bottom margin-left border border-top border-right border-bottom border-left",
    "border-color border-style border-width border-collapse border-spacing border-radius list-style-type direction display",
)
CSS_VALUE = re.compile(r"""(?:[\w#%.,+'" /-]|rgba?\([\d.,%\s/]{1,40}\)|hsla?\([\d.,%\s/a-z]{1,40}\)){1,200}""", re.IGNORECASE)
CSS_NUMBER = re.compile(r"(-?)(\d*\.?\d+)(e[+-]?\d)?", re.IGNORECASE | re.ASCII)
CSS_HEX = re.compile(r"#\w+")
IMPORTANT = re.compile(r"\s*!\s*important$", re.IGNORECASE)
DISPLAYS = frozenset({"none", "block", "inline", "inline-block", "table", "table-row", "table-cell", "list-item"})
# The largest number a property may hold in any unit: 2000px, but also 200em, are beyond every page.
LENGTHS = {"font-size": 200, "line-height": 300, "letter-spacing": 50, "text-indent": 200}

# nh3 writes tags in one form only: attributes in double quotes, <, > and & escaped in them.
IMAGE = re.compile(r'<img((?: [\w-]+="[^"]*")*)>')
PRE = re.compile(r'<pre(?: [\w-]+="[^"]*")*>\n')
PASSES = 6
ATTRIBUTE = re.compile(r' ([\w-]+)="([^"]*)"')


def clean(html: str, cid_url: Callable[[str], str | None] | None = None) -> str:
    """Safe HTML; empty where parsing would cost too much (show the text then).

    Images from elsewhere become their alt text. Those that came with the mail (cid:) get the URL that `cid_url` gives for
    their Content-ID, or their alt text; without `cid_url` they stay as they are, to be resolved when shown.
    """
    safe = _stable(html)
    if cid_url is None:
        return safe
    return IMAGE.sub(lambda found: _image(found[0], dict(ATTRIBUTE.findall(found[1])), cid_url), safe)


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
    safe = _cleaner().clean(_encodable(html)).replace("\r", "\n")
    # A parser drops the first line end in <pre>, so it is written twice.
    return PRE.sub(r"\g<0>\n", IMAGE.sub(_without_remote, safe))


def _without_remote(found: re.Match[str]) -> str:
    return _image(found[0], dict(ATTRIBUTE.findall(found[1])), None)


def _encodable(html: str) -> str:
    return html if html.isascii() else html.encode("utf-8", "replace").decode()


def _image(tag: str, attributes: dict[str, str], cid_url: Callable[[str], str | None] | None) -> str:
    source = unescape(attributes.get("src", ""))
    if source[:4].lower() == "cid:":
        if cid_url is None:
            return tag
        url = cid_url(source[4:])
        if url is not None:
            return tag.replace(f'src="{attributes["src"]}"', f'src="{escape(url)}"', 1)
    return escape(unescape(attributes.get("alt", "")).strip())


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(TAGS),
        clean_content_tags=set(DROPPED),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        allowed_classes={tag: set(QUOTE_CLASSES) for tag in ("div", "blockquote", "span")},
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        url_relative="deny",
        link_rel="nofollow noopener noreferrer ugc",
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "style":
        return _style(value)
    if name == "src":
        return value if value[:4].lower() == "cid:" else None
    if name == "href":
        return value if value[:4].lower() != "cid:" else None
    if name in NUMBERS and tag != "font":
        return _number(name, value)
    if name in ("alt", "title", "class", "rel"):
        return value
    return value if PLAIN_VALUE.fullmatch(value) else None


def _number(name: str, value: str) -> str | None:
    value = value.strip()
    limit = LARGEST_SPAN if name.endswith("span") else LARGEST
    return value if NUMBER.fullmatch(value) and abs(float(value.rstrip("%px"))) <= limit else None


def _style(value: str) -> str | None:
    """The declarations that can neither load anything nor leave the box."""
    good = []
    for declaration in value[:5000].split(";"):
        name, _, words = (part.strip() for part in declaration.partition(":"))
        words = IMPORTANT.sub("", words)
        if _fits(name.lower(), words):
            good.append(f"{name.lower()}:{words}")
    return ";".join(good) or None


def _fits(name: str, words: str) -> bool:
    if name not in CSS or CSS_VALUE.fullmatch(words) is None:
        return False
    if name == "display":
        return words.lower() in DISPLAYS
    if "color" in name or name == "font-family":
        return True
    limit = LENGTHS.get(name, LARGEST)
    return all(not sign and not exponent and float(number) <= limit for sign, number, exponent in CSS_NUMBER.findall(CSS_HEX.sub("", words)))
