"""A coordinator's words as safe HTML of few kinds, and the pictures in them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape, unescape
from urllib.parse import unquote

import nh3
from linkify_it import LinkifyIt

from listserv.i18n import N_
from listserv.mail import markup
from listserv.mail.htmlguard import is_bearable, names
from listserv.mail.htmltext import to_text
from newsletters import fields, links, tables
from newsletters.fields import Field

TAGS = names("a blockquote br code dd del dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i b img li ol p pre s strong sub sup table tbody td th thead tr u ul")
DROPPED = names("script style title head noscript template svg math iframe object embed select textarea form")
# Lines of mail programs: each <div> is one, and a parser ends a <p> where the next begins.
DIV = re.compile(r"<(/?)(?:div|center|section|article|main|header|footer)\b[^>]*>", re.IGNORECASE)
SIGNATURE = re.compile(r"<(?:div|span|pre)\b[^>]*\bclass=\"?[^\">]*(?:gmail_signature|moz-signature|protonmail_signature_block)", re.IGNORECASE)
EMPTY = re.compile(r"<(p|h[1-6]|li|strong|em|b|i|u|a|blockquote)(?: [^>]*)?>(?:\s|&nbsp;|<br ?/?>)*</\1>")
IMAGE = re.compile(r"<img\b([^>]*)>", re.IGNORECASE)
ATTRIBUTE = re.compile(r'\b(src|alt)="([^"]*)"')
MARKDOWN_IMAGE = re.compile(r'!\[(?P<alt>[^\]\n]{0,300})\]\(\s*<?(?P<src>[^)\s>]{1,1000})>?(?:\s+"[^"\n]{0,200}")?\s*\)')
Take = Callable[[str, str], str]
PICTURE, END = "\ue002", "\ue003"
PLACE = re.compile(f"{PICTURE}(\\d{{1,3}}){END}")
ALONE = re.compile(f"<p>\\s*({PICTURE}\\d+{END})\\s*</p>")
# Some programs give a picture the name of its file for a description.
FILE_NAME = re.compile(r"[\w .()\[\]-]{0,200}\.(?:png|jpe?g|jfif|gif|webp|bmp|heic)", re.IGNORECASE)
WWW = re.compile(r"(?<![\w@/.:-])www\.[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}(?:/[^\s<>\"]{0,1000}[\w/=&#-]|/)?", re.IGNORECASE)
STRUCK = re.compile(r"</?(?:del|s)>")
HEADING = re.compile(r"<(/?)h([1-6])(?=[ >])")
REMOTE = N_("A picture from another website was left out: it would tell that site who reads. Attach it to the mail instead.")
MISSING = N_("A picture that the text names did not come along and was left out.")
UNTRACKED = N_("Marks that follow readers (utm_…) were taken off the links.")
UNDESCRIBED = N_("A picture has no description: whoever does not see it learns nothing from it. In the text it is given one so: ![what it shows](file.png)")
# So wide is the column; Outlook shows a picture as wide as it says it is, whatever its sheet says.
WIDEST = 544


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that came with a draft: what the text may call it by, and where it is shown from."""

    number: int
    name: str
    cid: str
    url: str
    # In pixels; 0 where nobody knows.
    width: int = 0


@dataclass
class Body:
    """The inside of an issue: HTML, the same as text, both with marks in the places of its fields, and what its author should know."""

    html: str
    text: str
    fields: tuple[Field, ...] = ()
    notes: list[str] = field(default_factory=list)


def make(source: str, kind: str, pictures: Sequence[Picture], widest: int = WIDEST) -> Body:
    """The words of an issue (plain, markdown, html) as HTML and text. Raises Invalid for a field that is none."""
    notes: list[str] = []
    places: list[tuple[Picture, str]] = []
    source, html, found = _marked(source, kind, _taker(pictures, places, notes))
    clean = links.in_html(html)
    notes += [UNTRACKED] if clean != html else []
    html = tables.readable(ALONE.sub(r"\1", _levelled(clean)))
    shown = {picture.number for picture, _ in places}
    for picture in pictures:
        if picture.number not in shown:
            places.append((picture, ""))
            html += f"\n{PICTURE}{len(places) - 1}{END}"
    notes += [UNDESCRIBED] if not all(alt for _, alt in places) else []
    text = _text(html, places) if kind != "plain" else _plain_text(links.in_text(source))
    made = PLACE.sub(lambda found: "".join(_shown(*place, widest) for place in _at(places, found)), html).strip()
    return Body(made, text.strip("\n"), found, list(dict.fromkeys(notes)))


def _marked(source: str, kind: str, take: Take) -> tuple[str, str, tuple[Field, ...]]:
    """The source and its HTML, with marks in the places of fields. (HTML is cleaned first: programs write fields in many ways.)"""
    if kind == "html":
        html, found = fields.marked_html(_html(fields.without_marks(source), take))
        return source, _without_empty(html), found
    source, found = fields.marked(source)
    return source, _plain(source) if kind == "plain" else _markdown(source, take), found


