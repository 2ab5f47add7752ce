"""From an edition to finished forms, small enough for every mail program."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape

from digests import html, parcels, plain, words
from digests.entries import MEASURES, PARCELS, Edition, Form, Measure, Point, lay_out
from digests.marks import fill
from digests.parcels import Part
from listserv.i18n import HARD_SPACE

# Gmail clips a letter at 102 KB and hides what follows behind a link.
LIMIT = 100_000
# About what a reply address or a way out needs in a mark's place.
FILLED = 110
ASCII = bytes(range(128))
# What the header block of one mail in a parcel needs.
HEADED = 400


@dataclass(frozen=True, slots=True)
class Rendered:
    """A digest's subject and its forms, with marks for what is each reader's own (digests.marks).

    A page has `html` and `text`, a parcel `text` (what stands before its mails), `parts` and `foot`; the other forms have `text` alone.
    """

    subject: str
    html: str
    text: str
    form: Form = Form.HTML
    parts: tuple[Part, ...] = ()
    foot: str = ""

    def filled(self, value: Callable[[str, int], str]) -> "Rendered":
        """The forms for one reader; `value(name, key)` gives their addresses."""
        parts = tuple(replace(part, reply=fill(part.reply, value), text=fill(part.text, value)) for part in self.parts)
        page = fill(self.html, lambda name, key: escape(value(name, key))) if self.html else ""
        return replace(self, html=page, text=fill(self.text, value), parts=parts, foot=fill(self.foot, value))

    @property
    def size(self) -> int:
        """About how many bytes the longest thing is that a mail program shows, once it is filled; without a page, how many go over the wire."""
        whole = "".join([self.html or self.text, *(part.text + part.reply for part in self.parts), self.foot])
        coded = whole.encode()
        # In quoted-printable each byte that is not ASCII takes three.
        more = 0 if self.html else 2 * len(coded.translate(None, ASCII))
        return len(coded) + more + whole.count("\x02") * FILLED + len(self.parts) * HEADED


def render(edition: Edition) -> Rendered:
    """Word a digest. Where it would be too big, less of each message is told, then fewer messages, then fewer threads."""
    subject = words.subject(edition).replace(HARD_SPACE, " ")
    for measure in _measures(edition):
        points = lay_out(edition.entries, measure)
        made = FORMS[edition.form](subject, edition, points)
        if made.size <= LIMIT:
            break
    return made if made.form is not Form.HTML else replace(made, text=plain.render(edition, points))


def _measures(edition: Edition) -> tuple[Measure, ...]:
    return PARCELS if edition.form in (Form.MIME, Form.RFC1153) else MEASURES


def _page(subject: str, edition: Edition, points: tuple[Point, ...]) -> Rendered:
    """Its text is worded once, when the measure is found: it is always the smaller of the two."""
    return Rendered(subject, html.render(edition, points), "")


def _plain(subject: str, edition: Edition, points: tuple[Point, ...]) -> Rendered:
    return Rendered(subject, "", plain.render(edition, points), Form.PLAIN)


def _parcel(subject: str, edition: Edition, points: tuple[Point, ...]) -> Rendered:
    told = parcels.parts(edition, points)
    return Rendered(subject, "", parcels.frame(edition, points, "head"), Form.MIME, told, parcels.frame(edition, points, "foot"))


def _one_text(subject: str, edition: Edition, points: tuple[Point, ...]) -> Rendered:
    head, foot = (parcels.frame(edition, points, part) for part in ("head", "foot"))
    return Rendered(subject, "", parcels.one_text(edition, head, parcels.parts(edition, points), foot), Form.RFC1153)


FORMS = {Form.HTML: _page, Form.PLAIN: _plain, Form.MIME: _parcel, Form.RFC1153: _one_text}
