"""Letters about the ways in that somebody has: what somebody else might have done must not stay unseen, and can be taken back."""

from datetime import datetime

from sqlalchemy.orm import Session

from listserv import links
from listserv.errors import Expired, NotFound
from listserv.mail import commands
from listserv.mail.commands import Answer
from listserv.store.passkeys import Passkey, asks_for_code, passkeys_of
from listserv.store.people import Purpose, Token, User, end_browsers
from listserv.store.queue import State
from listserv.usecases import apitokens, deciding, outbox, tokens
from listserv.usecases.access import Actor, Door
from listserv.usecases.arrivals import NOBODY_ANSWERS_MACHINES, Letter, Outcome
from listserv.usecases.journal import note

# So long a new passkey can be taken back by one word, or by the link.
DISOWN_DAYS = 60


def addresses_of(user: User) -> list[str]:
    """Where somebody is told: their proven addresses, and all where none is."""
    return [one.email for one in user.addresses if one.verified_at] or [one.email for one in user.addresses]


def tell_added(db: Session, passkey: Passkey, now: datetime) -> None:
    """Each address of a person hears of their new passkey, and takes it back by one word or a link."""
    user = db.get_one(User, passkey.user_id)
    for email in addresses_of(user):
        token = tokens.issue(db, Purpose.DISOWN_PASSKEY, email, now, object_id=passkey.id, days=DISOWN_DAYS)
        link, reply_to = links.passkey_url(outbox.settings_of(db), token), deciding.reply_address(db, token)
        outbox.write(db, "passkey-added", email, user.language, now, automatic=False, reply_to=reply_to, link=link, passkey=passkey.name)


def tell_changed(db: Session, user: User, happened: str, now: datetime, left: int = 0) -> None:
    """Each address of a person hears of their ways in: `set`, `stopped`, `recovery` (and how many codes are left), `removed`, `released`, `dropped`."""
    keys_page = f"{outbox.settings_of(db).site.url}/me/keys"
    for email in addresses_of(user):
        outbox.write(db, "second-factor", email, user.language, now, automatic=False, happened=happened, codes_left=left, keys_page=keys_page)


def disowned(db: Session, token: Token, now: datetime) -> Passkey:
    """The passkey that a letter told of. Raises Expired where it is gone."""
    passkey = db.get(Passkey, token.object_id or 0)
    if passkey is None:
        raise Expired("this link was good once", purpose=token.purpose)
    return passkey


def by_link(db: Session, key: str, now: datetime) -> Token:
    """The row of a link that takes a passkey back. Raises NotFound or Expired."""
    row = tokens.look_up(db, key, now)
    if row.purpose is not Purpose.DISOWN_PASSKEY:
        raise NotFound("there is no such link")
    return row


def take_back(db: Session, token: Token, now: datetime, door: Door = Door.WEB) -> bool:
    """“That was not me”: the passkey opens nothing any more, and neither does any browser or program. Raises Expired where it is gone.

    True where it was all that kept a mailbox from administering the site: then its owner does not any more, until they are named again.
    """
    passkey = disowned(db, token, now)
    user, actor, last = passkey.user, Actor(door, passkey.user_id, proven=True), is_last(db, passkey)
    tokens.spend(db, token, now)
    note(db, actor, "passkey-removed", mlist=None, now=now, about=passkey)
    db.delete(passkey)
    end_browsers(db, user.id)
    apitokens.take_back_all(db, user.id, actor, now)
    if last:
        # Whoever reads the mailbox has the letter too: without this it would be a way round the second factor.
        user.administrator = False
        note(db, actor, "administrator-released", mlist=None, now=now, about=user)
    tell_changed(db, user, "released" if last else "removed", now)
    return last


def is_last(db: Session, passkey: Passkey) -> bool:
    """Is this the only second factor of somebody who keeps the site?"""
    others = any(one.verifies for one in passkeys_of(db, passkey.user_id) if one.id != passkey.id)
    return passkey.user.administrator and passkey.verifies and not others and not asks_for_code(db, passkey.user_id)


def answered(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    """A reply to the letter that tells of a new passkey: a plain no takes it back; everything else changes nothing."""
    if commands.is_absent(letter.post.reply):
        return NOBODY_ANSWERS_MACHINES
    said = commands.decision(letter.post.reply).answer
    if said not in (Answer.NO, Answer.UNDO) and not commands.begins_with_no(letter.post.reply):
        return Outcome(State.ANSWERED, ("thanks",))
    try:
        take_back(db, token, now, Door.MAIL)
    except Expired:
        return Outcome(State.ANSWERED, ("gone",))
    return Outcome(State.ANSWERED, ("disowned",))
