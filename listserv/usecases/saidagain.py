"""What a letter showed to whoever answers it, and what their “yes, that was me” repeats: kept with the letter's token (`deciding.kept_words`)."""

from dataclasses import replace

from sqlalchemy.orm import Session

from listserv.mail import decisions, parse
from listserv.store.people import Token
from listserv.store.queue import Incoming, raw_bytes
from listserv.usecases import deciding
from listserv.usecases.arrivals import Letter


def revision(token: Token) -> int:
    """The revision that the letter showed; 0 where it showed none."""
    return _number(deciding.kept_words(token).partition("\n")[0])


def meant(db: Session, token: Token, letter: Letter, *, proven: bool) -> tuple[Letter, Incoming]:
    """The letter to be obeyed and its mail: this one, or the earlier one about which a proven yes says that it was theirs."""
    if not proven or not deciding.is_again(token) or decisions.decision(letter.post.reply).answer is not decisions.Answer.YES:
        return letter, letter.incoming
    mail = db.get(Incoming, _number(deciding.kept_words(token).partition("\n")[2])) or letter.incoming
    raw = raw_bytes(db, mail.raw_id)
    return replace(letter, raw=raw, post=parse.parse(raw)), mail


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0
