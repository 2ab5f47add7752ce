"""`LIST-news@`: a coordinator's mail becomes a draft, the draft comes back exactly as it would go out, and a word decides.

The letter with the preview goes to the coordinator's own address, whoever wrote: only from there can the word come.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from listserv.errors import Invalid, Refusal
from listserv.i18n import N_
from listserv.mail.authentication import Alignment
from listserv.mail.spam import Spam
from listserv.store.issues import IssueState, open_issues
from listserv.store.lists import MailingList
from listserv.store.queue import State
from listserv.usecases import deciding, issuedoubles, issueletters, issuepress, issues, limits, newsreplies, newswords, strangernews
from listserv.usecases.access import Actor, Door
from listserv.usecases.arrivals import Letter, Outcome
from listserv.usecases.deciding import Decider
from listserv.usecases.outbox import Cause
from newsletters import answers
from newsletters.answers import Says

# Drafts of one coordinator in an hour; of one whose mail nobody has vouched for, so that nobody fills a mailbox with previews.
MANY, FEW, HOUR = 60, 6, timedelta(hours=1)
# A mail of so many words may be one that stops what is planned.
A_WORD = 12
MANY_DRAFTS = N_("So many drafts came within an hour that this one was not taken, nor will another be until the hour is over. Please send it once more then.")
ONLY_A_WORD = N_("This is a word about an issue, and no issue. It works in an answer to the letter that shows the issue: so it is clear which one is meant.")


def take(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> Outcome:
    """A mail to `LIST-news@`: a draft where a coordinator wrote it; anybody else's reaches the coordinators as the letter that it is."""
    who = deciding.who_wrote(db, deciding.deciders(db, mlist), letter.sender)
    doubtful = letter.alignment is Alignment.FAILED or (letter.spam is not Spam.NO and letter.alignment is not Alignment.ALIGNED)
    if who is None or doubtful:
        return strangernews.pass_on(db, mlist, letter, now, coordinator=who is not None)
    if issuedoubles.is_known(db, mlist, letter) or issuedoubles.is_answered(db, letter):
        return Outcome(State.DISCARDED, ("double",))
    return _stop_all(db, mlist, letter, who, now) or _draft(db, mlist, letter, who, now)


def _draft(db: Session, mlist: MailingList, letter: Letter, who: Decider, now: datetime) -> Outcome:
    most = MANY if letter.alignment is Alignment.ALIGNED else FEW
    if not limits.within(db, "newsletter draft", f"{mlist.id} {who.user_id}", now, HOUR, most):
        return _too_many(db, mlist, letter, who, now)
    letter.incoming.list_id = mlist.id
    try:
        _require_words(letter)
        words, notes = newswords.of_draft(db, mlist, letter)
        issue = issues.draft(db, mlist, who.user_id, words, now, incoming=letter.incoming)
    except Refusal as refusal:
        return _refuse(db, mlist, letter, refusal, who, now)
    issueletters.preview(db, issue, who.email, now, _cause(letter), notes=notes)
    return Outcome(State.DRAFT, ("issue", issuepress.PROVEN) if letter.alignment is Alignment.ALIGNED else ("issue",))


def _cause(letter: Letter) -> Cause:
    return Cause(letter.incoming, proven=letter.alignment is Alignment.ALIGNED)


def _require_words(letter: Letter) -> None:
    """A word that was meant for an issue is none itself. Raises Invalid."""
    if answers.is_word(letter.post.reply, letter.post.author_name):
        raise Invalid(ONLY_A_WORD)


def _refuse(db: Session, mlist: MailingList, letter: Letter, refusal: Refusal, who: Decider, now: datetime) -> Outcome:
    issueletters.refused(db, mlist, who.email, who.language, now, _cause(letter), refusal, letter.words, subject=letter.post.base_subject)
    return Outcome(State.ANSWERED, ("draft-refused",))


def _too_many(db: Session, mlist: MailingList, letter: Letter, who: Decider, now: datetime) -> Outcome:
    """The first of them is given back, with a word of what becomes of the others."""
    if not limits.within(db, "too many newsletter drafts", f"{mlist.id} {who.user_id}", now, HOUR, 1):
        return Outcome(State.DISCARDED, ("enough-for-today",))
    return _refuse(db, mlist, letter, Invalid(MANY_DRAFTS), who, now)


def _stop_all(db: Session, mlist: MailingList, letter: Letter, who: Decider, now: datetime) -> Outcome | None:
    """COFNIJ in a mail of its own names no issue: whatever is planned on the list is a draft again.

    None where nothing is planned, it says something else, or more: that may be a draft, which is made as well.
    """
    planned = [issue for issue in open_issues(db, mlist) if issue.state is IssueState.SCHEDULED]
    said = answers.read(letter.post.reply, letter.post.author_name) if planned else None
    if said is None or said.says is not Says.UNDO or letter.alignment is not Alignment.ALIGNED or len(letter.post.reply.split()) > A_WORD:
        return None
    for issue in planned:
        newsreplies.stop(db, issue, Actor(Door.MAIL, who.user_id, proven=True), now)
        issueletters.told(db, issue, who.email, now, _cause(letter), "undone")
    return None if said.left else Outcome(State.ANSWERED, ("issue-undo",))
