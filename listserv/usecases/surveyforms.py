"""The letter with a question, worded once for all who share a language, and filled for each: to whom, and the key by which they answer."""

from binascii import b2a_qp
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from listserv import letters, links
from listserv.config import Settings
from listserv.mail import compose
from listserv.mail.address import Mailbox
from listserv.mail.surveykinds import Kind
from listserv.store.surveys import Survey
from listserv.usecases import outbox

QUESTION = "survey-question"
# What is filled. Should somebody write these, readers would see their own address there, and nobody else's.
KEY, TEXT, HTML = "\x02key\x02", "TEXT-TO-FILL", "HTML-TO-FILL"
TO, REPLY_TO = "to-fill@to-fill.invalid", "reply-to-fill@to-fill.invalid"
ID, FIRST = "own@id-to-fill.invalid", "first@id-to-fill.invalid"


@dataclass(frozen=True, slots=True)
class Form:
    """A letter with places to fill: its frame as bytes, and its two bodies, in which the key is to stand."""

    head: bytes
    middle: bytes
    tail: bytes
    text: str
    html: str


def form(settings: Settings, survey: Survey, language: str, now: datetime, questions: Mapping[str, Any]) -> Form:
    """The letter to everybody who reads this language."""
    mlist = survey.mlist
    link = links.question_url_of(settings, KEY)
    facts = {**outbox.common_facts(settings, mlist), **questions, "link": link, "survey_closes": survey.closes_at, "to": TO}
    facts["survey_pressed"] = _pressed(survey, link)
    words = letters.render(QUESTION, language, **facts)
    # RFC 3834 section 5.1, and Microsoft's word for the same.
    headers = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All", "Reply-To": REPLY_TO}
    headers |= {"List-Id": f"<{mlist.name}.{settings.site.domain}>", "X-Loop": links.list_address(settings, mlist.name), "Message-ID": f"<{ID}>"}
    if questions["survey_reminder"]:
        # Mail programs show a reminder below the letter of which it reminds.
        headers["In-Reply-To"] = headers["References"] = f"<{FIRST}>"
    sender = Mailbox(mlist.title, links.moderators_address(settings, mlist.name))
    raw = compose.letter(sender, Mailbox("", TO), words.subject, TEXT, headers=headers, date=now, html=HTML)
    head, _, rest = raw.partition(TEXT.encode())
    middle, _, tail = rest.partition(HTML.encode())
    return Form(head, middle, tail, words.body, words.html)


def message_id(settings: Settings, key: str, reminded: datetime | None = None) -> str:
    """The Message-ID (no brackets) of the letter with this key, or of the reminder that began then: known without a row, and no way to the key."""
    own = sha256(f"{key} {reminded.isoformat() if reminded else ''}".encode()).hexdigest()[:24]
    return f"{own}@{settings.site.domain}"


def filled(settings: Settings, form: Form, to: str, key: str, own_id: str) -> bytes:
    """The letter to one of them, under this Message-ID."""
    head = form.head.replace(REPLY_TO.encode(), links.token_address(settings, key).encode()).replace(TO.encode(), to.encode())
    head = head.replace(ID.encode(), own_id.encode()).replace(FIRST.encode(), message_id(settings, key).encode())
    return b"".join((head, _encoded(form.text, key), form.middle, _encoded(form.html, key), form.tail))


def _encoded(words: str, key: str) -> bytes:
    # RFC 2045 section 6.7.
    return b2a_qp(words.replace(KEY, key).encode("utf-8", "replace"), istext=True).replace(b"\n", b"\r\n")


def _pressed(survey: Survey, link: str) -> list[dict[str, str]]:
    """A link for each answer of the only question, which opens the page with that answer marked; it changes nothing.

    Not where answers are anonymous: the choice would stand beside the key in the logs of whatever hands the page on.
    """
    if survey.is_anonymous or len(survey.questions) != 1 or survey.questions[0].kind is not Kind.ONE:
        return []
    return [{"words": option, "link": f"{link}?q1={number}"} for number, option in enumerate(survey.questions[0].choices, 1)]
