"""A list's settings with the meaning of each beside it, and the form by which strangers apply."""

import re
from dataclasses import dataclass
from hashlib import sha256

from flask import Blueprint, request

from listserv.errors import Invalid
from listserv.i18n import N_
from listserv.store.lists import MailingList
from listserv.usecases import joining, stewards
from listserv.usecases.administration import LIST_SETTINGS, MOST_QUESTIONS
from listserv.usecases.joining import Wish
from listserv.usecases.stewards import Steward
from listserv.web.pages import page
from listserv.web.visit import visit
from listserv.web.ways import Shown, attempt, to, who_asks

blueprint = Blueprint("listsettings", __name__)


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: what it is called, what it means, and (value, meaning) of each choice; `lines`: how tall a text's box is."""

    key: str
    label: str
    meaning: str
    choices: tuple[tuple[str, str], ...] = ()
    lines: int = 1


# The column's own end.
MEGABYTE, LARGEST = 1024 * 1024, 2**31 - 1
NUMBER = re.compile(r"[0-9]{1,6}(\.[0-9]{1,9})?")
YES_NO = (("no", N_("no")), ("yes", N_("yes")))
SETTINGS = (
    Setting("title", N_("Title"), N_("What people call the list: it stands on every page and in the names of senders.")),
    Setting("description", N_("Description"), N_("One or two sentences under the title: for whom the list is, and what about."), lines=3),
    Setting("language", N_("Language"), N_("Letters to people whose own language is not known are written in it."), (("pl", "polski"), ("en", "English"))),
    Setting(
        "archive",
        N_("Who reads the archive"),
        N_("Public archives show names, never addresses."),
        (("members", N_("only members")), ("public", N_("everybody, search engines too"))),
    ),
    Setting(
        "joining",
        N_("Joining"),
        N_("Whoever joins reads all that was ever written here."),
        (("application", N_("a moderator says yes to each application")), ("open", N_("everybody who confirms their address is on the list at once"))),
    ),
    Setting(
        "reply_to",
        N_("Where a plain reply goes"),
        N_("Discussions live from answers that everybody sees."),
        (("list", N_("to the list")), ("author", N_("to the author alone"))),
    ),
    Setting(
        "sender_proof",
        N_("How sure senders must be"),
        N_("Forged senders are held either way."),
        (("lenient", N_("members' messages pass unless their mail service says they are forged")), ("strict", N_("what cannot be verified is held"))),
    ),
    Setting(
        "moderate_members",
        N_("Read every message first"),
        N_("Yes: messages of ordinary members wait for a moderator. People you trust can be let through one by one."),
        YES_NO,
    ),
    Setting(
        "first_post",
        N_("The first message of everybody new"),
        N_("When a moderator has let one message of theirs through, their further messages go out at once. Whoever has written before is not new."),
        (("accept", N_("goes out like all others")), ("hold", N_("waits for a moderator"))),
    ),
    Setting(
        "thanks",
        N_("Thanks that say nothing else"),
        N_(
            "Collected: the author reads them in one letter a day, others in the next digest and below the message, and no mailbox fills with them."
            " The word SEND makes an ordinary message of one."
        ),
        (("post", N_("go to everybody like all messages")), ("collect", N_("are collected"))),
    ),
    Setting(
        "tell_newcomers",
        N_("Digests name who is new"),
        N_("Names alone, without addresses, to everybody who gets digests. Applicants should know of it beforehand."),
        YES_NO,
    ),
    Setting(
        "materials",
        N_("A bank of materials"),
        N_("Files and links of messages are catalogued by themselves; LIST-bank@ takes what is sent to it and sends what is asked for."),
        YES_NO,
    ),
    Setting(
        "meetings",
        N_("Meetings"),
        N_("A letter to LIST-meeting@ becomes an invitation that people answer from their calendars or by a word; nothing is sent before your SEND."),
        YES_NO,
    ),
    Setting(
        "surveys",
        N_("Questions to everybody"),
        N_("A letter to LIST-questions@ with numbered answers becomes a question that people answer by a reply; one person, one vote."),
        YES_NO,
    ),
    Setting(
        "certain_spam",
        N_("What the mail server is certain is spam"),
        N_("What it only suspects is held either way. Its marks count only from the mail server in front of this one."),
        (("hold", N_("waits for a moderator")), ("discard", N_("is thrown away, and nobody is told"))),
    ),
    Setting(
        "invitations_a_day",
        N_("Invitations in a day"),
        N_("So many people at most are invited to the list in a day; the others get theirs on the following days. Usual: 100."),
    ),
    Setting(
        "report",
        N_("Letters with figures"),
        N_("To the coordinators, on the first of the month: who wrote, how much, how many visits. Each of them can stop theirs by the word STOP."),
        (("month", N_("each month and each school year")), ("year", N_("once, when the school year is over")), ("none", N_("never"))),
    ),
    Setting(
        "emergency", N_("Emergency brake"), N_("Yes: everything waits, moderators' own messages too. For the hour when a quarrel or a flood must stop."), YES_NO
    ),
    Setting("max_size", N_("Largest message, in MB"), N_("Larger ones are held; 0 means no limit. Usual: 10.")),
    Setting(
        "subject_tag",
        N_("Words in front of subjects"),
        N_("For example [BP]. Empty is better: mail programs sort by the list, and senders' signatures stay valid."),
    ),
    Setting("footer", N_("Words below every message"), N_("Added to each copy. Senders' signatures become invalid by it; empty is better."), lines=3),
    Setting(
        "questions",
        N_("Questions to applicants"),
        N_("At most five, one a line: who they are, where they work, why they come. They stand in our first letter and in the form; nobody has to answer."),
        lines=5,
    ),
    Setting(
        "consent",
        N_("What people agree to when they join"),
        N_(
            "A sentence of yours: in the form it has a box to tick, in our first letter it says that a reply agrees to it. Empty: the usual sentence about"
            " keeping names, addresses and messages for the list. A single dash: nothing is agreed to. Who agreed, when, and to which words is kept."
        ),
        lines=3,
    ),
    Setting(
        "alias",
        N_("Other addresses of the list"),
        N_("Addresses of other domains that are forwarded to us and mean the same. Only administrators of this server change them."),
        lines=2,
    ),
)
# What is wrong with a typed value, by the setting that the refusal speaks of.
WRONG = {
    "title": N_("The title is one line of at most 200 characters, and never empty."),
    "max_size": N_("The largest message is a number of megabytes, for example 10."),
    "invitations_a_day": N_("The invitations in a day are a number from 1 to 1000."),
    "subject_tag": N_("The words in front of subjects are at most 64 characters."),
    "questions": N_("At most five questions, each of at most 120 characters."),
    "consent": N_("What people agree to has room for 600 characters."),
    "alias": N_("One of the other addresses is not an e-mail address."),
}
UNUSABLE = N_("One of the values cannot be used.")
# (setting, from, to): the page says what follows and asks a second time.
GRAVE = {
    ("archive", "members", "public"): N_(
        "Everybody, search engines too, will read all that was ever written here, under the names of those who wrote it believing that only"
        " members read. Copies that others make of it stay out there even if you take this back."
    ),
    ("joining", "application", "open"): N_(
        "Nobody will be asked any more who comes in: whoever confirms an address is on the list at once and reads the whole archive."
    ),
    ("sender_proof", "strict", "lenient"): N_("Messages whose sender could not be verified will go to everybody without a moderator."),
}


