"""Asked back: what for is said, a yes gives nobody's place away, and nobody is locked out by somebody else's mail."""

import pytest
from sqlalchemy import func, select

from listserv.mail import commands
from listserv.store.erasing import Erasure
from listserv.store.lists import list_by_name
from listserv.store.members import Member, Status, member_by_key
from listserv.store.people import Address
from listserv.store.queue import State
from listserv.usecases import administration, signin
from listserv.usecases.access import CONSOLE
from tests.conftest import add

pytestmark = pytest.mark.only_sqlite
HALINA = "halina@example.org"
EVIL = "evil@evil.example.com"
WISHES = {"wish": "dziennie", "address": f"nowy adres {EVIL}", "name": "nazwisko: Gęś Głupia", "erasure": "usuń moje dane i wszystkie moje wiadomości"}


def letters(office, to=HALINA, kind=None):
    return office.letters(to=to, kind=kind)


def question(office, words, **more):
    assert office.send(HALINA, "siecibp-request", "x", words, **more) is State.ANSWERED
    return letters(office, kind="confirm-settings")[-1]


def halina(site):
    with site.reading() as db:
        found = member_by_key(db, list_by_name(db, "siecibp"), HALINA)
        return found.delivery, found.status, found.user.name


def erasures(site):
    with site.reading() as db:
        return db.scalar(select(func.count()).select_from(Erasure))


# ---- a yes to something -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [(WISHES["address"], EVIL), (WISHES["erasure"], "usunięcie wszystkiego"), (WISHES["name"], "inne imię i nazwisko"), ("tygodniowo", "jeden przegląd na tydzień"), ("przerwa", "odpoczynek od poczty")],
)
def test_the_letter_says_what_somebody_asked_for(office, words, said):
    asked = question(office, words)

    assert said in asked.text and "Głupia" not in asked.text


@pytest.mark.parametrize("yes", ["TAK", "Tak", "OK", "OK, dziękuję", "Tak, proszę"])
@pytest.mark.parametrize("wish", ["address", "name", "erasure"])
def test_a_yes_alone_gives_nobodys_place_away(office, site, wish, yes):
    before = halina(site)
    office.reply(question(office, WISHES[wish]), yes, proven=None)

    assert halina(site) == before and erasures(site) == 0
    assert letters(office, EVIL) == []


def test_that_a_yes_is_not_enough_is_said_once(office):
    asked = question(office, WISHES["address"])
    for _ in range(3):
        office.reply(asked, "TAK", proven=None)

    assert [one.kind for one in letters(office)] == ["confirm-settings"] * 2
    assert "samo TAK tu nie wystarcza" in letters(office)[-1].text and EVIL in letters(office)[-1].text


def test_what_is_asked_for_again_is_done(office, site):
    office.reply(question(office, "usuń moje dane"), "Usuń moje dane", proven=None)
    assert erasures(site) == 1


def test_another_address_asked_for_again_is_asked_too(office):
    office.reply(question(office, WISHES["address"]), "NOWY ADRES halina.nowa@example.org", proven=None)

    assert letters(office, "halina.nowa@example.org", "address-switch") and letters(office, EVIL) == []


def test_a_yes_to_two_wishes_does_the_harmless_one(office, site):
    office.reply(question(office, f"dziennie\n{WISHES['address']}"), "TAK", proven=None)

    assert halina(site)[0] == "digest" and letters(office, EVIL) == []


@pytest.mark.parametrize("wish", WISHES)
@pytest.mark.parametrize("above", ["", "Dziękuję za wiadomość.\n\n", "Otrzymaliśmy:\n"])
def test_our_own_letter_sent_back_asks_for_nothing(office, site, wish, above):
    before = halina(site)
    asked = question(office, WISHES[wish])
    assert commands.commands(asked.text) == ()

    office.reply(asked, f"{above}{asked.text}", proven=None)
    office.reply(asked, f"{above}{asked.text}\n{WISHES[wish] if wish != 'wish' else ''}", proven=None)
    assert halina(site) == before and erasures(site) == 0 and letters(office, EVIL) == []


# ---- forged -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("door", ["siecibp-request", "siecibp-leave", "siecibp-help"])
@pytest.mark.parametrize("words", [WISHES["address"], "wypisz", "pomoc"])
def test_what_the_senders_own_service_calls_forged_troubles_nobody(office, door, words):
    office.send(HALINA, door, "x", words, proven=False)

    assert letters(office) == []


# ---- locked out ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("proven", [False, None])
def test_nobody_is_locked_out_by_mail_in_their_name(office, site, proven):
    for words in (*WISHES.values(), "tygodniowo", "przerwa", "szukaj katalog", "moje dane"):
        office.send(HALINA, "siecibp-request", "x", words, proven=proven)
        office.send(HALINA, "noreply", "x", f"{words} i inne słowa", proven=proven)
    with site.writing() as db:
        signin.ask(db, HALINA, "pl", site.now())
    assert letters(office)[-1].kind == "sign-in"

    office.send(HALINA, "siecibp-leave", "x", "wypisz")
    assert letters(office)[-1].kind == "leave-confirm"
    office.send(HALINA, "siecibp-request", "x", "dziennie", proven=True)
    assert letters(office)[-1].kind == "settings"


