"""Part of a list's readers: as a coordinator says it, as it is kept, in words, and how many they are."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from sqlalchemy.orm import Session

from listserv.errors import Invalid
from listserv.i18n import N_, long_date, translations
from listserv.mail.segments import EVERYBODY, LANGUAGES, ROLES, Segment, canonical, line_of, parse, said
from listserv.store.lists import MailingList
from listserv.store.segments import count, statement, titles
from listserv.usecases.steering import topics_named

__all__ = [
    "EVERYBODY",
    "LANGUAGES",
    "ROLES",
    "Segment",
    "canonical",
    "checked",
    "count",
    "line_of",
    "of_coordinators",
    "of_words",
    "parse",
    "statement",
    "words_for",
    "words_of",
]

NO_TOPIC = N_("There is no topic “{topic}” on this list.")
ALL = N_("everybody on the list")
# Behind “people who …”; joined by commas and “and”.
IN_ROLE = {"member": N_("do not moderate the list"), "moderator": N_("moderate the list"), "owner": N_("coordinate the list")}
WROTE = {True: N_("have already written"), False: N_("have never written yet")}
READS = {"pl": N_("read Polish"), "en": N_("read English")}


def checked(db: Session, mlist: MailingList, text: str) -> Segment:
    """What a text of the kept form means on this list. Raises Invalid, also for a topic that the list does not have."""
    segment = parse(text)
    have = titles(db, mlist, segment.topics) if segment.topics else {}
    for slug in segment.topics:
        if slug not in have:
            raise Invalid(NO_TOPIC, topic=slug)
    return segment


def of_words(db: Session, mlist: MailingList, words: str) -> Segment:
    """Who is meant by what a coordinator has typed (`line_of` finds it in a draft). Raises Invalid with one sentence."""
    meant = said(words)
    slugs = list(meant.segment.topics)
    for name in meant.topics:
        found, unknown = topics_named(mlist, name)
        if unknown or not found:
            raise Invalid(NO_TOPIC, topic=(unknown or [name])[0])
        slugs += [topic.slug for topic in found]
    return checked(db, mlist, canonical(replace(meant.segment, topics=tuple(sorted(set(slugs))))))


def of_coordinators(text: str) -> bool:
    """Are all who are meant by a choice of readers, as it is kept, people who look after the list?"""
    return bool(text) and parse(text).role in ("moderator", "owner")


def words_of(segment: Segment, language: str, titles: Mapping[str, str] | None = None) -> str:
    """Who is meant, in words, for a sentence about who gets an issue. `titles`: of topics, by short name."""
    _ = translations(language).gettext
    parts = [_("follow the topic “{topic}”").format(topic=(titles or {}).get(slug, slug)) for slug in segment.topics]
    parts += [_(IN_ROLE[segment.role])] if segment.role else []
    parts += [_(WROTE[segment.wrote])] if segment.wrote is not None else []
    parts += [_joined(segment, language)] if segment.joined_from or segment.joined_to else []
    parts += [_(READS[segment.language])] if segment.language else []
    if not parts:
        return _(ALL)
    joined = _("{first} and {last}").format(first=", ".join(parts[:-1]), last=parts[-1]) if len(parts) > 1 else parts[0]
    return _("people who {do}").format(do=joined)


def words_for(db: Session, mlist: MailingList, segment: Segment, language: str) -> str:
    """The same, with the titles of the list's topics."""
    return words_of(segment, language, titles(db, mlist, segment.topics) if segment.topics else None)


def _joined(segment: Segment, language: str) -> str:
    _, day = translations(language).gettext, partial(long_date, language=language)
    first, last = segment.joined_from, segment.joined_to
    if first and last:
        return _("joined from {first} to {last}").format(first=day(first), last=day(last))
    if first:
        return _("joined on {day} or later").format(day=day(first))
    assert last is not None
    return _("joined on {day} or earlier").format(day=day(last))
