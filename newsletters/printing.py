"""From words to the two forms of an issue: one of three templates with its styles inlined, and an equal text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import css_inline
from jinja2 import Environment
from markupsafe import Markup

from digests.plain import WIDTH, wrapped
from listserv import templating
from listserv.errors import Invalid
from listserv.i18n import HARD_SPACE, N_, tight
from listserv.mail.htmltext import to_text
from newsletters import bodies, fields
from newsletters.bodies import Picture
from newsletters.fields import Field, What

SECTION = re.compile(r"(?=<h2[ >])")
HEADINGS = re.compile(r"<h([23])>(.{0,2000}?)</h\1>", re.DOTALL)
TITLE = re.compile(r"<h2[^>]*>(.*?)</h2>", re.S)
# Empty quoted lines where a quotation begins and where it ends.
BARE_ENDS = re.compile(r"(?m)(?<![^\n]\n)^>[ ]*\n(?=>)|\n>[ ]*$(?=\n[^>]|\n?\Z)")
LONELY = re.compile(r"(?<!\w)([aiouwz]) (?=\w)", re.IGNORECASE)
# Gmail clips a letter at 102 KB and hides what follows behind a link.
LIMIT = 100_000
TOO_BIG = N_("This issue is too long: mail programs would cut it off. Put a part of it on a page and link to it.")
ONLY_PICTURES = N_("An issue of nothing but pictures says nothing to those who do not see them: say in a few words what it is about.")
WIDEST_IN_CARDS = 500
EMPTY = N_("An issue without words cannot be sent.")


@dataclass(frozen=True, slots=True)
class Face:
    """What stands around the words of an issue: whose newsletter it is, where it is read and answered, and the way out."""

    title: str
    language: str
    template: str
    page_url: str
    archive_url: str
    leave_address: str
    # Where answers go: "thread", "author", "coordinators".
    replies: str
    # For the archive, whose page says all this itself?
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A part of an issue below its own heading; the words before the first have none."""

    title: str
    html: Markup


@dataclass(frozen=True, slots=True)
class Printed:
    """An issue's subject and both its forms, with marks where its fields stand, and what its author should know."""

    subject: str
    text: str
    html: str
    fields: tuple[Field, ...]
    notes: tuple[str, ...] = ()

    def filled(self, name: str) -> tuple[str, str]:
        """Text and HTML for a reader of this name."""
        safe = tuple(Field(one.what, str(Markup.escape(one.fallback))) for one in self.fields)
        return fields.filled(self.text, self.fields, name), fields.filled(self.html, safe, str(Markup.escape(name)))


def print_issue(subject: str, source: str, kind: str, pictures: Sequence[Picture], face: Face) -> Printed:
    """Print an issue. Raises Invalid with one sentence where it cannot be."""
    fields.require_none(subject)
    body = bodies.make(source, kind, pictures, WIDEST_IN_CARDS if face.template == "cards" else bodies.WIDEST)
    found = body.fields
    fields.require_all(body.html, found, html=True)
    if not body.text.strip():
        raise Invalid(ONLY_PICTURES if pictures else EMPTY)
    html = _inliner().inline(_rendered("html", subject, body, face))
    if len(html.encode()) > LIMIT:
        raise Invalid(TOO_BIG)
    text = re.sub(r"\n{3,}", "\n\n", _rendered("txt", subject, body, face).replace(HARD_SPACE, " ")).strip("\n") + "\n"
    fields.require_all(body.text, found, html=False)
    # The way off the list is each reader's own; where nobody's can be filled in, it is the list's address.
    ways = () if face.kept else (Field(What.LEAVE, f"mailto:{face.leave_address}"), Field(What.LEAVE, face.leave_address))
    return Printed(subject, text, html, (*found, *ways), tuple(body.notes))


def _rendered(form: str, subject: str, body: bodies.Body, face: Face) -> str:
    name = f"{face.template}.html" if form == "html" else "issue.txt"
    sections = _sections(_tight(body.html, face.language))
    leave = fields.mark(len(body.fields) + (form == "txt"))
    titles = [tight(title, face.language) for title in _titles(body.html, sections)]
    facts = {"subject": subject, "face": face, "leave": leave, "sections": sections, "text": body.text, "titles": titles}
    return _environment(face.language).get_template(name).render(facts)


def _tight(html: str, language: str) -> str:
    """Polish does not leave a one-letter word at the end of a line. Within tags nothing changes."""
    if language != "pl":
        return html
    parts = re.split(r"(<[^>]*>)", html)
    return "".join(part if part.startswith("<") else LONELY.sub(lambda found: found[1] + HARD_SPACE, part) for part in parts)


def _sections(html: str) -> list[Section]:
    return [_section(part) for part in SECTION.split(html) if part.strip()]


def _titles(html: str, sections: list[Section]) -> list[str]:
    """What is inside: the headings of the first rank, and where that is one alone, of the second too."""
    found = [one.title for one in sections if one.title]
    return found if len(found) > 1 else [words for _, title in HEADINGS.findall(html) if (words := " ".join(to_text(title).split()))]


def _section(html: str) -> Section:
    title = TITLE.match(html)
    return Section(" ".join(to_text(title[1]).split()) if title else "", Markup(html))  # nosec B704: cleaned by mail/html.py


@cache
def _environment(language: str) -> Environment:
    env = templating.environment("newsletter", language)
    env.filters["paragraphs"] = paragraphs
    return env


def paragraphs(text: str) -> str:
    """Long lines at 72 columns, quoted ones with their mark; lines of their own (lists, addresses) stay."""
    text = BARE_ENDS.sub("", text)
    return "\n".join(_in_columns(line) for line in text.split("\n"))


def _in_columns(line: str) -> str:
    if line.startswith("> "):
        return "\n".join(f"> {part}" for part in wrapped(line[2:]).split("\n"))
    # A row of a table stays a row.
    return line if len(line) <= WIDTH or line.startswith(" ") or " | " in line else wrapped(line)


@cache
def _inliner() -> css_inline.CSSInliner:
    # The sheet stays too: what depends on the width and on dark or light cannot stand in a style attribute.
    return css_inline.CSSInliner(keep_style_tags=True, keep_link_tags=False, load_remote_stylesheets=False)
