"""Writing in the browser: a new topic, an answer, and what became of it. Every button works without a script."""

import secrets
from dataclasses import replace
from functools import cache

from flask import Blueprint, g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from listserv.dns import Resolver
from listserv.errors import Invalid, Refusal, TooMany
from listserv.i18n import translations
from listserv.mail import markup
from listserv.rules import WORDS
from listserv.store.drafts import draft_of
from listserv.store.members import count_members
from listserv.usecases import composing, desks, reading, senders, sent, signin
from listserv.usecases.composing import Desk
from listserv.usecases.desks import NewFile, Words
from listserv.usecases.shown import Moved
from listserv.web.pages import page
from listserv.web.visit import cookie, site_here, visit

blueprint = Blueprint("writing", __name__)

ANY = ("GET", "POST")
Answer = str | tuple[str, int] | AnyResponse
# Beside the files themselves: the other fields, and what a form puts around each.
AROUND = 1_000_000
# Every button but the one that sends.
BUTTONS = ("preview", "save", "quote", "attach", "drop", "discard", "autosave")


@blueprint.before_request
def make_room() -> None:
    """Files are larger than other forms; only somebody with a key may send any. And DNS is asked before any transaction is open."""
    if request.method != "POST" or not request.cookies.get(cookie("session")):
        return
    request.max_content_length = site_here().settings.smtp.max_size + AROUND
    request.max_form_memory_size = AROUND
    if not any(button in request.form for button in BUTTONS):
        g.munge = _munges(request.form.get("address", 0, type=int))


def _munges(address_id: int) -> bool:
    """Would others refuse a mail from this address that we sent (contract section 5)?"""
    site = site_here()
    with site.reading() as db:
        person = signin.person_behind(db, request.cookies.get(cookie("session"), ""), site.now())
        domain = composing.sender_domain(db, person.user_id, address_id) if person else ""
    resolver = _resolver(site.settings.auth.dns)
    return bool(domain) and senders.is_strict(domain, resolver.within(senders.SECONDS))


@cache
def _resolver(server: str) -> Resolver:
    return Resolver(server)


@blueprint.route("/<list:name>/new", methods=ANY)
def new(name: str) -> Answer:
    """Begin a topic."""
    if visit().person is None:
        return _door(name)
    return _at(composing.new_topic(visit().db, name, visit().actor, visit().now))


@blueprint.route("/<list:name>/thread/<id:thread_id>/reply", methods=ANY)
def reply(name: str, thread_id: int) -> Answer:
    """Answer in a thread: `?to=` names the message."""
    if visit().person is None:
        return _door(name)
    to = request.form.get("to", "") or request.args.get("to", "")
    desk = composing.answer_to(visit().db, name, thread_id, to[:32], visit().actor, visit().now)
    if isinstance(desk, Moved):
        return redirect(f"{request.script_root}/{desk.mlist.name}/thread/{desk.thread_id}/reply{'?to=' + to if to.isalnum() else ''}", 307)
    return _at(desk)


def _door(name: str) -> AnyResponse:
    """Who may read may be asked who they are; for everybody else there is no such page."""
    reading.view_of(visit().db, name, visit().actor)
    return redirect(f"{request.script_root}/sign-in?next={request.script_root}{request.full_path.rstrip('?')}", 303)


@blueprint.get("/<list:name>/written/<key>")
def written(name: str, key: str) -> str:
    """What became of it."""
    return page("writing/written.html", sent=sent.outcome(visit().db, name, key, visit().actor))


def _at(desk: Desk) -> Answer:
    if request.method == "GET":
        return form(desk, _words_at_first(desk))
    if desk.shut:
        # The words may have been typed before the thread was closed: they are kept, and the page says why they stay.
        composing.keep(visit().db, desk, _words(desk), (), _key(), visit().now)
        return form(desk, _words(desk)), 409
    pressed = next((button for button in BUTTONS if button in request.form), "send")
    return PRESSED[pressed](desk, _words(desk))


def _words_at_first(desk: Desk) -> Words:
    words = desks.words_of(desk.draft)
    asked = request.args.get("topic", "")
    return replace(words, topic=asked) if asked and not words.topic else words


