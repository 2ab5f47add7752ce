"""What people see and change of themselves: one page to look at, and a small page for each thing that can be changed."""

from collections.abc import Callable
from functools import cache
from tempfile import SpooledTemporaryFile
from zoneinfo import available_timezones

from flask import Blueprint, Response, request
from werkzeug.wsgi import wrap_file

from digests import schedule
from listserv.errors import Conflict, Invalid, NotAllowed, TooMany
from listserv.i18n import N_, translations
from listserv.store.erasing import Posts
from listserv.store.members import Member
from listserv.store.people import User
from listserv.usecases import myaddresses, mypage, privacy, signin
from listserv.usecases.bouncestanding import standing
from listserv.usecases.signin import Person
from listserv.web import choosing
from listserv.web.devices import device
from listserv.web.pages import page
from listserv.web.threads import download
from listserv.web.visit import visit
from listserv.web.ways import Shown, attempt, on, to_the_door, whole
from listserv.web.writing import in_words

blueprint = Blueprint("me", __name__)

LAST_OWNER = N_("Nobody but you decides on this list. Please make somebody else its coordinator first.")
IN_MEMORY = 1_000_000


def me() -> Person:
    """Who is signed in. Only views behind `signed_in` ask."""
    person = visit().person
    assert person is not None
    return person


def _tried(act: Callable[[], object]) -> tuple[str, int]:
    """Do it; what was wrong, in the reader's language, and the status that says so."""
    try:
        with attempt():
            act()
    except (Invalid, Conflict, TooMany) as wrong:
        return in_words(wrong), 429 if isinstance(wrong, TooMany) else 409 if isinstance(wrong, Conflict) else 400
    except NotAllowed:
        return translations(visit().language).gettext(LAST_OWNER), 409
    return "", 200


@blueprint.get("/me")
def overview() -> Shown:
    """My lists, drafts and posts, and the way to everything else."""
    if visit().person is None:
        return to_the_door("/me")
    db, name = visit().db, request.args.get("left", "")
    left = mypage.just_left(db, me(), name, visit().now) if name else None
    return page("account/me.html", mine=mypage.overview(db, me()), leaving=privacy.planned(db, me().user_id), left=left)


# ---- one list ----------------------------------------------------------------------------------------------


@blueprint.route("/me/list/<list:name>", methods=("GET", "POST"))
def mailing(name: str) -> Shown:
    """How one list's mail comes: delivery, schedule, address, pause; and the way out."""
    if visit().person is None:
        return to_the_door("/me")
    member = mypage.own_membership(visit().db, me(), name)
    if request.method != "POST":
        return _mailing(member)
    said = request.form
    acts: dict[str, Callable[[], object]] = {
        "pause": lambda: mypage.pause(visit().db, member, said.get("until", ""), me(), visit().now),
        "resume": lambda: mypage.resume(visit().db, member, me(), visit().now),
        "leave": lambda: mypage.leave(visit().db, member, me(), visit().now),
        "preview": lambda: mypage.set_preview(visit().db, member, said.get("preview", ""), me(), visit().now),
    }
    pressed = next((act for act in acts if act in said), "delivery")
    act = acts.get(pressed, lambda: mypage.set_delivery(visit().db, member, said, said.getlist("days"), me(), visit().now))
    wrong, status = _tried(act)
    if wrong:
        return _mailing(member, wrong), status
    return on(f"/me?left={name}" if pressed == "leave" else f"/me/list/{name}?saved={'1' if pressed == 'delivery' else pressed}")


def _mailing(member: Member, wrong: str = "") -> str:
    """The page as things stand; with what was typed, where that was wrong."""
    said = request.form if wrong else {}
    chosen = choosing.typed(member, said, request.form.getlist("days"))
    places = [place for place in member.user.addresses if place.verified_at or place.id == member.address_id]
    facts = {
        "chosen": chosen,
        "days": choosing.DAYS,
        "forms": choosing.FORMS,
        "places": places,
        "to": said.get("address", str(member.address_id)),
        "until": said.get("until", ""),
    }
    facts["standing"] = standing(visit().db, member, visit().now)
    when = schedule.in_words(schedule.parse(member.schedule), visit().language)
    return page("account/list.html", member=member, mlist=member.mlist, wrong=wrong, changed=request.args.get("saved", ""), when=when, **facts)


# ---- name, language, zone ----------------------------------------------------------------------------------


@blueprint.route("/me/profile", methods=("GET", "POST"))
def profile() -> Shown:
    """Name, language, zone."""
    if visit().person is None:
        return to_the_door("/me")
    user = visit().db.get_one(User, me().user_id)
    if request.method != "POST":
        return page("account/profile.html", said=user, zones=zones(), saved="saved" in request.args)
    wrong, status = _tried(lambda: mypage.set_profile(visit().db, me(), request.form, visit().now))
    if wrong:
        return page("account/profile.html", said=request.form, zones=zones(), wrong=wrong), status
    return on("/me/profile?saved=1")


