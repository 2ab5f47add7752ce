"""A digest as mails: what each of them says, for a parcel (RFC 2046 section 5.1.5) and for one text of all (RFC 1153)."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, quote

from digests import plain, words
from digests.entries import Edition, Point, Shown
from digests.marks import mark
from listserv.i18n import HARD_SPACE, translations

# What no name has that stands without quotation marks (RFC 5322 section 3.2.3).
SPECIAL = frozenset('()<>[]:;@\\,."')
# RFC 1153 section 3: lines that part the preamble from the mails, and the mails from one another.
BEHIND_PREAMBLE, BETWEEN = "-" * 70, "-" * 30


@dataclass(frozen=True, slots=True)
class Part:
    """One mail of a parcel; `reply` and `text` have marks."""

    author: str
    at: datetime
    subject: str
    message_id: str
    parent_id: str
    reply: str
    text: str


def parts(edition: Edition, points: tuple[Point, ...]) -> tuple[Part, ...]:
    """The mails that are shown, in the order of the digest."""
    return tuple(_part(edition, point, shown, number) for point in points for number, shown in enumerate(point.shown))


def _part(edition: Edition, point: Point, shown: Shown, number: int) -> Part:
    item, title = shown.item, words.title(point.entry.title, edition.language)
    subject = words.reply_subject(title, edition.language) if item.answers or number else title
    return Part(item.author, item.at.astimezone(edition.zone), subject, item.message_id, item.parent_id, mark("reply", item.key), _text(edition, shown))


def _text(edition: Edition, shown: Shown) -> str:
    t, item = translations(edition.language), shown.item
    said = [shown.text.rstrip() or ("" if item.files else t.gettext("A message without text."))]
    if shown.cut:
        how = t.gettext("Shortened. Just answer: %(words)s.") % {"words": words.whole(shown.place, edition.language)}
        said.append(f"[{how}]")
    attached = t.gettext("Attachment:")
    said += [f"{attached} {file.name}, {words.size(file.size, edition.language)}\n{file.url}" for file in item.files]
    said.append(item.url)
    return "\n\n".join(filter(None, said)).replace(HARD_SPACE, " ") + "\n"


def frame(edition: Edition, points: tuple[Point, ...], part: str) -> str:
    """What stands before the mails (`head`) and behind them (`foot`): the digest's text without its messages."""
    return plain.worded(f"{part}.txt", edition, points)


def one_text(edition: Edition, head: str, told: tuple[Part, ...], foot: str) -> str:
    """All in one text, as RFC 1153 has it. No line of a mail can pass for one that parts them."""
    t = translations(edition.language)
    # What stands behind the mails is one, too: programs that take the digest apart make mails of all that stands between the lines.
    last = Part(edition.list_title, edition.made_at.astimezone(edition.zone), words.kicker(edition), "", "", mark("answer"), foot)
    mails = [f"{_fields(part, edition.address)}\n\n{_guarded(part.text)}" for part in (*told, last)]
    end = t.gettext("End of the digest: %(list)s") % {"list": edition.list_title}
    pieces = [head.strip("\n"), f"{BEHIND_PREAMBLE}\n\n" + f"\n{BETWEEN}\n\n".join(mails).rstrip("\n"), BETWEEN, f"{end}\n{'*' * len(end)}"]
    return "\n\n".join(pieces) + "\n"


def _fields(part: Part, address: str) -> str:
    lines = [f"Date: {format_datetime(part.at)}", f"From: {_name(part.author)} <{address}>", f"Subject: {part.subject}"]
    named = (("Message-ID", part.message_id), ("In-Reply-To", part.parent_id))
    lines += [f"{name}: <{told}>" for name, told in named if fits(told)]
    return "\n".join([*lines, f"Reply-To: {part.reply}"])


def fits(message_id: str) -> bool:
    """Can this stand in a header, between brackets?"""
    return bool(message_id) and message_id.isascii() and message_id.isprintable() and not set("<> ") & set(message_id)


def _name(author: str) -> str:
    # Letters of all languages stay readable; only what would end the name is quoted.
    return f'"{quote(author)}"' if SPECIAL & set(author) else author


def _guarded(text: str) -> str:
    return re.sub(rf"(?m)^(?=-{{{len(BETWEEN)}}})", " ", text)
