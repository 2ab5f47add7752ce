"""Templates: what every page may use, in the language of the reader."""

from functools import cache
from typing import Any

from flask import Flask, current_app, request
from markupsafe import Markup, escape

from listserv import links
from listserv.i18n import translations
from listserv.store.lists import MailingList
from listserv.store.members import Member
from listserv.usecases.conversations import Post
from listserv.web import bodies, forms, letterstyle, outside, static, words
from listserv.web.visit import language, visit


def set_up(app: Flask) -> None:
    """Fit the template engine out."""
    env = app.jinja_env
    env.add_extension("jinja2.ext.i18n")
    env.policies["ext.i18n.trimmed"] = True
    env.trim_blocks = env.lstrip_blocks = True
    env.install_gettext_callables(str, str, newstyle=True)  # type: ignore[attr-defined]
    env.filters.update(day=words.day, moment=words.moment, long_day=words.long_day, last_day=words.last_day, size=words.size, seal=words.seal)
    env.filters.update(month=words.month, kind_of_file=words.kind_of_file, delivery=words.delivery)
    env.filters.update(body=bodies.body, sheet=bodies.sheet, dressed=letterstyle.dressed)
    env.globals.update(static=static_address, form_token=form_token, reply_link=reply_link, list_address=list_address)
    env.globals.update(moderators_address=moderators_address, request_address=request_address, said_in=said_in)
    env.globals.update(unsubscribe_link=unsubscribe_link, join_address=join_address)


class Tongue:
    """The sentences of one language, as templates ask for them: safe, with their values escaped.

    Jinja's own new-style gettext does the same and took a third of a long thread's time.
    """

    def __init__(self, language: str) -> None:
        self.catalogue = translations(language)
        self.said: dict[str, Markup] = {}

    def gettext(self, text: str, **values: object) -> Markup:
        """A sentence."""
        if values:
            return fill(self.catalogue.gettext(text), values)
        # Only sentences of our own templates come here, so this cannot grow without end.
        return self.said.get(text) or self.said.setdefault(text, Markup(self.catalogue.gettext(text)))

    def ngettext(self, one: str, many: str, number: int, **values: object) -> Markup:
        """A sentence with a number in it."""
        return fill(self.catalogue.ngettext(one, many, number), {"num": number, **values})


def fill(sentence: str, values: dict[str, object]) -> Markup:
    """A sentence with its values."""
    return Markup(sentence % {name: value if type(value) is int else escape(value) for name, value in values.items()})


tongue = cache(Tongue)


def page(template: str, **facts: Any) -> str:
    """A finished page."""
    # Not flask.render_template: its context processors and signals cost more than some of our pages.
    found = current_app.jinja_env.get_template(template)
    spoken = tongue(language())
    words = {"gettext": spoken.gettext, "ngettext": spoken.ngettext}
    return found.render(visit=visit(), root=request.script_root, here=request.path, outside=outside.card_of(facts), **words, **facts)


def static_address(name: str) -> str:
    """The address of a static file."""
    return request.script_root + static.address(name)


def form_token() -> Markup:
    """The hidden field that makes a form ours."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(forms.FIELD, forms.token())


def list_address(mlist: MailingList) -> str:
    """Where one writes to everyone."""
    return links.list_address(visit().settings, mlist.name)


def moderators_address(mlist: MailingList) -> str:
    """Where one writes to the humans."""
    return links.moderators_address(visit().settings, mlist.name)


def join_address(mlist: MailingList) -> str:
    """Where one joins a list that is open to all."""
    return links.list_address(visit().settings, mlist.name, "join")


def request_address(mlist: MailingList) -> str:
    """Where plain words change one's settings."""
    return links.list_address(visit().settings, mlist.name, "request")


def unsubscribe_link(member: Member) -> str:
    """The page that asks whether to leave the list."""
    return links.unsubscribe_url(visit().settings, member.id)


def reply_link(mlist: MailingList, subject: str, item: Post, member: Member | None) -> str:
    """A `mailto:` that answers a message in its thread.

    Members get an address of their own for it, because many mail programs drop the In-Reply-To that RFC 6068 section 4
    allows; strangers have only that.
    """
    answer = words.reply_subject(subject, mlist.language)
    if member:
        return words.mailto(links.item_address(visit().settings, member.id, item.id), subject=answer)
    return words.mailto(list_address(mlist), subject=answer, in_reply_to=f"<{item.message_id}>")


def said_in(mlist: MailingList) -> Markup:
    """A `lang` attribute for a list's own words, where they are not in the page's language."""
    return Markup(' lang="{}"').format(mlist.language) if mlist.language and mlist.language != language() else Markup("")
