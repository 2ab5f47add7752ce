"""What a coordinator types of an issue: the fields of its form, for whom it is, and when it goes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import request

from digests.schedule import instant
from listserv.errors import Invalid
from listserv.i18n import N_
from listserv.store.issues import Issue, Replies, SourceKind, Template
from listserv.usecases import segments
from listserv.usecases.issues import NewImage, Words
from listserv.usecases.segments import Segment
from listserv.web.beforewriting import unix

NO_DAY = N_("One of the days cannot be read: please write it as 2026-11-27.")
NO_CHOICE = N_("Something in this form is unknown here: please load the page again and choose anew.")
NO_TIME = N_("Please say on which day and at what time, for example 2026-11-27 and 8:00.")
KINDS = (
    (SourceKind.MARKDOWN, N_("Markdown"), N_("**bold**, *italics*, “## ” before a heading, “- ” before the items of a list, [words](https://…)")),
    (SourceKind.PLAIN, N_("plain text"), N_("as in a letter; addresses become links")),
    (SourceKind.HTML, N_("HTML"), N_("the words, headings, lists, links and pictures of it; its styles are ours")),
)
TEMPLATES = (
    (Template.LETTER, N_("a letter"), N_("one voice, one text")),
    (Template.NEWS, N_("news"), N_("several pieces; each heading begins one, and a table of contents stands first")),
    (Template.CARDS, N_("cards"), N_("each heading begins a card, with its picture above it")),
)
REPLIES = {
    Replies.THREAD: N_("to everybody, into the issue’s thread"),
    Replies.AUTHOR: N_("to the author alone"),
    Replies.COORDINATORS: N_("to the coordinators alone"),
}
FRIDAY = 4
# At what o'clock the ready-made buttons send.
MORNING = time(8)


@dataclass(frozen=True, slots=True)
class For:
    """For whom: the fields of the small form, as they were typed."""

    topics: frozenset[str] = frozenset()
    role: str = ""
    wrote: str = ""
    joined_from: str = ""
    joined_to: str = ""
    reads: str = ""

    @property
    def everybody(self) -> bool:
        """Is nobody left out?"""
        return self == For()


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as it stands."""

    subject: str = ""
    text: str = ""
    kind: str = SourceKind.MARKDOWN
    template: str = Template.LETTER
    replies: str = ""
    language: str = ""
    whom: For = field(default_factory=For)


def standing(issue: Issue) -> Typed:
    """What the draft says."""
    return Typed(issue.subject, issue.source, issue.kind, issue.template, issue.replies, issue.language, _for(segments.parse(issue.segment)))


def _for(meant: Segment) -> For:
    wrote = "" if meant.wrote is None else "ever" if meant.wrote else "never"
    first, last = (day.isoformat() if day else "" for day in (meant.joined_from, meant.joined_to))
    return For(frozenset(meant.topics), meant.role, wrote, first, last, meant.language)


def typed(form: Mapping[str, str], topics: Sequence[str]) -> Typed:
    """What a form holds, whatever is wrong with it."""
    said = {name: form.get(name, "").strip() for name in ("role", "wrote", "joined_from", "joined_to", "reads")}
    whom = For(frozenset(slug for slug in topics if slug), **said)
    words = {name: form.get(name, "") for name in ("subject", "replies", "language")}
    kind, template = form.get("kind", SourceKind.MARKDOWN), form.get("template", Template.LETTER)
    return Typed(text=unix(form.get("text", "")), kind=kind, template=template, whom=whom, **words)


def typed_now() -> Typed:
    """The form in hand."""
    return typed(request.form, request.form.getlist("topic"))


def segment_of(whom: For) -> str:
    """The choice of readers as it is kept. Raises Invalid with a sentence."""
    meant = Segment(topics=tuple(sorted(whom.topics)), joined_from=_day(whom.joined_from), joined_to=_day(whom.joined_to))
    wrote = _known(whom.wrote, ("", "ever", "never"))
    meant = replace(meant, role=_known(whom.role, ("", *segments.ROLES)), language=_known(whom.reads, ("", *segments.LANGUAGES)))
    return segments.canonical(segments.parse(segments.canonical(replace(meant, wrote={"ever": True, "never": False}.get(wrote)))))


def _known(word: str, words: Iterable[str]) -> str:
    """What is not known would choose everybody: it is refused. Raises Invalid."""
    if word not in tuple(words):
        raise Invalid(NO_CHOICE)
    return word


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid(NO_DAY) from None


def words(form: Typed, images: Sequence[NewImage] | None) -> Words:
    """What the verbs take. Raises Invalid with a sentence."""
    kind, template = SourceKind(_known(form.kind, SourceKind)), Template(_known(form.template, Template))
    replies = _known(form.replies, ("", *Replies))
    language = _known(form.language, ("", *segments.LANGUAGES))
    return Words(form.subject, form.text, kind, template, segment_of(form.whom), language, images, Replies(replies) if replies else None)


def chosen_images() -> list[NewImage]:
    """The pictures that came with the form."""
    files = [file for file in request.files.getlist("image") if file.filename]
    return [NewImage(file.filename or "", file.mimetype, file.stream.read()) for file in files]


# ---- when ---------------------------------------------------------------------------------------------------


def ready(now: datetime, zone: str) -> tuple[datetime, ...]:
    """The moments of the ready-made buttons: tomorrow morning, and the next Friday's."""
    here = ZoneInfo(zone)
    today = now.astimezone(here).date()
    days = {today + timedelta(days=1), today + timedelta(days=(FRIDAY - today.weekday()) % 7 or 7)}
    return tuple(instant(datetime.combine(day, MORNING), here).astimezone(UTC) for day in sorted(days))


def moment(day: str, clock: str, zone: str) -> datetime:
    """What was typed as a day and a time, where the coordinator is. Raises Invalid."""
    try:
        wall = datetime.combine(date.fromisoformat(day.strip()), time.fromisoformat(clock.strip().replace(".", ":").zfill(5)))
        return instant(wall.replace(tzinfo=None), ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid(NO_TIME) from None
