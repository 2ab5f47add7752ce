"""Moderators give a list rules of its own, and take them back."""

from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from listserv.errors import Conflict, Invalid, NotFound
from listserv.mail import listrules
from listserv.mail.listrules import Asks, Does
from listserv.store.listrules import RuleRow, rule_by_id, rules_of
from listserv.store.lists import MailingList, lock
from listserv.usecases.access import Actor
from listserv.usecases.journal import note

W = TypeVar("W", Does, Asks)
# Each is asked of each post.
MOST = 50


def add(db: Session, mlist: MailingList, does: str, asks: str, value: str, actor: Actor, now: datetime) -> RuleRow:
    """Give the list one more rule. Raises Invalid with what to say, Conflict where it has it already."""
    action, question = _word(Does, does, "a rule's action"), _word(Asks, asks, "a rule's question")
    kept = listrules.normal(question, value)
    lock(db, mlist)
    rows = rules_of(db, mlist)
    if any((row.does, row.asks, row.value) == (action, question, kept) for row in rows):
        raise Conflict("the list {name} has this rule already", name=mlist.name)
    if len(rows) >= MOST:
        raise Invalid("{most} rules are the most; take one away first", most=MOST)
    row = RuleRow(list_id=mlist.id, does=action, asks=question, value=kept, created_at=now)
    db.add(row)
    db.flush()
    note(db, actor, "rule-added", mlist=mlist, now=now, about=row, detail=str(row.rule))
    return row


def _word(words: type[W], said: str, what: str) -> W:
    if said not in list(words):
        raise Invalid("{what} is {words}", what=what, words=", ".join(words))
    return words(said)


def remove(db: Session, mlist: MailingList, rule_id: int, actor: Actor, now: datetime) -> str:
    """Take a rule away; what it said. Raises NotFound."""
    lock(db, mlist)
    row = rule_by_id(db, mlist, rule_id)
    if row is None:
        raise NotFound("the list {name} has no rule {rule}", name=mlist.name, rule=rule_id)
    said = str(row.rule)
    note(db, actor, "rule-removed", mlist=mlist, now=now, about=row, detail=said)
    db.delete(row)
    db.flush()
    return said
