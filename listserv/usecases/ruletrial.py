"""What a rule would have found among a list's latest messages: told before and after it is given, for most mistakes show there."""

from dataclasses import dataclass
from functools import cached_property

from sqlalchemy.orm import Session

from listserv.errors import Invalid
from listserv.mail import listrules, parse, quotes
from listserv.mail.address import Mailbox
from listserv.mail.listrules import Asks, Does, ListRule
from listserv.store.listrules import files_of, latest_messages
from listserv.store.lists import MailingList

LOOKED_THROUGH = 100


@dataclass(frozen=True, slots=True)
class Trial:
    """Of so many latest messages, so many."""

    found: int
    of: int


@dataclass
class Kept:
    """A message of the archive as rules read posts."""

    subject: str
    text: str
    size: int
    authors: tuple[Mailbox, ...]
    attachments: tuple[parse.Attachment, ...]

    @cached_property
    def reply(self) -> str:
        """What its author wrote."""
        return quotes.reply(self.text)


def of_words(db: Session, mlist: MailingList, does: str, asks: str, value: str) -> Trial:
    """The same of a rule that is not given yet. Raises Invalid with what to say."""
    if does not in list(Does) or asks not in list(Asks):
        raise Invalid("a rule says what it does, and what it asks")
    return of_rule(db, mlist, ListRule(Does(does), Asks(asks), listrules.normal(Asks(asks), value)))


def of_rule(db: Session, mlist: MailingList, rule: ListRule) -> Trial:
    """How many of the list's latest messages fit a rule. Who wrote them is not asked, though moderators are above rules."""
    rows = latest_messages(db, mlist, LOOKED_THROUGH, listrules.LONGEST_TEXT)
    files: dict[int, list[parse.Attachment]] = {}
    for file in files_of(db, [row[0] for row in rows]) if rule.asks is Asks.ATTACHMENT else ():
        files.setdefault(file.message_id, []).append(parse.Attachment(file.number, file.name, file.type, file.size, file.sha256))
    kept = (Kept(subject, text, size, (Mailbox("", email),), tuple(files.get(number, ()))) for number, subject, email, size, text in rows)
    return Trial(sum(listrules.first([rule], post) is not None for post in kept), len(rows))
