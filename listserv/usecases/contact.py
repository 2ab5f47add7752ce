"""Letters to the humans: to a list's moderators, from members and from those who want to be; and to the postmaster."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from listserv.mail import address, language, tokens
from listserv.mail.address import Role
from listserv.mail.authentication import Alignment
from listserv.mail.parse import parse
from listserv.mail.spam import Spam
from listserv.store import docket
from listserv.store.lists import Kind, MailingList
from listserv.store.members import member_by_key
from listserv.store.moderation import Application
from listserv.store.outbox import forwarded_before
from listserv.store.people import User
from listserv.store.queue import Incoming, State, raw_bytes
from listserv.usecases import applicants, banning, bulkadding, deciding, issuecounts, keptletters, leaving, limits, membership, nameasked, outbox, unnamed
from listserv.usecases.access import Actor
from listserv.usecases.applicants import applicant_from
from listserv.usecases.arrivals import Letter, Outcome
from listserv.usecases.outbox import Cause

# Anybody can write these: more than so many are answered by the program alone.
LEAVING_A_DAY = 10
# Whose own mail service says that it is not theirs is passed on with a word of that.
FORGED = "forged"


def moderators(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> Outcome:
    """A member's letter reaches the moderators; anybody else's is an application to join."""
    ordered = bulkadding.take(db, mlist, letter, now)
    if ordered:
        return ordered
    nameless = unnamed.taken(db, mlist, letter, letter.post, now, to_list=False) or nameasked.of_letter(db, mlist, letter, now)
    if nameless:
        return nameless
    if not letter.sender or member_by_key(db, mlist, address.key(letter.sender)):
        return leaving.told_to_humans(db, mlist, letter, now) or forward(db, mlist, letter, now)
    refused = banning.turned_away(db, mlist, letter, now)
    if refused:
        return refused
    if _is_from_a_reader(db, mlist, letter):
        # Somebody whose copy goes on to a second mailbox answers from there: that is no wish to get a second copy.
        return forward(db, mlist, letter, now, unproven=letter.alignment is not Alignment.ALIGNED)
    if leaving.asks(letter):
        return _somebody_leaves(db, mlist, letter, now)
    return apply(db, mlist, letter, now)


def apply(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> Outcome:
    """An application, whatever it says; the same letter that came by another address of ours, an alias say, counts once."""
    if applicants.is_ours(db, letter.sender):
        return Outcome(State.DISCARDED, ("own-address",))
    if docket.has_come(db, letter.incoming):
        return Outcome(State.APPLICATION, ("double",))
    membership.apply(db, mlist, applicant_from(letter.post, letter.incoming, letter.alignment, mlist), now)
    return Outcome(State.APPLICATION)


def _is_from_a_reader(db: Session, mlist: MailingList, letter: Letter) -> bool:
    if mlist.kind is not Kind.NEWSLETTER or letter.alignment is Alignment.FAILED or letter.spam is not Spam.NO:
        return False
    return not leaving.asks(letter) and answers_an_issue(db, mlist, letter)


def answers_an_issue(db: Session, mlist: MailingList, letter: Letter) -> bool:
    """Is it an answer to an issue of this list?"""
    return issuecounts.of_letter(db, mlist, letter.post.references) is not None


def _somebody_leaves(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> Outcome:
    """A wish to leave from an address that is not on the list is no application: humans read it, a few a day, and the address that it shows is asked."""
    if not limits.within(db, "leaving by a human", str(mlist.id), now, timedelta(days=1), LEAVING_A_DAY):
        return leaving.from_elsewhere(db, mlist, letter, now)
    leaving.ask_whom_it_shows(db, mlist, letter, now)
    return forward(db, mlist, letter, now)


def forward(db: Session, mlist: MailingList, letter: Letter, now: datetime, *, only: int | None = None, unproven: bool = False) -> Outcome:
    """Every moderator gets the letter (or `only` the one with this number, who decides still); a plain answer goes to who wrote it.

    `unproven`: they are told that nobody vouches for its sender.
    """
    if mlist.kind is Kind.NEWSLETTER and forwarded_before(db, letter.incoming):
        # „Odpowiedz wszystkim” goes to the list's address and to the coordinators'.
        return Outcome(State.FORWARDED, ("double",))
    known = deciding.deciders(db, mlist)
    issue = issuecounts.of_letter(db, mlist, letter.post.references)
    own = deciding.who_wrote(db, known, letter.sender) if issue else None
    if issue and own is None:
        issuecounts.answered(db, issue, now)
    if own and letter.alignment is Alignment.ALIGNED:
        # A coordinator's own remark about an issue is for the others.
        known = [one for one in known if one.user_id != own.user_id] or known
    if keptletters.keeps_back(db, mlist, letter, now):
        return Outcome(State.FORWARDED, ("kept-back", *_why(letter)))
    for decider in [one for one in known if one.user_id == only] or known:
        facts = _facts(letter) | {"unproven": unproven}
        outbox.write(db, "contact", decider.email, decider.language, now, mlist=mlist, automatic=False, cause=letter.cause, **facts)
    return Outcome(State.FORWARDED, _why(letter))


def _why(letter: Letter) -> tuple[str, ...]:
    return (FORGED,) if letter.alignment is Alignment.FAILED else ()


def pass_on(db: Session, mlist: MailingList, incoming: Incoming, to: deciding.Decider, now: datetime) -> None:
    """A letter that was kept back, to one moderator."""
    raw = raw_bytes(db, incoming.raw_id)
    alignment = Alignment.FAILED if FORGED in incoming.reasons.split() else Alignment.UNKNOWN
    facts = _facts(Letter(incoming, raw, parse(raw), alignment))
    outbox.write(db, "contact", to.email, to.language, now, mlist=mlist, automatic=False, cause=Cause(incoming), **facts)


def from_application(db: Session, application: Application, actor: Actor, now: datetime) -> None:
    """A moderator says that it is none: every moderator gets it as the ordinary letter that it is. Raises Conflict if already decided."""
    membership.not_an_application(db, application, actor, now)
    mails = mark(db, application, State.FORWARDED)
    cause = Cause(mails[0] if mails else None, proven=True)
    files = parse(raw_bytes(db, application.raw_id)).attachments if application.raw_id else ()
    facts: dict[str, Any] = {"name": application.name, "email": application.email, "subject": application.subject, "text": application.text}
    facts |= {"reply_to": application.email, "files": ", ".join(file.name for file in files)}
    facts["decider"] = deciding.name_of(db.get(User, actor.user_id)) if actor.user_id else ""
    for decider in deciding.deciders(db, application.mlist):
        outbox.write(db, "letter-after-all", decider.email, decider.language, now, mlist=application.mlist, automatic=False, cause=cause, **facts)


def mark(db: Session, application: Application, state: State) -> Sequence[Incoming]:
    """The mails with which it came, marked as what they are: an application, or (FORWARDED) a letter."""
    mails = docket.mails_of(db, application, (State.APPLICATION, State.FORWARDED))
    for incoming in mails:
        incoming.state = state
    return mails


def _facts(letter: Letter) -> dict[str, Any]:
    author = letter.post.authors[0] if letter.post.authors else address.Mailbox("", letter.incoming.mail_from)
    facts: dict[str, Any] = {"name": author.name, "email": author.address, "subject": letter.post.subject, "text": tokens.hide(letter.post.text)}
    facts |= {"forged": letter.alignment is Alignment.FAILED, "unproven": False}
    return facts | {"reply_to": author.address, "files": ", ".join(file.name for file in letter.post.attachments)}


def site(db: Session, role: Role, letter: Letter, now: datetime) -> Outcome:
    """postmaster and abuse reach the administrator (RFC 2142); who writes to noreply learns where people are."""
    settings = outbox.settings_of(db)
    if role is Role.POSTMASTER and settings.site.owner:
        return _to_the_owner(db, settings.site.owner, letter, now)
    return nobody_reads(db, letter, now)


def _to_the_owner(db: Session, owner: str, letter: Letter, now: datetime) -> Outcome:
    """So many in an hour or a day; the last of them says that the rest is to be looked up."""
    left = keptletters.left(db, keptletters.SITE, letter, now)
    if left < 0:
        return Outcome(State.FORWARDED, ("kept-back", *_why(letter)))
    outbox.write(db, "contact-site", owner, "", now, automatic=False, cause=letter.cause, last=left == 0, **_facts(letter))
    return Outcome(State.FORWARDED, _why(letter))


def nobody_reads(db: Session, letter: Letter, now: datetime, mlist: MailingList | None = None) -> Outcome:
    """A machine's address: say where people are; those of the list, where the address tells which."""
    if not letter.sender:
        return Outcome(State.DISCARDED, ("no-author",))
    tongue = language.guess(letter.post.text)
    told = outbox.write(db, "nobody-reads", letter.sender, tongue, now, mlist=mlist, cause=letter.cause)
    return Outcome(State.ANSWERED, () if told else ("enough-for-today",))
