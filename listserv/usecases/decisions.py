"""The journal of a list for those who look after it: filtered, in pages, and as a table to take along."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from listserv.i18n import N_
from listserv.rules import WORDS, Reason
from listserv.store import journalpages as rows
from listserv.usecases.membertables import harmless
from listserv.usecases.reading import page_of
from listserv.usecases.shown import Pages
from listserv.usecases.stewards import Steward

ENTRIES_A_PAGE = 50
POSTS, APPLICATIONS, MEMBERS, BANS, THE_LIST, THREADS = "posts", "applications", "members", "bans", "list", "threads"
MATERIALS, MEETINGS, QUESTIONS = "materials", "meetings", "questions"
KINDS = {
    POSTS: N_("messages"),
    APPLICATIONS: N_("applications"),
    MEMBERS: N_("members"),
    BANS: N_("bans"),
    THREADS: N_("threads"),
    MATERIALS: N_("materials"),
    MEETINGS: N_("meetings"),
    QUESTIONS: N_("questions"),
    THE_LIST: N_("the list itself"),
}
# Every word that the journal knows: what it is about, and the sentence.
WHAT: dict[str, tuple[str, str]] = {
    "held": (POSTS, N_("message held")),
    "material-filed": (MATERIALS, N_("material sent to the bank")),
    "material-corrected": (MATERIALS, N_("material corrected")),
    "material-recommended": (MATERIALS, N_("material named as good practice")),
    "material-not-recommended": (MATERIALS, N_("material no longer named as good practice")),
    "material-removed": (MATERIALS, N_("material taken out of the bank")),
    "material-restored": (MATERIALS, N_("material put back into the bank")),
    "meeting-announced": (MEETINGS, N_("invitations to a meeting sent")),
    "meeting-changed": (MEETINGS, N_("meeting changed")),
    "meeting-cancelled": (MEETINGS, N_("meeting cancelled")),
    "meeting-discarded": (MEETINGS, N_("draft of a meeting thrown away")),
    "meeting-dates-asked": (MEETINGS, N_("everybody asked which date suits")),
    "meeting-date-chosen": (MEETINGS, N_("date of a meeting chosen")),
    "meeting-attendance": (MEETINGS, N_("noted who was at a meeting")),
    "survey-sent": (QUESTIONS, N_("question sent to everybody")),
    "survey-taken-back": (QUESTIONS, N_("question taken back before it was sent")),
    "survey-discarded": (QUESTIONS, N_("draft of a question thrown away")),
    "survey-extended": (QUESTIONS, N_("question open for longer")),
    "survey-closed": (QUESTIONS, N_("question closed")),
    "survey-told": (QUESTIONS, N_("results of a question told")),
    "held-published": (POSTS, N_("message approved")),
    "held-refused": (POSTS, N_("message declined")),
    "held-discarded": (POSTS, N_("message discarded as spam")),
    "held-withdrawn": (POSTS, N_("message withdrawn by its author")),
    "held-asked": (POSTS, N_("author asked")),
    "held-answered": (POSTS, N_("author answered")),
    "held-undone": (POSTS, N_("decision about a message taken back")),
    "trusted": (POSTS, N_("further messages of this person are not held")),
    "trust-ended": (POSTS, N_("messages of this address are held again")),
    "rule-applied": (POSTS, N_("a rule of the list applied")),
    "rescue-asked": (POSTS, N_("member asked whether it is theirs")),
    "rescue-claimed": (POSTS, N_("member said that it is theirs")),
    "rescue-denied": (POSTS, N_("member said that it is not theirs")),
    "refused": (POSTS, N_("message refused")),
    "discarded": (POSTS, N_("message discarded")),
    "applied": (APPLICATIONS, N_("application came")),
    "application-confirmed": (APPLICATIONS, N_("applicant confirmed the address")),
    "application-continued": (APPLICATIONS, N_("applicant wrote more")),
    "application-answered": (APPLICATIONS, N_("applicant answered")),
    "application-asked": (APPLICATIONS, N_("applicant asked")),
    "application-admitted": (APPLICATIONS, N_("applicant admitted")),
    "application-declined": (APPLICATIONS, N_("applicant declined")),
    "application-letter": (APPLICATIONS, N_("no application, but an ordinary letter")),
    "application-returned": (APPLICATIONS, N_("our letter to the applicant came back")),
    "application-lapsed": (APPLICATIONS, N_("application set aside: nobody confirmed it for two months")),
    "applications-purged": (APPLICATIONS, N_("words and addresses of unconfirmed applications erased")),
    "consent-given": (MEMBERS, N_("agreed to the list's sentence")),
    "consent-withdrawn": (MEMBERS, N_("does not agree to the list's sentence any more")),
    "consent-refused": (MEMBERS, N_("does not agree to the list's sentence")),
    "application-disowned": (APPLICATIONS, N_("the address's owner has not applied")),
    "application-banned": (APPLICATIONS, N_("application from a barred address")),
    "application-reopened": (APPLICATIONS, N_("applicant asks to be on the list after all")),
    "application-undone": (APPLICATIONS, N_("decision about an application taken back")),
    "member-added": (MEMBERS, N_("member added")),
    "member-removed": (MEMBERS, N_("member left or was taken off")),
    "member-set": (MEMBERS, N_("member's settings changed")),
    "member-daily": (MEMBERS, N_("member chose a daily digest")),
    "member-weekly": (MEMBERS, N_("member chose a weekly digest")),
    "member-monthly": (MEMBERS, N_("member chose a monthly digest")),
    "member-each": (MEMBERS, N_("member chose every message")),
    "member-preview": (MEMBERS, N_("member sees their messages first")),
    "member-no-preview": (MEMBERS, N_("member sends messages at once")),
    "member-at-least": (MEMBERS, N_("member chose how many messages make a digest")),
    "member-own-at-once": (MEMBERS, N_("member has their own threads at once")),
    "member-own-later": (MEMBERS, N_("member has their own threads in digests")),
    "member-digest-form": (MEMBERS, N_("member chose another form of digests")),
    "member-pause": (MEMBERS, N_("member paused")),
    "member-resume": (MEMBERS, N_("member came back from a pause")),
    "member-archive": (MEMBERS, N_("member reads in the archive alone")),
    "member-address": (MEMBERS, N_("member uses another address")),
    "member-name": (MEMBERS, N_("member changed their name")),
    "member-language": (MEMBERS, N_("member chose another language")),
    "member-zone": (MEMBERS, N_("member chose another time zone")),
    **dict.fromkeys(("member-topics", "member-only-topics", "member-no-topics", "member-all-topics"), (MEMBERS, N_("member chose topics"))),
    "thread-follow": (MEMBERS, N_("member follows a thread")),
    "thread-mute": (MEMBERS, N_("member muted a thread")),
    "thread-unmute": (MEMBERS, N_("member lets a thread come as others do")),
    "message-sent": (MEMBERS, N_("member had a message sent by mail")),
    "thread-sent": (MEMBERS, N_("member had a thread sent by mail")),
    "pause-over": (MEMBERS, N_("pause ended")),
    "bouncing": (MEMBERS, N_("letters come back: nothing more is sent")),
    "bouncing-over": (MEMBERS, N_("address lives again: mail is sent")),
    "invited": (MEMBERS, N_("somebody invited")),
    "invitation-again": (MEMBERS, N_("invitation sent once more")),
    "invitation-accepted": (MEMBERS, N_("invitation accepted")),
    "invitation-declined": (MEMBERS, N_("invitation declined")),
    "invitation-taken-back": (MEMBERS, N_("invitation taken back")),
    "invitation-lapsed": (MEMBERS, N_("invitation lapsed without an answer")),
    "batch-added": (MEMBERS, N_("list of people from a mail added")),
    "batch-undone": (MEMBERS, N_("list of people from a mail taken back")),
    "subscribers-spared": (MEMBERS, N_("addresses noted that want no mail from this list")),
    "feed-renewed": (MEMBERS, N_("address of the private feed renewed")),
    "calendar-renewed": (MEMBERS, N_("address of the private calendar renewed")),
    "complaint": (MEMBERS, N_("complaint about a message")),
    "banned": (BANS, N_("address barred")),
    "ban-lifted": (BANS, N_("ban lifted")),
    "list-created": (THE_LIST, N_("list created")),
    "list-set": (THE_LIST, N_("settings changed")),
    "rule-added": (THE_LIST, N_("rule added")),
    "rule-removed": (THE_LIST, N_("rule removed")),
    "list-closed": (THE_LIST, N_("list closed")),
    "list-moved": (THE_LIST, N_("list moved here")),
    "history-imported": (THE_LIST, N_("history imported")),
    "topic-added": (THE_LIST, N_("topic added")),
    "topic-changed": (THE_LIST, N_("topic changed")),
    "topic-removed": (THE_LIST, N_("topic removed")),
    "topics-ordered": (THE_LIST, N_("topics put in another order")),
    "issue-planned": (THE_LIST, N_("issue of the newsletter planned")),
    "issue-unplanned": (THE_LIST, N_("plan of an issue taken back")),
    "issue-sent": (THE_LIST, N_("issue of the newsletter sent")),
    "issue-stopped": (THE_LIST, N_("copies of an issue that had not left were stopped")),
    "issue-discarded": (THE_LIST, N_("draft of an issue thrown away")),
    "issue-failed": (THE_LIST, N_("planned issue could not go out")),
    "milestones-added": (THE_LIST, N_("offered paragraphs put into the draft of an issue")),
    "milestones-dropped": (THE_LIST, N_("offered paragraphs left out")),
    "successes-sent": (THE_LIST, N_("yearly letter of what was made sent")),
    "successes-dropped": (THE_LIST, N_("yearly letter of what was made left out")),
    "visits-brought": (THE_LIST, N_("earlier visits brought in")),
    "thread-moved": (THREADS, N_("thread filed under another topic")),
    "thread-split": (THREADS, N_("thread split")),
    "thread-joined": (THREADS, N_("threads joined")),
    "thread-renamed": (THREADS, N_("thread renamed")),
    "thread-locked": (THREADS, N_("thread closed")),
    "thread-unlocked": (THREADS, N_("thread opened again")),
    "thread-pinned": (THREADS, N_("thread pinned")),
    "thread-unpinned": (THREADS, N_("thread unpinned")),
    "thread-hidden": (THREADS, N_("thread hidden")),
    "thread-shown": (THREADS, N_("thread shown again")),
    "message-hidden": (THREADS, N_("message hidden")),
    "message-shown": (THREADS, N_("message shown again")),
    "message-redacted": (THREADS, N_("part of a message taken out")),
    "webhook-added": (THE_LIST, N_("webhook added")),
    "webhook-removed": (THE_LIST, N_("webhook removed")),
    **dict.fromkeys(("webhook-changed", "webhook-paused", "webhook-resumed", "webhook-secret-renewed"), (THE_LIST, N_("webhook changed"))),
    "retried": (THE_LIST, N_("mail tried again")),
}
# Whose details are reasons.
JUDGED = ("held", "refused", "discarded")
DOORS = {"mail": N_("by mail"), "web": N_("in the browser"), "api": N_("by a program"), "console": N_("at the console"), "calendar": N_("by the calendar")}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which entries somebody wants to see: a kind, a person (0: machines), a piece of text, days."""

    kind: str = ""
    person: int | None = None
    text: str = ""
    after: date | None = None
    before: date | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal."""

    at: datetime
    what: str
    door: str
    who: str
    about: str
    # Where that is, within the list's pages.
    path: str
    detail: str
    # Why, where the program itself has judged.
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JournalPage:
    """A page of the journal."""

    steward: Steward
    entries: tuple[Entry, ...]
    count: int
    people: Sequence[Any]
    pages: Pages
    asked: Asked


def asked(args: dict[str, str]) -> Asked:
    """What a form asks for; words that mean nothing are passed over."""
    who = args.get("who", "")
    person = int(who) if who.isascii() and who.isdigit() and len(who) < 19 else None
    kind = args.get("kind", "")
    return Asked(kind if kind in KINDS else "", person, args.get("q", "").strip()[:200], _day(args.get("after", "")), _day(args.get("before", "")))


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1970 <= found.year <= 9998 else None


def read(db: Session, who: Steward, wanted: Asked, zone: str, *, page: int = 1) -> JournalPage:
    """A page of what was done on this list, newest first."""
    where = conditions(wanted, zone)
    count = rows.count(db, who.mlist.id, **where)
    at = page_of(page, count, ENTRIES_A_PAGE)
    found = rows.page(db, who.mlist.id, ENTRIES_A_PAGE, (at.number - 1) * ENTRIES_A_PAGE, **where)
    return JournalPage(who, tuple(map(entry_of, found)), count, rows.people_in(db, who.mlist.id), at, wanted)


def conditions(wanted: Asked, zone: str) -> dict[str, Any]:
    """The same in words of the store."""
    whats = [what for what, (kind, _) in WHAT.items() if kind == wanted.kind] if wanted.kind else []
    after = _midnight(wanted.after, zone) if wanted.after else None
    # The last day is meant whole.
    before = _midnight(wanted.before + timedelta(days=1), zone) if wanted.before else None
    return {"whats": whats, "person": wanted.person, "text": wanted.text, "after": after, "before": before}


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))


def entry_of(row: Any) -> Entry:
    """A row of the journal as people read it."""
    about = row.subject or row.author or row.author_email or row.applicant or row.applicant_email or row.member_email or ""
    about = about or row.thread_subject or row.message_subject or ""
    reasons = tuple(WORDS[Reason(word)] for word in row.detail.split() if word in list(Reason)) if row.what in JUDGED else ()
    return Entry(row.at, row.what, row.door, row.who or "", about, _path(row), "" if reasons or row.detail == about else row.detail, reasons)


def _path(row: Any) -> str:
    """Where on the list's pages that stands which an entry is about, while it is there."""
    there = {
        "held": (row.author_email, f"moderate/case/p{row.about_id}"),
        "application": (row.applicant_email, f"moderate/case/a{row.about_id}"),
        "member": (row.member_email, f"moderate/members/{row.about_id}"),
        "thread": (row.thread_subject, f"thread/{row.about_id}"),
        "message": (row.hash, f"message/{row.hash}"),
    }
    known, path = there.get(row.about, (None, ""))
    return path if known is not None else ""


def table(db: Session, who: Steward, wanted: Asked, zone: str) -> Iterator[str]:
    """The same as CSV, whole, a line at a time."""
    yield csv_line(("at", "who", "door", "what", "about", "detail"))
    for row in rows.all_of(db, who.mlist.id, **conditions(wanted, zone)):
        entry = entry_of(row)
        yield csv_line((entry.at.astimezone(UTC).isoformat(timespec="seconds"), entry.who, entry.door, entry.what, entry.about, row.detail))


def csv_line(values: Sequence[str]) -> str:
    """Values as a line of a table."""
    out = io.StringIO(newline="")
    # Spreadsheets would run a stranger's subject.
    csv.writer(out).writerow(harmless(values))
    return out.getvalue()
