"""The books of a year: what came in is somewhere, what went out has a reason, and nobody got anything twice or not at all.

Both sides are counted apart: the program's from its rows, the people's from what lay in their mailboxes and what they had asked for.
"""

import re
from collections import Counter

from sqlalchemy import func, or_, select, text

from listserv.links import signing_key
from listserv.mail import tokens
from listserv.mail.tokens import Kind
from listserv.store.archive import Message
from listserv.store.digests import Digest
from listserv.store.doors import UNNAMED
from listserv.store.moderation import OPEN_STATES, Application, Held, HeldState, Journal
from listserv.store.queue import Delivery, Incoming, Letter, Outgoing, State
from listserv.usecases import tracing
from tests.story.network import Way

# What the calendar writes by itself: the digest, what waits, what was promised for a day.
BY_THE_CALENDAR = {"digest", "more-waiting", "probe", "members-bouncing"}


def the_books_balance(network, calendar=()):
    """All of it; `calendar`: further kinds of letters that nothing but a day brings."""
    every_mail_has_one_fate(network)
    every_fate_can_be_learnt(network)
    every_case_fits_its_mail(network)
    every_post_reached_everybody_once(network)
    every_letter_has_a_cause_and_one_reader(network, BY_THE_CALENDAR | set(calendar))
    nothing_waits_and_nothing_is_orphaned(network)


def every_mail_has_one_fate(network):
    """accepted = posted + held + refused + discarded + answered + application + forwarded + draft + bounce, message by message and recipient by recipient."""
    with network.site.reading() as db:
        rows = db.execute(select(Incoming.message_id, Incoming.rcpt, Incoming.state, Incoming.done_at).where(Incoming.peer != UNNAMED)).all()
    accepted = Counter(("" if mail.id in network.nameless else mail.id.strip("<>"), mail.rcpt) for mail in network.sent)
    kept = Counter((row.message_id, row.rcpt) for row in rows)
    assert (accepted - kept, kept - accepted) == (Counter(), Counter())
    states = Counter(row.state for row in rows)
    assert sum(states.values()) == len(network.sent)
    assert not states[State.PENDING] and not states[State.SHUNTED]
    assert all(row.done_at for row in rows)
    return states


def every_fate_can_be_learnt(network):
    """`trace` tells of every mail that has an id, as many fates as it had recipients."""
    asked = Counter(mail.id for mail in network.sent if mail.id not in network.nameless)
    with network.site.reading() as db:
        for id, recipients in asked.items():
            told = tracing.trace(db, id)
            assert len(told) == recipients, id
            assert all(one.state not in (State.PENDING, State.SHUNTED) and len(one.events) >= 2 for one in told), id
            assert all((one.url is not None) == (one.thread is not None) for one in told), id


def every_case_fits_its_mail(network):
    """A post that is said to be posted is in the archive and went out; one that is said to wait, waits; and the other way round."""
    with network.site.reading() as db:
        posted = dict(db.execute(select(Incoming.id, Incoming.archived_id).where(Incoming.state == State.POSTED)).all())
        assert None not in posted.values() and len(set(posted.values())) == len(posted)
        shown = set(db.scalars(select(Message.id).where(Message.hidden_at.is_(None))))
        assert set(posted.values()) == shown == set(db.scalars(select(Outgoing.message_id))) & shown
        fits = {
            HeldState.PENDING: State.HELD,
            HeldState.PUBLISHED: State.POSTED,
            HeldState.REFUSED: State.REFUSED,
            HeldState.DISCARDED: State.DISCARDED,
            HeldState.WITHDRAWN: State.DISCARDED,
        }
        cases = db.execute(select(Held.state, Incoming.state).join(Incoming, Incoming.id == Held.incoming_id)).all()
        assert [pair for pair in cases if fits[pair[0]] is not pair[1]] == []
        assert len([1 for pair in cases if pair[1] is State.HELD]) == db.scalar(select(func.count()).where(Incoming.state == State.HELD))
        applied = set(db.scalars(select(Journal.about_id).where(Journal.about == Application.__tablename__)))
        assert applied == set(db.scalars(select(Application.id)))
        assert all(one.decided_at for one in db.scalars(select(Application).where(Application.state.not_in(OPEN_STATES))))


