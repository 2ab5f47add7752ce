"""A case as moderators see it: who writes what, why it waits, what is known of them, and what was done with it before."""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from listserv.errors import NotFound
from listserv.mail import address, cutting, parse
from listserv.mail.authentication import Alignment
from listserv.mail.listrules import Asks
from listserv.mail.quotes import Piece
from listserv.rules import SAID, WORDS, Reason
from listserv.store import docket, recall
from listserv.store.lists import MailingList
from listserv.store.members import Member
from listserv.store.moderation import Application, Held
from listserv.usecases import consents, posting, questions, undoing
from listserv.usecases.conversations import PART, PARTS, File, pieces_of
from listserv.usecases.shown import Pages

# Longer letters are shown whole on the case's own page.
LONGEST = 4_000
WHOLE = Pages(1, 1)
HELD_STEPS = ("held-asked", "held-answered", "held-undone")
APPLICATION_STEPS = ("application-asked", "application-answered", "application-continued", "application-undone", consents.REFUSED)


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a case before: a question, an answer, a decision taken back."""

    what: str
    at: datetime
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a person on this list: when they joined, their posts in the archive, earlier decisions by how they ended."""

    member: Member | None
    posts: int
    decided: dict[str, int]
    applied: dict[str, int]

    @property
    def nothing(self) -> bool:
        """Is this the first that we hear of them?"""
        return self.member is None and not (self.posts or self.decided or self.applied)


@dataclass(frozen=True, slots=True)
class Case:
    """A held post (`p12`) or an application (`a5`)."""

    key: str
    id: int
    is_post: bool
    name: str
    email: str
    subject: str
    at: datetime
    pieces: tuple[Piece, ...]
    files: tuple[File, ...]
    reasons: tuple[str, ...]
    # How the sender was proven: `aligned`, `unknown`, `failed`; `replied`, `signed-in`, `moved`.
    proof: str
    known: Known
    steps: tuple[Step, ...]
    state: str
    # Have they said that they do not agree to the list's sentence about their data? Then they are asked, not admitted.
    no_consent: bool = False
    decided_at: datetime | None = None
    decider: str = ""
    trustable: bool = False
    askable: bool = True
    cut: bool = False
    rule: tuple[str, str] = ("", "")
    # What the list asked an applicant, and what they answered.
    answered: tuple[tuple[str, str], ...] = ()
    # The parts of a long one.
    pages: Pages = WHOLE
    # Templates show its words as they show a post's.
    above_name: str = ""
    # When a letter of ours to the applicant came back.
    returned_at: datetime | None = None

    @property
    def label(self) -> str:
        """What it is called: the subject of a post, the name of an applicant."""
        return (self.subject if self.is_post else self.name) or self.email


@dataclass(frozen=True, slots=True)
class Named:
    """A case in one line, for which no mail is read: what it is called, and how it stands."""

    key: str
    is_post: bool
    label: str
    email: str
    state: str
    decided_at: datetime | None
    decider: str


@dataclass(frozen=True, slots=True)
class Recent:
    """A decision that can still be taken back, and what that would do."""

    key: str
    name: str
    subject: str
    state: str
    decided_at: datetime
    decider: str
    minutes: int
    copies_left: int
    mine: bool


def cases(db: Session, mlist: MailingList, posts: Sequence[Held], applications: Sequence[Application], *, part: int = 0) -> tuple[Case, ...]:
    """These cases with all that is known about them: applications, then posts, the longest waiting first; of long letters the beginning, or this part."""
    keys = {address.key(held.author_email) for held in posts} | {application.key for application in applications}
    known = _known(db, mlist, keys - {""}, {held.author_email for held in posts} | {application.email for application in applications})
    raws = docket.raws(db, {held.raw_id for held in posts})
    steps = _steps(db, "held", [held.id for held in posts], HELD_STEPS)
    more = _steps(db, "application", [application.id for application in applications], APPLICATION_STEPS)
    made = [_post(held, raws.get(held.raw_id, b""), known, steps.get(held.id, ()), part=part) for held in posts]
    refusing = {one.id for one in applications if any(step.what == consents.REFUSED for step in more.get(one.id, ())) and consents.refused(db, one)}
    made += [_application(one, known, more.get(one.id, ()), part=part, no_consent=one.id in refusing) for one in applications]
    return tuple(sorted(made, key=lambda case: (case.is_post, case.at, case.key)))


def _known(db: Session, mlist: MailingList, keys: Collection[str], emails: Collection[str]) -> dict[str, Known]:
    members, posts = docket.memberships_of(db, mlist.id, keys), docket.posts_by(db, mlist.id, keys)
    decided, applied = docket.decisions_on(db, mlist.id, emails), docket.applications_of(db, mlist.id, keys)
    by_key = {address.key(email): states for email, states in decided.items()}
    return {key: Known(members.get(key), posts.get(key, 0), by_key.get(key, {}), applied.get(key, {})) for key in keys}


NOBODY = Known(None, 0, {}, {})


