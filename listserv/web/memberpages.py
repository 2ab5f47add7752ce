"""Those on a list, as its moderators see them: looking up, changing, adding, taking off."""

from flask import Blueprint, request

from listserv.errors import Invalid
from listserv.mail import bouncekinds
from listserv.store.members import DeliveryMode
from listserv.usecases import decisions, enrolling, mypage, roll, stewards
from listserv.usecases.newcomers import Fate
from listserv.usecases.stewards import Steward
from listserv.web import choosing
from listserv.web.forum import page_number
from listserv.web.pages import page
from listserv.web.visit import visit
from listserv.web.ways import Shown, attempt, to, who_asks

blueprint = Blueprint("memberpages", __name__)


@blueprint.get("/<list:name>/moderate/members")
def members(name: str) -> str:
    """Everyone, or those who are looked for."""
    who = who_asks(name)
    found = roll.look_up(visit().db, who, roll.wanted(request.args.to_dict()), page=page_number())
    return page(
        "moderate/members.html",
        mlist=who.mlist,
        who=who,
        roll=found,
        args=dict(found.wanted.filters),
        done=request.args.get("done", ""),
        count=request.args.get("count", 0, type=int),
    )


@blueprint.get("/<list:name>/moderate/members/<id:member_id>")
def member(name: str, member_id: int) -> str:
    """One of them."""
    return _sheet(who_asks(name), member_id)


def _sheet(who: Steward, member_id: int, **more: object) -> str:
    found = roll.sheet(visit().db, who, stewards.member_here(visit().db, who, member_id), visit().now)
    return page(
        "moderate/member.html",
        mlist=who.mlist,
        who=who,
        sheet=found,
        chosen=choosing.typed(found.member, request.form if "typed" in more else {}, request.form.getlist("days")),
        days=choosing.DAYS,
        what=decisions.WHAT,
        doors=decisions.DOORS,
        done=request.args.get("done", ""),
        present=stewards.present,
        bounce_said=bouncekinds.said,
        **more,
    )


@blueprint.post("/<list:name>/moderate/members/<id:member_id>")
def change(name: str, member_id: int) -> Shown:
    """Change what differs."""
    who = who_asks(name)
    typed = {key: value.strip() for key, value in request.form.items() if key in stewards.CHANGEABLE}
    if "moderated-asked" in request.form:
        typed["moderated"] = "yes" if "moderated" in request.form else "no"
    if "preview-asked" in request.form:
        typed["preview"] = "yes" if "preview" in request.form else "no"
    try:
        if typed.get("delivery") == DeliveryMode.DIGEST and "every" in request.form:
            typed["schedule"] = mypage.schedule_from(request.form, request.form.getlist("days"))
        with attempt():
            changed = stewards.change_member(visit().db, who, stewards.member_here(visit().db, who, member_id), typed, visit().now)
    except Invalid as wrong:
        # Of the form's fields only the schedule is typed.
        return _sheet(who, member_id, wrong=mypage.NO_TIME if wrong.facts else wrong.reason, typed=typed), 400
    return to(name, f"moderate/members/{member_id}?done={'changed' if changed else 'same'}")


@blueprint.post("/<list:name>/moderate/members/<id:member_id>/bounces")
def reset(name: str, member_id: int) -> Shown:
    """Try this address again."""
    who = who_asks(name)
    stewards.reset_bounces(visit().db, who, stewards.member_here(visit().db, who, member_id), visit().now)
    return to(name, f"moderate/members/{member_id}?done=reset")


@blueprint.get("/<list:name>/moderate/members/<id:member_id>/remove")
def ask_to_remove(name: str, member_id: int) -> str:
    """What would happen."""
    who = who_asks(name)
    found = stewards.member_here(visit().db, who, member_id)
    return page("moderate/remove.html", mlist=who.mlist, who=who, sheet=roll.sheet(visit().db, who, found, visit().now))


@blueprint.post("/<list:name>/moderate/members/<id:member_id>/remove")
def remove(name: str, member_id: int) -> Shown:
    """Take somebody off the list."""
    who, words = who_asks(name), request.form.get("words", "").strip()
    found = stewards.member_here(visit().db, who, member_id)
    user_id = found.user_id
    try:
        with attempt():
            stewards.remove(visit().db, who, found, visit().now, letter=request.form.get("letter") == "yes", words=words)
    except Invalid as wrong:
        return _sheet(who, member_id, wrong=str(wrong)), 400
    if user_id == visit().actor.user_id and not visit().actor.administrator:
        return to(name, "")
    return to(name, "moderate/members?done=removed")


@blueprint.get("/<list:name>/moderate/members/add")
def add_form(name: str) -> str:
    """Whom to add, a person a line."""
    who = who_asks(name)
    return page("moderate/add.html", mlist=who.mlist, who=who)


@blueprint.post("/<list:name>/moderate/members/add")
def add(name: str) -> Shown:
    """Show what would become of each line; then do it."""
    who, text, db = who_asks(name), request.form.get("people", ""), visit().db
    delivery = DeliveryMode(word) if (word := request.form.get("delivery", "")) in list(DeliveryMode) else DeliveryMode.EACH
    typed = {"text": text, "delivery": delivery, "welcome": "welcome" in request.form}
    if "again" in request.form:
        return page("moderate/add.html", mlist=who.mlist, who=who, **typed)
    try:
        if "sure" not in request.form:
            return page("moderate/add.html", mlist=who.mlist, who=who, lines=enrolling.look(db, who, text), **typed)
        lines = enrolling.enrol(db, who, text, visit().now, delivery=delivery, welcome="welcome" in request.form)
    except Invalid as wrong:
        return page("moderate/add.html", mlist=who.mlist, who=who, wrong=str(wrong), **typed), 400
    return to(name, f"moderate/members?done=added&count={sum(line.fate is Fate.ADDED for line in lines)}&sort=joined")
