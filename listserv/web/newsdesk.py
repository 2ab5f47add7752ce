"""Writing an issue of the newsletter in the browser. Every button works without a script; what was typed is never lost.

Nothing goes out from the page on which one writes: the page behind it shows the issue exactly as it will be mailed, and sends it.
"""

from flask import Blueprint, request

from listserv.errors import Conflict, Invalid, NotFound
from listserv.store.issues import GONE, OPEN, Issue, IssueState
from listserv.usecases import issues, newsdesk
from listserv.usecases.stewards import Steward
from listserv.web import forms, newsforms
from listserv.web.beforewriting import AROUND, unix
from listserv.web.newsforms import KINDS, REPLIES, TEMPLATES, Typed
from listserv.web.pages import page
from listserv.web.visit import cookie, site_here, visit
from listserv.web.ways import Shown, attempt, to, to_the_door, whole
from listserv.web.writing import in_words

blueprint = Blueprint("newsdesk", __name__)

WRITING = ("newsdesk.new", "newsdesk.begin", "newsdesk.edit", "newsdesk.change")


@blueprint.before_request
def make_room() -> None:
    """Pictures are larger than other forms; only somebody with a key may send any."""
    if request.method == "POST" and request.cookies.get(cookie("session")):
        # More than an issue may hold: what is too much is told beside the words, which stay.
        request.max_content_length, request.max_form_memory_size = site_here().settings.smtp.max_size + AROUND, AROUND


# ---- what was typed when the session had ended ---------------------------------------------------------------


def is_lost() -> bool:
    """Did somebody send words from a page whose session has ended in the meantime?"""
    sent = request.endpoint in WRITING and bool(request.form.get("text", "").strip())
    ended = visit().person is None and cookie("session") in request.cookies
    return sent and (ended or not forms.fits())


def given_back() -> Shown:
    """The words again, and nothing done: at their desk for who has signed in since, else beside the way in."""
    here = request.view_args or {}
    try:
        if "issue_id" in here:
            who, issue = newsdesk.issue_here(visit().db, here["name"], here["issue_id"], visit().actor, discarded=True)
            return _form(who, newsforms.typed_now(), issue=issue, lost=True, revision=_revision()), 400
        return _form(newsdesk.writer(visit().db, str(here["name"]), visit().actor), newsforms.typed_now(), lost=True), 400
    except NotFound:
        return page("writing/lost.html", typed={**request.form.to_dict(), "text": unix(request.form["text"])}, more=_others()), 400


def _others() -> list[tuple[str, str]]:
    """The fields that the page of lost words does not show itself."""
    shown = ("subject", "text", "form", "do", "drop", "key", "to", "address")
    return [(name, value) for name, value in request.form.items(multi=True) if name not in shown]


# ---- writing ------------------------------------------------------------------------------------------------


@blueprint.get("/<list:name>/news/new")
def new(name: str) -> Shown:
    """An empty form."""
    if visit().person is None:
        return _door(name)
    who = newsdesk.writer(visit().db, name, visit().actor)
    return _form(who, Typed(language=who.mlist.language))


def _door(name: str) -> Shown:
    """Only a member of the list could be one who writes: strangers at a public one are asked who they are."""
    newsdesk.readable(visit().db, name, visit().actor)
    return to_the_door()


@blueprint.post("/<list:name>/news/new")
def begin(name: str) -> Shown:
    """A draft of it."""
    who, typed = newsdesk.writer(visit().db, name, visit().actor), newsforms.typed_now()
    try:
        with attempt():
            issue = newsdesk.begin(visit().db, who, newsforms.words(typed, newsforms.chosen_images()), visit().now)
    except Invalid as wrong:
        return _form(who, typed, wrong=in_words(wrong)), 400
    return _on(who, issue)


@blueprint.get("/<list:name>/news/<id:issue_id>")
def edit(name: str, issue_id: int) -> Shown:
    """The draft; what was sent is read where everybody reads it."""
    who, issue = newsdesk.issue_here(visit().db, name, issue_id, visit().actor)
    if issue.state in GONE:
        return to(name, f"thread/{issue.message.thread_id}" if issue.message else "news/")
    return _form(who, newsforms.standing(issue), issue=issue, done=request.args.get("done", ""))


@blueprint.post("/<list:name>/news/<id:issue_id>")
def change(name: str, issue_id: int) -> Shown:
    """Keep what was typed, and do what the button says."""
    who, issue = newsdesk.issue_here(visit().db, name, issue_id, visit().actor, discarded=True)
    typed = newsforms.typed_now()
    try:
        with attempt():
            newsdesk.change(visit().db, issue, newsforms.words(typed, _images(issue)), _revision(), visit().now)
    except Invalid as wrong:
        return _form(who, typed, issue=issue, wrong=in_words(wrong), revision=_revision()), 400
    except Conflict:
        visit().db.refresh(issue)
        return _met(who, issue, typed), 409
    return _on(who, issue)


def _revision() -> int:
    return request.form.get("revision", 0, type=whole)


def _images(issue: Issue) -> list[issues.NewImage] | None:
    """The pictures as they should be; None where nothing is said of them."""
    drop, more = request.form.get("drop", 0, type=whole), newsforms.chosen_images()
    return newsdesk.images_with(visit().db, issue, more, drop) if drop or more else None


def _on(who: Steward, issue: Issue) -> Shown:
    """To the page that shows it as it will be mailed, or back to the form."""
    if request.form.get("do") == "preview":
        return to(who.mlist.name, f"news/{issue.id}/preview")
    return to(who.mlist.name, f"news/{issue.id}?done={'pictures' if 'drop' in request.form or request.form.get('do') == 'attach' else 'kept'}")


def _met(who: Steward, issue: Issue, typed: Typed) -> str:
    """Two at once: what the other one has written stands beside one's own words, and nothing is lost."""
    theirs = newsforms.standing(issue) if issue.state in OPEN else None
    return _form(who, typed, issue=issue, theirs=theirs, met=True)


def _form(who: Steward, typed: Typed, *, issue: Issue | None = None, revision: int = 0, wrong: str = "", **more: object) -> str:
    """The page with what has been typed so far."""
    db, mlist = visit().db, who.mlist
    try:
        segment = newsforms.segment_of(typed.whom)
        reach = newsdesk.reach(db, who, segment, visit().language)
    except Invalid:
        segment, reach = "", None
    facts: dict[str, object] = {
        "kinds": KINDS,
        "templates": TEMPLATES,
        "topics": mlist.topics,
        "reach": reach,
        "replies": newsdesk.replies_of(mlist),
        "reply_words": REPLIES,
        # A browser does not give files back to a page.
        "chose": any(file.filename for file in request.files.getlist("image")),
    }
    facts |= {"revision": revision or (issue.revision if issue else 0), "planned": issue is not None and issue.state is IssueState.SCHEDULED}
    return page("news/write.html", mlist=mlist, who=who, typed=typed, issue=issue, wrong=wrong, **facts, **more)