@cache
def zones() -> tuple[str, ...]:
    """The zones that have a place in their name."""
    return tuple(sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix/", "right/", "SystemV/", "US/"))))


# ---- addresses ---------------------------------------------------------------------------------------------


@blueprint.route("/me/addresses", methods=("GET", "POST"))
def addresses() -> Shown:
    """My addresses: one more, or one less."""
    if visit().person is None:
        return to_the_door("/me")
    if request.method != "POST":
        return _addresses(saved="saved" in request.args)
    if "remove" in request.form:
        number = request.form.get("remove", 0, type=whole)
        wrong, status = _tried(lambda: myaddresses.remove_address(visit().db, me(), number, visit().now))
        return (_addresses(wrong=wrong), status) if wrong else on("/me/addresses?saved=1")
    email = request.form.get("email", "").strip()
    wrong, status = _tried(lambda: myaddresses.add_address(visit().db, me(), email, visit().now))
    return (_addresses(wrong=wrong, email=email), status) if wrong else _addresses(sent=email)


def _addresses(**more: object) -> str:
    mine = mypage.overview(visit().db, me())
    used = {member.address_id: [] for member in mine.memberships}  # type: dict[int, list[str]]
    for member in mine.memberships:
        used[member.address_id].append(member.mlist.title)
    pending = myaddresses.pending_addresses(visit().db, mine.user, visit().now)
    return page("account/addresses.html", user=mine.user, used=used, pending=pending, hours=myaddresses.PROVE_HOURS, **more)


@blueprint.route("/me/prove/<token>", methods=("GET", "POST"))
def prove(token: str) -> Shown:
    """The link that was sent to a new address: a button, because mail programs open links too."""
    if visit().person is None:
        return to_the_door("/me")
    row = myaddresses.proof(visit().db, token, visit().person, visit().now)
    if request.method != "POST":
        return page("account/prove.html", email=row.email, token=token)
    wrong, status = _tried(lambda: myaddresses.prove(visit().db, token, me(), visit().now))
    return (page("account/prove.html", email=row.email, token=token, wrong=wrong), status) if wrong else on("/me/addresses?saved=1")


# ---- devices -----------------------------------------------------------------------------------------------


@blueprint.route("/me/devices", methods=("GET", "POST"))
def devices() -> Shown:
    """Where I am signed in; one of them, or all others, can be signed out."""
    if visit().person is None:
        return to_the_door("/me")
    if request.method == "POST":
        signin.end(visit().db, me(), request.form.get("end", None, type=whole), visit().now)
        return on("/me/devices")
    found = [(browser, device(browser.agent), browser.id == me().browser_id) for browser in signin.devices(visit().db, me(), visit().now)]
    return page("account/devices.html", devices=found)


# ---- data --------------------------------------------------------------------------------------------------


@blueprint.get("/me/data")
def data() -> Shown:
    """What is kept of me: take it along, or have it erased."""
    if visit().person is None:
        return to_the_door("/me")
    return _data()


def _data(**more: object) -> str:
    return page("account/data.html", leaving=privacy.planned(visit().db, me().user_id), days=privacy.DAYS, **more)


@blueprint.get("/me/data.zip")
def export() -> Shown:
    """All that is kept about me, as one file made for me alone."""
    if visit().person is None:
        return to_the_door("/me")
    # Not a name that the view could lose: the web server closes it when the last byte has gone.
    file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115
    privacy.write_export(visit().db, me().user_id, file, visit().now)
    file.seek(0)
    response: Response = download(wrap_file(request.environ, file), f"listserv-{visit().now:%Y-%m-%d}.zip", "application/zip")
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.post("/me/data/erase")
def erase() -> Shown:
    """Ask twice, then plan it: the first time the page says exactly what happens."""
    if visit().person is None:
        return to_the_door("/me")
    how = request.form.get("posts", "")
    if how not in list(Posts):
        return _data(wrong=translations(visit().language).gettext(N_("Please say what should become of what you wrote."))), 400
    if request.form.get("sure") != "yes":
        return page("account/erase.html", how=how, due=visit().now + privacy.DELAY, days=privacy.DAYS)
    wrong, status = _tried(lambda: privacy.ask(visit().db, me().user_id, Posts(how), me().actor, visit().now))
    return (_data(wrong=wrong), status) if wrong else on("/me/data")


@blueprint.post("/me/data/keep")
def keep_mine() -> Shown:
    """Change one's mind, signed in."""
    if visit().person is None:
        return to_the_door("/me")
    privacy.keep(visit().db, me().user_id, me().actor, visit().now)
    return on("/me/data")


@blueprint.route("/me/keep/<token>", methods=("GET", "POST"))
def keep(token: str) -> Shown:
    """Change one's mind by the link in the letter: who has it is who the letter was for."""
    if request.method != "POST":
        return page("account/keep.html", due=privacy.planned_by(visit().db, token, visit().now).due_at, token=token)
    privacy.keep_by_link(visit().db, token, visit().now)
    return page("account/kept.html")
