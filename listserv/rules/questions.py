"""The questions asked about a post. Each asks values, and answers with a reason or with nothing."""

import re
from collections.abc import Callable

from listserv.mail import absence, lonewish
from listserv.mail.authentication import Alignment
from listserv.mail.listrules import Does, first
from listserv.mail.parse import Post
from listserv.mail.spam import Spam
from listserv.rules.verdicts import Facts, Reason

# A loop mark is an address or a List-Id, bare or in brackets or behind `mailto:`.
WORD = re.compile(r"[^\s<>:,;]+")

# So often may somebody say the same within an hour; „dziękuję” in three threads is no machine.
ECHOES = 5

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
    """„Proszę mnie wypisać” was meant for us, unless its writer has said that it was not."""
    return Reason.REQUEST if not facts.meant and lonewish.is_request(post) else None


def repeated(post: Post, facts: Facts) -> Reason | None:
    """A machine that does not say so answers itself: a human looks at the first of its echoes."""
    return Reason.REPEATED if facts.echoes >= ECHOES else None


def machine_like(post: Post, facts: Facts) -> Reason | None:
    """A notice of absence that bears no machine's mark: a human looks."""
    return Reason.MACHINE_LIKE if not facts.meant and not facts.moderator and absence.is_notice(post) else None


def held_already(post: Post, facts: Facts) -> Reason | None:
    """One of the echoes waits for a moderator: the others need not."""
    return Reason.REPEATED if facts.echoes >= ECHOES and facts.echo_held else None


def closed(post: Post, facts: Facts) -> Reason | None:
    """The list takes no more posts."""
    return Reason.CLOSED if facts.closed else None


def announce_only(post: Post, facts: Facts) -> Reason | None:
    """A newsletter takes no posts: what its coordinators write becomes a draft elsewhere, and goes out at their word alone."""
    return Reason.ANNOUNCE_ONLY if facts.newsletter else None


def banned(post: Post, facts: Facts) -> Reason | None:
    """Barred from the list. Whoever decides on it cannot lock themselves out by a pattern."""
    return Reason.BANNED if facts.banned and not facts.moderator else None


def list_mail(post: Post, facts: Facts) -> Reason | None:
    """Another list's mail: a human looks, because two lists that feed each other never stop.

    No list sends in its author's own name: what a member hands in themselves is a letter that has kept a List-Id of old.
    """
    by_hand = facts.member and facts.own_envelope
    return Reason.LIST_MAIL if post.automatic == "list-mail" and not by_hand else None


def authors(post: Post, facts: Facts) -> Reason | None:
    """The author is the single From address."""
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


def first_post(post: Post, facts: Facts) -> Reason | None:
    """Somebody's first message here; a moderator's yes to it ends that, because the message is in the archive then."""
    return Reason.FIRST_POST if facts.newcomer and not (facts.moderator or facts.trusted) else None


def topic(post: Post, facts: Facts) -> Reason | None:
    """A topic in which everybody's posts are read first."""
    return Reason.TOPIC if facts.moderated_topic and not (facts.moderator or facts.trusted) else None


def spam(post: Post, facts: Facts) -> Reason | None:
    """The filter of our own mail server. Its “no” helps nobody."""
    return Reason.SPAM if facts.spam else None


def certain_spam(post: Post, facts: Facts) -> Reason | None:
    """What the filter is certain of, where the list has said that nobody need see it. Moderators decide on their own."""
    return Reason.SPAM if facts.spam is Spam.CERTAIN and facts.discards_spam and not facts.moderator else None


def ruled(does: Does) -> Rule:
    """Does a rule of the list's own ask for this? Of several that fit, the gravest. Moderators are above them."""

    def asked(post: Post, facts: Facts) -> Reason | None:
        rule = None if facts.moderator else first(facts.rules, post)
        return Reason.RULE if rule and rule.does is does else None

    return asked


def empty(post: Post, facts: Facts) -> Reason | None:
    """Neither words nor files nor a subject: a slip of the finger."""
    return None if post.text.strip() or post.attachments or post.subject or post.html else Reason.EMPTY
