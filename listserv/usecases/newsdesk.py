"""Writing an issue in the browser: the verbs of `usecases.issues` for somebody who looks at a page that may be older than the draft."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from listserv.errors import Conflict, Invalid, NotAllowed, NotFound
from listserv.i18n import N_
from listserv.mail.parse import message_hash as hash_of
from listserv.store import newspages as rows
from listserv.store.archive import Message
from listserv.store.issues import GONE, OPEN, Issue, IssueImage, IssueState, Replies, image_of, issue_by_id, locked_issue
from listserv.store.lists import Kind, MailingList
from listserv.store.people import User
from listserv.store.queue import raw_bytes
from listserv.usecases import issuepress, issues, issuewords, segments
from listserv.usecases.access import Actor, list_and_member
from listserv.usecases.issues import NewImage, Words
from listserv.usecases.stewards import Steward, steward

# Within so long the same words begin no second draft: the form was sent twice.
SENT_TWICE = timedelta(minutes=10)
NO_SUCH_IMAGE = N_("There is no such picture any more.")
CHANGED = "changed-meanwhile"
# Of drafts that are looked through for one.
MOST_OPEN = 50
LONGEST_KEY = 32


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom an issue reaches: how many, and who they are in words."""

    count: int
    whom: str


def issue_here(db: Session, name: str, issue_id: int, actor: Actor, *, discarded: bool = False) -> tuple[Steward, Issue]:
    """An issue of this list, for somebody who looks after it. Raises NotFound for everybody else, and for one that was thrown away
    (but for whoever is just sending words for it: `discarded`)."""
    who = steward(db, name, actor)
    issue = issue_by_id(db, who.mlist, issue_id)
    if issue is None or (issue.state is IssueState.DISCARDED and not discarded):
        raise NotFound("there is no such page")
    return who, issue


def draft_at(db: Session, name: str, message_hash: str, actor: Actor) -> int:
    """The draft that will be found at this permanent address: previews and trials name it already. Raises NotFound, also for readers."""
    who = steward(db, name, actor)
    for issue in rows.open_rows(db, who.mlist.id, MOST_OPEN):
        if hash_of(issuepress.message_id(db, issue)) == message_hash.upper():
            return issue.id
    raise NotFound("there is no such page")


def writer(db: Session, name: str, actor: Actor) -> Steward:
    """Somebody who may begin an issue: it goes out under their name, and so they are on the list. Raises NotFound."""
    who = steward(db, name, actor)
    if who.member is None:
        raise NotFound("there is no such page")
    return who


def begin(db: Session, who: Steward, words: Words, now: datetime) -> Issue:
    """A new draft; the same again from a form that was sent twice. Raises Invalid with one sentence."""
    user_id = who.actor.user_id or 0
    for known in rows.begun_alike(db, who.mlist.id, user_id, " ".join(words.subject.split()), words.source.strip("\n"), now - SENT_TWICE):
        if says(known, replace(words, images=None)) and _has_images(db, known, words.images or ()):
            return known
    try:
        return issues.draft(db, who.mlist, user_id, words, now)
    except NotAllowed:
        raise NotFound("there is no such page") from None


def _has_images(db: Session, issue: Issue, images: Sequence[NewImage]) -> bool:
    there = [(image.name, image.type, raw_bytes(db, image.raw_id)) for image in issue.images]
    return there == [(image.name[:255], image.type, image.data) for image in images]


def hold(db: Session, issue: Issue, revision: int) -> None:
    """The issue as it is now, and nobody else decides about it meanwhile. Raises Conflict where it is not what the page showed."""
    locked_issue(db, issue.id)
    if issue.state in OPEN and issue.revision != revision:
        raise Conflict(CHANGED)


def says(issue: Issue, words: Words) -> bool:
    """Does the draft say just this already?"""
    mine = replace(issues.words_of(issue), images=words.images)
    wanted = replace(words, subject=" ".join(words.subject.split()), source=words.source.strip("\n"), language=words.language or issue.language)
    replies = issuewords.way_of_answers(issue.mlist, words.segment, words.replies or issue.replies)
    return words.images is None and mine == replace(wanted, replies=replies)


def change(db: Session, issue: Issue, words: Words, revision: int, now: datetime) -> bool:
    """The draft anew, where something differs (what had a time keeps it otherwise); was there anything?

    Raises Conflict where somebody else has changed it since the page was made, or it has gone; Invalid with one sentence.
    """
    locked_issue(db, issue.id)
    if issue.state in OPEN and says(issue, words):
        return False
    hold(db, issue, revision)
    issues.revise(db, issue, words, now)
    return True


def images_with(db: Session, issue: Issue | None, new: list[NewImage], without: int = 0) -> list[NewImage]:
    """The pictures of an issue with these, and without the one of that number. Raises Invalid where it has none such."""
    there = issue.images if issue else []
    if without and without not in (image.number for image in there):
        raise Invalid(NO_SUCH_IMAGE)
    kept = [NewImage(image.name, image.type, raw_bytes(db, image.raw_id), image.cid) for image in there if image.number != without]
    return [*kept, *new]


def reach(db: Session, who: Steward, segment: str, language: str) -> Reach:
    """Whom a segment reaches now. Raises Invalid where it says nothing that can be understood."""
    meant = segments.checked(db, who.mlist, segment)
    return Reach(segments.count(db, who.mlist, meant), segments.words_for(db, who.mlist, meant, language))


def readable(db: Session, name: str, actor: Actor) -> None:
    """May whoever asks read the list at all? Raises NotFound."""
    list_and_member(db, name, actor)


def replies_of(mlist: MailingList) -> tuple[Replies, ...]:
    """Where answers to an issue may go: a newsletter's readers do not write to everybody."""
    return (Replies.COORDINATORS, Replies.AUTHOR) if mlist.kind is Kind.NEWSLETTER else tuple(Replies)


def called(db: Session, who: Steward) -> str:
    """The name by which an issue greets whoever looks at it: as in their copy, nothing is made of an address."""
    user = db.get(User, who.actor.user_id) if who.actor.user_id else None
    return user.name if user else ""


def picture(db: Session, image: IssueImage) -> bytes:
    """The bytes of a picture."""
    return raw_bytes(db, image.raw_id)


def picture_at(db: Session, name: str, key: str, number: int) -> tuple[IssueImage, bytes, bool]:
    """(picture, its bytes, has its issue gone) by its public address. Raises NotFound, also where moderators have hidden the issue."""
    image = image_of(db, key, number) if len(key) <= LONGEST_KEY and 0 < number <= issues.MOST_IMAGES else None
    if image is None or image.issue.mlist.name != name.lower():
        raise NotFound("there is no such page")
    issue = image.issue
    gone = issue.state in GONE
    if gone and (issue.message is None or (_is_hidden(issue.message) and not segments.of_coordinators(issue.segment))):
        raise NotFound("there is no such page")
    return image, raw_bytes(db, image.raw_id), gone


def _is_hidden(message: Message) -> bool:
    return bool(message.hidden_at or message.thread.hidden_at)