@blueprint.get("/<list:name>/settings")
def settings(name: str) -> str:
    """Every setting; those who may not change them see them all the same."""
    return _settings(who_asks(name), {})


def _settings(who: Steward, typed: dict[str, str], **more: object) -> str:
    values = {key: stewards.list_value(who.mlist, key) for key in LIST_SETTINGS} | {"max_size": _in_megabytes(who.mlist.max_size)}
    return page(
        "moderate/settings.html", mlist=who.mlist, who=who, settings=SETTINGS, values=values | typed, seen=_seen(who), done=request.args.get("done", ""), **more
    )


def _in_megabytes(octets: int) -> str:
    """`10`, `2.5`: what is kept in bytes, as people type it."""
    number = octets / MEGABYTE
    text = f"{number:.2f}".rstrip("0").rstrip(".") if number >= 1 or not octets else f"{number:.3g}"
    return text.replace(".", ",") if visit().language == "pl" else text


def _stored(who: Steward, typed: dict[str, str]) -> dict[str, str]:
    """What was typed, as it is kept. A size that nobody has touched stays what it is to the byte."""
    size = typed.get("max_size")
    if size is None or size == _in_megabytes(who.mlist.max_size):
        return {key: value for key, value in typed.items() if key != "max_size"}
    plain = size.replace(",", ".")
    octets = round(float(plain) * MEGABYTE) if NUMBER.fullmatch(plain) else -1
    return typed | {"max_size": str(octets) if 0 <= octets <= LARGEST else "none"}


