"""A list's webhooks in the browser: where they go, what they hear of, what became of it. For coordinators."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from listserv.errors import Conflict, Invalid
from listserv.i18n import N_
from listserv.store.lists import MailingList
from listserv.store.webhooks import OFFERED, Event, Stopped
from listserv.usecases import stewards, webhooks
from listserv.web.pages import page
from listserv.web.visit import visit
from listserv.web.ways import attempt, to
from listserv.web.writing import in_words

blueprint = Blueprint("webhookpages", __name__)

MEANINGS = {
    Event.POSTED: N_("a message was posted"),
    Event.HELD: N_("a message waits for a moderator"),
    Event.APPLIED: N_("somebody asks to join"),
    Event.JOINED: N_("somebody is new on the list"),
    Event.LEFT: N_("somebody is no longer on the list"),
    Event.BOUNCED: N_("a copy for a member came back"),
    Event.TEST: N_("a test"),
}
STATES = {
    "": N_("active"),
    Stopped.FAILED: N_("stopped: nothing got through for days"),
    Stopped.GONE: N_("stopped: the receiver wants no more"),
    Stopped.RIGHTS: N_("stopped: whoever added it no longer decides here"),
    Stopped.TOKEN: N_("stopped: the token that it was made with is good no more"),
    Stopped.PAUSED: N_("stopped until it is resumed"),
}
TOLD = {"waiting": N_("waits"), "sent": N_("sent"), "failed": N_("failed")}
SHOWN = 10


@blueprint.get("/<list:name>/settings/webhooks")
def show(name: str) -> str:
    """The receivers there are, and the form for one more."""
    return _page(_place(name))


@blueprint.post("/<list:name>/settings/webhooks")
def add(name: str) -> ResponseReturnValue:
    """One more; its secret is shown this once."""
    mlist = _place(name)
    url, events = request.form.get("url", ""), request.form.getlist("event")
    try:
        with attempt():
            hook, secret = webhooks.add(visit().db, mlist, url, events, visit().actor, visit().now)
    except (Invalid, Conflict) as wrong:
        return _page(mlist, wrong=in_words(wrong), url=url, chosen=events), 409 if isinstance(wrong, Conflict) else 400
    return _page(mlist, made=hook, secret=secret), {"Cache-Control": "no-store"}


@blueprint.post("/<list:name>/settings/webhooks/<id:hook_id>")
def change(name: str, hook_id: int) -> ResponseReturnValue:
    """Try it, let it rest or go on, give it a new secret, take it away."""
    mlist, db, actor, now = _place(name), visit().db, visit().actor, visit().now
    hook, do = webhooks.find(db, hook_id, actor), request.form.get("do", "")
    if do == "secret":
        return _page(mlist, made=hook, secret=webhooks.renew_secret(db, hook, actor, now)), {"Cache-Control": "no-store"}
    if do == "remove":
        webhooks.remove(db, hook, actor, now)
    elif do == "pause":
        webhooks.pause(db, hook, actor, now)
    elif do == "resume":
        webhooks.resume(db, hook, actor, now)
    elif do == "test" and hook.due is not None:
        webhooks.test(db, hook, now)
    return to(name, "settings/webhooks?done=1")


def _place(name: str) -> MailingList:
    """The list, for who keeps its webhooks. Raises NotFound for everybody else."""
    mlist = webhooks.place(visit().db, name, visit().actor)
    assert mlist is not None  # a name was given
    return mlist


def _page(mlist: MailingList, **more: object) -> str:
    db = visit().db
    hooks = [
        (hook, hook.events.split(), webhooks.deliveries(db, hook, SHOWN), webhooks.token_of(db, hook)) for hook in webhooks.kept_by(db, visit().actor, [mlist])
    ]
    facts = {"offered": OFFERED, "meanings": MEANINGS, "states": STATES, "told": TOLD, "done": "done" in request.args}
    who = stewards.steward(db, mlist.name, visit().actor)
    return page("moderate/webhooks.html", mlist=mlist, who=who, hooks=hooks, **facts, **({"url": "", "chosen": OFFERED} | more))