def _words(desk: Desk) -> Words:
    said = request.form
    # Browsers send line ends as CRLF.
    text = said.get("text", "").replace("\r\n", "\n").replace("\r", "\n")
    answers = desk.answered.post.hash if desk.answered else ""
    return Words(said.get("subject", ""), text, said.get("topic", ""), answers, said.get("address", 0, type=int) or None)


def _key() -> str:
    """What makes a form one form, however often it is sent."""
    given = request.form.get("key", "")
    return given if composing.KEY.fullmatch(given) else secrets.token_urlsafe(18)


def _files() -> list[NewFile]:
    chosen = [file for file in request.files.getlist("file") if file.filename]
    return [NewFile(file.filename or "", file.mimetype, file.stream.read()) for file in chosen]


def form(desk: Desk, words: Words, *, wrong: str = "", preview: bool = False, saved: bool = False, key: str = "") -> str:
    """The page with what has been typed so far."""
    shown = markup.to_html(words.text) if preview else ""
    lead = desks.lead(desk.answered.post, desk.mlist.language) if desk.answered else ""
    facts = {"room": composing.room(visit().db, desk.mlist), "people": count_members(visit().db, desk.mlist), "reason_words": WORDS}
    told = {"wrong": wrong, "shown": shown, "preview": preview, "saved": saved, "lead": lead, "key": key or secrets.token_urlsafe(18)}
    return page("writing/write.html", desk=desk, words=words, **told, **facts)


def _again(desk: Desk, words: Words, **more: str | bool) -> str:
    """The page again, after the draft has changed."""
    return form(_with_draft(desk), words, key=_key(), **more)  # type: ignore[arg-type]


def _with_draft(desk: Desk) -> Desk:
    return replace(desk, draft=draft_of(visit().db, desk.user.id, desk.mlist.id, desk.thread_id))


def _kept(desk: Desk, words: Words) -> str:
    """Keep everything; the sentence that says what was wrong, else nothing."""
    try:
        composing.keep(visit().db, desk, words, _files(), _key(), visit().now)
    except Invalid as wrong:
        return in_words(wrong)
    return ""


def in_words(refusal: Refusal) -> str:
    """A refusal in the reader's language."""
    return translations(visit().language).gettext(refusal.reason).format(**refusal.facts)


def _preview(desk: Desk, words: Words) -> Answer:
    wrong = _kept(desk, words)
    return _again(desk, words, wrong=wrong, preview=True)


def _save(desk: Desk, words: Words) -> Answer:
    wrong = _kept(desk, words)
    return _again(desk, words, wrong=wrong, saved=not wrong)


def _quote(desk: Desk, words: Words) -> Answer:
    text = words.text.rstrip()
    return _save(desk, replace(words, text=f"{text}\n\n{composing.quoted(desk)}" if text else composing.quoted(desk)))


def _drop(desk: Desk, words: Words) -> Answer:
    composing.drop_file(visit().db, desk, request.form.get("drop", 0, type=int))
    return _save(desk, words)


def _discard(desk: Desk, words: Words) -> Answer:
    composing.discard(visit().db, desk)
    back = f"/thread/{desk.thread_id}" if desk.thread_id else "/"
    return redirect(f"{request.script_root}/{desk.mlist.name}{back}", 303)


def _autosave(desk: Desk, words: Words) -> Answer:
    wrong = _kept(desk, words)
    return (wrong, 400) if wrong else ("", 204)


def _send(desk: Desk, words: Words) -> Answer:
    key = _key()
    try:
        written = composing.send(visit().db, desk, words, _files(), key, visit().now, munge=g.get("munge", False))
    except (Invalid, TooMany) as wrong:
        return _again(desk, words, wrong=in_words(wrong)), 429 if isinstance(wrong, TooMany) else 400
    return redirect(f"{request.script_root}/{desk.mlist.name}/written/{written.key}", 303)


PRESSED = {
    "preview": _preview,
    "save": _save,
    "attach": _save,
    "quote": _quote,
    "drop": _drop,
    "discard": _discard,
    "autosave": _autosave,
    "send": _send,
}
