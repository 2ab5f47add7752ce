"""PURE: the questions asked about a post, in order. Rules ask values; the order is data; the first yes decides."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from listserv.i18n import N_
from listserv.mail.authentication import Alignment
from listserv.mail.commands import Kind, commands
from listserv.mail.parse import Post


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
    REQUEST = "request"
    MOVED = "moved"
    LOCKED = "locked"


WORDS = {
    Reason.LOOP: N_("it has been through this list already"),
    Reason.AUTOMATIC: N_("a machine wrote it"),
    Reason.DOUBLE: N_("it came twice"),
    Reason.CLOSED: N_("the list is closed"),
    Reason.ANNOUNCE_ONLY: N_("only the coordinators write to this list"),
    Reason.BANNED: N_("this address has been barred from the list"),
    Reason.LIST_MAIL: N_("it comes from another mailing list"),
    Reason.NO_AUTHOR: N_("it does not say who wrote it"),
    Reason.SEVERAL_AUTHORS: N_("it names several authors"),
    Reason.FORGED: N_("the author's mail service says that the sender is forged"),
    Reason.NONMEMBER: N_("this address is not on the list"),
    Reason.UNPROVEN: N_("the sender could not be verified"),
    Reason.EMERGENCY: N_("moderators are reading everything at the moment"),
    Reason.MODERATED: N_("posts from this address are read first"),
    Reason.TOO_BIG: N_("it is larger than this list allows"),
    Reason.EMPTY: N_("there is nothing in it"),
    Reason.REQUEST: N_("it reads like a wish to leave the list, and everybody would get it"),
    Reason.REPEATED: N_("the same words have come again and again"),
    Reason.MOVED: N_("it was waiting for a decision when the list moved here"),
    Reason.LOCKED: N_("the moderators have closed this thread"),
}


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


@dataclass(frozen=True, slots=True)
class Verdict:
    action: Action
    reasons: tuple[Reason, ...] = ()


# A loop mark is an address or a List-Id, bare or in brackets or behind `mailto:`.
WORD = re.compile(r"[^\s<>:,;]+")

# So often may somebody say the same within an hour; „dziękuję” in three threads is no machine.
ECHOES = 5
# Words of a letter that may be a request and nothing else.
SHORT = 15

Rule = Callable[[Post, Facts], Reason | None]


def loop(post: Post, facts: Facts) -> Reason | None:
    """Our own mark: this list has sent it out before."""
    ours = {facts.address.lower(), facts.list_id.lower()}
    return Reason.LOOP if any(ours.intersection(WORD.findall(mark.lower())) for mark in post.loop_marks) else None


def automatic(post: Post, facts: Facts) -> Reason | None:
    """Holiday notices, bounces and reports: nobody wants them in 45 inboxes (RFC 3834)."""
    machine = post.automatic is not None and post.automatic != "list-mail"
    return Reason.AUTOMATIC if machine or facts.null_sender else None


def double(post: Post, facts: Facts) -> Reason | None:
    """The same mail a second time."""
    return Reason.DOUBLE if facts.double else None


def request(post: Post, facts: Facts) -> Reason | None:
    """„Proszę mnie wypisać” was meant for us: a short letter of its own, never an answer in a thread."""
    short = len(post.reply.split()) <= SHORT and not post.references and not post.attachments
    asks = short and any(command.kind is Kind.LEAVE for command in commands(post.reply, post.subject))
    return Reason.REQUEST if asks else None


def repeated(post: Post, facts: Facts) -> Reason | None:
    """A machine that does not say so answers itself: a human looks at the first of its echoes."""
    return Reason.REPEATED if facts.echoes >= ECHOES else None


def held_already(post: Post, facts: Facts) -> Reason | None:
    """One of the echoes waits for a moderator: the others need not."""
    return Reason.REPEATED if facts.echoes >= ECHOES and facts.echo_held else None


def closed(post: Post, facts: Facts) -> Reason | None:
    """The list takes no more posts."""
    return Reason.CLOSED if facts.closed else None


def announce_only(post: Post, facts: Facts) -> Reason | None:
    """A newsletter is written by its coordinators."""
    return Reason.ANNOUNCE_ONLY if facts.newsletter and not facts.moderator else None


def banned(post: Post, facts: Facts) -> Reason | None:
    """Barred from the list. Whoever decides on it cannot lock themselves out by a pattern."""
    return Reason.BANNED if facts.banned and not facts.moderator else None


def list_mail(post: Post, facts: Facts) -> Reason | None:
    """Another list's mail: a human looks, because two lists that feed each other never stop."""
    return Reason.LIST_MAIL if post.automatic == "list-mail" else None


def authors(post: Post, facts: Facts) -> Reason | None:
    """The author is the single From address (contract section 8)."""
    if not post.authors:
        return Reason.NO_AUTHOR
    return Reason.SEVERAL_AUTHORS if len(post.authors) > 1 else None


def forged(post: Post, facts: Facts) -> Reason | None:
    """DMARC says fail."""
    return Reason.FORGED if facts.alignment is Alignment.FAILED else None


def nonmember(post: Post, facts: Facts) -> Reason | None:
    """A stranger, unless a moderator has said yes to all that comes from this address."""
    return None if facts.member or facts.trusted else Reason.NONMEMBER


def unproven(post: Post, facts: Facts) -> Reason | None:
    """`sender_proof=strict` wants more than silence."""
    return Reason.UNPROVEN if facts.strict and facts.alignment is not Alignment.ALIGNED else None


def emergency(post: Post, facts: Facts) -> Reason | None:
    """The moderators' brake."""
    return Reason.EMERGENCY if facts.emergency else None


def moderated(post: Post, facts: Facts) -> Reason | None:
    """This member's, or everybody's, posts are read first."""
    return Reason.MODERATED if facts.moderated and not (facts.moderator or facts.trusted) else None


def locked(post: Post, facts: Facts) -> Reason | None:
    """An answer to a closed conversation. Whoever closed it may still have the last word."""
    return Reason.LOCKED if facts.locked and not facts.moderator else None


def too_big(post: Post, facts: Facts) -> Reason | None:
    """Larger than the list wants to send to everybody."""
    return Reason.TOO_BIG if facts.max_size and post.size > facts.max_size else None


def empty(post: Post, facts: Facts) -> Reason | None:
    """Neither words nor files nor a subject: a slip of the finger."""
    return None if post.text.strip() or post.attachments or post.subject or post.html else Reason.EMPTY


DISCARD_IF: tuple[Rule, ...] = (loop, automatic, double, held_already)
REJECT_IF: tuple[Rule, ...] = (closed, banned, announce_only)
HOLD_IF: tuple[Rule, ...] = (list_mail, authors, forged, nonmember, unproven, emergency, moderated, locked, too_big, empty, repeated, request)


def judge(post: Post, facts: Facts) -> Verdict:
    """What becomes of a post. Discarding and rejecting need one reason; a hold tells all of them."""
    for action, rules in ((Action.DISCARD, DISCARD_IF), (Action.REJECT, REJECT_IF)):
        for rule in rules:
            reason = rule(post, facts)
            if reason:
                return Verdict(action, (reason,))
    reasons = tuple(reason for rule in HOLD_IF if (reason := rule(post, facts)))
    return Verdict(Action.HOLD, reasons) if reasons else Verdict(Action.ACCEPT)
