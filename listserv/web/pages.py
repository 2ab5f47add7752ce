"""Templates: what every page may use, in the language of the reader."""

from typing import TYPE_CHECKING, Any

from flask import Flask, current_app, request
from markupsafe import Markup

from listserv import links
from listserv.store.lists import Kind, MailingList
from listserv.store.members import Member
from listserv.usecases import docket, figurewords, surveyresults
from listserv.usecases.conversations import Post
from listserv.usecases.shown import View
from listserv.usecases.surveycounts import Tally
from listserv.web import bodies, engine, forms, letterstyle, marked, outside, static, words
from listserv.web.visit import language, visit

if TYPE_CHECKING:
    from listserv.mail.calendar import Event

WRONG = ' aria-invalid="true"'


def set_up(app: Flask) -> None:
    """Fit the template engine out."""
    env = app.jinja_env
    env.add_extension("jinja2.ext.i18n")
    env.policies["ext.i18n.trimmed"] = True
    env.trim_blocks = env.lstrip_blocks = True
    env.install_gettext_callables(str, str, newstyle=True)  # type: ignore[attr-defined]
    env.filters.update(
        day=words.day, moment=words.moment, long_day=words.long_day, last_day=words.last_day, weekday_moment=words.to_come, size=words.size, seal=words.seal
    )
    env.filters.update(month=words.month, number=words.number, kind_of_file=words.kind_of_file, delivery=words.delivery)
    env.filters.update(is_marked=marked.is_marked, body=bodies.body, waiting=bodies.waiting, sheet=bodies.sheet, dressed=letterstyle.dressed)
    env.filters.update(event_line=event_line, sentence=words.sentence)
    env.globals.update(static=static_address, form_token=form_token, reply_link=reply_link, list_address=list_address, bank_address=bank_address)
    env.globals.update(moderators_address=moderators_address, request_address=request_address, said_in=said_in, rest=rest)
    env.globals.update(unsubscribe_link=unsubscribe_link, join_address=join_address, cases_waiting=cases_waiting, news_address=news_address)
    env.globals.update(meeting_address=meeting_address)
    env.globals.update(survey_address=survey_address, share_of=figurewords.percent, notes_of=notes_of)


def page(template: str, **facts: Any) -> str:
    """A finished page."""
    # Not flask.render_template: its context processors and signals cost more than some of our pages.
    spoken = engine.tongue(language())
    found = current_app.jinja_env.get_template(engine.called(language(), template))
    words = {"gettext": spoken.gettext, "ngettext": spoken.ngettext}
    made = found.render(visit=visit(), root=request.script_root, here=request.path, outside=outside.card_of(facts), **words, **facts)
    # Whoever sent a form goes on where it is wrong.
    return made.replace(WRONG, f"{WRONG} autofocus", 1) if request.method == "POST" else made


def static_address(name: str) -> str:
    """The address of a static file."""
    return request.script_root + static.address(name)


def form_token() -> Markup:
    """The hidden field that makes a form ours."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(forms.FIELD, forms.token())


def list_address(mlist: MailingList, topic: str = "") -> str:
    """Where one writes to everyone; under a topic, where one is named."""
    return links.list_address(visit().settings, f"{mlist.name}+{topic}" if topic else mlist.name)


def moderators_address(mlist: MailingList) -> str:
    """Where one writes to the humans."""
    return links.moderators_address(visit().settings, mlist.name)


def join_address(mlist: MailingList) -> str:
    """Where one joins a list that is open to all."""
    return links.list_address(visit().settings, mlist.name, "join")


def request_address(mlist: MailingList) -> str:
    """Where plain words change one's settings."""
    return links.list_address(visit().settings, mlist.name, "request")


def news_address(mlist: MailingList) -> str:
    """Where a coordinator's draft of an issue is written to."""
    return links.list_address(visit().settings, mlist.name, "news")


def bank_address(mlist: MailingList) -> str:
    """Where materials are sent to, and asked for."""
    return links.list_address(visit().settings, mlist.name, "bank")


def meeting_address(mlist: MailingList) -> str:
    """Where a plain letter becomes a meeting."""
    return links.list_address(visit().settings, mlist.name, "meeting")


def survey_address(mlist: MailingList) -> str:
    """Where a coordinator's questions to everybody are written to."""
    return links.list_address(visit().settings, mlist.name, "questions")


def notes_of(tally: Tally) -> tuple[str, ...]:
    """How a question was counted, in sentences."""
    return surveyresults.notes(tally, language())


def cases_waiting(mlist: MailingList) -> int:
    """How many cases wait for whoever looks after this list; asked for on their pages alone."""
    return docket.waiting(visit().db, mlist)


def unsubscribe_link(member: Member) -> str:
    """The page that asks whether to leave the list."""
    return links.unsubscribe_url(visit().settings, member.id)


def reply_link(mlist: MailingList, subject: str, item: Post, member: Member | None) -> str:
    """A `mailto:` that answers a message in its thread.

    Members get an address of their own for it, because many mail programs drop the In-Reply-To that RFC 6068 section 4
    allows; strangers have only that. Of a newsletter it goes to those who write it: it takes no posts.
    """
    answer = words.reply_subject(subject, mlist.language)
    if mlist.kind is Kind.NEWSLETTER:
        return words.mailto(moderators_address(mlist), subject=answer, in_reply_to=f"<{item.message_id}>" if item.message_id else "")
    if member:
        return words.mailto(links.item_address(visit().settings, member.id, item.id), subject=answer)
    return words.mailto(list_address(mlist), subject=answer, in_reply_to=f"<{item.message_id}>" if item.message_id else "")


def event_line(event: "Event | None", view: View) -> str:
    """A calendar file in one line; for those who are not on the list without addresses, and without the link that lets one in."""
    from listserv.mail import calendarwords  # with the calendars' library

    return view.veil(calendarwords.summary(event, language(), visit().zone, links=view.sees_addresses))


def rest(place: str, left: int) -> Markup:
    """A link to the rest of a long letter."""
    return bodies.rest(place, left, language())


def said_in(mlist: MailingList) -> Markup:
    """A `lang` attribute for a list's own words, where they are not in the page's language."""
    return Markup(' lang="{}"').format(mlist.language) if mlist.language and mlist.language != language() else Markup("")
