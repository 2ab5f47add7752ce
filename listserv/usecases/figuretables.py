"""Figures for programs and spreadsheets: JSON, CSV as programs read it, CSV as people open it."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from listserv.i18n import HARD_SPACE, N_, number, translations
from listserv.mail.text import one_line
from listserv.usecases import figuremade
from listserv.usecases.figures import Figures, Month
from listserv.usecases.figurewords import lines
from listserv.usecases.issuefigures import Effect, safe_cell

COLUMNS = ("month", "threads", "posts", "writers", "visits")
# The same as people call them; and what is told of an issue.
HEADS = (N_("month"), N_("threads"), N_("messages"), N_("writers"), N_("visits"))
ISSUE_HEADS = (N_("issue"), N_("copies"), N_("visits"), N_("replies"), N_("people who left"), N_("not delivered"))


def counts_of(effect: Effect) -> tuple[int, int, int, int, int]:
    """What is told of an issue, in the order of its heads."""
    return effect.copies, effect.visits, effect.replies, effect.unsubscribed, effect.bounced


def facts(figures: Figures, issues: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """For programs: the keys of the contract, and more; `issues`: a row for each (`issuefigures.as_row`)."""
    minutes = None if figures.first_answer is None else round(figures.first_answer.total_seconds() / 60)
    months = [
        {key: getattr(month, "name" if key == "month" else key) for key in COLUMNS} | dict(zip(more_columns(figures), _more(figures, month), strict=True))
        for month in figures.months
    ]
    return {
        "from": figures.first.isoformat(),
        "to": figures.last.isoformat(),
        "members": figures.members,
        "writers": figures.writers,
        "threads": figures.threads,
        "posts": figures.posts,
        "visits": figures.visits,
        "share_of_writers": round(figures.share, 4),
        "months": months,
        "visits_a_day": round(figures.a_day, 1),
        "members_known_then": figures.members_then,
        "members_at_some_time": figures.present,
        "writers_on_list": figures.sharing,
        "share_of_members": round(figures.share_of_members, 4),
        "newcomers": figures.newcomers,
        "first_time_writers": figures.voices,
        "answers": figures.answers,
        "threads_answered": figures.answered,
        "threads_unanswered": figures.waiting,
        "first_answer_minutes": minutes,
        "digests": figures.digests,
        "answers_by_digest": figures.by_digest,
        "issues": list(issues),
        **dict(zip(more_columns(figures), _more(figures, figures), strict=True)),
        **({"meetings_share": round(figures.together.share_who_came, 4)} if "meetings" in figures.on else {}),
        **({"surveys_share": round(figures.together.share_who_answered, 4)} if "surveys" in figures.on else {}),
    }


def more_columns(figures: Figures) -> tuple[str, ...]:
    """Columns behind those that there always are: of what the list has turned on."""
    return tuple(name for name, _ in figuremade.columns(figures.on))


def _more(figures: Figures, one: Figures | Month) -> tuple[int, ...]:
    return tuple(getattr(one.together, name) for name in more_columns(figures))


def table(figures: Figures) -> str:
    """For programs: a line a month, and one for all of them."""
    out = io.StringIO()
    _months(csv.writer(out, lineterminator="\r\n"), figures, (*COLUMNS, *more_columns(figures)), "total")
    return out.getvalue()


def spreadsheet(figures: Figures, language: str, issues: Sequence[Effect] | None = None) -> str:
    """The same as people open it where this language is spoken; where `issues` are given, with them and with the figures beside the months."""
    if language == "en" and issues is None:
        return table(figures)
    spoken, out = translations(language), io.StringIO()
    # In Poland a comma stands in numbers, and so the cells are parted by semicolons; without the mark, letters come out wrong.
    writer = csv.writer(out, delimiter=";" if language == "pl" else ",", lineterminator="\r\n")
    heads = (*COLUMNS, *more_columns(figures)) if language == "en" else _heads(figures, language)
    _months(writer, figures, heads, "total" if language == "en" else spoken.gettext("all together"))
    if issues is not None:
        writer.writerow(())
        writer.writerows(
            (line.label, line.value.replace(HARD_SPACE, "" if line.value.replace(HARD_SPACE, "").isdigit() else " ")) for line in lines(figures, language)
        )
        _issues(writer, issues, language)
    return ("\N{ZERO WIDTH NO-BREAK SPACE}" if language == "pl" else "") + out.getvalue()


def _heads(figures: Figures, language: str) -> tuple[str, ...]:
    return tuple(translations(language).gettext(word) for word in (*HEADS, *(head for _, head in figuremade.columns(figures.on))))


def _months(writer: Any, figures: Figures, heads: Sequence[str], total: str) -> None:
    writer.writerow(heads)
    for month in figures.months:
        writer.writerow((month.name, month.threads, month.posts, month.writers, month.visits, *_more(figures, month)))
    writer.writerow((total, figures.threads, figures.posts, figures.writers, figures.visits, *_more(figures, figures)))


def _issues(writer: Any, issues: Sequence[Effect], language: str) -> None:
    if issues:
        writer.writerow(())
        writer.writerow([translations(language).gettext(word) for word in ISSUE_HEADS])
    for one in issues:
        writer.writerow((safe_cell(one.subject), *counts_of(one)))


def issue_lines(issues: Sequence[Effect], language: str) -> tuple[str, ...]:
    """Of each issue what came of it: two lines of a letter."""
    gettext = translations(language).gettext
    return tuple(
        line
        for one in issues
        for line in (
            f"“{one_line(one.subject)}”" if language == "en" else f"„{one_line(one.subject)}”",
            "  " + ", ".join(f"{gettext(word)}:{HARD_SPACE}{number(count, language)}" for word, count in zip(ISSUE_HEADS[1:], counts_of(one), strict=True)),
        )
    )
