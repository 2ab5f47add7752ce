"""A moderator's list of people takes nobody against their own word, sends a mailbox one letter, and cannot be ordered by a stranger."""

import pytest
from sqlalchemy import select

from listserv.mail import address
from listserv.store.invitations import Batch
from listserv.store.lists import list_by_name
from listserv.store.members import Member, member_by_key
from listserv.store.people import Address
from listserv.store.queue import State
from listserv.usecases import administration, batches, bulkadding
from listserv.usecases.access import CONSOLE, Actor, Door

MOD = "Zofia Lektura <mod@example.org>"
ANNA = "anna@example.org"


def order(office, *lines, head="DODAJ", proven=True, rcpt="moderator_siecibp"):
    return office.send(MOD, rcpt, "", "\n".join([head, *lines]), proven=proven)


def look(office, *lines, head="DODAJ"):
    order(office, *lines, head=head)
    return office.letters(kind="bulk-look")[-1]


def on_the_list(site, email=ANNA):
    with site.reading() as db:
        return member_by_key(db, list_by_name(db, "siecibp"), email) is not None


# ---- against nobody's wish ------------------------------------------------------------------------------------


def leaves_by_mail(office, site, now):
    with site.writing() as db:
        administration.add_member(db, list_by_name(db, "siecibp"), administration.NewMember(ANNA, "Anna Nowa"), CONSOLE, now)
    office.send(ANNA, "siecibp-leave", "", "WYPISZ", proven=True)


def says_never(office, site, now):
    order(office, ANNA, head="ZAPROŚ")
    office.reply(office.letters(kind="invitation")[-1], "NIGDY")


def says_no(office, site, now):
    order(office, ANNA, head="ZAPROŚ")
    office.reply(office.letters(kind="invitation")[-1], "NIE")


def applies(office, site, now):
    office.send(f"Anna Nowa <{ANNA}>", "moderator_siecibp", "prośba", "Czy mogę dołączyć?\n", proven=True)


@pytest.mark.parametrize("before", [leaves_by_mail, says_never, says_no, applies])
@pytest.mark.parametrize("word", ["TAK", "TAK BEZ POWITANIA"])
def test_who_has_spoken_for_themselves_is_left_out_and_the_look_says_so(office, site, now, before, word):
    before(office, site, now)
    assert not on_the_list(site)
    welcomes = len(office.letters(kind="welcome"))
    told = look(office, ANNA, "jan@example.net")

    assert f". {ANNA} – " in told.text
    office.reply(told, word)
    assert not on_the_list(site) and on_the_list(site, "jan@example.net")
    assert [one.to for one in office.letters(kind="welcome")[welcomes:]] == (["jan@example.net"] if word == "TAK" else [])


def test_whom_a_moderator_took_off_may_be_added_again(office, site, now):
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        member = administration.add_member(db, mlist, administration.NewMember(ANNA), CONSOLE, now)
        zofia = db.scalar(select(Address.user_id).where(Address.key == "mod@example.org"))
        administration.remove_member(db, member, Actor(Door.WEB, zofia, proven=True), now)
    office.reply(look(office, ANNA), "TAK")

    assert on_the_list(site)


def test_who_has_left_can_be_invited_and_an_unproven_application_bars_nobody(office, site, now):
    leaves_by_mail(office, site, now)
    office.send("ewa@example.net", "moderator_siecibp", "prośba", "Czy mogę dołączyć?\n", proven=None)
    order(office, ANNA, head="ZAPROŚ")
    assert [one.to for one in office.letters(kind="invitation")] == [ANNA]

    office.reply(look(office, "ewa@example.net"), "TAK")
    assert on_the_list(site, "ewa@example.net")


def test_the_button_this_is_spam_is_a_wish_to_leave(office, site, now):
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        member = administration.add_member(db, mlist, administration.NewMember(ANNA), CONSOLE, now)
        administration.remove_member(db, member, Actor(Door.MAIL), now, why="complaint")
    office.reply(look(office, ANNA), "TAK")

    assert not on_the_list(site)


# ---- one letter a mailbox -------------------------------------------------------------------------------------

SPELLINGS = ["victim@gmail.com", "v.ictim@gmail.com", "vi.ctim@gmail.com", "victim+1@gmail.com", "victim+2@googlemail.com"]


@pytest.mark.parametrize(("head", "kind"), [("ZAPROŚ", "invitation"), ("DODAJ", "welcome")])
def test_a_mailbox_gets_one_letter_however_it_is_spelled(office, head, kind):
    office.reply(look(office, *SPELLINGS, head=head), "TAK")

    assert [one.to for one in office.letters(kind=kind)] == SPELLINGS[:1]


@pytest.mark.parametrize("email", ["ｖictim@gmail.com", "victim@gmaıl.com", "vict\u3164im@gmail.com", "victim@gmаil.com", "vıctim@gmail.com"])
def test_letters_that_nobody_types_are_refused(office, email):
    told = look(office, f"Jan Przypis <{email}>", "ola@example.net", head="ZAPROŚ")
    office.reply(told, "TAK")

    assert [one.to for one in office.letters(kind="invitation")] == ["ola@example.net"]


@pytest.mark.parametrize("email", ["łucja@żółw.example", "anna@kadıköy.example", "jürgen@müller.example", "anna@example.org"])
def test_letters_of_ones_own_alphabet_are_good(email):
    assert address.can_receive(email) and not address.resembles(email)


@pytest.mark.parametrize(
    "email",
    ["r+abcdefgh@lists.example.org", "kadry@lists.example.org", "moderator_siecibp@other.example", "MAILER-DAEMON@example.net", "noreply@example.net"]
    + ["postmaster@example.net", "abuse+1@example.net", "no-reply@example.net"],
)
def test_addresses_that_are_nobody_are_left_out(office, site, now, email):
    with site.writing() as db:
        administration.set_list(db, list_by_name(db, "siecibp"), {"alias": "moderator_siecibp@other.example"}, CONSOLE, now)
    office.reply(look(office, email, "ola@example.net"), "TAK")

    assert [one.to for one in office.letters(kind="welcome")] == ["ola@example.net"]


# ---- whose order ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("head", ["ZAPROŚ", "DODAJ"])
def test_a_forged_order_is_dropped(office, site, head):
    assert order(office, "ola@example.net", head=head, proven=False) is State.DISCARDED

    assert office.letters() == []
    with site.reading() as db:
        assert db.scalars(select(Batch)).all() == []


def test_orders_that_nobody_has_proven_use_up_none_of_a_moderators_letters(office, clock):
    for number in range(8):
        order(office, f"ola{number}@example.net", proven=None)
        clock.move(minutes=1)
    assert len(office.letters(kind="bulk-look")) == bulkadding.MOST_QUESTIONS

    office.send(MOD, "siecibp-request", "", "POMOC", proven=None)
    assert office.letters(to="mod@example.org", kind="help")
    order(office, "jan@example.net", proven=True)
    assert len(office.letters(kind="bulk-look")) == bulkadding.MOST_QUESTIONS + 1


@pytest.mark.parametrize("head", ["ZAPROŚ", "DODAJ"])
def test_one_order_has_an_end_and_a_plain_word_says_so(office, site, head):
    order(office, *(f"osoba{number}@example.net" for number in range(bulkadding.MOST_PEOPLE + 1)), head=head)

    (told,) = office.letters()
    assert told.kind == "bulk-many" and str(bulkadding.MOST_PEOPLE) in told.text and batches.SLICE < bulkadding.MOST_PEOPLE
    with site.reading() as db:
        assert db.scalars(select(Batch)).all() == [] and len(db.scalars(select(Member)).all()) == 4
