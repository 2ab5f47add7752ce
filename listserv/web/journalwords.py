"""What the journal notes for machines (`archive=members`, `3 → 1: <id>`), said to the people who read it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from digests import schedule
from listserv.i18n import N_, translations
from listserv.mail.listrules import IN_WORDS, Does
from listserv.rules import SAID
from listserv.store.lists import MailingList
from listserv.usecases.mypage import WHY as LEFT
from listserv.web.listsettings import SETTINGS
from listserv.web.visit import language
from listserv.web.words import size


@dataclass(frozen=True, slots=True)
class Told:
    """A piece of what was noted: what it is, where that is not plain, and what it says; `path` leads to it within the list."""

    label: str
    words: str
    path: str = ""


YES, NO = N_("yes"), N_("no")
LIST_LABELS = {one.key: one.label for one in SETTINGS}
LIST_WORDS = {(one.key, value): said for one in SETTINGS for value, said in one.choices}
MEMBER_LABELS = {
    "name": N_("Name"),
    "email": N_("E-mail address"),
    "role": N_("Role"),
    "delivery": N_("Delivery"),
    "schedule": N_("When digests come"),
    "status": N_("State"),
    "language": N_("Language of our letters"),
    "timezone": N_("Time zone"),
    "moderated": N_("Messages are read first"),
    "preview": N_("Sees their messages first"),
    "reports": N_("Gets letters with figures"),
    "digest_least": N_("Messages that make a digest"),
    "digest_form": N_("Form of digests"),
    "own_threads": N_("Own threads at once"),
}
MEMBER_WORDS = {
    ("role", "member"): N_("ordinary member"),
    ("role", "moderator"): N_("moderator"),
    ("role", "owner"): N_("coordinator"),
    ("delivery", "each"): N_("every message"),
    ("delivery", "digest"): N_("digest"),
    ("delivery", "none"): N_("reads here only"),
    ("status", "enabled"): N_("gets mail"),
    ("status", "paused"): N_("paused"),
    ("status", "bouncing"): N_("letters come back"),
    ("language", "pl"): "polski",
    ("language", "en"): "English",
    ("moderated", "yes"): YES,
    ("moderated", "no"): NO,
    ("preview", "yes"): YES,
    ("preview", "no"): NO,
    ("reports", "yes"): YES,
    ("reports", "no"): NO,
    ("own_threads", "yes"): YES,
    ("own_threads", "no"): NO,
    ("digest_form", "html"): N_("a page with its text"),
    ("digest_form", "plain"): N_("plain text"),
    ("digest_form", "mime"): N_("a parcel of messages (MIME)"),
    ("digest_form", "rfc1153"): N_("one text of messages (RFC 1153)"),
}
TAKEN_OUT = {"words": N_("words"), "text": N_("the text"), "everything": N_("the whole message")}
DOES = {Does.HOLD: N_("hold"), Does.REFUSE: N_("send back"), Does.DISCARD: N_("delete")}
FROM_THREAD, TOPIC, FILE = N_("from the thread"), N_("topic"), N_("attachment no. %(number)s")
THREAD = N_("no. %(number)s")
IMPORTED = re.compile(r"(\d+) messages from (.*)", re.DOTALL)
JOINED = re.compile(r"(\d+) → (\d+)")


def told(what: str, detail: str, mlist: MailingList) -> tuple[Told, ...]:
    """The detail of an entry in the reader's language; words that people wrote stay as they are."""
    return WORDS[what](detail, mlist) if detail and what in WORDS else (Told("", detail),) if detail else ()


def _say(words: str, **facts: object) -> str:
    said = translations(language()).gettext(words) if words else ""
    return said % facts if facts else said


def _settings(labels: Mapping[str, str], words: Mapping[tuple[str, str], str]) -> Callable[[str, MailingList], tuple[Told, ...]]:
    # Values have blanks in them: only a key that there is begins the next one.
    begins = re.compile(rf"(?:^| )({'|'.join(labels)})=")

    def said(detail: str, mlist: MailingList) -> tuple[Told, ...]:
        pieces = begins.split(detail)
        if pieces[0]:
            return (Told("", detail),)
        return tuple(Told(_say(labels[key]), _value(words, key, value)) for key, value in zip(pieces[1::2], pieces[2::2], strict=True))

    return said


