"""One word typed where an answer is written, and known to the list's program: WYCISZ, FOLLOW, UNSUBSCRIBE. It is asked about before everybody gets it."""

from datetime import datetime

from sqlalchemy.orm import Session

from listserv.mail import asides
from listserv.mail.commands import Kind
from listserv.store import threadmail as rows
from listserv.usecases import composing, resending, threadmail
from listserv.usecases.composing import Desk
from listserv.usecases.desks import NewFile, Words


def meant_for_us(desk: Desk, words: Words, files: tuple[NewFile, ...]) -> Kind | None:
    """What a member's answer asks of the program, where it is nothing but such a word: the same that a mail to the list would be taken for."""
    with_files = files or (desk.draft is not None and desk.draft.files)
    if not desk.thread_id or desk.view.member is None or with_files or len(words.text) > asides.LONGEST_MAIL:
        return None
    found = asides.aside(words.text)
    return found.kind if found else None


def obey(db: Session, desk: Desk, words: Words, now: datetime) -> Kind | None:
    """Do what the word asks about this thread, and keep no draft of it; None where it asks nothing of the kind, or too much for a day."""
    kind, member = meant_for_us(desk, words, ()), desk.view.member
    thread = rows.shown_thread(db, desk.mlist, desk.thread_id)
    if member is None or thread is None or kind not in threadmail.KINDS:
        return None
    if kind is Kind.THREAD:
        if resending.send(db, member, thread, now) is None:
            return None
    else:
        threadmail.choose(db, member, kind, thread, now)
    composing.discard(db, desk)
    return kind
