"""The yearly letter of what a network has made: shown to those who decide as a draft, released to the list by the word of one of them and by nothing else."""

from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy.orm import Session

from listserv import links
from listserv.errors import Conflict, Invalid, NotAllowed, NotFound
from listserv.i18n import choose_language, translations
from listserv.mail import commands, stopwords, successreplies
from listserv.mail.successreplies import Does, Said
from listserv.store import successes as rows
from listserv.store.issues import SourceKind
from listserv.store.lists import Kind, MailingList
from listserv.store.people import Purpose, Token
from listserv.store.queue import State
from listserv.store.successes import LetterState, SuccessLetter
from listserv.usecases import deciding, issueletters, issues, outbox, reporting, successes, successwords, tokens, unproven
from listserv.usecases.access import Actor
from listserv.usecases.arrivals import NOBODY_ANSWERS_MACHINES, Letter, Outcome
from listserv.usecases.deciding import Decider
from listserv.usecases.figureperiods import Period, school_year, school_year_of
from listserv.usecases.figures import zone_of
from listserv.usecases.issues import Words
from listserv.usecases.journal import note
from listserv.usecases.outbox import ACT, Cause
from listserv.usecases.successes import Success

# A numbered line of a draft; numbers stay what they are, whatever is struck out.
Lines = dict[int, Success]


def page_url(db: Session, mlist: MailingList, year: int) -> str:
    """The page with the same, and more."""
    return f"{links.archive_url(outbox.settings_of(db), mlist.name)}successes?year={year}"


# ---- making the draft ---------------------------------------------------------------------------------------


def can_be_made(mlist: MailingList) -> bool:
    """Is there anybody to whom such a letter would go? A newsletter's readers made nothing here."""
    return successes.is_on(mlist) and mlist.kind is Kind.DISCUSSION and not mlist.closed_at


def worth_telling(db: Session, mlist: MailingList, year: int, until: date, now: datetime) -> list[Success]:
    """What a letter about that school year, up to that day, would tell."""
    return successes.shortened(successes.found(db, mlist, Period(school_year(year).first, until), now))


def make(db: Session, mlist: MailingList, year: int, until: date, now: datetime) -> SuccessLetter | None:
    """The year's draft, or the one there is with what has come since; None where there is nothing to tell. Raises Conflict where it is sent."""
    row = rows.letter_of(db, mlist.id, year)
    if row is not None and row.state is LetterState.SENT:
        raise Conflict("already-sent")
    told = worth_telling(db, mlist, year, until, now)
    if not told:
        return None
    if row is None:
        row = SuccessLetter(list_id=mlist.id, year=year, made_at=now, lines="", struck="", state=LetterState.OFFERED, until=until)
        db.add(row)
    known = row.lines.split("\n") if row.lines else []
    # What had a number keeps it: somebody may have the letter with it open.
    row.lines = "\n".join([*known, *(one.key for one in told if one.key not in known)])
    row.until, row.state, row.mlist = max(until, row.until), LetterState.OFFERED, mlist
    db.flush()
    return row


def lines_of(db: Session, row: SuccessLetter, now: datetime) -> Lines:
    """What the draft tells now: its numbers, but for those struck out and for what can no longer be read."""
    there = {one.key: one for one in successes.found(db, row.mlist, Period(school_year(row.year).first, row.until), now)}
    struck = {int(number) for number in row.struck.split()}
    return {number: there[key] for number, key in enumerate(row.lines.split("\n"), 1) if key in there and number not in struck}


def _in_order(lines: Lines) -> list[tuple[int, Success]]:
    order = list(successes.Kind)
    return sorted(lines.items(), key=lambda pair: (order.index(pair[1].kind), pair[0]))


def _marks(lines: Lines, language: str) -> str:
    """What was shown, line by line, in few characters: nothing else is sent by a word about it."""
    return " ".join(sha256(f"{number} {successwords.line(one, language)}".encode()).hexdigest()[:12] for number, one in lines.items())


