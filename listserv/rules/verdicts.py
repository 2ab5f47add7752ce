"""What is asked about, and what comes of it: facts, reasons, verdicts."""

from dataclasses import dataclass
from enum import StrEnum

from listserv.mail.authentication import Alignment
from listserv.mail.listrules import ListRule
from listserv.mail.spam import Spam


class Action(StrEnum):
    ACCEPT = "accept"
    HOLD = "hold"
    REJECT = "reject"
    DISCARD = "discard"


class Reason(StrEnum):
    """Why. Worded at the last moment, in the reader's language."""

    LOOP = "loop"
    AUTOMATIC = "automatic"
    DOUBLE = "double"
    CLOSED = "closed"
    ANNOUNCE_ONLY = "announce-only"
    BANNED = "banned"
    LIST_MAIL = "list-mail"
    NO_AUTHOR = "no-author"
    SEVERAL_AUTHORS = "several-authors"
    FORGED = "forged"
    NONMEMBER = "nonmember"
    UNPROVEN = "unproven"
    EMERGENCY = "emergency"
    MODERATED = "moderated"
    TOO_BIG = "too-big"
    EMPTY = "empty"
    REPEATED = "repeated"
    MACHINE_LIKE = "machine-like"
    REQUEST = "request"
    MOVED = "moved"
    LOCKED = "locked"
    FIRST_POST = "first-post"
    TOPIC = "topic"
    RULE = "rule"
    SPAM = "spam"
    # No rule's: whoever asked it wished so.
    UNNAMED = "unnamed"


@dataclass(frozen=True, slots=True)
class Facts:
    """What must be known of the list and the sender to judge a post. Gathered first, so that judging asks nobody."""

    address: str
    list_id: str
    member: bool = False
    moderator: bool = False
    moderated: bool = False
    # A moderator has said that this author's posts need not be read first.
    trusted: bool = False
    banned: bool = False
    alignment: Alignment = Alignment.UNKNOWN
    null_sender: bool = False
    # The envelope sender is the author's address.
    own_envelope: bool = False
    double: bool = False
    closed: bool = False
    newsletter: bool = False
    emergency: bool = False
    # The thread that it belongs to takes no more messages.
    locked: bool = False
    strict: bool = False
    # How often the author has sent these very words within the hour, and whether a moderator looks at them already.
    echoes: int = 0
    echo_held: bool = False
    max_size: int = 0
    # A member of a list that reads first messages first has not been in its archive yet; the topic is read first.
    newcomer: bool = False
    moderated_topic: bool = False
    # What the mail server's filter says, and whether the list has its certain finds thrown away.
    spam: Spam = Spam.NO
    discards_spam: bool = False
    rules: tuple[ListRule, ...] = ()
    # Its author was asked whether it is for everybody, and has said so.
    meant: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a post, why, and which of the list's own rules had its part in it."""

    action: Action
    reasons: tuple[Reason, ...] = ()
    rule: ListRule | None = None
