"""Letters to coordinators about an issue: the preview, what became of it, and what was not understood."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from listserv import links
from listserv.errors import Refusal
from listserv.i18n import N_, choose_language, translations
from listserv.mail import address
from listserv.mail.parse import message_hash
from listserv.mail.tokens import hide
from listserv.store.expanding import zone_named
from listserv.store.issues import Issue, Replies
from listserv.store.lists import MailingList
from listserv.store.people import Purpose, Token, User, address_by_key
from listserv.store.queue import Incoming
from listserv.usecases import deciding, issuepress, issues, limits, newswords, outbox, segments, tokens
from listserv.usecases.outbox import Cause

ANSWERS_TO = N_("Answers to it go to {address}.")
# Of a draft that is given back.
LONGEST_SHOWN = 20_000


def preview(
    db: Session,
    issue: Issue,
    to: str,
    now: datetime,
    cause: Cause,
    *,
    notes: Sequence[str] = (),
    changed: bool = False,
    planned: bool = False,
    stopped: bool = False,
    words: str = "",
    otherwise: str = "",
    kept: str = "",
) -> None:
    """The very issue, as a reader of the author's own name gets it, below the words that decide.

    `changed` since the letter that was answered, with the words that were said of it; `planned`: it was, until the text changed;
    `stopped`: it was, until that answer came; `otherwise`: what the quotation below it says, and the issue does not; `kept`: more for the detail of its token.
    """
    user = _user_at(db, to)
    made = issuepress.made(db, issue, user.name if user else "")
    tongue = choose_language((user.language if user else "", issue.mlist.language))
    said = [translations(tongue).gettext(note) for note in dict.fromkeys((*notes, issues.audience(issue), *made.notes)) if note]
    if issue.replies is Replies.AUTHOR:
        said.append(translations(tongue).gettext(ANSWERS_TO).format(address=issuepress.author_of(db, issue).address))
    facts: dict[str, Any] = {"notes": said, "changed_since": changed, "planned": planned, "stopped": stopped, "words": shown(words)}
    facts["otherwise"] = otherwise
    facts["below"] = (f"{made.subject}\n\n{made.text}", made.html)
    _write(db, "issue-preview", issue, to, now, cause, detail=f"\n{issue.revision}" + (f"\n{kept}" if kept else ""), **facts)


def told(
    db: Session,
    issue: Issue,
    to: str,
    now: datetime,
    cause: Cause,
    outcome: str,
    *,
    at: datetime | None = None,
    trouble: str = "",
    words: str = "",
    left: int = 0,
) -> None:
    """What has become of it. `words`: that came too late, given back; `left`: copies that had gone when it was stopped."""
    where = links.message_url(outbox.settings_of(db), issue.mlist.name, message_hash(issuepress.message_id(db, issue)))
    facts: dict[str, Any] = {"outcome": outcome, "goes_at": at or issue.sent_at or issue.at or now, "goes_first": issue.at or now, "where": where}
    facts |= {"goes_zone": str(zone_of(db, _user_at(db, to))), "issue_text": issue.source[:LONGEST_SHOWN], "trouble": trouble}
    facts |= {"words": shown(words), "copies_gone": left, "news_address": _news(db, issue.mlist)}
    _write(db, "issue-told", issue, to, now, cause, **facts)


def unclear(db: Session, issue: Issue, to: str, now: datetime, cause: Cause, *, words: str, hour: bool, stopped: bool = False) -> None:
    """An answer that was not understood: nothing has been done, but that what was planned is a draft again (`stopped`)."""
    _write(db, "issue-unclear", issue, to, now, cause, words=shown(words), hour_unclear=hour, stopped=stopped)


def may_ask(db: Session, token: Token, now: datetime) -> bool:
    """May one more answer that nobody vouches for be answered? Somebody who knows the token cannot fill a mailbox."""
    return limits.within(db, "asked back", str(token.id), now, deciding.QUESTIONS_WITHIN, deciding.MOST_QUESTIONS)


def confirm(
    db: Session, issue: Issue, to: str, now: datetime, cause: Cause, *, words: str, files: Sequence[str], of: int, mail: Incoming, stopped: bool
) -> None:
    """Is this answer really theirs? A yes lets the mail that brought it count as it stands, for that revision (`of`)."""
    facts: dict[str, Any] = {"words": shown(words), "files": ", ".join(files), "stopped": stopped}
    _write(db, "issue-confirm", issue, to, now, cause, detail=f"{deciding.AGAIN}\n{of}\n{mail.id}", **facts)


def refused(
    db: Session,
    mlist: MailingList,
    to: str,
    language: str,
    now: datetime,
    cause: Cause,
    refusal: Refusal,
    words: str,
    *,
    issue: Issue | None = None,
    subject: str = "",
    stopped: bool = False,
) -> None:
    """A draft, or a word about one (`issue`), that cannot be followed, and why."""
    sentence = worded(refusal, choose_language((language, mlist.language)))
    facts: dict[str, Any] = {"trouble": sentence, "words": shown(words), "kept": issue is not None, "news_address": _news(db, mlist)}
    facts |= {"stopped": stopped, "of_line": refusal.reason in newswords.OF_LINES}
    if issue is not None:
        _write(db, "issue-trouble", issue, to, now, cause, **facts)
        return
    outbox.write(db, "issue-trouble", to, language, now, mlist=mlist, reply_to=_news(db, mlist), automatic=False, cause=cause, issue_subject=subject, **facts)


def shown(words: str) -> str:
    """Somebody's words as a letter quotes them: no address in them decides anything."""
    return hide(words[:LONGEST_SHOWN])


def not_yours(db: Session, mlist: MailingList, to: str, tongue: str, now: datetime, cause: Cause, *, on_list: bool) -> None:
    """To somebody who is no coordinator: where their letter has gone, and where such letters belong."""
    outbox.write(db, "issue-not-yours", to, tongue, now, mlist=mlist, cause=cause, news_address=_news(db, mlist), on_list=on_list)


def worded(refusal: Refusal, language: str) -> str:
    """Why no issue can be made, as a sentence."""
    sentence = translations(language).gettext(refusal.reason)
    return sentence.format(**refusal.facts) if refusal.facts else sentence


def zone_of(db: Session, user: User | None) -> ZoneInfo:
    """The zone in which somebody reads the clock."""
    return zone_named(user.timezone if user else "", outbox.settings_of(db).timezone)


def _news(db: Session, mlist: MailingList) -> str:
    return links.list_address(outbox.settings_of(db), mlist.name, "news")


def _user_at(db: Session, email: str) -> User | None:
    place = address_by_key(db, address.key(email))
    return place.user if place else None


def _write(db: Session, kind: str, issue: Issue, to: str, now: datetime, cause: Cause, *, detail: str = "", **facts: Any) -> None:
    """A letter with a token of its own: a reply decides about the revision that it speaks of."""
    mlist, user = issue.mlist, _user_at(db, to)
    tongue = user.language if user else ""
    segment = segments.parse(issue.segment)
    known = segments.words_for(db, mlist, segment, choose_language((tongue, mlist.language))) if issue.segment else ""
    token = tokens.issue(db, Purpose.ISSUE, to, now, mlist=mlist, object_id=issue.id, detail=detail or f"\n{issue.revision}")
    facts |= {"issue_subject": issue.subject, "readers": segments.count(db, mlist, segment), "whom": known}
    reply_to = deciding.reply_address(db, token)
    outbox.write(db, kind, to, tongue, now, mlist=mlist, reply_to=reply_to, automatic=False, cause=cause, **facts)
