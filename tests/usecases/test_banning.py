"""Who is banned can neither write nor apply, and hears it."""

import pytest

from listserv.errors import Conflict, Invalid, NotFound
from listserv.store.bans import bans_of
from listserv.store.lists import list_by_name
from listserv.store.queue import State
from listserv.usecases import banning
from listserv.usecases.access import CONSOLE


@pytest.fixture
def bar(office):
    """Ban a pattern from the example network, or from the whole site."""

    def bar(pattern, *, whole_site=False):
        with office.site.writing() as db:
            banning.ban(db, None if whole_site else list_by_name(db, "siecibp"), pattern, CONSOLE, office.site.now())

    return bar


@pytest.mark.parametrize("pattern", ["marek@example.org", "@example.org", "^mar.*@example\\.org$"])
def test_a_banned_members_post_is_refused_and_they_are_told(office, bar, pattern):
    bar(pattern)

    assert office.send("marek@example.org", "siecibp", proven=True) is State.REFUSED

    assert office.posts() == []
    (letter,) = office.new_letters()
    assert (letter.kind, letter.to) == ("refused", "marek@example.org")
    assert "zablokowany" in letter.text or "barred" in letter.text


def test_a_ban_of_the_whole_site_counts_on_every_list(office, bar):
    bar("marek@example.org", whole_site=True)

    assert office.send("Marek <MAREK@example.org>", "siecibp", proven=True) is State.REFUSED


def test_others_write_on(office, bar):
    bar("obcy@example.org")

    assert office.send("marek@example.org", "siecibp", proven=True) is State.POSTED


def test_moderators_cannot_lock_themselves_out_by_a_pattern(office, bar):
    bar("@example.org")

    assert office.send("mod@example.org", "siecibp", proven=True) is State.POSTED


def test_a_banned_stranger_is_refused_and_not_held(office, bar):
    bar("^.*@spam\\.example\\.net$")

    assert office.send("x@spam.example.net", "siecibp") is State.REFUSED
    assert office.letters("mod@example.org") == []


@pytest.mark.parametrize("address", ["moderator_siecibp", "siecibp-join", "siecibp-request"])
def test_a_banned_applicant_is_told_whom_to_ask_and_moderators_are_left_alone(office, bar, address):
    bar("obcy@example.org")

    assert office.send("obcy@example.org", address, "Zapisz", "Proszę mnie zapisać na listę.", proven=True) is State.REFUSED

    (letter,) = office.new_letters()
    assert (letter.kind, letter.to) == ("application-banned", "obcy@example.org")
    assert "postmaster@lists.example.org" in letter.text


def test_a_banned_member_still_reaches_the_moderators(office, bar):
    bar("marek@example.org")

    assert office.send("marek@example.org", "moderator_siecibp", proven=True) is State.FORWARDED


def test_a_forged_banned_sender_fills_nobodys_mailbox(office, bar):
    bar("obcy@example.org")

    for n in range(9):
        office.send("obcy@example.org", "siecibp-join", f"Zapisz {n}")

    assert len(office.letters("obcy@example.org")) == 1


def test_a_ban_is_made_once_and_taken_back_once(db, mlist, now):
    banning.ban(db, mlist, "Zly@Example.org", CONSOLE, now, note="spam\nspam")

    assert [(ban.pattern, ban.note) for ban in bans_of(db, mlist)] == [("zly@example.org", "spam spam")]
    with pytest.raises(Conflict):
        banning.ban(db, mlist, "ZLY@example.org", CONSOLE, now)
    banning.ban(db, None, "zly@example.org", CONSOLE, now)
    banning.unban(db, mlist, "ZLY@example.org", CONSOLE, now)
    assert bans_of(db, mlist) == []
    assert len(bans_of(db, None)) == 1
    with pytest.raises(NotFound):
        banning.unban(db, mlist, "zly@example.org", CONSOLE, now)
    with pytest.raises(Invalid):
        banning.ban(db, mlist, "nobody", CONSOLE, now)


def test_who_is_banned_is_sent_to_somebody_who_answers(site, office):
    with site.writing() as db:
        banning.ban(db, list_by_name(db, "siecibp"), "stranger@example.com", CONSOLE, site.now())

    office.send("stranger@example.com", "siecibp", "Pytanie", proven=True)

    (letter,) = office.letters("stranger@example.com")
    assert "postmaster@lists.example.org" in letter.text
    assert "moderator_" not in letter.text


@pytest.mark.parametrize("spelling", ["z.ly@gmail.com", "zly+1@gmail.com", "zly@googlemail.com", "ZLY@gmail.com"])
def test_a_barred_mailbox_is_barred_in_every_spelling(site, office, spelling):
    with site.writing() as db:
        banning.bar(db, list_by_name(db, "siecibp"), "zly@gmail.com", CONSOLE, site.now())

    assert office.send(spelling, "siecibp-join", "x", "Proszę mnie zapisać") is State.REFUSED
    assert office.send("zly.pan@gmail.com", "siecibp-join", "x", "Proszę mnie zapisać") is State.APPLICATION