def _steps(db: Session, about: str, ids: Sequence[int], whats: Collection[str]) -> dict[int, tuple[Step, ...]]:
    found: dict[int, tuple[Step, ...]] = {}
    for about_id, what, at, detail, name in docket.steps_of(db, about, ids, whats):
        found[about_id] = (*found.get(about_id, ()), Step(what, at, name or "", detail))
    return found


def _words(text: str, part: int) -> tuple[tuple[Piece, ...], bool, Pages]:
    """The beginning of a letter and whether that is less than all of it; or one part of it, and how many there are. Raises NotFound."""
    if not part:
        head = cutting.beginning(text, cutting.size(LONGEST))
        return pieces_of(head), len(head) < len(text), Pages(1, 1)
    places = cutting.parts(text, PART, PARTS)
    if not 1 <= part < len(places):
        raise NotFound("there is no such case")
    return pieces_of(text[places[part - 1] : places[part]]), False, Pages(part, len(places) - 1)


def _post(held: Held, raw: bytes, known: dict[str, Known], steps: Iterable[Step], *, part: int) -> Case:
    post, nameless = parse.parse(raw), Reason.UNNAMED in held.reasons.split()
    pieces, cut, pages = _words(post.text, part)
    askable = len(post.authors) == 1 and not post.automatic and held.alignment != Alignment.FAILED
    return Case(
        key=f"p{held.id}",
        id=held.id,
        is_post=True,
        name=held.author,
        email="" if nameless else held.author_email,
        subject=held.subject,
        at=held.held_at,
        pieces=pieces,
        files=tuple(File(file.number, file.name, file.type, file.size) for file in post.attachments),
        reasons=tuple(WORDS[Reason(word)] for word in held.reasons.split() if word in list(Reason)),
        rule=_rule(held.rule),
        proof=Reason.UNNAMED if nameless else held.alignment,
        known=NOBODY if nameless else known.get(address.key(held.author_email), NOBODY),
        steps=tuple(steps),
        state=held.state,
        decided_at=held.decided_at,
        decider=name_of(held),
        trustable=posting.may_be_trusted(held.reasons),
        askable=askable,
        cut=cut,
        pages=pages,
    )


def _rule(kept: str) -> tuple[str, str]:
    """What a rule of the list's own asks, as a sentence to be translated, and its value; empty where none has held it."""
    asks, _, value = kept.partition(" ")
    return (SAID[Asks(asks)], value) if asks in list(Asks) else ("", "")


def _application(application: Application, known: dict[str, Known], steps: Iterable[Step], *, part: int, no_consent: bool) -> Case:
    pieces, cut, pages = _words(application.text, part)
    return Case(
        key=f"a{application.id}",
        id=application.id,
        is_post=False,
        name=application.name,
        email=application.email,
        subject=application.subject,
        at=application.applied_at,
        pieces=pieces,
        files=(),
        reasons=(),
        proof=application.proof,
        known=known.get(application.key, NOBODY),
        steps=tuple(step for step in steps if step.what != consents.REFUSED),
        no_consent=no_consent,
        returned_at=application.returned_at,
        state=application.state,
        decided_at=application.decided_at,
        decider=name_of(application),
        answered=questions.pairs(application),
        cut=cut,
        pages=pages,
    )


def name_of(case: Held | Application) -> str:
    """Who has decided it, by name; empty where nobody has, or a machine did."""
    if case.decider is None:
        return ""
    return case.decider.name or next((place.email for place in case.decider.addresses), "")


def named(case: Held | Application) -> Named:
    """A case in one line."""
    if isinstance(case, Held):
        key, label, email = f"p{case.id}", case.subject, case.author_email
    else:
        key, label, email = f"a{case.id}", case.name, case.email
    return Named(key, isinstance(case, Held), label or email, email, case.state, case.decided_at, name_of(case))


def recent(db: Session, mlist: MailingList, user_id: int | None, now: datetime, limit: int) -> tuple[Recent, ...]:
    """The decisions of the last ten minutes that can be taken back, newest first."""
    since = now - undoing.WINDOW
    posts, applications = docket.decided_posts(db, mlist.id, since, limit), docket.decided_applications(db, mlist.id, since, limit)
    ids = {held.id: held.incoming.archived_id for held in posts if held.incoming.archived_id}
    left = recall.copies_left(db, list(ids.values()))
    made = [_recent(held, f"p{held.id}", user_id, now, left.get(ids.get(held.id, 0), 0)) for held in posts if undoing.can_be_undone(held, now)]
    made += [_recent(one, f"a{one.id}", user_id, now, 0) for one in applications if undoing.can_be_undone(one, now)]
    return tuple(sorted(made, key=lambda row: (row.decided_at, row.key), reverse=True)[:limit])


def _recent(case: Held | Application, key: str, user_id: int | None, now: datetime, left: int) -> Recent:
    at = case.decided_at or now
    minutes = math.ceil((at + undoing.WINDOW - now) / timedelta(minutes=1))
    name = (case.author or case.author_email) if isinstance(case, Held) else (case.name or case.email)
    return Recent(key, name, case.subject, case.state, at, name_of(case), minutes, left, case.decided_by == user_id)