def test_ever_so_many_letters_in_somebodys_name_bring_a_few(office):
    for number in range(30):
        office.send(HALINA, "siecibp-request", "x", f"szukaj katalog {'x' * number}")
        office.send(HALINA, "siecibp-leave", "x", f"Wypiszcie mnie, mam już {'y' * number} dosyć")

    kinds = [one.kind for one in letters(office)]
    assert kinds.count("confirm-settings") == kinds.count("leave-confirm") == 3


# ---- rings --------------------------------------------------------------------------------------------------


def ring(office, who, first, words):
    """A machine that answers each letter, each time in other words; how many letters it got of each kind."""
    first()
    for number in range(30):
        new = [one for one in office.new_letters() if one.to == who]
        if not new:
            break
        for one in new:
            office.reply(one, words(number, one), sender=who)
    return [one.kind for one in letters(office, who)]


SPINNING = {
    "a word in each": lambda number, letter: f"Dziękujemy za wiadomość {'abcdefgh'[number % 8] * (5 + number)}. Odpowiemy wkrótce.",
    "two words": lambda number, letter: "Dziękujemy bardzo",
    "our letter": lambda number, letter: f"Automat. Państwa wiadomość:\n{letter.text}\n{'x' * number}",
}


@pytest.mark.parametrize("words", SPINNING.values(), ids=SPINNING)
def test_a_moderators_machine_that_says_something_else_each_time_falls_silent(office, words):
    kinds = ring(office, "mod@example.org", lambda: office.send("obcy@example.com", "siecibp", "Plakaty", "Mamy plakaty.", proven=True), words)

    assert len(kinds) <= 4


@pytest.mark.parametrize("words", SPINNING.values(), ids=SPINNING)
@pytest.mark.parametrize("command", ["pomoc", "dziennie", "nie wiem jak to zrobić"])
def test_a_members_machine_falls_silent_too(office, words, command):
    kinds = ring(office, HALINA, lambda: office.send(HALINA, "siecibp-request", "x", command, proven=True), words)

    assert len(kinds) <= 6


# ---- other people's digests ---------------------------------------------------------------------------------


@pytest.fixture
def digest(site, office, clock, once):
    """Halina's digest, which she passes on."""

    def made():
        from listserv.usecases import digesting, housekeeping

        with site.writing() as db:
            found = db.scalars(select(Member).join(Member.address).where(Address.key == HALINA)).one()
            found.delivery, found.schedule = "digest", "daily 07:00"
            digesting.plan(db, found, site.now())
        office.send("Marek Regał <marek@example.org>", "siecibp", "Plakaty", "Kto chce plakaty?", proven=True)
        clock.move(days=1)
        with site.writing() as db:
            while housekeeping.run_due(db, site.now()):
                pass
        return letters(office, kind="digest")[-1]

    return once(made)


@pytest.mark.parametrize(("sender", "proven"), [("kolezanka@example.org", True), ("marek@example.org", None), ("marek@example.org", False)])
@pytest.mark.parametrize("words", ["WYPISZ", "Proszę mnie wypisać z listy", "przerwa", "usuń moje dane", "WYCISZ 1"])
def test_who_has_somebody_elses_digest_steers_nothing(office, site, digest, sender, words, proven):
    before = halina(site)
    office.reply(digest, words, sender=sender, proven=proven)

    assert halina(site) == before and erasures(site) == 0 and len(office.posts()) == 1
    told = {one.kind for one in letters(office, sender)}
    assert told & {"not-yours", "not-a-member"} if proven is not False else not told


def test_a_digest_answered_in_its_readers_name_is_asked_about(office, site, digest):
    office.reply(digest, "przerwa", proven=None)
    assert halina(site)[1] is Status.ENABLED and letters(office)[-1].kind == "confirm-settings"

    office.reply(letters(office)[-1], "TAK", proven=None)
    assert halina(site)[1] is Status.PAUSED


def test_its_reader_leaves_by_it_at_once(office, site, digest):
    office.reply(digest, "WYPISZ", proven=True)
    assert letters(office)[-1].kind == "left"


# ---- goodbyes -----------------------------------------------------------------------------------------------


def test_what_was_written_in_somebodys_name_is_not_told_as_their_reason(office):
    office.send(HALINA, "siecibp-leave", "x", "Odchodzę, bo moderatorka wszystkich obraża i kradnie składki.")
    office.reply(letters(office)[-1], "Tak", proven=None)

    assert letters(office)[-1].kind == "left" and letters(office, kind="left-reason", to=None) == []


def test_the_reason_that_stands_in_the_proven_answer_is_told(office):
    office.send(HALINA, "siecibp-leave", "x", "wypisz")
    office.reply(letters(office)[-1], "Tak.\n\nPrzechodzę na emeryturę i nie pracuję już w bibliotece.", proven=None)

    assert {one.to for one in letters(office, kind="left-reason", to=None)} == {"mod@example.org", "owner@example.org"}


def test_an_old_goodbye_is_no_way_back_after_a_later_removal(office, site, clock):
    office.send(HALINA, "siecibp-leave", "x", "wypisz", proven=True)
    goodbye = letters(office, kind="left")[-1]
    clock.move(days=1)
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        again = add(db, mlist, HALINA, site.now(), name="Halina Okładka")
        administration.remove_member(db, again, CONSOLE, site.now(), why="regulamin")

    office.reply(goodbye, "WRACAM")
    with site.reading() as db:
        assert member_by_key(db, list_by_name(db, "siecibp"), HALINA) is None
