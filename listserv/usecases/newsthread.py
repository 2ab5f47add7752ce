"""Answers to our letters about an issue that do not come to the letter's own address: some programs answer From, and some people write to `LIST-news@`."""

from datetime import datetime

from sqlalchemy.orm import Session

from listserv.mail import address, headers
from listserv.mail.parse import identify
from listserv.store.lists import MailingList
from listserv.store.outbox import latest_of_kinds
from listserv.store.people import Purpose, Token
from listserv.store.queue import raw_bytes
from listserv.usecases import deciding, newsreplies, tokens
from listserv.usecases.arrivals import Letter, Outcome

KINDS = ("issue-preview", "issue-told", "issue-unclear", "issue-trouble", "issue-confirm", "issue-trial")
# Letters to one coordinator, and references of an answer, that are compared.
LATEST, MOST_REFERENCES = 40, 20


def take(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> Outcome | None:
    """A coordinator's answer to such a letter, taken as if it had come to its address. None for anything else."""
    if not letter.sender or not letter.post.references:
        return None
    who = deciding.who_wrote(db, deciding.deciders(db, mlist), letter.sender)
    token = _token(db, mlist, letter, {address.key(letter.sender), address.key(who.email)}) if who else None
    return newsreplies.answer(db, token, letter, now) if token else None


def _token(db: Session, mlist: MailingList, letter: Letter, keys: set[str]) -> Token | None:
    answered = set(letter.post.references[-MOST_REFERENCES:])
    for row in latest_of_kinds(db, mlist, keys, KINDS, LATEST):
        raw = raw_bytes(db, row.raw_id)
        if identify(raw) in answered:
            return _token_in(db, raw)
    return None


def _token_in(db: Session, raw: bytes) -> Token | None:
    """The token in a letter's Reply-To."""
    field = headers.first(headers.split(raw)[0], "reply-to")
    box = field.value.decode("ascii", "replace").strip("<> ") if field else ""
    route = address.read_local_part(address.split(box)[0]) if "@" in box else None
    token = tokens.known(db, route.detail) if route and route.role is address.Role.TOKEN else None
    return token if token and token.purpose is Purpose.ISSUE else None
