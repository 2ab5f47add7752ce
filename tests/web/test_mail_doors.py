"""Private means private by mail too: whoever writes to whichever address reads nothing in the answers that the web would not show them."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from listserv import links
from listserv.mail import tokens
from listserv.mail.address import SITE_ROLES, SUFFIXES
from listserv.mail.commandwords import Kind
from listserv.store.archive import Message
from listserv.store.digests import Digest
from listserv.store.members import DeliveryMode, Member
from listserv.usecases import digesting
from tests.office import Office
from tests.sampling import short
from tests.web import routes
from tests.web import world as place
from tests.web.people import world  # noqa: F401
from tests.web.routes import PEOPLE
from tests.web.test_matrix import WORDS
from tests.web.world import HIDDEN, HIDDEN_THREAD, LISTS, PRIVATE, SHOWN, word

STRANGER = "ktos@stranger.example.org"
# What is said for each thing that can be asked for by mail; a new one fails here by name.
SAID = {
    Kind.HELP: "pomoc",
    Kind.STATUS: "co z moją wiadomością?",
    Kind.WHO: "kto jest na liście",
    Kind.DAILY: "dziennie",
    Kind.WEEKLY: "tygodniowo",
    Kind.MONTHLY: "miesięcznie",
    Kind.EACH: "każdą",
    Kind.PAUSE: "przerwa",
    Kind.RESUME: "wracam",
    Kind.JOIN: "zapisz",
    Kind.ARCHIVE: "tylko archiwum",
    Kind.FOLLOW: "obserwuj 1",
    Kind.MUTE: "wycisz 1",
    Kind.UNMUTE: "odcisz 1",
    Kind.THREAD: "przyślij wątek 1",
    Kind.TOPICS: "obszar lekcje",
    Kind.ONLY_TOPICS: "tylko obszar lekcje",
    Kind.NO_TOPICS: "bez obszaru lekcje",
    Kind.ALL_TOPICS: "wszystkie obszary",
    Kind.SEARCH: "szukaj after:2000-01-01",
    Kind.NAME: "nazwisko Jan Kowalski",
    Kind.ADDRESS: "adres nowy@stranger.example.org",
    Kind.LANGUAGE: "po polsku",
    Kind.ZONE: "strefa Europe/London",
    Kind.DATA: "moje dane",
    Kind.ERASE: "usuń moje dane",
    Kind.KEEP: "zachowaj moje dane",
    Kind.WHICH_TOPICS: "jakie są obszary?",
    Kind.SIGN_IN: "logowanie",
    Kind.PREVIEW: "podgląd",
    Kind.NO_PREVIEW: "bez podglądu",
    Kind.AT_LEAST: "tylko gdy co najmniej 3",
    Kind.OWN_AT_ONCE: "wątki, w których piszę, od razu",
    Kind.OWN_LATER: "moje wątki w przeglądzie",
    Kind.DIGEST_FORM: "format RFC 1153",
    Kind.LEAVE: "wypisz",
}
# They end a membership: last, so that a member asks for everything else as one.
ENDING = ("leave", "unsubscribe", "wypisz")


def email_of(person):
    return place.PEOPLE.get(person, STRANGER)


def addresses(name):
    """Every address of a list, those that end a membership last."""
    suffixed = [f"{name}-{suffix}" for suffix in sorted(SUFFIXES, key=lambda suffix: suffix in ENDING)]
    return [f"moderator_{name}", f"{name}+lekcje", *suffixed[:-3], *suffixed[-3:]]


def read_by(office, email, person, wrong, where):
    """Letters that have come for somebody, and copies of posts: none says what this person may not read."""
    secret = [one for one, who, mlist in WORDS if not who(person if person in PEOPLE else "anonymous", mlist)]
    for letter in office.letters(to=email):
        text = letter.mail.as_string() + letter.text + letter.subject
        wrong += [f"{where}: {letter.kind} says {one}" for one in secret if one in text]
        if person not in routes.ON_LIST:
            strange = place.DOMAIN in text.replace(email, "") and letter.kind not in OWN_WORDS
            # Nobody decides who reads a newsletter: whoever asks to be on it is, and gets its mails as they went out.
            subscribed = letter.kind == "copy" and f"<{place.PUBLIC}." in str(letter.mail["List-Id"])
            wrong += [f"{where}: {letter.kind} shows an address"] * (strange and not subscribed)


# Letters that give people their own words back.
OWN_WORDS = ("application-confirm", "held", "application-answer")


def test_everything_that_can_be_asked_by_mail_is_asked_here():
    assert sorted(Kind) == sorted(SAID)


# Who has most to ask and least to see; the others in the long run.
SOONER = ("member",)


@pytest.mark.parametrize("person", [person if person in SOONER else pytest.param(person, marks=pytest.mark.long) for person in PEOPLE])
def test_no_answer_by_mail_says_what_its_reader_may_not_see(site, world, clock, person):
    office, wrong, email = Office(site), [], email_of(person)
    # In the ordinary run, of the private list and of one that they are not on.
    for name in (PRIVATE, place.OTHER) if short[0] else (*LISTS, place.OTHER):
        for kind, said in SAID.items():
            clock.move(days=1)  # only so many letters a day go to one address
            office.send(f"Ktoś <{email}>", f"{name}-request@lists.example.org", said, said, proven=kind is not Kind.LEAVE)
        for state in (SHOWN, HIDDEN, HIDDEN_THREAD):
            for mlist in LISTS:
                clock.move(days=1)
                at = links.thread_url(site.settings, mlist, world.things[mlist, state].thread)
                office.send(f"Ktoś <{email}>", f"{name}-request@lists.example.org", f"Przyślij wątek {at}", "", proven=True)
        for address in addresses(name):
            clock.move(days=1)
            office.send(
                f"Ktoś <{email}>",
                f"{address}@lists.example.org",
                "Proszę o wątek",
                f"Proszę przysłać wątek {world.things[PRIVATE, HIDDEN_THREAD].thread}.",
                proven=True,
            )
    for role in SITE_ROLES:
        clock.move(days=1)
        office.send(f"Ktoś <{email}>", f"{role}@lists.example.org", "Proszę o wątek", "Proszę.", proven=True)
    read_by(office, email, person, wrong, person)
    assert office.letters(to=email)
    assert not wrong, "\n".join(sorted(set(wrong))[:40])


@pytest.mark.parametrize("person", ["member", "moderator"])
def test_what_is_hidden_is_in_no_digest(site, world, clock, person):
    at = clock.move(days=2)
    with site.writing() as db:
        db.execute(update(Member).values(delivery=DeliveryMode.DIGEST, schedule="daily 07:00", digest_seq=0, digest_due=at - timedelta(hours=1)))
    with site.writing() as db:
        while digesting.run_due(db, at):
            pass
    digests = Office(site).letters(to=place.PEOPLE[person], kind="digest")

    assert len(digests) == len(LISTS)
    for letter in digests:
        text = letter.mail.as_string() + letter.text
        assert any(word(mlist, SHOWN) in text for mlist in LISTS)
        assert not [mlist for mlist in LISTS for state in (HIDDEN, HIDDEN_THREAD) if word(mlist, state) in text]


@pytest.mark.parametrize("state", [HIDDEN, HIDDEN_THREAD])
def test_an_answer_to_what_is_hidden_brings_none_of_it_back(site, world, state):
    office = Office(site)
    with site.reading() as db:
        message = db.scalars(select(Message).where(Message.hash == world.things[PRIVATE, state].hash)).one()
        to = links.item_address(site.settings, world.members[PRIVATE, world.users["member"]], message.id)
        before = len(office.posts())
    office.send(f"Halina <{place.PEOPLE['member']}>", to, "Odp:", "Dziękuję za tę wiadomość, mam pytanie.", proven=True)

    assert not [post for post in office.posts()[before:] if word(PRIVATE, state) in post.as_string()]
    wrong = []
    read_by(office, place.PEOPLE["member"], "member", wrong, state)
    assert wrong == []


def test_a_key_of_one_list_or_person_opens_nothing_of_another(site, world):
    """Signed addresses name a member and a message: together they must belong to one list."""
    office = Office(site)
    key = links.signing_key(site.settings)
    with site.reading() as db:
        message = db.scalars(select(Message).where(Message.hash == world.things[PRIVATE, SHOWN].hash)).one()
        digest = db.scalars(select(Digest)).first()
    other = world.members[place.OTHER, world.users["other"]]
    forged = [
        links.item_address(site.settings, other, message.id),
        links.token_address(site.settings, tokens.sign(key, tokens.Kind.DIGEST, other, digest.id if digest else 1)),
    ]
    for to in forged:
        office.send(f"Oskar <{place.PEOPLE['other']}>", to, "Odp:", "Mam pytanie do tej wiadomości.", proven=True)

    assert {letter.kind for letter in office.letters(to=place.PEOPLE["other"])} == {"too-late"}
    wrong = []
    read_by(office, place.PEOPLE["other"], "other", wrong, "other")
    assert wrong == []
