"""A coordinator's mail read as a draft: the first lines that set something, what the words are written in, and the words."""

import re
from dataclasses import dataclass, field
from html import escape

from listserv.errors import Invalid
from listserv.i18n import N_
from listserv.mail import segments
from listserv.mail.folding import fold, plain
from listserv.mail.htmlguard import is_bearable

LINE = re.compile(r"(?P<key>[^\W\d_][\w ]{1,20}?)\s*:\s*(?P<value>\S.*)")
KEYS = {
    **dict.fromkeys(("temat", "tytul", "subject", "title"), "subject"),
    **dict.fromkeys(("szablon", "uklad", "template", "layout"), "template"),
    **dict.fromkeys(("odpowiedzi", "odpowiedz", "replies", "answers"), "replies"),
    **dict.fromkeys(("jezyk", "language"), "language"),
    **dict.fromkeys(("format", "forma"), "kind"),
}
WORDS = {
    "template": {
        **dict.fromkeys(("list", "letter", "pismo"), "letter"),
        **dict.fromkeys(("wiadomosci", "aktualnosci", "nowosci", "news"), "news"),
        **dict.fromkeys(("karty", "kafelki", "ramki", "cards"), "cards"),
    },
    "replies": {
        **dict.fromkeys(
            ("do watku", "do wszystkich", "na liste", "do listy", "watek", "to the thread", "to all", "to everybody", "to the list", "thread"), "thread"
        ),
        **dict.fromkeys(("do mnie", "tylko do mnie", "mnie", "to me", "me", "only to me", "author"), "author"),
        **dict.fromkeys(("do koordynatorow", "do moderatorow", "to the coordinators", "to the moderators", "coordinators"), "coordinators"),
    },
    "language": {**dict.fromkeys(("polski", "polish", "pl"), "pl"), **dict.fromkeys(("angielski", "english", "en"), "en")},
    "kind": {
        **dict.fromkeys(("zwykly", "zwykly tekst", "tekst", "plain", "text"), "plain"),
        **dict.fromkeys(("markdown", "md"), "markdown"),
        "html": "html",
    },
}
UNKNOWN = {
    "template": N_("There is no template “{what}”. There are: letter, news, cards."),
    "replies": N_("“{what}” is no way for replies. There are: to the thread, to me, to the coordinators."),
    "language": N_("“{what}” is no language of this program. There are: Polish, English."),
    "kind": N_("“{what}” is nothing that a draft can be written in. There are: plain, markdown, html."),
}
# What is no name of a template, a language or a way for replies.
PROSE, MOST_OF_NAME = re.compile(r"[,;@/]|\d"), 2
LONG = N_("This text is too long for one issue: put a part of it on a page and link to it.")
MOST_LINES = 12
# No first line is longer, and nobody's words either, whatever they are written in: more is not even looked at.
LONGEST_LINE, LONGEST = 2_000, 200_000
# Of a mail's HTML, in characters; longer ones are read as the text that stands beside them.
LONGEST_HTML = 500_000
# Where its first lines are looked for, between whose words there may be marks.
BEGINNING, MOST_WORDS = 20_000, 60
BETWEEN = r"(?:\s|&nbsp;|<[^<>]{0,500}>){0,30}"
# What says more than words in lines: somebody has set it on purpose.
RICH = re.compile(r"<(?:h[1-6]|ul|ol|strong|b|em|i|u|img|blockquote|table)\b", re.IGNORECASE)
# All patterns are bounded: whoever can write to the address can send a megabyte of any letter.
LINKED = re.compile(r'<a\b[^<>]{0,500}?\bhref="([^"<>]{0,1000})"[^<>]{0,500}>(.{0,500}?)</a>', re.IGNORECASE | re.DOTALL)
STYLE = re.compile(r"""\sstyle=(?:"[^"<>]{0,3000}"|'[^'<>]{0,3000}')""", re.IGNORECASE)
TAG = re.compile(r"<[^<>]*>")
MARKS = re.compile(
    r"^#{1,4} \S|^ {0,3}(?:[-*+]|\d{1,9}[.)]) \S|^> \S|^\|[^|\n]{1,300}\||^```"
    r"|\*\*[^\s*][^*\n]{0,300}\*\*|(?<![\w*_])[*_]\w[^*_\n]{0,300}[*_](?!\w)|\[[^\[\]\n]{1,300}\]\([^()\s]{1,1000}[()]",
    re.MULTILINE,
)
ITEM = re.compile(r"\s|[-*+•>#|]|\d+[.)]\s")
# What mail programs break lines at.
NARROW, WIDE = 58, 80


