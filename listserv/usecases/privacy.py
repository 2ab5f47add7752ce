"""Somebody's own data: taking it along, and wishing to be forgotten. The same verbs for the web and for mail."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy.orm import Session

from listserv import links
from listserv.errors import Conflict, Expired, NotFound
from listserv.i18n import N_
from listserv.store import erasing, sitepeople
from listserv.store.drafts import Draft, drafts_by
from listserv.store.erasing import Erasure, Posts
from listserv.store.issues import issues_by
from listserv.store.members import Role, memberships
from listserv.store.people import Purpose, Token, User
from listserv.store.queue import raw_bytes
from listserv.usecases import deciding, limits, outbox, tokens
from listserv.usecases.access import Actor, Door
from listserv.usecases.journal import note

DAYS = 7
DELAY = timedelta(days=DAYS)
AGAIN_A_DAY = 3
LAST_OWNER = N_("Nobody but you decides on the list “{title}”. Please make somebody else its coordinator first, or ask the administrator to close it.")
LAST_KEEPER = N_("Nobody else keeps this server. First name another administrator.")
ASKED = N_("This has been asked for already.")
BEGUN = N_("The day has come, and the erasure has begun.")


# ---- taking along -------------------------------------------------------------------------------------------


def collect(db: Session, user_id: int) -> dict[str, Any]:
    """Everything that is kept about a person, as values that JSON can say."""
    user = db.get_one(User, user_id)
    emails, keys = {place.email for place in user.addresses}, {place.key for place in user.addresses}
    return {"name": user.name, "addresses": sorted(emails), "tables": erasing.rows_about(db, user_id, emails, keys)}


def write_export(db: Session, user_id: int, file: IO[bytes], now: datetime) -> None:
    """One file with all of it: `about-me.json`, the mails as they were written, the files of drafts and the pictures of issues."""
    keys = {place.key for place in db.get_one(User, user_id).addresses}
    with ZipFile(file, "w", ZIP_DEFLATED) as bundle:
        about = {"site": outbox.settings_of(db).site.url, "made_at": now, **collect(db, user_id)}
        bundle.writestr("about-me.json", json.dumps(about, ensure_ascii=False, indent=1, default=_plain))
        for message in erasing.own_messages(db, user_id, keys):
            bundle.writestr(f"messages/{message.id}.eml", raw_bytes(db, message.raw_id))
        for draft in drafts_by(db, user_id):
            _add_files(bundle, draft)
        for issue in issues_by(db, user_id):
            for image in issue.images:
                bundle.writestr(f"issues/{issue.id}/{image.number} {_safe(image.name)}", raw_bytes(db, image.raw_id))


def _add_files(bundle: ZipFile, draft: Draft) -> None:
    for file in draft.files:
        bundle.writestr(f"drafts/{draft.id}/{file.id} {_safe(file.name)}", file.data)


def _safe(name: str) -> str:
    return "".join(c if c.isalnum() or c in " .-_()" else "_" for c in name).strip(". ") or "file"


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


# ---- being forgotten ----------------------------------------------------------------------------------------


def planned(db: Session, user_id: int) -> Erasure | None:
    """What this person has asked for, until it is done."""
    return erasing.erasure_of(db, user_id)


def ask(db: Session, user_id: int, posts: Posts, actor: Actor, now: datetime) -> Erasure:
    """Plan to forget a person; each of their addresses is told, with a link that stops it.

    Raises Conflict where it is planned already, for the last one who decides on a list, and for the last one who keeps the site: the console may.
    """
    user = db.get_one(User, user_id)
    for member in memberships(db, user_id):
        if member.role is Role.OWNER and len(deciding.deciders(db, member.mlist)) == 1:
            raise Conflict(LAST_OWNER, title=member.mlist.title)
    if user.administrator and actor.door is not Door.CONSOLE and not sitepeople.has_other_keeper(db, user_id):
        raise Conflict(LAST_KEEPER)
    if planned(db, user_id) is not None:
        raise Conflict(ASKED)
    wish = Erasure(user_id=user_id, posts=posts, asked_at=now, due_at=now + DELAY)
    db.add(wish)
    db.flush()
    note(db, actor, "erasure-asked", mlist=None, now=now, about=wish, detail=posts)
    for email in _told(user):
        _tell_asked(db, wish, email, now)
    return wish


def _tell_asked(db: Session, wish: Erasure, email: str, now: datetime) -> None:
    token = tokens.issue(db, Purpose.KEEP_ACCOUNT, email, now, object_id=wish.user_id, days=DAYS)
    facts = {"link": links.keep_url(outbox.settings_of(db), token), "due_at": wish.due_at, "mode": wish.posts.value}
    _write(db, wish.user, "erasure-asked", email, now, {**facts, "reply_to": deciding.reply_address(db, token)})


def _told(user: User) -> list[str]:
    return [place.email for place in user.addresses if place.verified_at] or [place.email for place in user.addresses]


def _write(db: Session, user: User, letter: str, email: str, now: datetime, facts: Mapping[str, Any]) -> None:
    outbox.write(db, letter, email, user.language, now, automatic=False, **facts)


def keep(db: Session, user_id: int, actor: Actor, now: datetime) -> None:
    """Stop it: everything stays as it is. Raises Expired once it has begun; harmless where nothing is planned."""
    wish = planned(db, user_id)
    if wish is None:
        return
    db.refresh(wish, with_for_update=True)
    if wish.upto is not None:
        raise Conflict(BEGUN)
    user = wish.user
    note(db, actor, "erasure-stopped", mlist=None, now=now, about=wish)
    db.delete(wish)
    db.flush()
    for email in _told(user):
        reply_to = _commands_of(db, user, email, now)
        _write(db, user, "erasure-stopped", email, now, {"reply_to": reply_to, "answerable": bool(reply_to)})


def _commands_of(db: Session, user: User, email: str, now: datetime) -> str:
    """The address that takes this person's commands; empty for who is on no list."""
    member = next(iter(memberships(db, user.id)), None)
    if member is None:
        return ""
    token = tokens.issue(db, Purpose.SETTINGS, email, now, mlist=member.mlist, object_id=member.id)
    return deciding.reply_address(db, token)