def show(db: Session, row: SuccessLetter, to: str, tongue: str, now: datetime, cause: Cause = ACT, *, why: str = "") -> None:
    """The draft, to somebody who decides. `why`: `changed` since the letter that was answered, `struck`, `after-no`."""
    mlist, lines = row.mlist, lines_of(db, row, now)
    token = _token(db, row, to, _marks(lines, mlist.language), now)
    shown, spoken = [], translations(mlist.language)
    for heading, some in _by_heading(lines):
        shown.append((spoken.gettext(heading), tuple(f"{number}. {successwords.line(one, mlist.language)}" for number, one in some)))
    facts: dict[str, Any] = {"success_lines": tuple(shown), "success_why": why}
    facts |= {"success_year": successwords.year_of(row.year), "success_page": page_url(db, mlist, row.year)}
    facts["success_example"] = ", ".join(map(str, sorted(lines)[1:3])) or "1"
    reply_to = deciding.reply_address(db, token)
    outbox.write(db, "successes", to, tongue, now, mlist=mlist, reply_to=reply_to, automatic=False, cause=cause, **facts)


def _token(db: Session, row: SuccessLetter, to: str, shown: str, now: datetime) -> str:
    return tokens.issue(db, Purpose.SUCCESSES, to, now, mlist=row.mlist, object_id=row.id, days=reporting.ANSWERED_FOR, detail=f"\n{shown}")


def _by_heading(lines: Lines) -> list[tuple[str, list[tuple[int, Success]]]]:
    found: dict[str, list[tuple[int, Success]]] = {}
    for number, one in _in_order(lines):
        found.setdefault(successwords.HEADINGS[one.kind], []).append((number, one))
    return list(found.items())


def ask_for(db: Session, mlist: MailingList, year: int, actor: Actor, now: datetime) -> bool:
    """Send the draft to this decider, because they asked for it; False where there is nothing to tell. Raises NotFound, Conflict where it is sent."""
    decider = decider_of(db, mlist, actor)
    today = now.astimezone(zone_of(db)).date()
    if decider is None or not can_be_made(mlist) or year > school_year_of(today):
        raise NotFound("there is no such page")
    row = make(db, mlist, year, successes.year_so_far(year, today).last, now)
    if row is None or not lines_of(db, row, now):
        return False
    show(db, row, decider.email, decider.language, now)
    return True


def decider_of(db: Session, mlist: MailingList, actor: Actor) -> Decider | None:
    """This person as one who decides on the list."""
    return next((one for one in deciding.deciders(db, mlist) if one.user_id and one.user_id == actor.user_id), None)


# ---- the word that releases it ------------------------------------------------------------------------------