@dataclass
class Draft:
    """What a mail says of an issue. What it does not say is empty."""

    source: str
    kind: str
    said: dict[str, str] = field(default_factory=dict)
    whom: str | None = None
    # The words as text, whatever they are written in.
    text: str = ""

    @property
    def sets(self) -> bool:
        """Does it set anything beside the words?"""
        return bool(self.said) or self.whom is not None


def read(text: str, html: str = "") -> Draft:
    """A mail's words (quotes and signature are gone), beside its HTML. Raises Invalid for a first line that names what there is not."""
    if len(text) > LONGEST:
        raise Invalid(LONG)
    draft, rest = Draft("", ""), plain(text).strip("\n")
    lines: list[str] = []
    while len(lines) < MOST_LINES:
        line, _, below = rest.lstrip("\n").partition("\n")
        if not line.strip() or not _take(draft, line.strip().strip("*_ ")):
            break
        lines.append(line.strip())
        rest = below
    draft.text = rest.strip("\n")
    wanted = draft.said.pop("kind", "")
    rich = 0 < len(html) <= LONGEST_HTML and is_bearable(html) and is_rich(html)
    draft.kind = wanted or ("html" if rich else "markdown" if MARKS.search(rest) else "plain")
    if draft.kind == "html":
        draft.source = without_lines(lean(html), lines) if html else rest.strip("\n")
    else:
        draft.source = rest.strip("\n") if html else unbroken(rest.strip("\n"))
    return draft


def _take(draft: Draft, line: str) -> bool:
    """Does this line set something?"""
    if len(line) > LONGEST_LINE:
        return False
    whom = segments.line_of(line)
    found = LINE.fullmatch(line)
    key = KEYS.get(fold(found["key"]).strip()) if found else None
    if key is None and whom and draft.whom is None:
        draft.whom = whom[0]
        return True
    if key is None or found is None or key in draft.said:
        return False
    said = found["value"].strip().strip("*_ ")
    if key != "subject" and _is_prose(key, said):
        return False
    draft.said[key] = said if key == "subject" else _known(key, said)
    return True


def _is_prose(key: str, said: str) -> bool:
    """„Forma: online, platforma Teams” sets nothing: it begins the text. (Where answers go is asked about rather than passed over.)"""
    return _meant(key, said) is None and (PROSE.search(said) is not None or (key != "replies" and len(said.split()) > MOST_OF_NAME))


def _meant(key: str, said: str) -> str | None:
    return WORDS[key].get(" ".join(fold(said).strip(" .!„”\"'").split()))


def _known(key: str, said: str) -> str:
    meant = _meant(key, said)
    if meant is None:
        raise Invalid(UNKNOWN[key], what=said[:60])
    return meant


def is_rich(html: str) -> bool:
    """Does this HTML say more than its words: headings, lists, emphasis, pictures, links under words?"""
    if RICH.search(html):
        return True
    return any(_bare(found[1]) != _bare(TAG.sub("", found[2])) for found in LINKED.finditer(html))


def _bare(link: str) -> str:
    return re.sub(r"^(?:mailto:|https?://)|/$", "", "".join(link.split()))


def lean(html: str) -> str:
    """HTML without what is never used of it: a sheet, comments and styles make Word's many times as long as its words."""
    start = html.lower().find("<body")
    html = STYLE.sub("", html[max(start, 0) :])
    for opening, closing in (("<!--", "-->"), ("<style", "</style>")):
        kept, at = [], 0
        while (begin := html.find(opening, at)) >= 0 and (end := html.find(closing, begin)) >= 0:
            kept.append(html[at:begin])
            at = end + len(closing)
        html = "".join((*kept, html[at:]))
    return html


def without_lines(html: str, lines: list[str]) -> str:
    """HTML without the first lines that set something, however they are marked up. They are looked for at its beginning alone."""
    for line in lines:
        words = [re.escape(escape(word, quote=False)) for word in line.split()]
        found = re.compile(BETWEEN.join(words)).search(html, 0, BEGINNING) if len(words) <= MOST_WORDS else None
        html = html[: found.start()] + html[found.end() :] if found else html
    return html


def unbroken(text: str) -> str:
    """Paragraphs whose lines a mail program has broken, on lines of their own again."""
    out: list[list[str]] = []
    broken = False
    for line in text.split("\n"):
        if broken and line.strip() and not ITEM.match(line):
            out[-1].append(line.strip())
        else:
            out.append([line.rstrip()])
        broken = NARROW <= len(line.rstrip()) <= WIDE
    return "\n".join(" ".join(lines) for lines in out)
