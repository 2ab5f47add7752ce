"""Who applies: the value that a letter, the form or an invitation makes, and that `membership.apply` takes."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from listserv.mail import address, language
from listserv.mail.address import Mailbox
from listserv.mail.authentication import Alignment
from listserv.mail.parse import Post
from listserv.store.lists import MailingList, list_by_name, lists_with_alias
from listserv.store.queue import Incoming
from listserv.usecases import outbox
from listserv.usecases.consents import How
from listserv.usecases.outbox import Cause
from listserv.usecases.questions import Pairs


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who applies, in their own words."""

    box: Mailbox
    subject: str
    text: str
    language: str
    proven: bool
    incoming: Incoming | None = None
    # How the address was proven, where it was; and is it known that somebody else wrote?
    proof: str = "aligned"
    forged: bool = False
    # What they answered to the list's questions, where they saw them; and how they agreed to its sentence, if they did.
    answers: Pairs = ()
    agreed: How | None = None

    @property
    def cause(self) -> Cause:
        """Why letters to this person are written."""
        return Cause(self.incoming, self.proven, self.forged)


def applicant_from(post: Post, incoming: Incoming, alignment: Alignment, mlist: MailingList) -> Applicant:
    """The applicant that a letter speaks of."""
    tongue = language.guess(f"{post.subject}\n{post.text}") or mlist.language
    proven, forged = alignment is Alignment.ALIGNED, alignment is Alignment.FAILED
    return Applicant(post.authors[0], post.subject, post.text.strip(), tongue, proven, incoming, forged=forged)


def passes_through_an_alias(post: Post, mlist: MailingList) -> bool:
    """Is it written to an address of another domain that means this list? Whoever forwarded it to us may have broken its proof."""
    aliases = {address.key(one) for one in mlist.alias.replace(",", " ").split()}
    return any(address.key(box.address) in aliases for box in (*post.to, *post.cc))


def is_ours(db: Session, email: str) -> bool:
    """Is it an address of the program's own, or one elsewhere that forwards to a list here? Nobody writes from there."""
    local, domain = address.split(address.key(email))
    if domain == address.domain_of(f"x@{outbox.settings_of(db).site.domain}"):
        route = address.read_local_part(local)
        return route is not None and (not route.name or list_by_name(db, route.name) is not None)
    return any(address.key(email) == address.key(one) for mlist in lists_with_alias(db) for one in mlist.alias.replace(",", " ").split())
