"""A post from an unknown address that looks like a member's: the known address is asked, the unknown one learns nothing."""

import pytest

from listserv.rules import Reason
from listserv.store.archive import Message
from listserv.store.lists import list_by_name
from listserv.store.members import member_by_key
from listserv.store.moderation import Held, HeldState, Journal
from listserv.store.people import Address, address_by_key
from listserv.store.queue import State
from listserv.usecases import likeness
from tests.conftest import add
from tests.office import mail

KNOWN, UNKNOWN, MOD = "halina@example.org", "halina.okladka@poczta.example.com", "mod@example.org"


def unknown_post(office, sender=f"Halina Okładka <{UNKNOWN}>", *, proven=None, **more):
    return office.send(sender, "siecibp", "Scenariusze", "Mam scenariusze lekcji.\n", proven=proven, **more)


def letter(office, kind, to=KNOWN):
    return next((one for one in reversed(office.letters(to=to)) if one.kind == kind), None)


def held(site):
    with site.reading() as db:
        return db.get(Held, 1).state


def owner_of(site, email):
    with site.reading() as db:
        place = address_by_key(db, email)
        return place and place.user.name


@pytest.mark.parametrize("words", ["TAK", "Tak.\n\nHalina Okładka"])
def test_a_yes_posts_it_and_notes_the_address(office, site, words):
    assert unknown_post(office) is State.HELD
    asked = letter(office, "held-yours")
    assert "Mam scenariusze lekcji." in asked.text
    office.reply(asked, words)

    assert held(site) is HeldState.PUBLISHED
    assert owner_of(site, UNKNOWN) == "Halina Okładka"
    with site.reading() as db:
        assert db.query(Message).one().user.name == "Halina Okładka"
    assert letter(office, "held-yours-done")
    assert office.send(UNKNOWN, "siecibp", "Drugi raz", "Teraz już bez pytania.\n") is State.POSTED


def test_the_unknown_address_gets_exactly_what_every_stranger_gets(office):
    unknown_post(office)
    unknown_post(office, sender="Halina Inna <halina.inna@poczta.example.com>")

    mine, strangers = office.letters(to=UNKNOWN), office.letters(to="halina.inna@poczta.example.com")
    assert [one.kind for one in mine] == [one.kind for one in strangers] == ["held"]
    assert (mine[0].subject, mine[0].text) == (strangers[0].subject, strangers[0].text)
    assert letter(office, "held-yours", to=KNOWN)
    assert KNOWN not in mine[0].mail.as_string()


def test_the_moderators_are_asked_as_ever_and_know_who_else_was(office, site):
    unknown_post(office)
    question = letter(office, "held-moderator", to=MOD)
    assert "Halina Okładka" in question.text
    office.reply(question, "TAK")

    assert held(site) is HeldState.PUBLISHED
    office.reply(letter(office, "held-yours"), "TAK")
    assert owner_of(site, UNKNOWN) is None
    assert letter(office, "too-late")


def test_a_no_leaves_it_to_the_moderators_who_learn_of_it(office, site):
    unknown_post(office)
    office.reply(letter(office, "held-yours"), "NIE")

    assert held(site) is HeldState.PENDING
    assert owner_of(site, UNKNOWN) is None
    told = letter(office, "held-disowned", to=MOD)
    assert "Halina Okładka" in told.text
    office.reply(told, "BLOKUJ")
    assert held(site) is HeldState.DISCARDED


@pytest.mark.parametrize("words", ["Nie wiem", "Kto to pisał?", "Tak?", "zaufaj mi", "Może moja, ale nie pamiętam"])
def test_what_is_neither_posts_nothing_and_is_asked_once_more(office, site, words):
    unknown_post(office)
    office.reply(letter(office, "held-yours"), words)

    assert held(site) is HeldState.PENDING
    assert owner_of(site, UNKNOWN) is None
    again = letter(office, "held-yours")
    office.reply(again, f"{words} – {words}")
    assert letter(office, "contact", to=MOD)
    assert [one.kind for one in office.letters(to=KNOWN)].count("held-yours") == 2


def test_a_forged_sender_is_not_rescued(office):
    unknown_post(office, proven=False)

    assert letter(office, "held-yours") is None


def test_spam_is_not_rescued(office):
    unknown_post(office, x_spam_flag="YES")

    assert letter(office, "held-yours") is None


def test_nobody_else_answers_for_the_member(office, site):
    unknown_post(office)
    asked = letter(office, "held-yours")
    office.reply(asked, "TAK", sender="marek@example.org")
    office.reply(asked, "TAK", proven=False)

    assert held(site) is HeldState.PENDING
    assert owner_of(site, UNKNOWN) is None


