"""Signing up for a newsletter: the form's end for other sites too, the page that our letter leads to, the form to paste elsewhere."""

from flask import Blueprint
from markupsafe import Markup

from listserv.i18n import N_, choose_language, translations
from listserv.usecases import consents, subscribing
from listserv.usecases.subscribing import Embedded
from listserv.web import listsettings
from listserv.web.pages import page
from listserv.web.unsubscribe import masked
from listserv.web.visit import visit
from listserv.web.ways import Shown, to, who_asks

blueprint = Blueprint("subscribing", __name__)

ADDRESS, NAME, BUTTON = N_("E-mail address"), N_("Your name (if you like)"), N_("Sign me up")
WHAT_THEN = N_("A letter will come to this address; only who says yes in it is signed up.")


@blueprint.get("/<list:name>/subscribe")
def form(name: str) -> Shown:
    """Who comes back by the address of the form gets the form."""
    subscribing.place(visit().db, name)
    return to(name, "join")


@blueprint.post("/<list:name>/subscribe")
def ask(name: str) -> Shown:
    """From any site, or from a page of ours that gives nobody a cookie, and so without a token: it does nothing yet, but fills our own form."""
    mlist = subscribing.place(visit().db, name)
    return listsettings.join_page(mlist, listsettings.wished(), once_more=True)


@blueprint.get("/<list:name>/subscribe/<token>")
def asked(name: str, token: str) -> Shown:
    """A button: mail programs open links too."""
    return _page(name, token)


@blueprint.post("/<list:name>/subscribe/<token>")
def confirm(name: str, token: str) -> Shown:
    """Yes."""
    subscribing.confirm(visit().db, subscribing.asked(visit().db, name, token, visit().now), visit().now)
    return _page(name, token)


def _page(name: str, token: str) -> str:
    found = subscribing.asked(visit().db, name, token, visit().now)
    consent = consents.sentence(found.mlist, found.language)
    done = found.state not in subscribing.UNANSWERED
    return page("news/confirm.html", mlist=found.mlist, token=token, email=masked(found.email), consent=consent, done=done)


@blueprint.get("/<list:name>/news/form")
def embed(name: str) -> str:
    """The form as HTML for another site."""
    who = who_asks(name)
    found = subscribing.embedded(visit().db, who)
    return page("news/form.html", mlist=who.mlist, who=who, found=found, html=html(found))


def html(found: Embedded) -> str:
    """Plain HTML without a script or a style: it looks like the site that it stands on."""
    say = translations(choose_language((found.mlist.language,))).gettext
    rows = [
        Markup('<form action="{}" method="post" accept-charset="utf-8">').format(found.url),
        Markup('  <p><label>{}<br><input type="email" name="email" required maxlength="320" autocomplete="email"></label></p>').format(say(ADDRESS)),
        Markup('  <p><label>{}<br><input name="name" maxlength="200" autocomplete="name"></label></p>').format(say(NAME)),
    ]
    if found.must_agree:
        rows.append(Markup('  <p><label><input type="checkbox" name="agree" value="yes" required> {}</label></p>').format(found.consent))
    rows.append(Markup("  <p><button>{}</button></p>").format(say(BUTTON)))
    told = [say(WHAT_THEN), "" if found.must_agree else found.consent]
    rows.append(Markup("  <p><small>{}</small></p>").format(" ".join(filter(None, told))))
    return "\n".join([*rows, "</form>"])