def _value(words: Mapping[tuple[str, str], str], key: str, value: str) -> str:
    if key == "schedule":
        try:
            return schedule.in_words(schedule.parse(value), language())
        except ValueError:
            return value
    if key == "max_size" and value.isascii() and value.isdigit():
        return size(int(value))
    return _say(words[key, value]) if (key, value) in words else value or "–"


def _joined(detail: str, mlist: MailingList) -> tuple[Told, ...]:
    found = JOINED.match(detail)
    return (Told(_say(FROM_THREAD), _say(THREAD, number=found[1]), f"thread/{found[1]}"),) if found else (Told("", detail),)


def _redacted(detail: str, mlist: MailingList) -> tuple[Told, ...]:
    what, _, reason = detail.partition(": ")
    number = what.removeprefix("attachment ")
    said = _say(FILE, number=number) if number.isdigit() else _say(TAKEN_OUT[what]) if what in TAKEN_OUT else what
    return (Told("", said), *((Told("", reason),) if reason else ()))


def _title(slug: str, mlist: MailingList) -> str:
    return next((topic.title for topic in mlist.topics if topic.slug == slug), slug)


def _topics(detail: str, mlist: MailingList) -> tuple[Told, ...]:
    return (Told("", ", ".join(_title(slug, mlist) for slug in detail.split(" "))),)


def _topic_words(detail: str, mlist: MailingList) -> tuple[Told, ...]:
    return (Told("", re.sub(r"^[a-z0-9-]+: |, \d+ threads$", "", detail)),)


def _moved(detail: str, mlist: MailingList) -> tuple[Told, ...]:
    return (Told(_say(TOPIC), _title(detail, mlist)),)


def _removed(detail: str, mlist: MailingList) -> tuple[Told, ...]:
    email, _, why = detail.partition(" ")
    return (Told("", email), *((Told("", _say(LEFT[why]) if why in LEFT else why),) if why else ()))


def _imported(detail: str, mlist: MailingList) -> tuple[Told, ...]:
    found = IMPORTED.fullmatch(detail)
    if not found:
        return (Told("", detail),)
    said = translations(language()).ngettext("%(count)s message", "%(count)s messages", int(found[1])) % {"count": found[1]}
    return Told("", said), Told("", found[2])


AGREED = {
    "reply": N_("by a reply to our letter"),
    "letter": N_("by their letter asking to join"),
    "tick": N_("by ticking the box in the form"),
    "form": N_("by sending the form"),
    "invitation": N_("by accepting an invitation"),
}


ERASED = {"keep": N_("what they wrote stays, without the name"), "remove": N_("what they wrote goes, too")}


def _erased(detail: str, mlist: MailingList) -> tuple[Told, ...]:
    return (Told("", _say(ERASED[detail]) if detail in ERASED else detail),)


def _agreed(detail: str, mlist: MailingList) -> tuple[Told, ...]:
    email, _, how = detail.rpartition(" ")
    return (Told("", email), Told("", _say(AGREED[how]))) if how in AGREED else (Told("", detail),)


RULED = {f"{does} if {words.format('(.+)')}" if "{}" in words else f"{does} if {words}": (does, asks) for asks, words in IN_WORDS.items() for does in Does}


def _rule(detail: str, mlist: MailingList) -> tuple[Told, ...]:
    for said, (does, asks) in RULED.items():
        found = re.fullmatch(said, detail)
        if found:
            value = next(iter(found.groups()), "")
            return (Told(_say(DOES[does]), translations(language()).gettext(SAID[asks]) % {"value": value}),)
    return (Told("", detail),)


WORDS: dict[str, Callable[[str, MailingList], tuple[Told, ...]]] = {
    "rule-added": _rule,
    "rule-removed": _rule,
    "rule-applied": _rule,
    "list-set": _settings(LIST_LABELS, LIST_WORDS),
    "member-set": _settings(MEMBER_LABELS, MEMBER_WORDS),
    "member-removed": _removed,
    "consent-given": _agreed,
    "erasure-asked": _erased,
    "message-redacted": _redacted,
    "thread-joined": _joined,
    "thread-split": _joined,
    "thread-moved": _moved,
    "topic-added": _topics,
    "topics-ordered": _topics,
    "topic-changed": _topic_words,
    "topic-removed": _topic_words,
    "history-imported": _imported,
}
