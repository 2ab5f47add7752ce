"""An anonymous answer that three attempts could not handle is not set aside, where somebody would read it beside its sender: it is destroyed.

Whoever wrote it is asked to answer once more; the administrator hears that something failed, and not of whom (decision 18).
"""

from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from listserv import links
from listserv.errors import NotFound
from listserv.mail import address, headers, mailboxes
from listserv.store import health
from listserv.store.members import Member, member_by_key
from listserv.store.queue import Incoming, raw_bytes
from listserv.usecases import outbox, settingaside, surveyanswers, surveys, unlinking
from listserv.usecases.surveyanswers import Opened

FAILED = "survey-failed"

log = structlog.get_logger()


def let_go(db: Session, incoming: Incoming, now: datetime) -> bool:
    """Destroy it, and tell of it; False for any other mail, which is left as it is."""
    route = address.read_local_part(address.split(incoming.rcpt)[0])
    found = _opened(db, route.detail) if route and route.role is address.Role.TOKEN else None
    if route is None or found is None or not found.survey.is_anonymous:
        return False
    member = _author(db, found, incoming) if settingaside.is_for_people(db, incoming) else None
    # The last line of a traceback may quote the answer; which kind of fault it was does not.
    fault = next(iter(incoming.trouble.strip().splitlines()[-1:]), "").partition(":")[0]
    unlinking.empty(db, incoming, found.survey.mlist)
    incoming.trouble, incoming.list_id = fault, found.survey.list_id
    try:
        with db.begin_nested():
            settingaside.tell_administrator(db, incoming, now, dropped=True)
            if member and not surveyanswers.is_over(found.survey, now):
                _tell(db, found, member, route.detail, now)
    except Exception as wrong:
        if health.is_away(wrong):
            raise
        log.exception("nobody was told of an answer that failed", incoming=incoming.id)
    return True


def _opened(db: Session, token: str) -> Opened | None:
    try:
        return surveyanswers.opened(db, token)
    except NotFound:
        return None


def _author(db: Session, found: Opened, incoming: Incoming) -> Member | None:
    """Whose key it is; of a receipt, which names nobody, whoever on the list sent the mail."""
    if found.member:
        return found.member
    field = headers.topmost(raw_bytes(db, incoming.raw_id), "from")
    named = [box.address for box in mailboxes.mailboxes([field.value.decode("utf-8", "replace")])] if field else []
    members = (member_by_key(db, found.survey.mlist, address.key(one)) for one in (incoming.mail_from, *named[:1]) if one)
    return next((one for one in members if one), None)


def _tell(db: Session, found: Opened, member: Member, key: str, now: datetime) -> None:
    settings, survey = outbox.settings_of(db), found.survey
    facts = {"survey_title": survey.title, "survey_closes": surveys.closes_at(survey, now), "link": links.question_url_of(settings, key)}
    outbox.to_member(db, FAILED, member, now, mlist=survey.mlist, reply_to=links.token_address(settings, key), **facts)
