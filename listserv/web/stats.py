"""A list's figures: a sentence, the people as dots, bars, a table; and the same for spreadsheets and programs."""

import json
from datetime import date

from flask import Blueprint, Response, current_app, request
from markupsafe import Markup

from listserv import i18n
from listserv.errors import TooMany
from listserv.usecases import figuremade, figurepages, figuretables, figurewords, issuefigures, limits
from listserv.usecases.figurepages import Stats
from listserv.usecases.figureperiods import Period
from listserv.usecases.figures import Month
from listserv.usecases.figurewords import first_day
from listserv.web import visitors
from listserv.web.charts import MOST, Amount, Chart, by_year, chart
from listserv.web.notes import WINDOW
from listserv.web.pages import page
from listserv.web.threads import download
from listserv.web.visit import visit
from listserv.web.ways import Shown, to

blueprint = Blueprint("stats", __name__)

# More dots than that are no picture of people.
MOST_DOTS = 300
YEAR = 12
# Counting many years of a large archive takes seconds: so many times in a while each person has it.
LONG_DAYS, LONG_COUNTS = 2 * 366, 30


@blueprint.get("/<list:name>/stats")
def stats(name: str) -> Shown | Response:
    """The figures of a school year, a month, or of the days between two."""
    asked = {key: request.args.get(word, "").strip()[:20] for key, word in (("month", "month"), ("first", "from"), ("last", "to"))}
    _let_count(asked["first"])
    found = figurepages.stats(visit().db, name, visit().actor, visit().now, **asked)
    form = request.args.get("format", "")
    if form in ("csv", "json") and not found.wrong:
        return _file(found, form)
    shown = page("figures/stats.html", **_facts(found), done=request.args.get("done", ""))
    return (shown, 400) if found.wrong else shown


def _let_count(first: str) -> None:
    """Like searches: looked up in the database, counted in memory. Raises TooMany."""
    who = visit()
    try:
        long = (who.now.date() - date.fromisoformat(first)).days > LONG_DAYS
    except ValueError:
        return
    key = f"figures of {who.person.user_id}" if who.person else ""
    if long and key and visitors.notes_of(current_app).search(key) + limits.used(who.db, "search", key, who.now, WINDOW) > LONG_COUNTS:
        raise TooMany("counted often", seconds=limits.seconds_left(who.now, WINDOW))


def _file(found: Stats, form: str) -> Response:
    called = f"{found.view.mlist.name}-{found.figures.first}-{found.figures.last}.{form}"
    if form == "csv":
        return download(figuretables.spreadsheet(found.figures, visit().language).encode(), called, "text/csv; charset=utf-8")
    issues = [issuefigures.as_row(one, visit().settings.timezone) for one in found.effects]
    return download(json.dumps(figuretables.facts(found.figures, issues), ensure_ascii=False, indent=2).encode(), called, "application/json")


def _facts(found: Stats) -> dict[str, object]:
    figures, language = found.figures, visit().language
    sentence = figurewords.sentence(figures, language, lambda words: f"<b>{words}</b>")
    return {
        "stats": found,
        "figures": figures,
        "view": found.view,
        "sentence": Markup(sentence),  # nosec B704: numbers in our own sentence
        "caution": figurewords.caution(figures, language),
        "percent": figurewords.percent(figures.share_of_members),
        # Of a year at most, every name stands once.
        "months": [
            (month, figurewords.named_month(first_day(month), language, "LLLL" if len(figures.months) <= YEAR else "LLLL y")) for month in figures.months
        ],
        "charts": (("visits", _chart(figures.months, "visits", 220)), ("posts", _chart(figures.months, "posts", 170))),
        "lines": figurewords.lines(figures, language),
        "made": figuremade.columns(figures.on),
        "dots": 0 if figures.newsletter or figures.present > MOST_DOTS else figures.present,
        "span": _span(found),
        "choices": _choices(found),
    }


def _chart(months: tuple[Month, ...], what: str, height: int) -> Chart | None:
    """None where there is nothing to be seen."""
    language = visit().language
    if len(months) < 2 or not any(getattr(month, what) for month in months):
        return None
    named = [(month.year, _amount(month, what, language)) for month in months]
    return chart(by_year(named) if len(named) > MOST else [one for _, one in named], height)


def _amount(month: Month, what: str, language: str) -> Amount:
    short, name = (figurewords.named_month(first_day(month), language, form) for form in ("LLL", "LLLL y"))
    return Amount(short, name, getattr(month, what), month.whole)


def _span(found: Stats) -> str:
    language = visit().language
    return f"{i18n.long_date(found.figures.first, language)} – {i18n.long_date(found.figures.last, language)}"


def _choices(found: Stats) -> list[tuple[str, str, bool]]:
    """(which, query, whether it is shown) of the stretches that are one click away."""
    shown, month, ago = Period(found.figures.first, found.figures.last), found.this_month, found.last_month
    new, old = found.this_year, found.last_year
    return [
        ("latest" if found.past else "usual", "", found.usual),
        *([("this-year", _query(new), not found.usual and shown == new)] if found.past else []),
        ("month", f"?month={month.first:%Y-%m}", not found.usual and shown.first == month.first and shown.last >= month.last),
        ("last-month", f"?month={ago.first:%Y-%m}", not found.usual and shown == ago),
        ("last-year", _query(old), not found.usual and shown == old),
    ]


def _query(days: Period) -> str:
    return f"?from={days.first}&to={days.last}"


@blueprint.post("/<list:name>/stats")
def letters(name: str) -> Shown:
    """A coordinator wants the letters with these figures, or no more of them."""
    wanted = request.form.get("letters") == "yes"
    figurepages.choose_letters(visit().db, name, visit().actor, visit().now, wanted=wanted)
    return to(name, f"stats?done={'yes' if wanted else 'no'}")
