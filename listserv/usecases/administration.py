"""What an administrator does to lists, topics and members, from whichever door."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from email_validator import EmailNotValidError, validate_email
from sqlalchemy.orm import Session

from listserv.errors import Conflict, Invalid, NotFound
from listserv.mail import address
from listserv.mail.text import TURNING
from listserv.store import positions
from listserv.store.lists import Joining, Kind, MailingList, Topic, count_topics, list_by_name, topic_by_slug
from listserv.store.members import DEFAULT_SCHEDULE, DeliveryMode, Member, Role, Status, member_of
from listserv.store.moderation import ApplicationState, open_applications
from listserv.store.people import Address, Purpose, User, address_by_key, spend_tokens
from listserv.usecases.access import Actor
from listserv.usecases.journal import note

# Of a list, a topic, a person (their columns).
LONGEST_NAME = 200
# Of what a list asks applicants and has them agree to: a letter has room for so much.
MOST_QUESTIONS, LONGEST_QUESTION, LONGEST_SENTENCE = 5, 120, 600
# A list invites so many people in a day at most.
MOST_INVITATIONS = 1_000
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
LIST_SETTINGS = ("title", "description", "language", "archive", "joining", "reply_to", "sender_proof", "subject_tag") + (
    "footer",
    "alias",
    "max_size",
    "emergency",
    "moderate_members",
    "first_post",
    "certain_spam",
    "thanks",
    "tell_newcomers",
    "materials",
    "meetings",
    "surveys",
    "invitations_a_day",
    "report",
    "questions",
    "consent",
)


@dataclass(frozen=True, slots=True)
class NewList:
    """What a list starts with; `joining` follows from the kind where it is not said."""

    name: str
    title: str
    language: str = "en"
    kind: Kind = Kind.DISCUSSION
    archive: str = "members"


def create_list(db: Session, new: NewList, actor: Actor, now: datetime) -> MailingList:
    """Make a list. Raises Invalid for a bad or reserved name, Conflict when there is one already."""
    name = new.name.lower()
    if not address.LIST_NAME.fullmatch(name):
        raise Invalid("{name}: a list's name is a letter, then letters a-z, digits, - or _", name=new.name)
    if address.name_is_reserved(name):
        raise Invalid("{name} would collide with an address or page of the program: choose another name", name=name)
    if list_by_name(db, name):
        raise Conflict("there is a list {name} already", name=name)
    mlist = MailingList(name=name, title=fitting("title", one_line(new.title), LONGEST_NAME) or name, language=new.language, kind=new.kind, created_at=now)
    mlist.joining = Joining.OPEN if new.kind is Kind.NEWSLETTER else Joining.APPLICATION
    db.add(mlist)
    db.flush()
    set_list(db, mlist, {"archive": new.archive, "language": new.language}, actor, now)
    note(db, actor, "list-created", mlist=mlist, now=now)
    return mlist


def one_line(text: str) -> str:
    """Text that may go into a header: no line ends, no control characters, nothing that turns the writing of what follows."""
    return " ".join("".join(c if c >= " " and c != "\x7f" else " " for c in TURNING.sub("", text)).split())


def set_list(db: Session, mlist: MailingList, values: Mapping[str, str], actor: Actor, now: datetime) -> None:
    """Change settings of a list, given as text. Raises Invalid, naming the key."""
    for key, value in values.items():
        if key not in LIST_SETTINGS:
            raise Invalid("there is no setting {key}; there are {keys}", key=key, keys=", ".join(LIST_SETTINGS))
        setattr(mlist, key, read_value(MailingList, key, value))
    note(db, actor, "list-set", mlist=mlist, now=now, detail=" ".join(f"{k}={v}" for k, v in values.items()))


def read_value(model: type[Any], key: str, value: str) -> Any:
    """A setting's text as the column wants it. Raises Invalid with the words that are allowed."""
    kind = model.__table__.c[key].type
    words: type[StrEnum] | None = getattr(kind, "words", None)
    python = words or kind.python_type
    if words:
        if value not in list(words):
            raise Invalid("{key}: say {words}", key=key, words=" or ".join(words))
        return words(value)
    if python is bool:
        if value.lower() not in ("yes", "no", "true", "false", "on", "off", "1", "0"):
            raise Invalid("{key}: say yes or no", key=key)
        return value.lower() in ("yes", "true", "on", "1")
    if python is int:
        return _number(key, value)
    return _text(key, value, getattr(kind, "length", None))


def _number(key: str, value: str) -> int:
    if not re.fullmatch("[0-9]{1,18}", value):
        raise Invalid("{key}: say a number", key=key)
    if key == "invitations_a_day" and not 1 <= int(value) <= MOST_INVITATIONS:
        raise Invalid("{key}: say a number from 1 to {most}", key=key, most=MOST_INVITATIONS)
    return int(value)


def _text(key: str, value: str, longest: int | None) -> str:
    if key == "language" and value not in ("en", "pl", ""):
        raise Invalid("language: say en or pl")
    if key == "title" and not one_line(value):
        raise Invalid("title: say what people call the list")
    if key == "alias":
        try:
            return " ".join(checked_email(one) for one in value.replace(",", " ").split())
        except Invalid as wrong:
            raise Invalid("alias: {wrong}", wrong=wrong) from None
    if key == "questions":
        return read_questions(value)
    if key == "consent":
        return fitting(key, value.strip(), LONGEST_SENTENCE)
    return fitting(key, value.strip() if key in ("footer", "description") else one_line(value), longest)