def planned_by(db: Session, token: str, now: datetime) -> Erasure:
    """The erasure that this link stops. Raises NotFound for a link that never was ours, Expired where there is nothing to stop."""
    row = _link(db, token, now)
    wish = planned(db, row.object_id or 0)
    if wish is None:
        raise Expired("this link was good once", purpose=row.purpose)
    return wish


def keep_by_link(db: Session, token: str, now: datetime) -> None:
    """Stop it, by the link in the letter. Raises NotFound or Expired."""
    wish = planned_by(db, token, now)
    tokens.spend(db, _link(db, token, now), now)
    keep(db, wish.user_id, Actor(Door.WEB, wish.user_id, proven=True), now)


def keep_by_mail(db: Session, token: Token, now: datetime) -> None:
    """Stop it, by a reply to the letter. Raises Expired where there is nothing to stop."""
    wish = planned(db, token.object_id or 0)
    if wish is None:
        raise Expired("this letter was good once", purpose=token.purpose)
    tokens.spend(db, token, now)
    keep(db, wish.user_id, Actor(Door.MAIL, wish.user_id, proven=True), now)


def say_again(db: Session, token: Token, now: datetime) -> None:
    """The reply was not understood: once more, what happens and how to stop it."""
    wish = planned(db, token.object_id or 0)
    if wish is not None and limits.within(db, "erasure said again", str(wish.user_id), now, timedelta(days=1), AGAIN_A_DAY):
        _tell_asked(db, wish, token.email, now)


def _link(db: Session, token: str, now: datetime) -> Token:
    row = tokens.look_up(db, token, now)
    if row.purpose is not Purpose.KEEP_ACCOUNT:
        raise NotFound("there is no such link")
    return row
