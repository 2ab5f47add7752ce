"""How the site is; and `check`, run beside everything else when somebody asks for it."""

from flask import after_this_request, request
from werkzeug.wrappers import Response

from listserv.errors import Conflict
from listserv.i18n import N_
from listserv.usecases import sitechecks, siteoverview, tracewords
from listserv.web.admin import checks
from listserv.web.admin.gate import get, post, there
from listserv.web.health import Watch
from listserv.web.pages import page
from listserv.web.visit import site_here, visit
from listserv.web.ways import Shown

# What `/healthz` says, for people: what it means, and what to do.
SAID = {
    "ok": N_("All is well."),
    "disk": N_("The disk is nearly full: soon no mail can be taken in. Make room."),
    "database": N_("The database does not answer, or cannot be written. Mail waits at its senders’ servers until it can."),
    "schema": N_("The database is of another version than the program: run listserv db upgrade."),
    "worker": N_("Nobody works: mail comes in and waits. See that listserv serve runs."),
    "relay": N_("The mail server that should take our letters does not. They wait, and leave when it is back."),
    "backlog": N_("Work has waited longer than it should. See below what waits, and for whom."),
    "clock": N_("The clock is wrong: it says an earlier time than stands in the database. Set it, and keep it by NTP."),
}
KINDS = {
    "incoming": N_("mails to be read"),
    "posts": N_("posts of which copies are still to be made"),
    "deliveries": N_("copies to be sent"),
    "letters": N_("letters of our own to be sent"),
    "shunted": N_("mails set aside"),
}
ROLES = {"copies": N_("sends copies"), "desk": N_("reads mail, writes letters, keeps the calendar"), "worker": N_("does all of it")}
RELAY = {
    "": N_("Nobody has spoken to it yet."),
    "closed": N_("It takes mail."),
    "open": N_("It cannot be reached and is left alone for the moment; letters wait."),
    "probing": N_("It could not be reached; one connection tries again now."),
}
FAULTS = {
    sitechecks.TOO_LONG: N_("The check took longer than it may and was ended. At the console, listserv check takes the time it needs."),
    sitechecks.NOT_BEGUN: N_("The check could not be begun; the log of this server says why."),
}
# What `check` looks at, by the names that stand in its lines at the console.
LOOKED_AT = {
    "database": N_("database"),
    "clock": N_("clock"),
    "queue": N_("queue"),
    "refusals": N_("refusals"),
    "secret": N_("secret"),
    "name": N_("name"),
    "owner": N_("owner"),
    "url": N_("address of the pages"),
    "disk": N_("disk"),
    "relay": N_("relay"),
}
MARKS = {"good": N_("good"), "warning": N_("worth a thought"), "bad": N_("broken"), "unknown": N_("not to be found out from here")}


@get("/")
def front() -> str:
    """All of it at a glance."""
    site = site_here()
    found = site.memory.setdefault(Watch, Watch(site)).now()
    seen = siteoverview.look(visit().db, visit().settings, visit().now)
    words = {"said": SAID, "kinds": KINDS, "states": tracewords.STATES, "roles": ROLES, "relay_said": RELAY, "faults": FAULTS, "marks": MARKS}
    return page("admin/overview.html", seen=seen, health=found.status, done=request.args.get("done", ""), looked_at=LOOKED_AT, **words)


@post("/check")
def check() -> Shown:
    """Have a look taken at everything; the page does not wait for it."""
    site = site_here()
    try:
        sitechecks.begin(visit().db, visit().actor, visit().now)
    except Conflict:
        return there("?done=checking#check")

    @after_this_request
    def begin(response: Response) -> Response:
        # Behind the commit, and once: a transaction may be begun again.
        checks.begin(site)
        return response

    return there("?done=checking#check")
