"""What a network has made, by school year; and the button by which those who decide have the draft of its letter."""

from flask import Blueprint, request
from markupsafe import Markup, escape

from listserv.usecases import successpages, successwords
from listserv.usecases.successes import Success
from listserv.usecases.successpages import Made
from listserv.web.pages import page, said_in
from listserv.web.visit import visit
from listserv.web.ways import Shown, to, whole

blueprint = Blueprint("successes", __name__)

# So many of one kind stand on the page before the rest is folded away.
FIRST = 12


@blueprint.get("/<list:name>/successes")
def year(name: str) -> str:
    """A school year; without a word the newest."""
    found = successpages.made(visit().db, name, visit().actor, visit().now, year=request.args.get("year", type=whole))
    groups = [(heading, [(_line(one, found), one) for one in some]) for heading, some in successwords.grouped(found.told)]
    return page("successes/year.html", made=found, view=found.view, groups=groups, first=FIRST, named=successwords.year_of, done=request.args.get("done", ""))


def _line(one: Success, found: Made) -> Markup:
    base, tongue = f"{request.script_root}/{found.view.mlist.name}/", said_in(found.view.mlist)

    def titled(title: str, path: str) -> str:
        return Markup('<a href="{}"{}>{}</a>').format(base + path, tongue, title)

    def quoted(text: str) -> str:
        return Markup("<span{}>{}</span>").format(tongue, text) if tongue else escape(text)

    said = successwords.line(one, visit().language, titled=titled, plain=escape, quoted=quoted)
    return Markup(said)  # nosec B704: our own sentence, with all that others wrote escaped above


@blueprint.post("/<list:name>/successes")
def letter(name: str) -> Shown:
    """Have the draft of this year's letter mailed."""
    which = request.form.get("year", 0, type=whole)
    done = successpages.ask_for_letter(visit().db, name, visit().actor, visit().now, year=which)
    return to(name, f"successes?year={which}&done={done}")