def _seen(who: Steward) -> str:
    """What the settings were when the form was shown: two coordinators at once do not undo each other's work."""
    return sha256("\0".join(stewards.list_value(who.mlist, key) for key in LIST_SETTINGS).encode()).hexdigest()[:16]


@blueprint.post("/<list:name>/settings")
def change(name: str) -> Shown:
    """Change what differs; the grave ones after a second question."""
    who = who_asks(name)
    # Before it is compared: of two at once the second must see what the first has changed.
    stewards.hold_list(visit().db, who)
    typed = {key: "\n".join(request.form[key].strip().splitlines()) for key in LIST_SETTINGS if key in request.form}
    if request.form.get("seen") != _seen(who):
        return _settings(who, {}, changed_meanwhile=True), 409
    grave = [words for (key, old, new), words in GRAVE.items() if typed.get(key) == new and stewards.list_value(who.mlist, key) == old]
    if grave and who.owner and request.form.get("sure") != "yes":
        return page("moderate/grave.html", mlist=who.mlist, who=who, grave=grave, typed=typed, seen=_seen(who))
    try:
        with attempt():
            changed = stewards.change_list(visit().db, who, _stored(who, typed), visit().now)
    except Invalid as wrong:
        return _settings(who, typed, wrong=_in_words(wrong), wrong_of=str(wrong).partition(":")[0]), 400
    return to(name, f"settings?done={'changed' if changed else 'same'}")


def _in_words(wrong: Invalid) -> str:
    """A refusal as a sentence that has a translation."""
    if wrong.reason in (stewards.ONLY_ADMINISTRATORS, stewards.LAST_OWNER):
        return wrong.reason
    return WRONG.get(str(wrong).partition(":")[0], UNUSABLE)


# Where in the form of those who wish to join a sentence stands that says what is wrong; others stand below it.
FIELD_OF = {joining.NO_ADDRESS: "email", joining.NO_WORDS: "words", joining.NOT_AGREED: "agree"}


@blueprint.get("/<list:name>/join")
def join_form(name: str) -> str:
    """Ask to join."""
    return join_page(joining.place(visit().db, name), Wish("", "", "", ""))


def join_page(mlist: MailingList, typed: Wish, **more: object) -> str:
    """The form with what has been typed."""
    language = visit().language
    return page("moderate/join.html", mlist=mlist, typed=typed, sheet=joining.form_of(mlist, language), **more)


@blueprint.post("/<list:name>/join")
def join(name: str) -> Shown:
    """The same answer whoever asks."""
    mlist, wish = joining.place(visit().db, name), wished()
    try:
        joining.ask(visit().db, mlist, wish, visit().actor, visit().now)
    except Invalid as wrong:
        return join_page(mlist, wish, wrong=str(wrong), wrong_of=FIELD_OF.get(str(wrong), "")), 400
    return page("moderate/joined.html", mlist=mlist, email=wish.email)


def wished() -> Wish:
    """What was typed into a form of those who wish to join."""
    form = request.form
    answers = tuple(form.get(f"answer-{number}", "") for number in range(1, MOST_QUESTIONS + 1))
    said = (form.get("name", ""), form.get("email", "").strip(), form.get("words", ""), visit().language, request.remote_addr or "")
    return Wish(*said, answers=answers, agrees=form.get("agree") == "yes")