def test_who_answers_from_the_unknown_address_again_has_both_mailboxes(office, site):
    unknown_post(office)
    office.reply(letter(office, "held-yours"), "TAK", sender=UNKNOWN)

    assert held(site) is HeldState.PUBLISHED


def test_a_yes_is_worth_what_a_post_of_theirs_would_be(office, site):
    with site.writing() as db:
        list_by_name(db, "siecibp").emergency = True
    unknown_post(office)
    office.reply(letter(office, "held-yours"), "TAK")

    assert held(site) is HeldState.PENDING
    with site.reading() as db:
        assert db.get(Held, 1).reasons == Reason.EMERGENCY
    assert owner_of(site, UNKNOWN) == "Halina Okładka"


def test_the_address_of_who_decides_is_not_noted(office, site):
    unknown_post(office, sender="Zofia Lektura <zofia.lektura@poczta.example.com>")
    office.reply(letter(office, "held-yours", to=MOD), "TAK")

    assert held(site) is HeldState.PUBLISHED
    assert owner_of(site, "zofia.lektura@poczta.example.com") is None


def test_what_nobody_has_proven_stays_unproven_until_somebody_signs_in(office, site):
    unknown_post(office)
    office.reply(letter(office, "held-yours"), "TAK")
    with site.reading() as db:
        assert address_by_key(db, UNKNOWN).verified_at is None


def test_a_proven_domain_says_nothing_of_whose_the_address_is(office, site):
    unknown_post(office, sender="Halina Okładka <h.okladka@example.org>", proven=True)
    office.reply(letter(office, "held-yours"), "TAK")
    with site.reading() as db:
        assert address_by_key(db, "h.okladka@example.org").verified_at is None


@pytest.mark.parametrize("words", ["Przepraszam, zły adres. Halina", "Cześć, dzięki, u mnie wszystko dobrze.", "TAK", "WYCOFAJ", "Co to?", "Nie, dziękuję"])
def test_a_reply_from_the_known_address_to_a_strangers_letter_does_nothing_but_ask_there(office, site, words):
    """Whoever has that letter may put its address into the Reply-To of a letter of his own."""
    unknown_post(office, sender="Mallory <xyz@poczta.example.com>")
    assert letter(office, "held-yours") is None
    waits = letter(office, "held", to="xyz@poczta.example.com")
    before = len(office.letters())
    office.reply(waits, words, sender=KNOWN)

    assert held(site) is HeldState.PENDING
    assert owner_of(site, "xyz@poczta.example.com") is None
    assert [(one.kind, one.to) for one in office.letters()[before:]] == [("held-yours", KNOWN)]
    office.reply(letter(office, "held-yours"), "TAK")
    assert held(site) is HeldState.PUBLISHED
    assert owner_of(site, "xyz@poczta.example.com") == "Halina Okładka"


def test_only_the_author_takes_a_message_back(office, site):
    unknown_post(office, sender="Jan <jan@poczta.example.com>")
    waits = letter(office, "held", to="jan@poczta.example.com")
    office.reply(waits, "WYCOFAJ", sender="evil@evil.example.com", proven=False)
    assert held(site) is HeldState.PENDING
    office.reply(waits, "Jednak proszę wycofać tę wiadomość.")
    assert held(site) is HeldState.WITHDRAWN
    office.reply(waits, "WYCOFAJ")
    assert {one.kind for one in office.letters(to="jan@poczta.example.com")} <= {"held", "held-withdrawn", "too-late"}, "a second time harms nothing"


@pytest.mark.parametrize("words", ["Proszę o wycofanie podręczników, mamy nowe", "Nieaktualne.", "Dopisuję: spotkanie jest w piątek."])
def test_what_the_author_adds_reaches_the_moderators_with_the_five_words(office, site, words):
    unknown_post(office, sender="Jan <jan@poczta.example.com>")
    office.reply(letter(office, "held", to="jan@poczta.example.com"), f"{words}\n\n> Dzień dobry,\n> list od nas leży u moderatora")

    assert held(site) is HeldState.PENDING
    added = letter(office, "held-added", to=MOD)
    assert words in " ".join(added.text.split()) and "list od nas" not in added.text and "Scenariusze" in added.subject
    office.reply(added, "TAK")
    assert held(site) is HeldState.PUBLISHED


