"""Writing in the browser: a new topic, an answer, and what became of it. Every button works without a script."""

import secrets
from dataclasses import replace

from flask import Blueprint, g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from listserv.errors import Invalid, NotFound, Refusal, TooMany
from listserv.i18n import N_, translations
from listserv.mail.commands import Kind
from listserv.rules import WORDS
from listserv.store.drafts import draft_of
from listserv.store.members import count_members
from listserv.usecases import composing, desks, reading, sent, typedwords
from listserv.usecases.composing import Desk, NameWished
from listserv.usecases.desks import NewFile, Words
from listserv.usecases.shown import Moved
from listserv.web import forms
from listserv.web.beforewriting import BUTTONS, make_room, unix
from listserv.web.pages import page
from listserv.web.visit import cookie, visit
from listserv.web.ways import Shown, to, to_the_door, whole
from listserv.web.words import size

blueprint = Blueprint("writing", __name__)

ANY = ("GET", "POST")
# What a button does about a thread, and what has become of it: the words that mails are understood by.
HEED = {
    Kind.MUTE: N_("Mute this thread for me"),
    Kind.UNMUTE: N_("Let this thread come to me as the others do"),
    Kind.FOLLOW: N_("Let me follow this thread"),
    Kind.THREAD: N_("Send me this thread by mail"),
}
HEEDED = {
    Kind.MUTE: N_("Nothing more of this thread will come by mail."),
    Kind.UNMUTE: N_("This thread comes by mail as the others do."),
    Kind.FOLLOW: N_("Each new message of this thread will come by mail at once."),
    Kind.THREAD: N_("The messages of this thread are on their way by mail."),
}
# Where people write.
WRITING = ("writing.new", "writing.reply")


blueprint.before_request(make_room)


@blueprint.route("/<list:name>/new", methods=ANY)
def new(name: str) -> Shown:
    """Begin a topic."""
    if visit().person is None:
        return _door(name)
    return _at(composing.new_topic(visit().db, name, visit().actor, visit().now))


@blueprint.route("/<list:name>/thread/<id:thread_id>/reply", methods=ANY)
def reply(name: str, thread_id: int) -> Shown:
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
    return to_the_door()


def is_lost() -> bool:
    """Did somebody send words from a page whose session has ended in the meantime?"""
    typed = request.endpoint in WRITING and request.form.get("text", "").strip() != ""
    ended = visit().person is None and cookie("session") in request.cookies
    return typed and (ended or not forms.fits())


def given_back() -> Shown:
    """The words again, and nothing done: at their desk for who has signed in since, else beside the way in.

    Whoever may not write there gets the page that everybody gets for an address at which nothing is.
    """
    name, here = str((request.view_args or {})["name"]), request.view_args or {}
    try:
        return _desk_again(name, here.get("thread_id"))
    except NotFound:
        return page("writing/lost.html", typed={**request.form.to_dict(), "text": unix(request.form["text"])}), 400


def _desk_again(name: str, thread_id: int | None) -> Shown:
    db, actor, now = visit().db, visit().actor, visit().now
    desk = composing.answer_to(db, name, thread_id, request.form.get("to", "")[:32], actor, now) if thread_id else composing.new_topic(db, name, actor, now)
    if isinstance(desk, Moved):
        raise NotFound("there is no such page")
    return form(desk, _words(desk), lost=True, key=_key()), 400


@blueprint.get("/<list:name>/written/<key>")
def written(name: str, key: str) -> str:
    """What became of it."""
    return page("writing/written.html", sent=sent.outcome(visit().db, name, key, visit().actor))


def _at(desk: Desk) -> Shown:
    if request.method != "POST":
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
    text = unix(said.get("text", ""))
    answers = desk.answered.post.hash if desk.answered else ""
    return Words(said.get("subject", ""), text, said.get("topic", ""), answers, said.get("address", 0, type=whole) or None)


def _key() -> str:
    """What makes a form one form, however often it is sent."""
    given = request.form.get("key", "")
    return given if composing.KEY.fullmatch(given) else secrets.token_urlsafe(18)


def _files() -> list[NewFile]:
    chosen = [file for file in request.files.getlist("file") if file.filename]
    return [NewFile(file.filename or "", file.mimetype, file.stream.read()) for file in chosen]


def form(desk: Desk, words: Words, *, wrong: str = "", preview: bool = False, saved: bool = False, lost: bool = False, key: str = "", **more: object) -> str:
    """The page with what has been typed so far."""
    shown = g.get("preview", "") if preview else ""
    lead = desks.lead(desk.answered.post, desk.mlist.language) if desk.answered else ""
    facts = {"room": composing.room(visit().db, desk.mlist), "people": count_members(visit().db, desk.mlist), "reason_words": WORDS}
    facts |= {"heed_words": HEED, "heeded_words": HEEDED}
    told = {"wrong": wrong, "shown": shown, "preview": preview, "saved": saved, "lost": lost, "lead": lead, "key": key or secrets.token_urlsafe(18)}
    return page("writing/write.html", desk=desk, words=words, **told, **facts, **more)


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
    """A refusal in the reader's language, sizes as they stand beside the form."""
    facts = {name: size(fact) if name == "size" and isinstance(fact, int) else fact for name, fact in refusal.facts.items()}
    return translations(visit().language).gettext(refusal.reason).format(**facts)


def _preview(desk: Desk, words: Words) -> Shown:
    wrong = _kept(desk, words)
    return _again(desk, words, wrong=wrong, preview=True)


def _save(desk: Desk, words: Words) -> Shown:
    wrong = _kept(desk, words)
    return _again(desk, words, wrong=wrong, saved=not wrong)


def _quote(desk: Desk, words: Words) -> Shown:
    text = words.text.rstrip()
    return _save(desk, replace(words, text=f"{text}\n\n{composing.quoted(desk)}" if text else composing.quoted(desk)))


def _drop(desk: Desk, words: Words) -> Shown:
    composing.drop_file(visit().db, desk, request.form.get("drop", 0, type=whole))
    return _save(desk, words)


def _discard(desk: Desk, words: Words) -> Shown:
    composing.discard(visit().db, desk)
    return to(desk.mlist.name, f"thread/{desk.thread_id}" if desk.thread_id else "")


def _autosave(desk: Desk, words: Words) -> Shown:
    wrong = _kept(desk, words)
    return (wrong, 400) if wrong else ("", 204)


def _heed(desk: Desk, words: Words) -> Shown:
    """The word was meant for us."""
    heeded = typedwords.obey(visit().db, desk, words, visit().now)
    left = replace(words, text="") if heeded else words
    return form(_with_draft(desk), left, heeded=heeded, asked=None if heeded else typedwords.meant_for_us(desk, words, ()))


def _send(desk: Desk, words: Words) -> Shown:
    key, files = _key(), _files()
    asked = typedwords.meant_for_us(desk, words, tuple(files)) if "anyway" not in request.form else None
    if asked:
        return form(desk, words, key=key, asked=asked), 409
    try:
        written = composing.send(visit().db, desk, words, files, key, visit().now, munge=g.get("munge", False), named="named" in request.form)
    except NameWished as wished:
        return _again(desk, words, name_wished=in_words(wished)), 409
    except (Invalid, TooMany) as wrong:
        return _again(desk, words, wrong=in_words(wrong)), 429 if isinstance(wrong, TooMany) else 400
    return to(desk.mlist.name, f"written/{written.key}")


PRESSED = {
    "preview": _preview,
    "save": _save,
    "attach": _save,
    "quote": _quote,
    "drop": _drop,
    "discard": _discard,
    "autosave": _autosave,
    "heed": _heed,
    "send": _send,
}
