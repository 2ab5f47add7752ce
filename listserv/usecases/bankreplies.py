"""Words about items of the bank that come by mail: in a reply to the letter that told of them, or in a mail to `LIST-bank@` that names one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from listserv.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from listserv.i18n import N_, choose_language, translations
from listserv.mail import bankwords, commands
from listserv.mail.bankwords import Field, Said
from listserv.store import bankpages as rows
from listserv.store.bank import Material
from listserv.store.lists import MailingList, lock
from listserv.store.people import Token, User
from listserv.store.queue import State
from listserv.usecases import bankcorrecting, bankletters, deciding, issueletters, unproven
from listserv.usecases.access import Actor, membership
from listserv.usecases.arrivals import NOBODY_ANSWERS_MACHINES, Letter, Outcome
from listserv.usecases.bankcorrecting import Correction
from listserv.usecases.outbox import Cause

SUBJECT = N_("a material of the bank")
WHICH_ITEM = N_("Several materials were named in that letter. Please write the number in front: 12 TITLE: …")
NO_ITEM = N_("There is no material with that number.")
NOT_YOURS = N_("Moderators correct every material, others those that they have brought.")
CORRECTED = frozenset({Field.TITLE, Field.AREA, Field.KIND, Field.LICENCE, Field.DESCRIPTION})


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says it: proven, where letters reach them, and do they moderate?"""

    actor: Actor
    email: str
    tongue: str
    moderator: bool


def answer(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    """A reply to a letter about items. Raises Conflict where they are no more."""
    mlist = db.get(MailingList, token.list_id) if token.list_id else None
    items = [item for number in deciding.kept_words(token).split() if number.isdecimal() and (item := rows.today(db, int(number)))]
    if mlist is None or not mlist.materials or not items:
        raise Conflict("already-decided")
    if commands.is_absent(letter.post.reply):
        return NOBODY_ANSWERS_MACHINES
    actor = deciding.actor(db, token)
    about = translations(mlist.language).gettext(SUBJECT)
    kept = unproven.kept_from_deciding(db, mlist, token, letter, about, now)
    if kept is not None:
        return kept
    who = speaker(db, mlist, actor, token.email)
    if not who.moderator and membership(db, mlist, actor) is None:
        return Outcome(State.REFUSED, ("not-on-the-list",))
    return obey(db, mlist, who, bankwords.read(letter.post.reply), items, letter, now)


def speaker(db: Session, mlist: MailingList, actor: Actor, email: str) -> Speaker:
    """Somebody who is proven, as one who says something of items."""
    user = db.get(User, actor.user_id) if actor.user_id else None
    tongue = choose_language((user.language if user else "", mlist.language))
    return Speaker(actor, email, tongue, bool(actor.user_id) and deciding.still_decides(db, mlist, actor.user_id))


def obey(db: Session, mlist: MailingList, who: Speaker, said: Sequence[Said], items: Sequence[Material], letter: Letter, now: datetime) -> Outcome:
    """Do what is said of these items (or of another that a line names): all of it or nothing; the answer tells how they stand."""
    letter.incoming.list_id = mlist.id
    lock(db, mlist)
    cause = Cause(letter.incoming, proven=True)
    if not said:
        bankletters.told(db, mlist, who.email, who.tongue, now, cause, items=items, filed_decides=who.moderator, bank_outcome="unclear", words=letter.words)
        return Outcome(State.ANSWERED, ("not-understood",))
    try:
        with db.begin_nested():
            meant = _meant(db, mlist, who, said, items)
            changed = [_do(db, mlist, who, item, some, now) for item, some in meant.items()]
    except (Invalid, NotAllowed, NotFound) as refusal:
        trouble = issueletters.worded(_worded(refusal), who.tongue)
        facts = {"filed_decides": who.moderator, "trouble": trouble, "words": letter.words}
        bankletters.told(db, mlist, who.email, who.tongue, now, cause, items=items, bank_outcome="refused", **facts)
        return Outcome(State.ANSWERED, ("material-refused",))
    outcome = "done" if any(changed) else "nothing"
    bankletters.told(db, mlist, who.email, who.tongue, now, cause, items=list(meant), filed_decides=who.moderator, bank_outcome=outcome)
    return Outcome(State.ANSWERED, (f"material-{outcome}",))


def _worded(refusal: Refusal) -> Refusal:
    return Invalid(NO_ITEM) if isinstance(refusal, NotFound) else refusal


def item_for(db: Session, mlist: MailingList, who: Speaker, number: int) -> Material | None:
    """The item with this number, as far as this person may know of it."""
    item = rows.by_number(db, mlist.id, number, hidden=True)
    if item is None or who.moderator:
        return item
    places = rows.places(db, [item.id]).get(item.id, [])
    return item if places and (item.removed_at is None or places[0].user_id == who.actor.user_id) else None


def _meant(db: Session, mlist: MailingList, who: Speaker, said: Sequence[Said], items: Sequence[Material]) -> Mapping[Material, list[Said]]:
    """Which word is about which item. Raises Invalid where that is not clear, NotFound where there is none."""
    meant: dict[Material, list[Said]] = {}
    last: Material | None = items[0] if len(items) == 1 else None
    for one in said:
        if one.number:
            last = item_for(db, mlist, who, one.number)
            if last is None:
                raise NotFound("there is no such material")
        if last is None:
            raise Invalid(WHICH_ITEM)
        meant.setdefault(last, []).append(one)
    return meant


def _do(db: Session, mlist: MailingList, who: Speaker, item: Material, said: Sequence[Said], now: datetime) -> bool:
    """All that is said of one item; was anything of it new? Raises Invalid, NotAllowed, NotFound."""
    places = rows.places(db, [item.id], hidden=who.moderator).get(item.id, [])
    if not places:
        raise NotFound("there is no such material")
    if not who.moderator and places[0].user_id != who.actor.user_id:
        raise NotAllowed(NOT_YOURS)
    given = {str(one.field): one.value for one in said if one.field in CORRECTED}
    changed = bool(bankcorrecting.correct(db, mlist, item, Correction(**given), who.actor, now)) if given else False
    for one in said:
        match one.field:
            case Field.REMOVE:
                changed |= bankcorrecting.remove(db, mlist, item, who.actor, now)
            case Field.RESTORE:
                changed |= bankcorrecting.restore(db, mlist, item, who.actor, now)
            case Field.RECOMMEND | Field.NOT_RECOMMEND:
                yes = one.field is Field.RECOMMEND
                changed |= bankcorrecting.recommend(db, mlist, item, yes=yes, moderator=who.moderator, actor=who.actor, now=now)
    return changed