def test_an_author_who_adds_and_adds_fills_nobodys_mailbox(office):
    unknown_post(office, sender="Jan <jan@poczta.example.com>")
    for number in range(12):
        office.reply(letter(office, "held", to="jan@poczta.example.com"), f"I jeszcze {number} słów o tym.")

    assert len(office.letters(to=MOD, kind="held-added")) <= 5


def test_moderators_and_the_new_address_read_that_the_member_has_said_so(office):
    unknown_post(office)
    office.reply(letter(office, "held-yours"), "TAK")

    told = letter(office, "held-claimed", to=MOD)
    assert "Halina Okładka" in " ".join(told.text.split()) and "Scenariusze" in told.subject
    assert letter(office, "decided", to=MOD) is None
    assert "moderator" not in letter(office, "held-published", to=UNKNOWN).text


def test_a_second_yes_hears_that_it_is_done(office):
    unknown_post(office)
    asked = letter(office, "held-yours")
    office.reply(asked, "TAK")
    office.reply(asked, "TAK")

    assert "wiadomość jest na liście" in letter(office, "too-late").text
    assert "NAME@" not in letter(office, "too-late").text


def test_such_a_reply_that_is_not_proven_is_asked_at_the_known_address(office, site):
    unknown_post(office, sender="H. O. <xyz@poczta.example.com>")
    office.reply(letter(office, "held", to="xyz@poczta.example.com"), "To ja.", sender=KNOWN, proven=None)

    assert held(site) is HeldState.PENDING
    office.reply(letter(office, "held-yours"), "TAK", proven=None)
    assert held(site) is HeldState.PUBLISHED


def test_a_moderator_may_take_it_back(office, site):
    unknown_post(office)
    office.reply(letter(office, "held-yours"), "TAK")
    office.reply(letter(office, "held-claimed", to=MOD), "COFNIJ")

    assert held(site) is HeldState.PENDING
    with site.reading() as db:
        assert [row.what for row in db.query(Journal) if row.what.startswith(("rescue", "held"))] == ["held", "rescue-claimed", "held-published", "held-undone"]


def test_one_person_is_not_flooded_with_questions(office):
    for number in range(12):
        unknown_post(office, sender=f"Halina Okładka <halina.okladka{number}@poczta.example.com>")

    assert len([one for one in office.letters(to=KNOWN) if one.kind == "held-yours"]) <= 5


ALIKE = [
    ("Halina Okładka <halina.okladka@poczta.example.com>", True),
    ("Okładka Halina <h.okladka@praca.example.com>", True),
    ('"Okładka, Halina" <hokladka77@praca.example.com>', True),
    ("halina okladka <halina@inna.example.com>", True),
    ("Halina Okładka <biuro@praca.example.com>", False),
    ("Halina <halina@inna.example.com>", False),
    ("Halina Inna <halina@inna.example.com>", False),
    ("Ktoś Inny <halina@poczta.example.org>", False),
    ("<halina@poczta.example.org>", True),
    ("<halina@other.example.com>", False),
    ("<biblioteka@poczta.example.org>", False),
]


@pytest.mark.parametrize(("sender", "alike"), ALIKE)
def test_who_looks_like_a_member(office, sender, alike):
    unknown_post(office, sender=sender)

    assert (letter(office, "held-yours") is not None) is alike


def test_in_a_thread_of_theirs_the_name_is_enough(office):
    first = mail("halina@example.org", "siecibp@lists.example.org", message_id="<jeden@example.org>")
    office.deliver(first, "siecibp@lists.example.org")
    unknown_post(office, sender="Halina Okładka <biuro@praca.example.com>", in_reply_to="<jeden@example.org>")

    assert letter(office, "held-yours")


def test_between_two_namesakes_nobody_is_asked(office, site, now):
    with site.writing() as db:
        add(db, list_by_name(db, "siecibp"), "halina2@example.org", now, name="Halina Okładka")
    unknown_post(office)

    assert letter(office, "held-yours") is None
    assert letter(office, "held-yours", to="halina2@example.org") is None


def test_an_address_that_somebody_here_has_is_not_unknown(db, mlist, now):
    add(db, mlist, KNOWN, now, name="Halina Okładka")
    from listserv.mail.parse import parse

    post = parse(mail(f"Halina Okładka <{UNKNOWN}>", "siecibp@lists.example.org"))
    assert likeness.member_like(db, mlist, post) is member_by_key(db, mlist, KNOWN)
    user = member_by_key(db, mlist, "owner@example.org").user
    db.add(Address(user=user, email=UNKNOWN, key=UNKNOWN))
    db.flush()
    assert likeness.member_like(db, mlist, post) is None
