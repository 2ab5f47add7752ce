"""Part of a list's readers: in the form that is kept (`topic:tik wrote:never`), and as a coordinator says it in a mail.

„Do: obszar Lekcje TIK”, „Do: moderatorzy”, „Do: kto jeszcze nigdy nie napisał”, “To: topic tik, never written”. Everything that is
said must hold. All patterns read folded text (lower case, no diacritics).
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from listserv.errors import Invalid
from listserv.i18n import N_
from listserv.lazily import compiled
from listserv.mail.folding import fold, plain

ROLES = ("member", "moderator", "owner")
LANGUAGES = ("pl", "en")
LONGEST = 500
UNKNOWN = N_("“{what}” is not understood. It can be, for example: topic:tik role:moderator wrote:never joined:2026-01-01.. language:pl")
NOBODY = N_("It is not known who is meant by “{what}”. It can be, for example: topic tik, moderators, never written.")
TWICE = N_("“{what}” contradicts what stands before it: everything must hold at once.")
BACKWARDS = N_("“{what}” ends before it begins.")
LONG = N_("A choice of readers has room for 500 characters.")


@dataclass(frozen=True, slots=True)
class Segment:
    """Who is meant: everything that is said must hold. Nothing said is everybody."""

    # Short names of topics that they follow.
    topics: tuple[str, ...] = ()
    # "member": neither moderator nor coordinator; "moderator": both of these; "owner": coordinators alone.
    role: str = ""
    wrote: bool | None = None
    # Days, both included.
    joined_from: date | None = None
    joined_to: date | None = None
    language: str = ""


EVERYBODY = Segment()


class Said(NamedTuple):
    """A choice of readers as it was said: the names of topics are not looked up yet."""

    segment: Segment
    topics: tuple[str, ...] = ()


# ---- the form that is kept ----------------------------------------------------------------------------------

WORD = compiled(r"(?P<key>[a-z]+):(?P<value>\S+)")
SLUG = compiled(r"[a-z0-9][a-z0-9-]{0,62}")
DAYS = compiled(r"(?P<first>\d{4}-\d\d-\d\d)?\.\.(?P<last>\d{4}-\d\d-\d\d)?|(?P<day>\d{4}-\d\d-\d\d)")


def parse(text: str) -> Segment:
    """What such a text means. Raises Invalid with one sentence."""
    if len(text) > LONGEST:
        raise Invalid(LONG)
    segment = EVERYBODY
    for word in text.split():
        segment = _and(segment, _part(word), word)
    return segment


def canonical(segment: Segment) -> str:
    """The one spelling of a choice of readers; empty: everybody."""
    words = [f"topic:{slug}" for slug in segment.topics]
    words += [f"role:{segment.role}"] if segment.role else []
    words += [f"wrote:{'ever' if segment.wrote else 'never'}"] if segment.wrote is not None else []
    if segment.joined_from or segment.joined_to:
        words.append(f"joined:{segment.joined_from or ''}..{segment.joined_to or ''}")
    words += [f"language:{segment.language}"] if segment.language else []
    return " ".join(words)


def _part(word: str) -> Segment:
    found = WORD.fullmatch(word.lower())
    key, value = (found["key"], found["value"]) if found else ("", "")
    if key == "topic" and SLUG.fullmatch(value):
        return Segment(topics=(value,))
    if key == "role" and value in ROLES:
        return Segment(role=value)
    if key == "wrote" and value in ("ever", "never"):
        return Segment(wrote=value == "ever")
    if key == "language" and value in LANGUAGES:
        return Segment(language=value)
    days = DAYS.fullmatch(value) if key == "joined" and value != ".." else None
    if days:
        return _joined(days, word)
    raise Invalid(UNKNOWN, what=word[:80])


def _joined(days: re.Match[str], word: str) -> Segment:
    try:
        first, last = (date.fromisoformat(day) if day else None for day in (days["first"] or days["day"], days["last"] or days["day"]))
    except ValueError:
        raise Invalid(UNKNOWN, what=word[:80]) from None
    if first and last and last < first:
        raise Invalid(BACKWARDS, what=word[:80])
    return Segment(joined_from=first, joined_to=last)


def _and(one: Segment, other: Segment, word: str) -> Segment:
    """Both at once. Raises Invalid where that can be nobody."""
    merged = replace(one, topics=tuple(sorted({*one.topics, *other.topics})))
    for name in ("role", "wrote", "joined_from", "joined_to", "language"):
        new, old = getattr(other, name), getattr(one, name)
        if new is None or new == "":
            continue
        if old not in (None, "", new):
            raise Invalid(TWICE, what=word[:80])
        merged = replace(merged, **{name: new})
    return merged


# ---- as it is said in a mail --------------------------------------------------------------------------------

LINE = compiled(r"(?:do|dla|odbiorcy|adresaci|to|for|recipients|readers)\s*:\s*(?P<who>\S.*)")
# A header that somebody has quoted or passed on says whose mail it was, not who is to get this one.
AN_ADDRESS = compiled(r"\S@\S")
_NAMED = r"(?:obszar\w*(?: tematyczn\w+)?|temat\w*|topics?|subject areas?)[\s:]"
# What stands between two choices is put between two NULs: a topic's title may hold a comma or an “and” of its own.
SEP = compiled(r"\s*[,;+]\s*(?:(?:i|oraz|and|ale|but)\s+)?|\s+(?:i|oraz|and)\s+")
_BETWEEN = r"\0[^\0]*\0"
_ALL = r"(?:wszys(?:cy|tkich|tkim|tkie) |all (?:the )?)?"
_MODERATORS = rf"(?:{_ALL}(?:moderator(?:zy|ow|om|ki|kom|ek)?|(?:the )?moderators?|moderuj\w+(?: liste)?|moderate(?: the list)?))"
_OWNERS = rf"(?:{_ALL}(?:koordynator(?:zy|ow|om|ki|kom|ek)?|wlascicie\w+|(?:the )?(?:coordinators?|owners?)|koordynuj\w+(?: liste)?))"
WHO = compiled(
    r"\b(?:(?:wszys(?:cy|tkie|tkich|tkim)|te|tych|tym|ci|all|those|everyone|everybody|people|members|osob\w*|ludzi\w*|uczestni\w+),?\s+)*"
    r"(?:ktor(?:zy|e|ych|ym)|kto|kogo|who|that)\s+(?:have |has |had )?"
)
PHRASES: tuple[tuple[re.Pattern[str], Segment], ...] = tuple(
    (compiled(rf"(?:^|(?<=\0))(?:(?:have|has) )?(?:{pattern})(?:$|(?=\0))"), segment)
    for segment, pattern in (
        (Segment(wrote=False), r"(?:jeszcze |nigdy |nic )*nie (?:napisa\w+|pisa\w+|zabra\w+ glosu)(?: (?:jeszcze|nic|nigdy|na liste|ani razu))*"),
        (Segment(wrote=False), r"(?:never|not(?: yet)?) (?:yet )?(?:written|wrote|posted)(?: (?:anything|yet|to the list))*"),
        (Segment(wrote=True), r"(?:(?:juz |kiedys |cos )*(?:napisa\w+|pisa\w+)(?: (?:cos|juz|kiedys|na liste))*|piszac\w+)"),
        (Segment(wrote=True), r"(?:ever |already )?(?:written|wrote|posted)(?: (?:something|before|to the list))*"),
        # Coordinators decide as moderators do: who names both means all who decide.
        (Segment(role="moderator"), rf"{_MODERATORS}(?:{_BETWEEN}{_OWNERS})?|{_OWNERS}{_BETWEEN}{_MODERATORS}"),
        (Segment(role="owner"), _OWNERS),
        (Segment(role="member"), r"(?:zwykli|zwyklych|zwyklym) (?:uczestni\w+|czlonk\w+)(?: listy)?|(?:ordinary|plain) members"),
        (Segment(language="pl"), r"(?:(?:czytaj\w*|pisz\w*) )?po polsku|jezyk polski|(?:in |read(?:ing)? )?polish(?: readers| speakers)?"),
        (Segment(language="en"), r"(?:(?:czytaj\w*|pisz\w*) )?po angielsku|jezyk angielski|(?:in |read(?:ing)? )?english(?: readers| speakers)?"),
        (EVERYBODY, r"wszys(?:cy|tkich|tkim)(?: na liscie| z listy)?|cala lista|everybody|everyone|all(?: members| readers)?|the whole list"),
    )
)
TOPIC = compiled(rf"(?:(?:obserwuj\w*|sledz\w*|wybra\w*|follow\w*(?: of)?|chosen|chose)\s+)?(?:the )?{_NAMED}\s*:?\s*(?P<what>\S.*)")
NEXT_TOPIC = compiled(rf"{_BETWEEN}(?={_NAMED})")
AROUND = compiled(rf"^(?:{_BETWEEN})+|(?:{_BETWEEN})+$")


def line_of(text: str) -> tuple[str, str] | None:
    """Who a draft is for, as its first line says it, and the draft without that line; None where it says nothing of the kind."""
    lines = text.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    if first is None:
        return None
    line = plain(lines[first]).strip().strip("*_ ")
    found = LINE.fullmatch(fold(line))
    if not found or AN_ADDRESS.search(line) or len(line) > LONGEST:
        return None
    rest = lines[first + 1 :]
    return line[found.start("who") :].strip(), "\n".join(rest[1:] if rest and not rest[0].strip() else rest)


def said(words: str) -> Said:
    """What these words choose. Raises Invalid with one sentence where they are not understood."""
    if len(words) > LONGEST:
        raise Invalid(LONG)
    if all(WORD.fullmatch(word.lower()) for word in words.split()):
        return Said(parse(words))
    segment, left = EVERYBODY, _parted(words)
    for pattern, meant in PHRASES:
        left, count = pattern.subn("\1", left)
        if count:
            segment = _and(segment, meant, words)
    parts = [AROUND.sub("", part) for part in left.split("\1")]
    return Said(segment, tuple(_topic(one, words) for part in parts if part for one in NEXT_TOPIC.split(part)))


def _parted(words: str) -> str:
    text = WHO.sub("", " ".join(fold(plain(words)).replace("\0", " ").replace("\1", " ").split()).strip(" .!„”\"'"))
    return SEP.sub(lambda found: f"\0{found[0]}\0", text)


def _topic(part: str, words: str) -> str:
    found = TOPIC.fullmatch(part.replace("\0", ""))
    if not found:
        raise Invalid(NOBODY, what=words[:80])
    return found["what"].strip()
