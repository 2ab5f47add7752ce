"""Carrying out a plan: another program's list becomes one of ours. No letter is written unless moderators are asked."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from listserv import links
from listserv.errors import Conflict, Invalid
from listserv.mail import address
from listserv.mail.parse import identify, parse
from listserv.mailman.values import HeldPost, Person, Wish
from listserv.rules import Reason
from listserv.store import moving as here
from listserv.store.lists import Kind, MailingList, list_by_name
from listserv.store.members import DeliveryMode, Member, Role, Status
from listserv.store.moderation import Application, ApplicationState
from listserv.store.people import Address, address_by_key
from listserv.store.queue import Incoming, State, keep_raw
from listserv.usecases import banning, digesting, membership, moderation, posting
from listserv.usecases.access import Actor
from listserv.usecases.administration import NewList, NewMember, add_member, checked_email, create_list, one_line, set_list
from listserv.usecases.intake import storable
from listserv.usecases.journal import note
from listserv.usecases.moving import Plan
from listserv.usecases.outbox import Cause, settings_of
from listserv.usecases.submissions import Submission


def settle(db: Session, plan: Plan, actor: Actor, now: datetime) -> MailingList:
    """The list of a plan, made with its settings; one that is there stays as it is."""
    mlist = list_by_name(db, plan.name)
    if mlist:
        return mlist
    new = NewList(plan.name, plan.settings["title"], plan.settings["language"], Kind.DISCUSSION, plan.settings["archive"])
    mlist = create_list(db, new, actor, now)
    set_list(db, mlist, plan.settings, actor, now)
    note(db, actor, "list-moved", mlist=mlist, now=now, detail=plan.found.address)
    return mlist


def add_people(db: Session, mlist: MailingList, people: Iterable[Person], actor: Actor, now: datetime) -> None:
    """Put these people on the list, with their other addresses; who has come meanwhile stays as they are."""
    for person in people:
        try:
            member = add_member(db, mlist, _new_member(person), actor, now)
        except Conflict:
            continue
        _add_addresses(db, member, person.others, now)
        if member.delivery is DeliveryMode.DIGEST:
            digesting.plan(db, member, now)


def _new_member(person: Person) -> NewMember:
    return NewMember(
        person.email,
        one_line(person.name)[:200],
        Role(person.role),
        DeliveryMode(person.delivery),
        language=person.language,
        status=Status(person.status),
        moderated=person.moderated,
        joined_at=person.since,
        verified=person.confirmed,
    )


def _add_addresses(db: Session, member: Member, emails: Iterable[str], now: datetime) -> None:
    """Other addresses of the same person; one that somebody else has here stays theirs."""
    for email in emails:
        try:
            good = checked_email(email)
        except Invalid:
            continue
        if not address_by_key(db, address.key(good)):
            db.add(Address(user_id=member.user_id, email=good, key=address.key(good), verified_at=now))
            db.flush()


def add_bans(db: Session, mlist: MailingList | None, patterns: Iterable[str], actor: Actor, now: datetime) -> None:
    """Bar these from the list, or (None) from the whole site."""
    for pattern in patterns:
        try:
            banning.ban(db, mlist, pattern, actor, now)
        except Conflict:
            continue


def add_posts(db: Session, mlist: MailingList, posts: Iterable[tuple[HeldPost, bool]], now: datetime) -> None:
    """Posts that wait for a moderator go on waiting here; each with: must its From be rewritten?"""
    rcpt = links.list_address(settings_of(db), mlist.name)
    for held, munge in posts:
        if held.raw is None or here.was_here(db, mlist, held.raw):
            continue
        post, since = parse(held.raw), min(held.since or now, now)
        sender = storable(held.sender) or (post.authors[0].address if post.authors else "")
        incoming = Incoming(raw_id=keep_raw(db, held.raw).id, message_id=identify(held.raw), mail_from=sender, rcpt=rcpt, received_at=since)
        incoming.list_id, incoming.state, incoming.done_at = mlist.id, State.HELD, now
        db.add(incoming)
        db.flush()
        reasons = (Reason.MOVED, *(Reason(word) for word in held.reasons))
        incoming.reasons = " ".join(reasons)
        submission = Submission(incoming, held.raw, incoming.raw_id, post, munge=munge)
        posting.set_aside(db, mlist, submission, reasons, now).held_at = since


def add_wishes(db: Session, mlist: MailingList, wishes: Iterable[Wish], actor: Actor, now: datetime) -> None:
    """Applications that wait for a moderator go on waiting here."""
    for wish in wishes:
        row = Application(list_id=mlist.id, email=wish.email, key=address.key(wish.email), applied_at=min(wish.since or now, now))
        row.state, row.proof = ApplicationState.AWAITING_MODERATOR, "moved"
        row.name, row.language = one_line(wish.name)[:200], wish.language or mlist.language
        db.add(row)
        db.flush()
        note(db, actor, "applied", mlist=mlist, now=now, about=row, detail=row.email)


def waiting(db: Session, mlist: MailingList) -> tuple[int, int]:
    """How many posts, and how many applications, wait on the list without any moderator having been asked."""
    return len(here.unasked_posts(db, mlist)), len(here.unasked_applications(db, mlist))


def ask_moderators(db: Session, mlist: MailingList, now: datetime) -> tuple[int, int]:
    """Write to the moderators about what waits and they have not been asked about: so many posts, so many applications."""
    posts, applications = here.unasked_posts(db, mlist), here.unasked_applications(db, mlist)
    for held in posts:
        reasons = tuple(Reason(word) for word in held.reasons.split())
        posting.ask_moderators(db, mlist, held, moderation.submission_of(db, mlist, held), reasons, now)
    for application in applications:
        membership.ask_moderators(db, application, Cause(proven=True), now)
    return len(posts), len(applications)


def slices(people: Sequence[Person], size: int) -> Iterable[Sequence[Person]]:
    """People in groups: a transaction for each, so that mail gets in between."""
    return (people[start : start + size] for start in range(0, len(people), size))
