"""Queues: what waits, in pages; mails that were set aside; and the whole life of any mail."""

from flask import request

from listserv.errors import Conflict, Invalid, NotFound
from listserv.usecases import measures, queueing, sitequeues, tracewords, tracing
from listserv.web.admin.gate import get, post, there
from listserv.web.admin.overview import KINDS
from listserv.web.pages import page
from listserv.web.visit import visit
from listserv.web.ways import Shown, attempt, whole

LONGEST_QUESTION = 1_000
# How a mail's life is told.
LIFE = {"state_of": tracewords.state, "reasons_of": tracewords.reasons}


@get("/queues/")
def queues() -> str:
    """How much waits of each kind, and for which domains."""
    db = visit().db
    return page("admin/queues.html", depths=measures.waiting(db), domains=sitequeues.domains(db), kinds=KINDS)


@get("/queues/<kind>")
def queue(kind: str) -> str:
    """One queue, a page of it."""
    found = sitequeues.look(visit().db, kind, request.args.get("after", ""))
    return page("admin/queue.html", queue=found, kinds=KINDS, done=request.args.get("done", ""))


@post("/queues/<kind>")
def hurry(kind: str) -> Shown:
    """Try a letter, or the copies of a post, now instead of later; what is on its way already stays so."""
    try:
        with attempt():
            sitequeues.hurry(visit().db, kind, request.form.get("number", 0, type=whole), visit().actor, visit().now)
    except Conflict:
        return there(f"queues/{kind}?done=late")
    return there(f"queues/{kind}?done=now")


@get("/mail/<id:number>")
def mail(number: int) -> str:
    """One mail that came."""
    return _mail(number)


def _mail(number: int, **more: object) -> str:
    return page("admin/mail.html", aside=sitequeues.mail(visit().db, number), done=request.args.get("done", ""), **LIFE, **more)


@post("/mail/<id:number>")
def decide(number: int) -> Shown:
    """Try it again, or throw it away with a reason."""
    do, reason = request.form.get("do", ""), request.form.get("reason", "")
    try:
        with attempt():
            if do == "retry":
                queueing.retry(visit().db, number, visit().actor, visit().now)
            elif do == "discard":
                queueing.throw_away(visit().db, number, reason, visit().actor, visit().now)
            else:
                raise NotFound("there is no such page")
    except Invalid as wrong:
        return _mail(number, wrong=wrong.reason), 400
    except Conflict:
        return _mail(number, late=True), 409
    return there(f"mail/{number}?done={do}")


@get("/trace")
def trace() -> Shown:
    """Where a mail is, by its Message-ID or its number."""
    asked = request.args.get("q", "").strip()[:LONGEST_QUESTION]
    try:
        found = tracing.trace(visit().db, asked) if asked else []
    except NotFound:
        return page("admin/trace.html", asked_for=asked, found=[], nothing=True, **LIFE)
    return page("admin/trace.html", asked_for=asked, found=found, **LIFE)
