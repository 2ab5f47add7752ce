"""What a coordinator says of an issue, and how a draft comes to say it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from listserv.errors import Invalid
from listserv.i18n import N_
from listserv.mail import tokens
from listserv.store.issues import Issue, IssueImage, Replies, SourceKind, Template
from listserv.store.lists import Kind, MailingList
from listserv.store.queue import keep_raw
from listserv.usecases import issuepress, segments
from newsletters import pictures

# Of a draft, in characters and pictures: more is no newsletter.
LONGEST, MOST_IMAGES, LARGEST_IMAGES = 60_000, 20, 5 << 20
# Like mail programs show, and RFC 6532 allows.
LONGEST_SUBJECT = 200
KINDS = N_("Only PNG, JPEG, GIF and WebP pictures can be part of an issue.")


@dataclass(frozen=True, slots=True)
class NewImage:
    """A picture that came with a draft; `cid` is what the draft calls it."""

    name: str
    type: str
    data: bytes
    cid: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """What a coordinator says of an issue. `images` None: those it has stay."""

    subject: str
    source: str
    kind: SourceKind = SourceKind.PLAIN
    template: Template = Template.LETTER
    segment: str = ""
    language: str = ""
    images: Sequence[NewImage] | None = ()
    # None: to the thread on a discussion list, to the coordinators on a newsletter list.
    replies: Replies | None = None


def words_of(issue: Issue) -> Words:
    """What an issue says now, to be changed in part."""
    return Words(issue.subject, issue.source, issue.kind, issue.template, issue.segment, issue.language, None, issue.replies)


def take(db: Session, issue: Issue, words: Words, now: datetime) -> None:
    """Let the draft say this. Raises Invalid with one sentence where no issue can be made of it."""
    mlist = issue.mlist
    # What was one reader's key, in a letter that was forwarded, goes to nobody.
    subject, source = tokens.hide(" ".join(words.subject.split())), tokens.hide(words.source.strip("\n"))
    if not subject:
        raise Invalid(N_("An issue needs a subject: write it in the subject of the mail, or as “Subject: …” in the first line."))
    if len(subject) > LONGEST_SUBJECT:
        raise Invalid(N_("This subject is too long: 200 characters are the most."))
    if len(words.source) > LONGEST:
        raise Invalid(N_("This text is too long for one issue: put a part of it on a page and link to it."))
    issue.subject, issue.source, issue.kind, issue.template = subject, source, words.kind, words.template
    issue.segment = segments.canonical(segments.checked(db, mlist, words.segment)) if words.segment else ""
    issue.replies = way_of_answers(mlist, issue.segment, words.replies or issue.replies)
    issue.language = words.language or issue.language or mlist.language
    issue.changed_at = now
    if words.images is not None:
        _take_images(db, issue, words.images)
    db.flush()
    # What cannot be printed is refused now, and not when it is sent.
    issuepress.pressed(db, issue)


def way_of_answers(mlist: MailingList, segment: str, wished: Replies | None) -> Replies:
    """Where answers go. Those to a newsletter, and to what is for coordinators alone, never go to everybody."""
    if mlist.kind is Kind.NEWSLETTER or segments.of_coordinators(segment):
        return wished if wished is Replies.AUTHOR else Replies.COORDINATORS
    return wished or Replies.THREAD


def _take_images(db: Session, issue: Issue, images: Sequence[NewImage]) -> None:
    if len(images) > MOST_IMAGES or sum(len(image.data) for image in images) > LARGEST_IMAGES:
        raise Invalid(N_("These are too many pictures, or too big ones: 20 pictures and 5 MB together are the most."))
    # What a picture is its bytes say: programs call a JPEG `image/jpg`, and a page a PNG.
    seen = [pictures.look(image.data) for image in images]
    if None in seen:
        raise Invalid(KINDS)
    issue.images.clear()
    db.flush()
    for number, (image, known) in enumerate(zip(images, seen, strict=True), 1):
        assert known is not None
        row = IssueImage(number=number, name=image.name[:255], type=known.type, raw_id=keep_raw(db, image.data).id, cid=image.cid[:255])
        row.width = known.width
        issue.images.append(row)
