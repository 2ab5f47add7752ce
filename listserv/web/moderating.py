"""The moderators' queue, bans and journal: what waits, one answer for one case or many, and ten minutes to take it back."""

from flask import Blueprint, Response, request

from listserv.errors import Conflict, Expired, Invalid, NotFound
from listserv.store.bans import bans_of
from listserv.store.trusted import trusted_of
from listserv.usecases import banning, decisions, docket, moderation
from listserv.usecases.docket import Answer
from listserv.usecases.stewards import Steward
from listserv.web.forum import page_number
from listserv.web.pages import page
from listserv.web.threads import disposition
from listserv.web.visit import visit
from listserv.web.ways import Shown, attempt, to, who_asks

blueprint = Blueprint("moderating", __name__)

# So many cases that somebody else has decided are named; the others are counted.
NAMED = 5


@blueprint.get("/<list:name>/moderate/")
def queue(name: str) -> str:
    """What waits."""
    return _queue(who_asks(name))


def _queue(who: Steward, **more: object) -> str:
    found = docket.look(visit().db, who, visit().now, page=page_number())
    return page("moderate/queue.html", desk=found, mlist=who.mlist, who=who, **{**_said(who), **more})


def _said(who: Steward) -> dict[str, object]:
    """What has just been done, from the address that the answer led to."""
    args = request.args
    done = args.get("done", "")
    if done not in (*Answer, "undo", "late"):
        return {}
    late = docket.named(visit().db, who, args.get("late", "").split(",")[:NAMED])
    one = docket.named(visit().db, who, [args.get("case", "")]) if "case" in args else ()
    return {"done": done, "count": args.get("count", 0, type=int), "left": args.get("left", 0, type=int), "late": late, "one": one[0] if one else None}


@blueprint.post("/<list:name>/moderate/")
def decide(name: str) -> Shown:
    """One answer for the cases that were chosen; harm to many is shown first."""
    who, keys, words = who_asks(name), request.form.getlist("case"), request.form.get("words", "")
    try:
        answer = Answer(request.form.get("answer", ""))
    except ValueError:
        raise NotFound("there is no such answer") from None
    if answer is Answer.APPROVE and "trust" in request.form:
        answer = Answer.TRUST
    if not keys:
        return _queue(who, nothing_chosen=True), 400
    if "many" in request.form and answer in docket.DESTRUCTIVE and "sure" not in request.form:
        chosen = docket.named(visit().db, who, keys)
        if len(chosen) < len(set(keys[: docket.MOST])):
            raise NotFound("there is no such case")
        return page("moderate/sure.html", mlist=who.mlist, who=who, answer=answer, chosen=chosen, words=words)
    return _decided(who, keys, answer, words)


def _decided(who: Steward, keys: list[str], answer: Answer, words: str) -> Shown:
    try:
        with attempt():
            done = docket.decide(visit().db, who, keys, answer, visit().now, words=words)
    except Invalid as wrong:
        return _queue(who, wrong=str(wrong), wrong_key=keys[0], wrong_answer=answer, typed=words), 400
    late = ",".join(docket.key_of(row) for row in done.late)
    named = f"&case={docket.key_of(done.done[0])}" if len(done.done) == 1 else ""
    return to(who.mlist.name, f"moderate/?done={answer if done.done else 'late'}&count={len(done.done)}{named}{f'&late={late}' if late else ''}")


@blueprint.get("/<list:name>/moderate/case/<key>")
def case(name: str, key: str) -> str:
    """One case, whole, and how it ended."""
    who = who_asks(name)
    part = request.args.get("part", 1, type=int)
    return page("moderate/case.html", case=docket.one(visit().db, who, key, part), mlist=who.mlist, who=who, readers=docket.readers(visit().db, who))


@blueprint.post("/<list:name>/moderate/undo")
def undo(name: str) -> Shown:
    """Take a decision back."""
    who, key = who_asks(name), request.form.get("case", "")
    try:
        with attempt():
            undone = docket.take_back(visit().db, who, key, visit().now)
    except (Conflict, Expired) as late:
        return _queue(who, too_late=isinstance(late, Expired), taken_back=isinstance(late, Conflict)), 409
    return to(who.mlist.name, f"moderate/?done=undo&count=1&left={undone.copies_left}")


@blueprint.get("/<list:name>/moderate/bans")
def bans(name: str) -> str:
    """Who may neither write nor apply."""
    return _bans(who_asks(name))


def _bans(who: Steward, **more: object) -> str:
    db = visit().db
    facts = {"bans": bans_of(db, who.mlist), "everywhere": bans_of(db, None), "trusting": trusted_of(db, who.mlist)}
    return page("moderate/bans.html", mlist=who.mlist, who=who, done=request.args.get("done", ""), **facts, **more)


@blueprint.post("/<list:name>/moderate/bans")
def ban(name: str) -> Shown:
    """Say whom this would be about, then bar them."""
    who, pattern, note = who_asks(name), request.form.get("pattern", ""), request.form.get("note", "")
    try:
        about = banning.meant(visit().db, who.mlist, pattern)
        if "sure" not in request.form:
            return _bans(who, about=about, pattern=pattern, note=note)
        banning.ban(visit().db, who.mlist, pattern, who.actor, visit().now, note=note)
    except (Invalid, Conflict) as wrong:
        return _bans(who, wrong=isinstance(wrong, Invalid), barred_already=isinstance(wrong, Conflict), pattern=pattern, note=note), 400
    return to(name, "moderate/bans?done=banned")


@blueprint.post("/<list:name>/moderate/bans/lift")
def lift(name: str) -> Shown:
    """Let somebody write again; one that is lifted already stays so."""
    who = who_asks(name)
    try:
        banning.unban(visit().db, who.mlist, request.form.get("pattern", ""), who.actor, visit().now)
    except (NotFound, Invalid):
        return to(name, "moderate/bans?done=gone")
    return to(name, "moderate/bans?done=lifted")


@blueprint.post("/<list:name>/moderate/bans/distrust")
def distrust(name: str) -> Shown:
    """Hold the messages of an address again."""
    who = who_asks(name)
    try:
        moderation.distrust(visit().db, who.mlist, request.form.get("key", ""), who.actor, visit().now)
    except NotFound:
        return to(name, "moderate/bans?done=gone")
    return to(name, "moderate/bans?done=distrusted")


@blueprint.get("/<list:name>/moderate/journal")
def journal(name: str) -> str:
    """Every decision."""
    who = who_asks(name)
    read = decisions.read(visit().db, who, decisions.asked(request.args.to_dict()), visit().zone, page=page_number())
    return page("moderate/journal.html", mlist=who.mlist, who=who, journal=read, kinds=decisions.KINDS, what=decisions.WHAT, doors=decisions.DOORS)


@blueprint.get("/<list:name>/moderate/journal.csv")
def journal_table(name: str) -> Response:
    """The same to take along."""
    who = who_asks(name)
    text = "".join(decisions.table(visit().db, who, decisions.asked(request.args.to_dict()), visit().zone))
    response = Response("\N{BYTE ORDER MARK}" + text, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = disposition(f"{who.mlist.name}-journal.csv")
    return response
