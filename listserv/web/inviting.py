"""Invitations in the browser: moderators look and send, the invited person says yes or no."""

from flask import Blueprint, request

from listserv.errors import Conflict, Expired, Invalid, NotAllowed, TooMany
from listserv.i18n import N_
from listserv.store.invitations import Invitation, InvitationState
from listserv.usecases import caps, consents, invitationpages, inviting, newcomers
from listserv.usecases.access import Actor, Door
from listserv.web.forum import page_number
from listserv.web.pages import page
from listserv.web.unsubscribe import masked
from listserv.web.visit import visit
from listserv.web.ways import Shown, attempt, to, who_asks, whole

blueprint = Blueprint("inviting", __name__)

STATES = {
    InvitationState.WAITING: N_("goes out on one of the next days"),
    InvitationState.SENT: N_("no answer yet"),
    InvitationState.ACCEPTED: N_("accepted"),
    InvitationState.DECLINED: N_("wishes no invitations"),
    InvitationState.LAPSED: N_("no answer; the address is forgotten"),
    InvitationState.RETURNED: N_("the letter came back"),
    InvitationState.TAKEN_BACK: N_("taken back by a moderator"),
}
CLOSED = N_("The list is closed.")


# ---- moderators ---------------------------------------------------------------------------------------------


@blueprint.get("/<list:name>/moderate/members/invite")
def form(name: str) -> str:
    """Whom to invite, a person a line."""
    who = who_asks(name)
    return page("moderate/invite.html", mlist=who.mlist, who=who)


@blueprint.post("/<list:name>/moderate/members/invite")
def invite(name: str) -> Shown:
    """Show what would become of each line; then do it."""
    who, db, now = who_asks(name), visit().db, visit().now
    text, words = request.form.get("people", ""), request.form.get("note", "")
    if "again" in request.form:
        return page("moderate/invite.html", mlist=who.mlist, who=who, text=text, note=words)
    try:
        listed = invitationpages.typed(text, words)
        if "sure" not in request.form:
            lines, room = newcomers.sort_out(db, who.mlist, listed, inviting_at=now), inviting.room_today(db, who.mlist, now)
            later = max(0, len(newcomers.good(lines)) - room)
            return page("moderate/invite.html", mlist=who.mlist, who=who, lines=lines, later=later, text=text, note=listed.note)
        with attempt():
            done = inviting.invite(db, who.mlist, listed, who.actor, now)
    except (Invalid, Conflict) as wrong:
        status = 400 if isinstance(wrong, Invalid) else 409
        return page("moderate/invite.html", mlist=who.mlist, who=who, wrong=str(wrong) if status == 400 else CLOSED, text=text, note=words), status
    waiting = f"&later={done.later}" if done.later else ""
    return to(name, f"moderate/invitations?done=invited&count={done.sent + done.later}{waiting}")


@blueprint.get("/<list:name>/moderate/invitations")
def invitations(name: str) -> str:
    """Who has been invited, and what they said."""
    who = who_asks(name)
    found = invitationpages.look_up(visit().db, who, page=page_number())
    facts = {"done": request.args.get("done", ""), **{name: request.args.get(name, 0, type=whole) for name in ("count", "later")}}
    # The same letter does not go out twice in a day: before that there is no button for it.
    return page("moderate/invitations.html", mlist=who.mlist, who=who, found=found, states=STATES, yesterday=visit().now - caps.DAY, **facts)


@blueprint.post("/<list:name>/moderate/invitations")
def change(name: str) -> Shown:
    """Send one again, or take it back; one that was answered meanwhile stays as it is."""
    who, db = who_asks(name), visit().db
    one = invitationpages.one_here(db, who, request.form.get("invitation", 0, type=whole))
    act = {"again": inviting.again, "back": inviting.take_back}.get(request.form.get("do", ""))
    try:
        with attempt():
            if act:
                act(db, one, who.actor, visit().now)
    except (Conflict, TooMany) as wrong:
        return to(name, f"moderate/invitations?done={'answered' if isinstance(wrong, Conflict) else 'enough'}")
    return to(name, f"moderate/invitations?done={request.form['do'] if act else ''}")


# ---- the invited person -------------------------------------------------------------------------------------


@blueprint.get("/me/invitation/<token>")
def ask(token: str) -> Shown:
    """Buttons: whoever has the link has it from the letter, and mail programs open links too."""
    return _page(inviting.by_token(visit().db, token, visit().now), token)


@blueprint.post("/me/invitation/<token>")
def answer(token: str) -> Shown:
    """Yes, no, or never again."""
    db, said = visit().db, request.form.get("answer", "")
    one, actor = inviting.by_token(db, token, visit().now), Actor(Door.WEB, proven=True)
    try:
        with attempt():
            if said == "yes":
                inviting.accept(db, one, actor, visit().now)
            elif said in ("no", "never"):
                inviting.decline(db, one, actor, visit().now, everywhere=said == "never")
    except Conflict:
        pass  # accepted already: the page says so
    except NotAllowed:
        raise Expired("this invitation was good once") from None
    return _page(one, token, said=said)


def _page(one: Invitation, token: str, *, said: str = "") -> Shown:
    """The question, or what has been answered."""
    accepted = one.state is InvitationState.ACCEPTED
    if not accepted and said not in ("no", "never"):
        inviting.require_open(one)
    inviter = one.inviter.name if one.inviter else ""
    # As in the letter, so that what is agreed to is what was read.
    consent = consents.sentence(one.mlist, inviting.tongue_of(visit().db, one))
    facts = {"mlist": one.mlist, "token": token, "email": masked(one.answered_from or one.email), "accepted": accepted, "said": said}
    return page("account/invitation.html", one=one, inviter=inviter, consent=consent, description=inviting.description(one.mlist), **facts)
