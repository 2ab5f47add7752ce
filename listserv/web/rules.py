"""A list's own rules in the browser: hold, refuse or discard, if."""

from flask import Blueprint, request
from werkzeug.wrappers import Response as AnyResponse

from listserv.errors import Conflict, Invalid, NotFound
from listserv.i18n import N_
from listserv.mail import patterns
from listserv.mail.listrules import Asks, Does
from listserv.rules import ASKED, SAID
from listserv.store.listrules import rules_of
from listserv.usecases import rulemaking, ruletrial
from listserv.usecases.stewards import Steward
from listserv.web.pages import page
from listserv.web.visit import visit
from listserv.web.ways import attempt, to, who_asks

blueprint = Blueprint("rules", __name__)

Shown = str | tuple[str, int] | AnyResponse
DOES = {
    Does.HOLD: N_("Hold: a moderator looks first"),
    Does.REFUSE: N_("Send back: the author is told why"),
    Does.DISCARD: N_("Delete: nobody is told"),
}
# What is wrong with a typed value, by what was asked.
WRONG = {
    Asks.SUBJECT: N_("Please write words with commas between them, or an expression that begins with ^ and can be read."),
    Asks.TEXT: N_("Please write words with commas between them."),
    Asks.FROM: N_("Please write an address, a domain such as @example.org, or an expression that begins with ^ and can be read."),
    Asks.ATTACHMENT: N_("Please write the ends of file names, such as exe, js, or types such as image/*."),
    Asks.LARGER: N_("Please write a size with its unit, such as 500 kB or 2.5 MB. Below 10 kB it would find nearly every message."),
    Asks.LINKS: N_("Please write a number of links."),
    Asks.CAPITALS: N_("For capitals nothing more is written."),
}
A_DOMAIN = N_("For everybody who writes from there, please write @%(offer)s.")
UNKNOWN = N_("Please choose what happens, and when.")
THERE = N_("The list has this rule already.")
TOO_MANY = N_("Fifty rules are the most. Please take one away first.")


@blueprint.get("/<list:name>/moderate/rules")
def show(name: str) -> str:
    """All rules; behind a new one, what it would have found."""
    who, more = who_asks(name), dict[str, object]()
    if request.args.get("done") == "add":
        rows = rules_of(visit().db, who.mlist)
        more["trial"] = ruletrial.of_rule(visit().db, who.mlist, rows[-1].rule) if rows else None
    return _page(who, **more)


def _page(who: Steward, **more: object) -> str:
    rows = rules_of(visit().db, who.mlist)
    facts = {
        "rules": rows,
        "does": DOES,
        "asks": ASKED,
        "said_of": SAID,
        "typed": request.form,
        "done": request.args.get("done", ""),
        "offer": _offer(),
        "trial": None,
    }
    return page("moderate/rules.html", mlist=who.mlist, who=who, **{**facts, **more})


@blueprint.post("/<list:name>/moderate/rules")
def add(name: str) -> Shown:
    """One more; or only what it would have found."""
    who, form = who_asks(name), request.form
    try:
        with attempt():
            if form.get("do") == "try":
                found = ruletrial.of_words(visit().db, who.mlist, form.get("does", ""), form.get("asks", ""), form.get("value", ""))
                return _page(who, trial=found, done="try")
            rulemaking.add(visit().db, who.mlist, form.get("does", ""), form.get("asks", ""), form.get("value", ""), who.actor, visit().now)
    except (Invalid, Conflict) as wrong:
        return _page(who, wrong=_in_words(who, wrong)), 400 if isinstance(wrong, Invalid) else 409
    return to(name, "moderate/rules?done=add")


def _in_words(who: Steward, wrong: Invalid | Conflict) -> str:
    """A refusal as a sentence that has a translation."""
    if isinstance(wrong, Conflict):
        return THERE
    if len(rules_of(visit().db, who.mlist)) >= rulemaking.MOST:
        return TOO_MANY
    asked, does = request.form.get("asks", ""), request.form.get("does", "")
    if asked == Asks.FROM and does in list(Does) and _offer():
        return A_DOMAIN
    return WRONG[Asks(asked)] if asked in list(Asks) and does in list(Does) else UNKNOWN


def _offer() -> str:
    """The domain that was typed without its @."""
    typed = request.form.get("value", "").strip().lower()
    return typed if patterns.DOMAIN.fullmatch(typed) else ""


@blueprint.post("/<list:name>/moderate/rules/remove")
def remove(name: str) -> Shown:
    """Take one away; one that is gone already stays so."""
    who, given = who_asks(name), request.form.get("rule", "")
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0
    try:
        rulemaking.remove(visit().db, who.mlist, number, who.actor, visit().now)
    except NotFound:
        return to(name, "moderate/rules?done=gone")
    return to(name, "moderate/rules?done=remove")