def every_post_reached_everybody_once(network):
    """Each post and each person: a copy, or an entry in one digest, or the reason why neither."""
    seen, told = copies(network), entries(network)
    with network.site.reading() as db:
        posts = db.execute(select(Message.id, Message.message_id, Message.thread_id).order_by(Message.id)).all()
    wrong = []
    for post in posts:
        for person in network.people.values():
            got = seen[person.email, post.message_id], told[person.email, post.id]
            wanted = due(person, post, network.published[post.id])
            wanted = (wanted[0], 0) if post.message_id in network.called_back else wanted
            if got != wanted:
                wrong.append(f"{person.name} and {post.message_id}: {got} copies and entries instead of {wanted}")
    assert not wrong, "\n".join(wrong)
    # And what is in nobody's books is in nobody's mailbox.
    strangers = [key for key in (*seen, *told) if key[0] not in network.people]
    assert strangers == []


def due(person, post, published):
    """How many copies, and entries in digests, this person must have had of a post."""
    again = person.asked_again[post.message_id]
    way = person.way_at(published)
    if way in (Way.EACH, Way.DIGEST) and _since(person.muted, post.thread_id, published):
        return again, 0
    if way is Way.DIGEST and _since(person.followed, post.thread_id, published):
        return again + 1, 0
    return again + (way is Way.EACH), int(way in (Way.DIGEST, Way.LATER))


def _since(chosen, thread_id, published):
    return any(thread == thread_id and since <= published for thread, since in chosen)


def copies(network):
    """(mailbox, Message-ID) of every copy."""
    found = Counter()
    for email, box in network.boxes.items():
        found.update((email, got.id.strip("<>")) for got in box if got.is_copy)
    return found


def entries(network):
    """(mailbox, number of the message) of every entry of a digest: each has an address of its own to answer to."""
    key, found = signing_key(network.site.settings), Counter()
    for email, box in network.boxes.items():
        for got in box:
            if network.kind_of(got) == "digest":
                # A question that waits has such an address too, in a digest that tells nothing new of it.
                news = re.split(r"^(?:Pytanie, które czeka|An open question)\r?$", got.text, flags=re.MULTILINE)[0]
                signed = {tokens.read(key, token) for token in re.findall(r"r\+([a-z2-7]+)@", news)}
                found.update((email, ids[1]) for kind, ids in signed - {None} if kind is Kind.DIGEST_ITEM)
    return found


def every_letter_has_a_cause_and_one_reader(network, calendar):
    """What lay in mailboxes is what the program says it sent, to one address each; and each letter has a mail, an act or a day behind it."""
    with network.site.reading() as db:
        letters = db.scalars(select(Letter).order_by(Letter.id)).all()
        acts = set(db.scalars(select(Journal.at)))
        told = set(db.scalars(select(Digest.letter_id)))
        # The rows of copies are cleared away after a while; how many there were is kept.
        copies = db.scalar(select(func.count()).where(Delivery.code == 250)) + (db.scalar(select(func.sum(Outgoing.sent))) or 0)
        sent = sum(letter.code == 250 for letter in letters) + copies
        known = {letter.mail_from for letter in letters}
        causeless = [
            (letter.kind, letter.to) for letter in letters
            if letter.incoming_id is None and letter.created_at not in acts and letter.id not in told and letter.kind not in calendar
        ]
    assert causeless == []
    # Of letters to somebody who asked without a name no row is left.
    nameless = {network.authors[id].email for id in network.nameless}
    forgotten = [got for email in nameless for got in network.boxes[email] if not got.is_copy and network.kind_of(got) != "digest" and got.sender not in known]
    assert sent + len(forgotten) == len(network.sink.mails)
    assert not [mail for mail in network.sink.mails if "," in mail.recipient]
    ids = Counter((mail.recipient, got.id) for mail, got in _letters(network))
    assert [twice for twice, count in ids.items() if count > 1] == []


def _letters(network):
    for box in network.boxes.values():
        for got in box:
            if not got.is_copy:
                yield network.sink.mails[got.number], got


def nothing_waits_and_nothing_is_orphaned(network):
    """No work is left over, and no row points to one that is gone."""
    with network.site.reading() as db:
        for table in (Incoming, Letter, Delivery):
            assert db.scalar(select(func.count()).select_from(table).where(table.due.is_not(None))) == 0
        assert db.scalar(select(func.count()).select_from(Outgoing).where(Outgoing.upto.is_not(None))) == 0
        assert not db.scalars(select(Delivery.id).where(Delivery.outgoing_id.not_in(select(Outgoing.id)))).all()
        assert not db.scalars(select(Letter.id).where(or_(Letter.to == "", Letter.raw_id.is_(None)))).all()
        if db.get_bind().dialect.name == "sqlite":
            assert db.execute(text("PRAGMA foreign_key_check")).all() == []
            assert db.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