def read_questions(value: str) -> str:
    """What a list asks applicants, one question a line (on a command line `|` stands for a line end). Raises Invalid for too many or too long."""
    found = [question for line in value.replace("|", "\n").splitlines() if (question := one_line(line))]
    if len(found) > MOST_QUESTIONS:
        raise Invalid("questions: at most {most}, one a line", most=MOST_QUESTIONS)
    if any(len(question) > LONGEST_QUESTION for question in found):
        raise Invalid("questions: say each in {longest} characters", longest=LONGEST_QUESTION)
    return "\n".join(dict.fromkeys(found))


def fitting(key: str, text: str, length: int | None) -> str:
    """A text that its column was made for. Raises Invalid for a longer one."""
    if length is not None and len(text) > length:
        raise Invalid("{key}: say it in {length} characters", key=key, length=length)
    return text


def close_list(db: Session, mlist: MailingList, actor: Actor, now: datetime) -> None:
    """No new posts; the archive stays. Raises Conflict when it is closed already."""
    if mlist.closed_at:
        raise Conflict("the list {name} is closed already", name=mlist.name)
    mlist.closed_at = now
    note(db, actor, "list-closed", mlist=mlist, now=now)


def add_topic(db: Session, mlist: MailingList, slug: str, title: str, actor: Actor, now: datetime, *, moderated: bool = False) -> Topic:
    """Add a subject area. Raises Invalid or Conflict."""
    slug = slug.lower()
    if not SLUG.fullmatch(slug):
        raise Invalid("{slug}: a topic's short name is letters a-z, digits and -", slug=slug)
    if topic_by_slug(db, mlist, slug):
        raise Conflict("the list {name} has a topic {slug} already", name=mlist.name, slug=slug)
    topic = Topic(list_id=mlist.id, slug=slug, title=fitting("title", one_line(title), LONGEST_NAME) or slug, position=count_topics(db, mlist))
    topic.moderated = moderated
    db.add(topic)
    db.flush()
    note(db, actor, "topic-added", mlist=mlist, now=now, detail=slug)
    return topic


def checked_email(email: str) -> str:
    """An address that mail can be sent to. Raises Invalid."""
    try:
        return validate_email(email.strip(), check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as wrong:
        raise Invalid("{email} is not an e-mail address: {wrong}", email=email, wrong=wrong) from None


def ensure_user(db: Session, email: str, name: str, now: datetime, *, language: str = "", verified: bool = True) -> Address:
    """The person behind an address; made when nobody has it yet."""
    known = address_by_key(db, address.key(email))
    if known:
        if name and not known.user.name:
            known.user.name = one_line(name)[:200]
        return known
    user = User(name=one_line(name)[:200], language=language, created_at=now)
    new = Address(user=user, email=email, key=address.key(email), verified_at=now if verified else None)
    db.add_all((user, new))
    db.flush()
    return new


@dataclass(frozen=True, slots=True)
class NewMember:
    email: str
    name: str = ""
    role: Role = Role.MEMBER
    delivery: DeliveryMode = DeliveryMode.EACH
    schedule: str = DEFAULT_SCHEDULE
    language: str = ""
    status: Status = Status.ENABLED
    moderated: bool = False
    # Of somebody who comes from another program: since when, and whether their address has been proven there.
    joined_at: datetime | None = None
    verified: bool = True

    def row(self, mlist: MailingList, now: datetime) -> dict[str, Any]:
        """What becomes of it in the table of members, but whose it is."""
        facts = {name: getattr(self, name) for name in ("role", "delivery", "schedule", "status", "moderated")}
        # As another program left them: their address is asked, and nobody is told of the past.
        bouncing = now if self.status is Status.BOUNCING else None
        facts |= {"bouncing_since": bouncing, "bouncing_told": bouncing}
        return {"list_id": mlist.id, "joined_at": min(self.joined_at or now, now), "digest_seq": mlist.last_seq} | facts


def add_member(db: Session, mlist: MailingList, new: NewMember, actor: Actor, now: datetime) -> Member:
    """Put a person on a list. Sends nothing. Raises Invalid, or Conflict when they are on it."""
    place = ensure_user(db, checked_email(new.email), new.name, now, language=new.language, verified=new.verified)
    if member_of(db, mlist, place.user_id):
        raise Conflict("{email} is on the list {name} already", email=new.email, name=mlist.name)
    member = Member(user_id=place.user_id, address_id=place.id, **new.row(mlist, now))
    db.add(member)
    db.flush()
    if place.user.created_at != now:
        # Should they be taken off again, an old goodbye is no way back.
        spend_tokens(db, Purpose.COME_BACK, mlist.id, place.email, now)
    note(db, actor, "member-added", mlist=mlist, now=now, about=member, detail=place.email)
    _answer_applications(db, mlist, place.user, actor, now)
    return member


def _answer_applications(db: Session, mlist: MailingList, user: User, actor: Actor, now: datetime) -> None:
    """Who is on the list, however they came, waits no longer to be on it."""
    for application in open_applications(db, mlist, {place.key for place in user.addresses}):
        application.state, application.decided_at, application.decided_by = ApplicationState.ADMITTED, now, actor.user_id
        note(db, actor, f"application-{application.state}", mlist=mlist, now=now, about=application)


def find_member(db: Session, mlist: MailingList, email: str) -> Member:
    """The member with this address. Raises NotFound."""
    known = address_by_key(db, address.key(email))
    member = member_of(db, mlist, known.user_id) if known else None
    if member is None:
        raise NotFound("{email} is not on the list {name}", email=email, name=mlist.name)
    return member


def remove_member(db: Session, member: Member, actor: Actor, now: datetime, *, why: str = "") -> None:
    """Take a person off a list; the person, their posts and the journal stay."""
    mlist = db.get_one(MailingList, member.list_id)
    note(db, actor, "member-removed", mlist=mlist, now=now, about=member, detail=f"{member.address.email} {why}".strip())
    positions.forget(db, member.user_id, member.list_id)
    db.delete(member)
    db.flush()