def answer(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    """Do what a decider says of the draft. Raises Conflict where there is none any more."""
    row = rows.locked_letter(db, token.object_id or 0)
    if row is None:
        raise Conflict("already-decided")
    if commands.is_absent(letter.post.reply):
        return NOBODY_ANSWERS_MACHINES
    actor, mlist = deciding.actor(db, token), row.mlist
    if not actor.user_id or not deciding.still_decides(db, mlist, actor.user_id):
        return Outcome(State.REFUSED, ("not-a-coordinator",))
    kept = unproven.kept_from_deciding(db, mlist, token, letter, subject_of(row), now)
    if kept is not None:
        return kept
    letter.incoming.list_id = mlist.id
    return _obey(db, row, actor, token, letter, now)


def subject_of(row: SuccessLetter) -> str:
    """What the letter to the list is called."""
    return translations(row.mlist.language).gettext(successwords.SUBJECT) % {"year": successwords.year_of(row.year)}


def _obey(db: Session, row: SuccessLetter, actor: Actor, token: Token, letter: Letter, now: datetime) -> Outcome:
    """A decider who is proven has spoken."""
    name = letter.post.authors[0].name if letter.post.authors else ""
    if stopwords.wanted(letter.post.reply, (name,)) is not None:
        return reporting.answer_of(db, row.mlist, actor, letter, now)
    if row.state is LetterState.SENT:
        return _tell(db, row, token, "already", letter, now)
    said = successreplies.wanted(letter.post.reply, row.lines.count("\n") + 1, (name,))
    if said is None or not can_be_made(row.mlist):
        return _tell(db, row, token, "unclear" if said is None else "gone", letter, now)
    if said.does is Does.DROP:
        row.state, row.decided_at = LetterState.DROPPED, now
        note(db, actor, "successes-dropped", mlist=row.mlist, now=now, about=row, detail=successwords.year_of(row.year))
        return _tell(db, row, token, "dropped", letter, now)
    return _change(db, row, said, replace(actor, proven=True), token, letter, now)


def _change(db: Session, row: SuccessLetter, said: Said, actor: Actor, token: Token, letter: Letter, now: datetime) -> Outcome:
    before, was = row.struck, row.state
    struck = set() if said.all else {int(number) for number in row.struck.split()}
    row.struck = " ".join(map(str, sorted(struck | said.without)))
    lines = lines_of(db, row, now)
    if not lines:
        row.struck = before
        return _tell(db, row, token, "empty", letter, now)
    row.state = LetterState.OFFERED
    shown = set(deciding.kept_words(token).split())
    if said.does is Does.CHANGE or was is LetterState.DROPPED or not set(_marks(lines, row.mlist.language).split()) <= shown:
        why = "struck" if said.does is Does.CHANGE else "after-no" if was is LetterState.DROPPED else "changed"
        show(db, row, token.email, _tongue(db, row, actor), now, Cause(letter.incoming, proven=True), why=why)
        return Outcome(State.ANSWERED, (f"successes-{why}",))
    return _send(db, row, lines, actor, token, letter, now)


def _send(db: Session, row: SuccessLetter, lines: Lines, actor: Actor, token: Token, letter: Letter, now: datetime) -> Outcome:
    """To everybody on the list, as an issue: with its page, its thread and the minutes in which it can be stopped."""
    mlist = row.mlist
    text = successwords.source([one for _, one in _in_order(lines)], row.year, mlist.language, page_url(db, mlist, row.year))
    try:
        with db.begin_nested():
            issue = issues.draft(db, mlist, actor.user_id or 0, Words(subject_of(row), text, SourceKind.MARKDOWN, language=mlist.language), now)
            issues.send(db, issue, actor, now)
    except (Invalid, NotAllowed) as refusal:
        trouble = issueletters.worded(refusal, choose_language((_tongue(db, row, actor), mlist.language)))
        return _tell(db, row, token, "refused", letter, now, trouble=trouble)
    row.state, row.decided_at, row.issue_id = LetterState.SENT, now, issue.id
    note(db, actor, "successes-sent", mlist=mlist, now=now, about=row, detail=successwords.year_of(row.year))
    issueletters.told(db, issue, token.email, now, Cause(letter.incoming, proven=True), "sent")
    return Outcome(State.ANSWERED, ("successes-sent",))


def _tongue(db: Session, row: SuccessLetter, actor: Actor) -> str:
    return next((one.language for one in deciding.deciders(db, row.mlist) if one.user_id == actor.user_id), "")


def _tell(db: Session, row: SuccessLetter, token: Token, outcome: str, letter: Letter, now: datetime, *, trouble: str = "") -> Outcome:
    """What has become of it; an answer to this letter decides as one to the draft does."""
    again = _token(db, row, token.email, deciding.kept_words(token), now)
    facts: dict[str, Any] = {"success_said": outcome, "trouble": trouble, "words": issueletters.shown(letter.words)}
    facts["success_year"] = successwords.year_of(row.year)
    facts["success_page"] = page_url(db, row.mlist, row.year)
    tongue, reply_to = _tongue(db, row, deciding.actor(db, token)), deciding.reply_address(db, again)
    cause = Cause(letter.incoming, proven=True)
    outbox.write(db, "successes-told", token.email, tongue, now, mlist=row.mlist, reply_to=reply_to, automatic=False, cause=cause, **facts)
    reason = {"unclear": "not-understood", "already": "already-decided"}.get(outcome, f"successes-{outcome}")
    return Outcome(State.ANSWERED, (reason,))