def _text(html: str, places: Sequence[tuple[Picture, str]]) -> str:
    return to_text(STRUCK.sub("~~", PLACE.sub(lambda found: "".join(_said(alt) for _, alt in _at(places, found)), html)))


def _at(places: Sequence[tuple[Picture, str]], found: re.Match[str]) -> Sequence[tuple[Picture, str]]:
    """The picture of this number; none where somebody has written such a mark as an entity."""
    number = int(found[1])
    return places[number : number + 1]


def _taker(pictures: Sequence[Picture], places: list[tuple[Picture, str]], notes: list[str]) -> Take:
    """What stands in the place of a picture that the words name."""
    known: dict[str, Picture] = {}
    for picture in pictures:
        for name in (picture.cid, picture.name, str(picture.number)):
            if name:
                known.setdefault(name.lower(), picture)

    def take(src: str, alt: str) -> str:
        name = src[4:] if src[:4].lower() == "cid:" else src
        picture = known.get(name.lower()) or known.get(unquote(name).lower())
        if picture is None:
            notes.append(MISSING if src[:4].lower() == "cid:" or "://" not in src else REMOTE)
            return escape(alt)
        places.append((picture, "" if FILE_NAME.fullmatch(alt.strip()) else alt.strip()))
        return f"{PICTURE}{len(places) - 1}{END}"

    return take


def _plain(source: str) -> str:
    return "\n".join(f"<p>{_linked(part)}</p>" for part in re.split(r"\n[ \t]*\n", source.replace("\r", "")) if part.strip())


@cache
def _finder() -> LinkifyIt:
    return LinkifyIt(options={"fuzzy_link": False}).add("ftp:", None).add("//", None)


def _linked(text: str) -> str:
    out, at, text = [], 0, text.strip("\n")
    for found in _addresses(text):
        start, end, url = found
        out += [escape(text[at:start]), f'<a href="{escape(url)}">{escape(text[start:end])}</a>']
        at = end
    return "".join((*out, escape(text[at:]))).replace("\n", "<br>\n")


def _addresses(text: str) -> list[tuple[int, int, str]]:
    """Where addresses stand in a text, and where they lead."""
    known = [(found.index, found.last_index, found.url) for found in _finder().match(text) or ()]
    bare = [(found.start(), found.end(), f"https://{found[0]}") for found in WWW.finditer(text)]
    out: list[tuple[int, int, str]] = []
    for one in sorted((*known, *bare)):
        if not out or one[0] >= out[-1][1]:
            out.append(one)
    return out


def _markdown(source: str, take: Take) -> str:
    return markup.to_html(MARKDOWN_IMAGE.sub(lambda found: take(found["src"], found["alt"]), source))


def _html(source: str, take: Take) -> str:
    """Words and their meaning; the styles of whatever program wrote them would break in the dark and on telephones."""
    if not is_bearable(source):
        return markup.as_it_stands(to_text(source))
    signature = SIGNATURE.search(source)
    source = source[: signature.start()] if signature else source
    clean = _cleaner().clean(DIV.sub(lambda found: f"<{found[1]}p>", source))
    clean = _cleaner().clean(tables.in_paragraphs(_cleaner().clean(tables.sorted_out(clean))))
    return _without_empty(IMAGE.sub(lambda found: _taken(found, take), clean)).strip()


def _without_empty(html: str) -> str:
    for _ in range(4):
        html, count = EMPTY.subn("", html)
        if not count:
            break
    return html


def _taken(found: re.Match[str], take: Take) -> str:
    said = {name: unescape(value) for name, value in ATTRIBUTE.findall(found[1])}
    return take(said.get("src", ""), said.get("alt", ""))


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(TAGS),
        clean_content_tags=set(DROPPED),
        attributes={
            "a": {"href"},
            "img": {"src", "alt"},
            "ol": {"start"},
            "table": {"role"},
            "td": {"colspan", "rowspan"},
            "th": {"colspan", "rowspan", "scope"},
        },
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel=None,
    )


def _levelled(html: str) -> str:
    """Headings below the issue's own, with no level left out."""
    levels = sorted({found[2] for found in HEADING.finditer(html)})
    return HEADING.sub(lambda found: f"<{found[1]}h{min(6, 2 + levels.index(found[2]))}", html) if levels else html


def _shown(picture: Picture, alt: str, widest: int) -> str:
    width = f' width="{min(picture.width, widest)}"' if picture.width else ""
    return f'<img class="picture" src="{escape(picture.url)}" alt="{escape(alt)}"{width}>'


def _said(alt: str) -> str:
    return f"<p>[{escape(alt)}]</p>" if alt else ""


def _plain_text(source: str) -> str:
    return "\n".join(line.rstrip() for line in source.replace("\r", "").split("\n"))
