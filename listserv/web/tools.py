"""What moderators do to threads and messages in the browser. What cannot be undone, or many would miss, is asked about first."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Blueprint, request

from listserv.errors import Conflict, Invalid, NotFound, Refusal
from listserv.store.archive import Message, Thread
from listserv.usecases import hiding, redacting, threadtools, toolbox
from listserv.usecases.redacting import Wish
from listserv.usecases.stewards import Steward
from listserv.web.forum import page_number
from listserv.web.pages import page
from listserv.web.visit import visit
from listserv.web.ways import Shown, attempt, to, who_asks, whole

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("tools", __name__)

STATUS: dict[type[Refusal], int] = {Conflict: 409, Invalid: 400, NotFound: 400}
# Done at once: what one more click takes back.
AT_ONCE: dict[str, Callable[["Session", Steward, Thread, datetime], None]] = {
    "lock": threadtools.lock,
    "unlock": threadtools.unlock,
    "pin": threadtools.pin,
    "unpin": threadtools.unpin,
    "show": hiding.show_thread,
}
ASKED_OF_THREADS = ("hide", "join")
ASKED_OF_MESSAGES = ("split", "hide", "words", "file", "body", "delete")


@blueprint.get("/<list:name>/thread/<id:thread_id>/tools")
def thread(name: str, thread_id: int) -> str:
    """All tools of a thread."""
    who = who_asks(name)
    return _thread_page(who, hiding.thread_here(visit().db, who, thread_id, looking=True))


def _thread_page(who: Steward, thread: Thread, **more: object) -> str:
    return page("tools/thread.html", tools=toolbox.of_thread(visit().db, who, thread), mlist=who.mlist, who=who, done=request.args.get("done", ""), **more)


@blueprint.post("/<list:name>/thread/<id:thread_id>/tools")
def on_thread(name: str, thread_id: int) -> Shown:
    """Use one of them."""
    who, do = who_asks(name), request.form.get("do", "")
    found = hiding.thread_here(visit().db, who, thread_id)
    if do in ASKED_OF_THREADS and "sure" not in request.form:
        return _ask_of_thread(who, found, do)
    try:
        with attempt():
            number = _use_on_thread(who, found, do)
    except (Conflict, Invalid, NotFound) as wrong:
        found = hiding.thread_here(visit().db, who, thread_id)
        return _refused(wrong, lambda words: _thread_page(who, found, wrong=words, wrong_do=do, typed=request.form))
    return to(name, f"thread/{number}/tools?done={do}")


def _ask_of_thread(who: Steward, found: Thread, do: str) -> Shown:
    target = None
    if do == "join":
        try:
            target = threadtools.target_of(visit().db, who, found, _number(request.form.get("target", "")))
        except (NotFound, Conflict) as wrong:
            return _refused(wrong, lambda words: _thread_page(who, found, wrong=words, wrong_do=do, typed=request.form))
    return page("tools/sure_thread.html", tools=toolbox.of_thread(visit().db, who, found), mlist=who.mlist, who=who, do=do, target=target)


def _use_on_thread(who: Steward, found: Thread, do: str) -> int:
    """The number of the thread to go on to."""
    db, now, form = visit().db, visit().now, request.form
    if do in AT_ONCE:
        AT_ONCE[do](db, who, found, now)
    elif do == "rename":
        threadtools.rename(db, who, found, form.get("title", ""), now)
    elif do == "move":
        threadtools.move(db, who, found, form.get("topic", ""), now)
    elif do == "hide":
        hiding.hide_thread(db, who, found, form.get("reason", ""), now)
    elif do == "join":
        return threadtools.join(db, who, found, _number(form.get("target", "")), now).id
    else:
        raise NotFound("there is no such tool")
    return found.id


def _number(typed: str) -> int:
    """A thread's number, or the end of its address. What is none is the number of no thread."""
    last = typed.strip().partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2]
    return int(last) if last.isascii() and last.isdigit() and len(last) < 19 else 0


def _refused(wrong: Refusal, again: Callable[[str], str]) -> tuple[str, int]:
    if wrong.reason.startswith("there is no such"):
        raise wrong
    return again(wrong.reason), STATUS[type(wrong)]


@blueprint.get("/<list:name>/message/<message_hash>/tools")
def message(name: str, message_hash: str) -> str:
    """All tools of a message."""
    who = who_asks(name)
    return _message_page(who, hiding.message_here(visit().db, who, message_hash, looking=True))


def _message_page(who: Steward, found: Message, **more: object) -> str:
    return page("tools/message.html", tools=toolbox.of_message(visit().db, who, found), mlist=who.mlist, who=who, done=request.args.get("done", ""), **more)


@blueprint.post("/<list:name>/message/<message_hash>/tools")
def on_message(name: str, message_hash: str) -> Shown:
    """Use one of them."""
    who, do = who_asks(name), request.form.get("do", "")
    found = hiding.message_here(visit().db, who, message_hash)
    try:
        if do in ASKED_OF_MESSAGES and "sure" not in request.form:
            return _ask_of_message(who, found, do)
        with attempt():
            where = _use_on_message(who, found, do)
    except (Conflict, Invalid, NotFound) as wrong:
        # What the verb had begun is rolled back: looked at anew.
        found = hiding.message_here(visit().db, who, message_hash)
        return _refused(wrong, lambda words: _message_page(who, found, wrong=words, wrong_do=do, typed=request.form))
    return to(name, where)


def _ask_of_message(who: Steward, found: Message, do: str) -> str:
    wish = _wish(do)
    reach = redacting.checked(visit().db, found, wish) if wish else []
    tools = toolbox.of_message(visit().db, who, found)
    file = next((one for one in tools.files if wish and one.number == wish.attachment), None)
    return page("tools/sure_message.html", tools=tools, mlist=who.mlist, who=who, do=do, wish=wish, reach=reach, file=file, form=request.form)


def _wish(do: str) -> Wish | None:
    """What a form wants to be taken out; None where it wants something else. Raises Invalid."""
    form = request.form
    if do == "words":
        return Wish(redacting.passages(form.get("words", "")), everywhere="everywhere" in form)
    if do == "file":
        return Wish(attachment=form.get("number", 0, type=whole))
    return Wish(body=True, subject=do == "delete") if do in ("body", "delete") else None


def _use_on_message(who: Steward, found: Message, do: str) -> str:
    """Where to go on to."""
    db, now, form = visit().db, visit().now, request.form
    reason, wish, page_of_it = form.get("reason", ""), _wish(do), f"message/{found.hash}/tools?done={do}"
    if do == "split":
        return f"thread/{threadtools.split(db, who, found, form.get('title', ''), now).id}/tools?done=split"
    if do == "hide":
        hiding.hide_message(db, who, found, reason, now)
    elif do == "show":
        hiding.show_message(db, who, found, now)
    elif do == "delete":
        redacting.delete_for_good(db, who, found, reason, now)
    elif wish:
        redacting.redact(db, who, found, wish, reason, now)
    else:
        raise NotFound("there is no such tool")
    return page_of_it


@blueprint.get("/<list:name>/moderate/hidden")
def hidden(name: str) -> str:
    """What only moderators see."""
    who, number = who_asks(name), page_number()
    found = hiding.hidden(visit().db, who, number)
    if number > 1 and not found:
        raise NotFound("there is no such page")
    return page("tools/hidden.html", hidden=found, mlist=who.mlist, who=who, number=number, more=len(found) == hiding.A_PAGE)
